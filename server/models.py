"""The tables that Alembic moves; projections and views are made from `schemas` (see projections.py).

Times are integers: Unix milliseconds, UTC. Ids are text UUIDs, as on the wire. JSON columns are text, because it goes
out as it lies; an op's body is bytes, because it is kept as it came (it may hold what no text column takes).
"""

from __future__ import annotations

from flask_security import RoleMixin, UserMixin
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.db import Base

Id = String(36)
Stamp = String(16)
Counting = BigInteger().with_variant(Integer, "sqlite")


def _partial(name: str, column: str, *columns: str, where: str) -> Index:
    """An index over the rows of a condition, on both engines."""
    return Index(name, column, *columns, sqlite_where=text(where), postgresql_where=text(where))


class Op(Base):
    """Every op ever received: inbox and history in one. Append-only but for its state, result and erasure.

    ``state``: received, applied, conflict, stored, quarantined. ``body`` is None once erased by law; ``digest``
    (salted) stays. ``waits`` names the record whose arrival lets a stored op go on. ``block`` is the sealed block
    that its digest is in. ``base``, ``forked`` and ``vouched`` (the office released it): as the
    merge took them, so that its story can be told again.
    """

    __tablename__ = "op"
    n: Mapped[int] = mapped_column(Counting, primary_key=True, autoincrement=True)
    op: Mapped[str] = mapped_column(Id)
    device: Mapped[str] = mapped_column(Id)
    seq: Mapped[int | None] = mapped_column(BigInteger)
    type: Mapped[str | None] = mapped_column(String(64))
    record: Mapped[str | None] = mapped_column(Id)
    at: Mapped[str] = mapped_column(Stamp)
    at_sent: Mapped[str | None] = mapped_column(Stamp)
    epoch: Mapped[str] = mapped_column(String(8))
    rev: Mapped[int | None] = mapped_column(Integer)
    base: Mapped[int | None] = mapped_column(Integer)
    forked: Mapped[bool] = mapped_column(Boolean, default=False)
    vouched: Mapped[bool] = mapped_column(Boolean, default=False)
    by: Mapped[str | None] = mapped_column(Id)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    received_at: Mapped[int] = mapped_column(BigInteger)
    batch: Mapped[str | None] = mapped_column(Id)
    state: Mapped[str] = mapped_column(String(12))
    result: Mapped[str | None] = mapped_column(Text)
    was: Mapped[str | None] = mapped_column(Text)
    mends: Mapped[str | None] = mapped_column(Id)
    waits: Mapped[str | None] = mapped_column(Id)
    block: Mapped[int | None] = mapped_column(Integer)
    __table_args__ = (
        Index("op_once", "op", "digest", unique=True),
        Index("op_device_seq", "device", "seq"),
        Index("op_record", "record", "n"),
        _partial("op_open", "state", "n", where="state IN ('received', 'stored', 'quarantined')"),
        _partial("op_waits", "waits", where="waits IS NOT NULL"),
        _partial("op_mends", "mends", where="mends IS NOT NULL"),
        _partial("op_unsealed", "n", where="block IS NULL"),
        Index("op_block", "block"),
    )


