"""Tablets: tokens that change, revocation that does not wait."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("device") as device:
        device.add_column(sa.Column("erase", sa.Boolean(), nullable=False, server_default=sa.false()))
        device.add_column(sa.Column("token_at", sa.BigInteger(), nullable=True))
        device.add_column(sa.Column("next_token_hash", sa.String(length=64), nullable=True))
        device.create_unique_constraint("device_next_token", ["next_token_hash"])


def downgrade() -> None:
    with op.batch_alter_table("device") as device:
        device.drop_constraint("device_next_token", type_="unique")
        device.drop_column("next_token_hash")
        device.drop_column("token_at")
        device.drop_column("erase")
