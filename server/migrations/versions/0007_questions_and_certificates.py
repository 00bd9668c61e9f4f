"""What the office asked teams, and figures frozen under a number."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ID = sa.String(length=36)


def upgrade() -> None:
    op.create_table(
        "question",
        sa.Column("id", ID, primary_key=True),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
    )
    op.create_index("question_key", "question", ["key"])
    op.create_table(
        "certificate",
        sa.Column("n", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("user", ID, nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("wanted", sa.Text(), nullable=False),
        sa.Column("territories", sa.Text(), nullable=False),
        sa.Column("figure", sa.Integer(), nullable=False),
        sa.Column("families", sa.LargeBinary(), nullable=False),
    )


def downgrade() -> None:
    for name in ("certificate", "question"):
        op.drop_table(name)
