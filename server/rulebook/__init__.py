"""The rules across records that know the domain, one file each. Start reading in base.py; server/rules.py runs them."""

from __future__ import annotations

from server.rulebook import absent, assessments, consents, curators, joint, outcomes, overdue, rights, services
from server.rulebook.base import Rule

RULES: tuple[Rule, ...] = (
    curators.RULE,
    rights.RULE,
    consents.RULE,
    assessments.RULE,
    outcomes.RULE,
    services.RULE,
    joint.RULE,
    overdue.RULE,
    absent.RULE,
)
