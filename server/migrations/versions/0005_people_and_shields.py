"""People's scopes, one-time passwords and codes; shields, mentions, openings, substitutions, throttles."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.String(length=36)


def upgrade() -> None:
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.add_column(sa.Column("teams", sa.Text(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("one_time_until", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("totp_counter", sa.BigInteger(), nullable=True))
    op.create_table(
        "shield",
        sa.Column("record", ID, primary_key=True),
        sa.Column("subject", ID, primary_key=True),
    )
    op.create_index("shield_subject", "shield", ["subject"])
    op.create_table(
        "mention",
        sa.Column("n", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=False),
        sa.Column("record", ID, primary_key=True),
    )
    op.create_index("mention_record", "mention", ["record"])
    op.create_table(
        "opening",
        sa.Column("id", ID, primary_key=True),
        sa.Column("user", ID, nullable=False),
        sa.Column("family", ID, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
    )
    op.create_index("opening_user", "opening", ["user", "until"])
    op.create_table(
        "substitution",
        sa.Column("id", ID, primary_key=True),
        sa.Column("absent", ID, nullable=False),
        sa.Column("substitute", ID, nullable=False),
        sa.Column("since", sa.String(length=10), nullable=False),
        sa.Column("until", sa.String(length=10), nullable=False),
        sa.Column("made_by", ID, nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
    )
    op.create_index("substitution_substitute", "substitution", ["substitute"])
    op.create_index("substitution_absent", "substitution", ["absent"])
    op.create_table(
        "throttle",
        sa.Column("key", sa.String(length=64), primary_key=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
    )


def downgrade() -> None:
    for name in ("throttle", "substitution", "opening", "mention", "shield"):
        op.drop_table(name)
    with op.batch_alter_table("user", schema=None) as batch_op:
        for column in ("totp_counter", "one_time_until", "teams"):
            batch_op.drop_column(column)
