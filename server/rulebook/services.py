"""One service written down twice: the same recipient, line, day and performer. Perhaps two tablets wrote one."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.text import fold
from server.register import Held
from server.rulebook.base import Finding, Judged, Rule, View, grouped, values

KIND = "services"


def _keys(view: View, changed: Sequence[Held]) -> set[str]:
    return values(changed, "service_rendered", "recipient")


def _judge(view: View, keys: set[str]) -> Judged:
    rows = view.rows("service_rendered", "recipient", keys, "recipient", "kind", "line", "date", "performer")
    judged = Judged({row.record for row in rows})
    for _, same in grouped(rows, "recipient", "kind", "date", "performer").items():
        lines: dict[str, list[str]] = {}
        for row in same:
            lines.setdefault(fold(row.line or ""), []).append(row.record)
        judged.findings += [Finding(KIND, ids[0], "line", {"records": ids}) for ids in lines.values() if len(ids) > 1]
    return judged


RULE = Rule(KIND, frozenset({"service_rendered"}), _keys, _judge)
