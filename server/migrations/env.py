"""Alembic's environment: migrates through the application's own engine, so that our BEGIN and pragmas hold here too."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from server.db import WRITER, Base, db
from server.models import Op

assert Op.metadata is Base.metadata  # the models are what autogenerate compares with


def run(connection: Connection) -> None:
    """Runs the pending migrations in one transaction."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        include_name=lambda name, kind, _: not (kind == "table" and str(name).startswith("proj_")),
    )
    with context.begin_transaction():
        context.run_migrations()


with db.engine.connect().execution_options(**{WRITER: True}) as opened:
    run(opened)
    opened.commit()
