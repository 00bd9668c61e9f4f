"""May data of a person be processed for a purpose today? What rests on a law or a public service may; what rests on
consent, while one covers it.

A withdrawal wins whatever the clocks say: it ends every consent of that person for that purpose which was given no
later than its day, in whatever record, and in whatever order they came. Who consents again gives a new document.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, select

from schemas.records.legal_basis import DEFAULT_BASES
from server import projections
from server.register import Stored

CONSENT = "consent"


@dataclass(frozen=True, slots=True)
class Given:
    """One consent. ``withdrawn``: the days of its withdrawals; ``valid``: whether who gave it may speak for the
    subject."""

    subject: str
    purpose: str
    since: str
    until: str | None
    withdrawn: tuple[str, ...]
    valid: bool

    @classmethod
    def of(cls, record: Stored, speakers: Collection[tuple[str, str]]) -> Given:
        """A consent as it is recorded. ``speakers``: (representative, whom they speak for)."""
        fields = record.fields
        subject, giver = str(fields.get("subject")), str(fields.get("given_by"))
        days = tuple(entry["value"]["date"] for entry in fields.get("withdrawals") or ())
        return cls(
            subject,
            str(fields.get("purpose")),
            fields.get("date_from") or "9999",
            fields.get("until"),
            days,
            giver == subject or (giver, subject) in speakers,
        )


def covers(given: Iterable[Given], subject: str, purpose: str, day: str) -> bool:
    """Whether any of these consents covers the processing of a person's data for a purpose on a day (ISO)."""
    own = [each for each in given if (each.subject, each.purpose) == (subject, purpose)]
    withdrawn = max((day for each in own for day in each.withdrawn), default="")
    return any(each.valid and withdrawn < each.since <= day <= (each.until or "9999") for each in own)


def basis_of(purpose: str, day: str, connection: Connection) -> str:
    """On what a purpose rests on a day: law, public_service or consent. The office's latest word holds, else the
    default."""
    basis = projections.table("legal_basis").c
    query = select(basis.basis, basis.date_from, basis.date_to).where(basis.purpose == purpose)
    rows = connection.execute(query.order_by(basis.date_from, basis.record))
    said = [row.basis for row in rows if (row.date_from or "") <= day <= (row.date_to or "9999")]
    return said[-1] if said else DEFAULT_BASES.get(purpose, CONSENT)
