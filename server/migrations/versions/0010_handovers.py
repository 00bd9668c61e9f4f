"""Journals of a month that were handed in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "handover",
        sa.Column("n", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("month", sa.String(length=10), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("territories", sa.Text(), nullable=False),
        sa.Column("user", sa.String(length=36), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("visits", sa.LargeBinary(), nullable=False),
        sa.Column("revs", sa.LargeBinary(), nullable=False),
        sa.Column("reopened_by", sa.String(length=200)),
        sa.Column("reopened_at", sa.BigInteger()),
        sa.Column("remark", sa.Text()),
    )
    standing = sa.text("reopened_at IS NULL")
    columns = ["month", "place"]
    op.create_index(
        "handover_standing", "handover", columns, unique=True, sqlite_where=standing, postgresql_where=standing
    )


def downgrade() -> None:
    op.drop_table("handover")
