"""What rests on consent needs one that covers it: of the right person, for that purpose, in force, not withdrawn.

What rests on a law or a public service goes on without; so protecting a child never stops. One matter a family and
purpose, however many records rest on it: it asks people to stop them or to get a consent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from schemas.records.referral import OPEN
from server import projections
from server.consents import CONSENT, Given, basis_of, covers
from server.register import Held
from server.rulebook.base import Finding, Judged, Rule, View, values

KIND = "consent"
PHOTO = "photo"
TYPES = frozenset({"referral", "attachment", "consent", "membership", "legal_basis"})


@dataclass(frozen=True, slots=True)
class Resting:
    """A record whose purpose needs a ground. ``person``: whose data; None: anybody's of the family."""

    record: str
    family: str
    person: str | None
    purpose: str


def _keys(view: View, changed: Sequence[Held]) -> set[str]:
    """Families, and the people by whom a consent and a family are linked: whichever link comes last finds the other."""
    families = {*values(changed, "referral", "family"), *values(changed, "attachment", "family")}
    families |= values(changed, "membership", "family", "person") | values(changed, "consent", "subject", "given_by")
    return families | _with_purpose(view, values(changed, "legal_basis", "purpose"))


def _due(view: View, since: str) -> set[str]:
    """The families in which a consent ended since a day, or a legal basis began or ended."""
    consent = projections.table("consent").c
    query = select(consent.subject).where(consent.until >= since, consent.until < view.today)
    people = set(view.connection.scalars(query))
    families = {row.family for row in view.rows("membership", "person", people, "family")}
    basis = projections.table("legal_basis").c
    begun, ended = (day.between(since, view.today) for day in (basis.date_from, basis.date_to))
    return families | _with_purpose(view, set(view.connection.scalars(select(basis.purpose).where(begun | ended))))


def _with_purpose(view: View, purposes: set[str]) -> set[str]:
    """The families of which something rests on one of these purposes."""
    rows = view.rows("referral", "purpose", purposes, "family")
    rows += view.rows("attachment", "kind", {PHOTO} & purposes, "family")
    return {row.family for row in rows if row.family}


def _judge(view: View, keys: set[str]) -> Judged:
    families = keys | {row.family for row in view.rows("membership", "person", keys, "family") if row.family}
    judged = Judged(families)
    resting = [
        each for each in _resting(view, families) if basis_of(each.purpose, view.today, view.connection) == CONSENT
    ]
    if not resting:
        return judged
    members = _members(view, {each.family for each in resting})
    given = _given(view, members)
    matters: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in resting:
        people = {each.person} if each.person else {row.person for row in members.get(each.family, ())}
        if not any(covers(given, person, each.purpose, view.today) for person in people):
            matters[each.family, each.purpose].append(each.record)
    judged.findings = [
        Finding(KIND, family, None, {"records": sorted(records), "purpose": purpose}, part=purpose)
        for (family, purpose), records in matters.items()
    ]
    return judged


def _resting(view: View, families: set[str]) -> Iterable[Resting]:
    """The open referrals and the photographs of these families."""
    for row in view.rows("referral", "family", families, "family", "person", "purpose", "status"):
        if row.purpose and (row.status is None or row.status in OPEN):
            yield Resting(row.record, row.family, row.person, row.purpose)
    for row in view.rows("attachment", "family", families, "family", "person", "kind"):
        if row.kind == PHOTO:
            yield Resting(row.record, row.family, row.person, PHOTO)


def _members(view: View, families: set[str]) -> dict[str, list[Row[Any]]]:
    members: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in view.rows(
        "membership", "family", families, "family", "person", "is_legal_representative", "rights_status"
    ):
        members[row.family].append(row)
    return members


def _given(view: View, members: dict[str, list[Row[Any]]]) -> list[Given]:
    """The consents about these people, each with whether its giver may speak for the subject."""
    people = {row.person for rows in members.values() for row in rows}
    found = view.records(row.record for row in view.rows("consent", "subject", people))
    speakers = {
        (row.person, other.person)
        for rows in members.values()
        for row in rows
        if row.is_legal_representative and row.rights_status in (None, "full")
        for other in rows
    }
    return [Given.of(record, speakers) for record in found.values()]


RULE = Rule(KIND, TYPES, _keys, _judge, _due)
