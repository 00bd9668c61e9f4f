"""The tables of blobs and uploads."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base
from server.models import Counting, Id

Hash = String(64)
OPEN = text("ended IS NULL")


class Blob(Base):
    """What came whole. ``sha256``: of the bytes as they were sent, its name; ``content``: of the bytes that are kept,
    its key in the store; ``size`` and ``kept``: how many bytes both are. ``orphan_since``: when it was first found that
    nothing names it."""

    __tablename__ = "blob"
    sha256: Mapped[str] = mapped_column(Hash, primary_key=True)
    content: Mapped[str] = mapped_column(Hash)
    mime: Mapped[str] = mapped_column(String(40))
    size: Mapped[int] = mapped_column(BigInteger)
    kept: Mapped[int] = mapped_column(BigInteger)
    received_at: Mapped[int] = mapped_column(BigInteger)
    orphan_since: Mapped[int | None] = mapped_column(BigInteger)
    __table_args__ = (Index("blob_content", "content"),)


class BlobSender(Base):
    """Which device has proven that it holds a blob: it sent its bytes, or could read it when it named it."""

    __tablename__ = "blob_sender"
    sha256: Mapped[str] = mapped_column(Hash, primary_key=True)
    device: Mapped[str] = mapped_column(Id, primary_key=True)
    at: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (Index("blob_sender_device", "device"),)


class BlobNaming(Base):
    """Which op (``n``), of which record and device, names which hash."""

    __tablename__ = "blob_naming"
    sha256: Mapped[str] = mapped_column(Hash, primary_key=True)
    n: Mapped[int] = mapped_column(Counting, primary_key=True, autoincrement=False)
    record: Mapped[str] = mapped_column(Id)
    device: Mapped[str] = mapped_column(Id)
    __table_args__ = (Index("blob_naming_n", "n"),)


class Upload(Base):
    """One upload. ``offset``: how many bytes are safe on disk; only a finished one has all. ``sha256``: as its sender
    named it, None until it is known. ``sealed``: its bytes are the file sealed to us. ``ended``: "done", or the code of
    the problem that ended it."""

    __tablename__ = "upload"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    device: Mapped[str] = mapped_column(Id)
    sha256: Mapped[str | None] = mapped_column(Hash)
    size: Mapped[int] = mapped_column(BigInteger)
    offset: Mapped[int] = mapped_column(BigInteger)
    keep_exif: Mapped[bool] = mapped_column(Boolean)
    sealed: Mapped[bool] = mapped_column(Boolean, server_default=false())
    created_at: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[int] = mapped_column(BigInteger)
    ended: Mapped[str | None] = mapped_column(String(20))
    __table_args__ = (
        Index("upload_device", "device", "sha256"),
        Index("upload_sha256", "sha256"),
        Index("upload_expires", "expires_at"),
        Index("upload_open", "device", sqlite_where=OPEN, postgresql_where=OPEN),
    )