class Decision(Base):
    """What the office had decided of an op that a restored database does not hold: it is carried out when the op is
    offered again (decisions.py)."""

    __tablename__ = "decision"
    op: Mapped[str] = mapped_column(Id, primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    by: Mapped[str] = mapped_column(String(200))
    remark: Mapped[str] = mapped_column(Text)
    notice: Mapped[str] = mapped_column(Text)
    at: Mapped[int] = mapped_column(BigInteger)


class Record(Base):
    """The merged state. ``body``: JSON as it goes on the wire (fields, disputed, incomplete); ``state``: sync.state's
    JSON."""

    __tablename__ = "record"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    type: Mapped[str] = mapped_column(String(64))
    rev: Mapped[int] = mapped_column(Integer)
    at: Mapped[str] = mapped_column(Stamp)
    deleted: Mapped[bool] = mapped_column(Boolean, default=False)
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    __table_args__ = (Index("record_type", "type", "id"),)


class Placement(Base):
    """Which record sits in which feed. ``position`` moves with each change; ``gone`` marks a record that has left
    the feed. ``stays``: JSON, [[from, to], …], between which positions readers could have the record (the last is open,
    null, while they can): so who had it hears of its end, and nobody else."""

    __tablename__ = "placement"
    feed: Mapped[str] = mapped_column(String(41), primary_key=True)
    record: Mapped[str] = mapped_column(Id, primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger)
    stays: Mapped[str] = mapped_column(Text)
    gone: Mapped[bool] = mapped_column(Boolean, default=False)
    __table_args__ = (
        Index("placement_position", "feed", "position", unique=False),
        Index("placement_record", "record"),
    )


class Feed(Base):
    """A feed's head (its last position) and its digests: JSON, type → hex of the sum modulo 2²⁵⁶ of
    SHA-256("id:rev")."""

    __tablename__ = "feed"
    id: Mapped[str] = mapped_column(String(41), primary_key=True)
    head: Mapped[int] = mapped_column(BigInteger, default=0)
    digests: Mapped[str] = mapped_column(Text, default="{}")


class Attention(Base):
    """What people must decide or mend. The key is deterministic, so that one matter has one entry however ops
    arrive."""

    __tablename__ = "attention"
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    type: Mapped[str] = mapped_column(String(64))
    record: Mapped[str] = mapped_column(Id)
    field: Mapped[str | None] = mapped_column(String(64))
    district: Mapped[str | None] = mapped_column(Id)
    territory: Mapped[str | None] = mapped_column(Id)
    detail: Mapped[str] = mapped_column(Text, default="{}")
    state: Mapped[str] = mapped_column(String(8))
    opened_at: Mapped[int] = mapped_column(BigInteger)
    closed_at: Mapped[int | None] = mapped_column(BigInteger)
    closed_by: Mapped[str | None] = mapped_column(Id)
    assigned_to: Mapped[str | None] = mapped_column(Id)
    __table_args__ = (
        Index("attention_open", "state", "kind", "district", "opened_at"),
        Index("attention_record", "record"),
    )


class Device(Base):
    """Whoever writes: a tablet (one enrolment each), or the virtual device of an office person, an import, the server
    itself.

    ``kind``: tablet, office, import. The token is stored hashed, with the time since when it is in use;
    ``next_token_hash``: of the one that takes its place once the tablet has used it. ``erase``: revoked without waiting
    for what it has not sent. ``status`` is what the tablet last said of itself (JSON).
    """

    __tablename__ = "device"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    team: Mapped[str | None] = mapped_column(Id)
    name: Mapped[str] = mapped_column(String(120))
    platform: Mapped[str | None] = mapped_column(String(120))
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    public_key: Mapped[str | None] = mapped_column(Text)
    user: Mapped[str | None] = mapped_column(Id)
    seq: Mapped[int] = mapped_column(BigInteger, default=0)
    enrolled_at: Mapped[int] = mapped_column(BigInteger)
    last_contact: Mapped[int | None] = mapped_column(BigInteger)
    skew_ms: Mapped[int | None] = mapped_column(BigInteger)
    forked: Mapped[bool] = mapped_column(Boolean, default=False)
    diverged_at: Mapped[int | None] = mapped_column(BigInteger)
    lease_until: Mapped[int | None] = mapped_column(BigInteger)
    revoked_at: Mapped[int | None] = mapped_column(BigInteger)
    drained_at: Mapped[int | None] = mapped_column(BigInteger)
    erase: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    token_at: Mapped[int | None] = mapped_column(BigInteger)
    next_token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    status: Mapped[str] = mapped_column(Text, default="{}")
    __table_args__ = (Index("device_team", "team"), Index("device_user", "user"))


class EnrolmentCode(Base):
    """A one-time code, hashed; with the device and key that it was traded for, so that a repeat gives the same
    answer."""

    __tablename__ = "enrolment_code"
    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    team: Mapped[str] = mapped_column(Id)
    created_at: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[int] = mapped_column(BigInteger)
    created_by: Mapped[str | None] = mapped_column(Id)
    device: Mapped[str | None] = mapped_column(Id)
    public_key: Mapped[str | None] = mapped_column(Text)


class Notice(Base):
    """A word from the office to one tablet, sent with its answers until it was delivered."""

    __tablename__ = "notice"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    device: Mapped[str] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(String(32))
    record: Mapped[str | None] = mapped_column(Id)
    text: Mapped[str] = mapped_column(Text)
    due: Mapped[str | None] = mapped_column(String(10))
    created_at: Mapped[int] = mapped_column(BigInteger)
    delivered_at: Mapped[int | None] = mapped_column(BigInteger)
    __table_args__ = (Index("notice_waiting", "device", "delivered_at"),)


class Setting(Base):
    """What the database knows of itself: its epoch, the digest of the schemas its projections were made from."""

    __tablename__ = "setting"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class AuditEntry(Base):
    """Who read, wrote, took out or was refused what; append-only. ``digest`` (salted) covers the rest; ``block`` is the
    sealed block that it is in."""

    __tablename__ = "audit"
    n: Mapped[int] = mapped_column(Counting, primary_key=True, autoincrement=True)
    at: Mapped[int] = mapped_column(BigInteger)
    action: Mapped[str] = mapped_column(String(40))
    who: Mapped[str] = mapped_column(String(36))
    subject: Mapped[str | None] = mapped_column(String(200))
    family: Mapped[str | None] = mapped_column(Id)
    reason: Mapped[str | None] = mapped_column(Text)
    details: Mapped[str] = mapped_column(Text)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    block: Mapped[int | None] = mapped_column(Integer)
    __table_args__ = (
        Index("audit_who", "who", "n"),
        Index("audit_family", "family", "n"),
        Index("audit_subject", "subject", "n"),
        _partial("audit_unsealed", "n", where="block IS NULL"),
        Index("audit_block", "block"),
    )


class Block(Base):
    """A sealed block: hash = SHA-256(hash of the block before, then the digests of its ops in order, then those of its
    audit entries). ``count``: of both."""

    __tablename__ = "block"
    n: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    count: Mapped[int] = mapped_column(Integer)
    sealed_at: Mapped[int] = mapped_column(BigInteger)


class Shield(Base):
    """Who is named for a record that sits apart in its own feed (see shields.py): ``subject`` is a device's or a
    person's id. Brought in step with the record by the gate."""

    __tablename__ = "shield"
    record: Mapped[str] = mapped_column(Id, primary_key=True)
    subject: Mapped[str] = mapped_column(Id, primary_key=True)
    __table_args__ = (Index("shield_subject", "subject"),)


class Mention(Base):
    """Which records a kept op (``n``) names: who may not know of one of them does not see the op."""

    __tablename__ = "mention"
    n: Mapped[int] = mapped_column(Counting, primary_key=True, autoincrement=False)
    record: Mapped[str] = mapped_column(Id, primary_key=True)
    __table_args__ = (Index("mention_record", "record"),)


class Opening(Base):
    """A family outside a person's scope, opened for a stated reason until a moment."""

    __tablename__ = "opening"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user: Mapped[str] = mapped_column(Id)
    family: Mapped[str] = mapped_column(Id)
    reason: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[int] = mapped_column(BigInteger)
    until: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (Index("opening_user", "user", "until"),)


class Question(Base):
    """What the office asked a team about a matter (its attention key). ``by``: who asked, by name."""

    __tablename__ = "question"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(200))
    by: Mapped[str] = mapped_column(String(200))
    at: Mapped[int] = mapped_column(BigInteger)
    text: Mapped[str] = mapped_column(Text)
    __table_args__ = (Index("question_key", "key"),)


