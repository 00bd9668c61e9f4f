"""What was deleted is found by the record that it hung on."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

LINKS = ("family", "person", "recipient", "subject", "child", "membership", "visit")
READ = {"sqlite": "json_extract(body, '$.fields.{}')", "postgresql": "body::json -> 'fields' ->> '{}'"}
DELETED = {"sqlite": "deleted IS 1", "postgresql": "deleted IS true"}


def upgrade() -> None:
    engine = op.get_bind().dialect.name
    home = ", ".join(READ[engine].format(link) for link in LINKS)
    op.execute(f"CREATE INDEX record_deleted_home ON record (coalesce({home})) WHERE {DELETED[engine]}")


def downgrade() -> None:
    op.drop_index("record_deleted_home", "record")
