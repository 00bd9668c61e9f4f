"""Who may do what: roles of the office's people and the rights that each of them has. *Where* is another question:
scope (reading/reach.py)."""

from __future__ import annotations

from enum import StrEnum


class Right(StrEnum):
    """What pages and deeds ask for."""

    FAMILIES = "families"  # read the families, visits and records within reach
    FIGURES = "figures"  # read totals without names
    QUEUE = "queue"  # see what waits for a decision or wants mending
    CORRECT = "correct"  # correct records and review what was signed
    TRIPS = "trips"  # plan trips and confirm what teams propose
    DECIDE = "decide"  # decide and mend
    SHIELD = "shield"  # shield a family, and name who reads it
    TABLETS = "tablets"  # see the tablets and how they are
    DEVICES = "devices"  # enrol and revoke tablets
    PEOPLE = "people"  # keep the accounts of the office
    AUDIT = "audit"  # read who did what


SPECIALIST, OFFICER, ADMIN = "specialist", "officer", "admin"
METHODOLOGIST, AUDITOR, SYSADMIN = "methodologist", "auditor", "sysadmin"

RIGHTS: dict[str, frozenset[Right]] = {
    SPECIALIST: frozenset({Right.FAMILIES, Right.FIGURES}),
    OFFICER: frozenset({Right.FAMILIES, Right.FIGURES, Right.QUEUE, Right.CORRECT, Right.TRIPS, Right.TABLETS}),
    ADMIN: frozenset(Right) - {Right.AUDIT},
    METHODOLOGIST: frozenset({Right.FIGURES}),
    AUDITOR: frozenset({Right.AUDIT, Right.TABLETS}),
    SYSADMIN: frozenset({Right.TABLETS, Right.DEVICES}),
}
"""Whoever keeps the machines or reads the audit sees no family; whoever decides about families does not read the audit
of it."""

DESCRIPTIONS = {
    SPECIALIST: "reads the families of their teams",
    OFFICER: "reads the register of their territories and what waits in it",
    ADMIN: "decides, and keeps people, tablets and shields",
    METHODOLOGIST: "reads figures and materials, no family",
    AUDITOR: "reads the audit, no family",
    SYSADMIN: "keeps tablets and backups, no family",
}
ROLES = tuple(RIGHTS)
BOUNDED = (SPECIALIST,)
"""Roles that are never given without a territory or a team."""
WITHOUT_PLACE = (METHODOLOGIST, AUDITOR, SYSADMIN)
"""Roles to which no place is given."""


def rights_of(roles: frozenset[str]) -> frozenset[Right]:
    """All that these roles together may do."""
    return frozenset().union(*(RIGHTS.get(role, frozenset()) for role in roles))