class Certificate(Base):
    """A figure told by phone. ``wanted``, ``territories``: what and where (JSON). ``families``: ids, 16 bytes each."""

    __tablename__ = "certificate"
    n: Mapped[int] = mapped_column(Integer, primary_key=True)
    user: Mapped[str] = mapped_column(Id)
    by: Mapped[str] = mapped_column(String(200))
    at: Mapped[int] = mapped_column(BigInteger)
    day: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(Text)
    wanted: Mapped[str] = mapped_column(Text)
    territories: Mapped[str] = mapped_column(Text)
    figure: Mapped[int] = mapped_column(Integer)
    families: Mapped[bytes] = mapped_column(LargeBinary)


class Substitution(Base):
    """Who works in the place of whom, from one local day to another, both included."""

    __tablename__ = "substitution"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    absent: Mapped[str] = mapped_column(Id)
    substitute: Mapped[str] = mapped_column(Id)
    since: Mapped[str] = mapped_column(String(10))
    until: Mapped[str] = mapped_column(String(10))
    made_by: Mapped[str | None] = mapped_column(Id)
    made_at: Mapped[int] = mapped_column(BigInteger)
    ended_at: Mapped[int | None] = mapped_column(BigInteger)
    __table_args__ = (Index("substitution_substitute", "substitute"), Index("substitution_absent", "absent"))


class Throttle(Base):
    """Failed tries in a window of time. The key is a keyed digest: a password typed for a login is kept nowhere."""

    __tablename__ = "throttle"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    tries: Mapped[int] = mapped_column(Integer)
    until: Mapped[int] = mapped_column(BigInteger)


user_role = Table(
    "user_role",
    Base.metadata,
    Column("user", Id, ForeignKey("user.id", ondelete="CASCADE"), primary_key=True),
    Column("role", Integer, ForeignKey("role.id", ondelete="CASCADE"), primary_key=True),
)


class Role(Base, RoleMixin):
    """A role of the office's people (roles.py)."""

    __tablename__ = "role"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    description: Mapped[str | None] = mapped_column(String(200))


class User(Base, UserMixin):
    """A person of the office. ``territories`` and ``teams``: JSON lists of ids of what the person works for, both [] =
    all. ``one_time_until``: the password is a one-time one and good until then. ``totp_counter``: of the last code that
    was used."""

    __tablename__ = "user"
    id: Mapped[str] = mapped_column(Id, primary_key=True)  # type: ignore[assignment]  # ours are UUIDs
    email: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str | None] = mapped_column(String(20))
    territories: Mapped[str] = mapped_column(Text, default="[]")
    teams: Mapped[str] = mapped_column(Text, default="[]")
    demo: Mapped[bool] = mapped_column(Boolean, default=False)
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    one_time_until: Mapped[int | None] = mapped_column(BigInteger)
    totp_counter: Mapped[int | None] = mapped_column(BigInteger)
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    tf_phone_number: Mapped[str | None] = mapped_column(String(20))
    mf_recovery_codes: Mapped[str | None] = mapped_column(Text)  # type: ignore[assignment]  # JSON
    created_at: Mapped[int] = mapped_column(BigInteger)
    last_seen: Mapped[int | None] = mapped_column(BigInteger)
    roles: Mapped[list[Role]] = relationship(secondary=user_role, lazy="joined")  # type: ignore[assignment]


def role_names(user: User) -> set[str]:
    """The names of a person's roles."""
    return {role.name for role in user.roles}
