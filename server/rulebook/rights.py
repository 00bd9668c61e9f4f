"""Legal representatives against the state of their rights: who was deprived of the rights to a child, or limited in
them, does not represent it, in whatever family it is written; whose guardianship ended, not in that family."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import Row, select

from server import projections
from server.register import Held
from server.rulebook.base import Finding, Judged, Rule, View, values, versions
from server.rulebook.outcomes import standing

KIND = "rights"
TAKEN = frozenset({"limited", "terminated"})
ENDED = "ended"
CHILD_ROLES = ("child", "ward")
TERMINATED = "rights_terminated"
_COLUMNS = ("person", "family", "role", "is_legal_representative", "rights_status")


def _keys(view: View, changed: Sequence[Held]) -> set[str]:
    """The people and families that links and outcomes name, and the families in which these people are: each link may
    complete, or undo, what others have begun."""
    keys: set[str] = values(changed, "membership", "person", "family")
    for held in changed:
        for fields in versions(held):
            if held.type == "outcome" and (fields.get("kind") == TERMINATED or fields.get("reverses")):
                keys |= {str(fields.get("child")), *(fields.get("parents") or ())}
    return keys | _families_of(view, keys)


def _families_of(view: View, people: set[str]) -> set[str]:
    return {row.family for row in view.rows("membership", "person", people, "family") if row.family}


def _whose_rights_are_in_question(view: View, keys: set[str]) -> set[str]:
    """Of the members of these families, and of those in which these people are, those without full rights: few, so that
    a child's link costs little. And who ever lost the rights to a child there, or to one of these people."""
    families = keys | _families_of(view, keys)
    rows = view.rows("membership", "family", families, "person", "role", "rights_status")
    own = {row.person for row in rows if row.rights_status in {*TAKEN, ENDED}}
    terminations = _terminations(view, keys | {row.person for row in rows if _is_child(row)})
    return own | {person for record in terminations for person in record.fields.get("parents") or ()}


def _terminations(view: View, children: set[str], counted: Callable[[Sequence[Row[Any]]], Any] = list) -> list[Any]:
    """The outcomes by which somebody lost the rights to one of these children."""
    outcome = projections.table("outcome").c
    if view.connection.scalar(select(outcome.record).where(outcome.kind == TERMINATED).limit(1)) is None:
        return []
    rows = counted(view.rows("outcome", "child", children, "child", "kind", "date", "reverses"))
    return [*view.records(row.record for row in rows if row.kind == TERMINATED).values()]


def _is_child(row: Row[Any]) -> bool:
    return row.role in CHILD_ROLES


def _judge(view: View, keys: set[str]) -> Judged:
    people = keys | _whose_rights_are_in_question(view, keys)
    own = view.rows("membership", "person", people, *_COLUMNS)
    claims = [row for row in own if row.is_legal_representative]
    judged = Judged({row.record for row in own})
    if not claims:
        return judged
    lost = [row for row in own if row.rights_status in {*TAKEN, ENDED}]
    families = {row.family for row in own}
    children = _children(view.rows("membership", "family", families, "family", "person", "role"))
    claimed = {child for row in claims for child in children.get(row.family, ())}
    terminations = _terminations(view, claimed, standing)
    if not (lost or terminations):
        return judged
    for claim in claims:
        against = [row.record for row in lost if _denies(row, claim, children)]
        against += [
            each.id
            for each in terminations
            if claim.person in (each.fields.get("parents") or ())
            and each.fields.get("child") in children.get(claim.family, ())
        ]
        if against:
            judged.findings.append(Finding(KIND, claim.record, "is_legal_representative", {"records": sorted(against)}))
    return judged


def _children(rows: Iterable[Row[Any]]) -> dict[str, set[str]]:
    """Family → the children in it."""
    children: dict[str, set[str]] = {}
    for row in rows:
        if _is_child(row):
            children.setdefault(row.family, set()).add(row.person)
    return children


def _denies(lost: Row[Any], claim: Row[Any], children: dict[str, set[str]]) -> bool:
    """Whether the rights lost by one link are those that the other claims."""
    if lost.person != claim.person:
        return False
    if lost.family == claim.family:
        return True
    shared = children.get(lost.family, set()) & children.get(claim.family, set())
    return lost.rights_status in TAKEN and bool(shared)


RULE = Rule(KIND, frozenset({"membership", "outcome"}), _keys, _judge)
