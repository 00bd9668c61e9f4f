"""Two risk assessments of one family (or one child) on one day both stay; levels two or more apart are a matter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from schemas.records.risk_assessment import LEVELS, level
from server.register import Held, Stored
from server.rulebook.base import Fields, Finding, Judged, Rule, View, values

KIND = "assessments"
APART = 2


def _keys(view: View, changed: Sequence[Held]) -> set[str]:
    return values(changed, "risk_assessment", "family", "person")


def _subject(fields: Fields) -> str:
    return str(fields.get("person") or fields.get("family") or "")


def _judge(view: View, keys: set[str]) -> Judged:
    found = [row for name in ("family", "person") for row in view.rows("risk_assessment", name, keys)]
    days: dict[tuple[str, str], list[Stored]] = defaultdict(list)
    for record in view.records(row.record for row in found).values():
        days[_subject(record.fields), record.fields.get("date", "")].append(record)
    judged = Judged(set(keys))
    for (subject, day), records in days.items():
        levels = {record.id: level(record.fields) for record in records}
        known = [each for each in levels.values() if each is not None]
        if known and max(known) - min(known) >= APART:
            said = {id: LEVELS[each] for id, each in sorted(levels.items()) if each is not None}
            judged.findings.append(
                Finding(KIND, subject, None, {"records": sorted(said), "levels": said, "day": day}, part=day)
            )
    return judged


RULE = Rule(KIND, frozenset({"risk_assessment"}), _keys, _judge)
