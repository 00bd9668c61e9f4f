"""The first tables: history, records, feeds, attention, devices, people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attention",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("record", sa.String(length=36), nullable=False),
        sa.Column("field", sa.String(length=64), nullable=True),
        sa.Column("district", sa.String(length=36), nullable=True),
        sa.Column("territory", sa.String(length=36), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_by", sa.String(length=36), nullable=True),
        sa.Column("assigned_to", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("key"),
    )
    with op.batch_alter_table("attention", schema=None) as batch_op:
        batch_op.create_index("attention_open", ["state", "kind", "district", "opened_at"], unique=False)
        batch_op.create_index("attention_record", ["record"], unique=False)

    op.create_table(
        "block",
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("sealed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("n"),
    )
    op.create_table(
        "device",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("team", sa.String(length=36), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("platform", sa.String(length=120), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("public_key", sa.Text(), nullable=True),
        sa.Column("user", sa.String(length=36), nullable=True),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("enrolled_at", sa.BigInteger(), nullable=False),
        sa.Column("last_contact", sa.BigInteger(), nullable=True),
        sa.Column("skew_ms", sa.BigInteger(), nullable=True),
        sa.Column("forked", sa.Boolean(), nullable=False),
        sa.Column("diverged_at", sa.BigInteger(), nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("drained_at", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.create_index("device_team", ["team"], unique=False)
        batch_op.create_index("device_user", ["user"], unique=False)

    op.create_table(
        "enrolment_code",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("team", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.String(length=36), nullable=True),
        sa.Column("device", sa.String(length=36), nullable=True),
        sa.Column("public_key", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("code_hash"),
    )
    op.create_table(
        "feed",
        sa.Column("id", sa.String(length=41), nullable=False),
        sa.Column("head", sa.BigInteger(), nullable=False),
        sa.Column("digests", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("device", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("record", sa.String(length=36), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due", sa.String(length=10), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("delivered_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index("notice_waiting", ["device", "delivered_at"], unique=False)

    op.create_table(
        "op",
        sa.Column("n", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("op", sa.String(length=36), nullable=False),
        sa.Column("device", sa.String(length=36), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=True),
        sa.Column("type", sa.String(length=64), nullable=True),
        sa.Column("record", sa.String(length=36), nullable=True),
        sa.Column("at", sa.String(length=16), nullable=False),
        sa.Column("at_sent", sa.String(length=16), nullable=True),
        sa.Column("epoch", sa.String(length=8), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=True),
        sa.Column("base", sa.Integer(), nullable=True),
        sa.Column("forked", sa.Boolean(), nullable=False),
        sa.Column("vouched", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(length=36), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("batch", sa.String(length=36), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("was", sa.Text(), nullable=True),
        sa.Column("mends", sa.String(length=36), nullable=True),
        sa.Column("waits", sa.String(length=36), nullable=True),
        sa.Column("block", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("n"),
    )
    with op.batch_alter_table("op", schema=None) as batch_op:
        batch_op.create_index("op_block", ["block"], unique=False)
        batch_op.create_index("op_device_seq", ["device", "seq"], unique=False)
        batch_op.create_index(
            "op_mends",
            ["mends"],
            unique=False,
            sqlite_where=sa.text("mends IS NOT NULL"),
            postgresql_where=sa.text("mends IS NOT NULL"),
        )
        batch_op.create_index("op_once", ["op", "digest"], unique=True)
        batch_op.create_index(
            "op_open",
            ["state", "n"],
            unique=False,
            sqlite_where=sa.text("state IN ('received', 'stored', 'quarantined')"),
            postgresql_where=sa.text("state IN ('received', 'stored', 'quarantined')"),
        )
        batch_op.create_index("op_record", ["record", "n"], unique=False)
        batch_op.create_index(
            "op_unsealed",
            ["n"],
            unique=False,
            sqlite_where=sa.text("block IS NULL"),
            postgresql_where=sa.text("block IS NULL"),
        )
        batch_op.create_index(
            "op_waits",
            ["waits"],
            unique=False,
            sqlite_where=sa.text("waits IS NOT NULL"),
            postgresql_where=sa.text("waits IS NOT NULL"),
        )

    op.create_table(
        "placement",
        sa.Column("feed", sa.String(length=41), nullable=False),
        sa.Column("record", sa.String(length=36), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("stays", sa.Text(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("feed", "record"),
    )
    with op.batch_alter_table("placement", schema=None) as batch_op:
        batch_op.create_index("placement_position", ["feed", "position"], unique=False)
        batch_op.create_index("placement_record", ["record"], unique=False)

    op.create_table(
        "record",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=16), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("record", schema=None) as batch_op:
        batch_op.create_index("record_type", ["type", "id"], unique=False)

    op.create_table(
        "role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("description", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "setting",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "user",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("territories", sa.Text(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("tf_primary_method", sa.String(length=64), nullable=True),
        sa.Column("tf_totp_secret", sa.String(length=255), nullable=True),
        sa.Column("tf_phone_number", sa.String(length=20), nullable=True),
        sa.Column("mf_recovery_codes", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_seen", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email"),
        sa.UniqueConstraint("fs_uniquifier"),
    )
    op.create_table(
        "user_role",
        sa.Column("user", sa.String(length=36), nullable=False),
        sa.Column("role", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["role"], ["role.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user"], ["user.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user", "role"),
    )


def downgrade() -> None:
    op.drop_table("user_role")
    op.drop_table("user")
    op.drop_table("setting")
    op.drop_table("role")
    with op.batch_alter_table("record", schema=None) as batch_op:
        batch_op.drop_index("record_type")

    op.drop_table("record")
    with op.batch_alter_table("placement", schema=None) as batch_op:
        batch_op.drop_index("placement_record")
        batch_op.drop_index("placement_position")

    op.drop_table("placement")
    with op.batch_alter_table("op", schema=None) as batch_op:
        batch_op.drop_index(
            "op_waits",
            sqlite_where=sa.text("waits IS NOT NULL"),
            postgresql_where=sa.text("waits IS NOT NULL"),
        )
        batch_op.drop_index(
            "op_unsealed", sqlite_where=sa.text("block IS NULL"), postgresql_where=sa.text("block IS NULL")
        )
        batch_op.drop_index("op_record")
        batch_op.drop_index(
            "op_open",
            sqlite_where=sa.text("state IN ('received', 'stored', 'quarantined')"),
            postgresql_where=sa.text("state IN ('received', 'stored', 'quarantined')"),
        )
        batch_op.drop_index("op_once")
        batch_op.drop_index(
            "op_mends",
            sqlite_where=sa.text("mends IS NOT NULL"),
            postgresql_where=sa.text("mends IS NOT NULL"),
        )
        batch_op.drop_index("op_device_seq")
        batch_op.drop_index("op_block")

    op.drop_table("op")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index("notice_waiting")

    op.drop_table("notice")
    op.drop_table("feed")
    op.drop_table("enrolment_code")
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.drop_index("device_user")
        batch_op.drop_index("device_team")

    op.drop_table("device")
    op.drop_table("block")
    with op.batch_alter_table("attention", schema=None) as batch_op:
        batch_op.drop_index("attention_record")
        batch_op.drop_index("attention_open")

    op.drop_table("attention")
