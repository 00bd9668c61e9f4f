"""Runs the rulebook: asks each rule what the changed records share with others (`questions`), and, once that is locked,
brings the entries in step with what the rules find (`answer`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, select

from server import attention, clock
from server.attention import Wanted
from server.bulk import among
from server.models import Attention
from server.register import Held, Register
from server.rulebook import RULES
from server.rulebook.base import Finding, Rule, View

_ATTENTION = Attention.__table__.c
_OPEN = select(_ATTENTION.key, _ATTENTION.kind, _ATTENTION.record).where(_ATTENTION.state == "open")


def questions(connection: Connection, register: Register, now: int) -> Questions:
    """What the records that this transaction changed ask of the rules."""
    view = View(connection, register, clock.local_day(now), now)
    by_type: dict[str, list[Held]] = defaultdict(list)
    for held in register.dirty:
        by_type[held.type].append(held)
    asked = {}
    for rule in RULES:
        changed = [held for type_name, each in by_type.items() if _reads(rule, type_name) for held in each]
        if changed and (keys := rule.keys(view, changed)):
            asked[rule.kind] = keys
    return Questions(view, asked)


def _reads(rule: Rule, type_name: str) -> bool:
    return rule.types is None or type_name in rule.types


@dataclass(frozen=True, slots=True)
class Questions:
    """Rules and the keys to be judged: kind → keys."""

    view: View
    asked: dict[str, set[str]]

    def locks(self) -> Iterator[bytes]:
        """A digest for each key, to be locked."""
        return (sha256(f"{kind}\0{key}".encode()).digest() for kind, keys in self.asked.items() for key in keys)

    def answer(self) -> None:
        """Opens what the rules find and closes what they find no longer."""
        found: list[Finding] = []
        looked_at: dict[str, set[str]] = {}
        for rule in RULES:
            if keys := self.asked.get(rule.kind):
                judged = rule.judge(self.view, keys)
                own = {held.id for held in self.view.register.dirty if _reads(rule, held.type)}
                looked_at[rule.kind] = judged.looked_at | own
                found += judged.findings
        self._open(found)
        self._close(looked_at, {finding.key for finding in found})

    def _open(self, found: Sequence[Finding]) -> None:
        known = self.view.register.peek({finding.record for finding in found})
        rows = [attention.row(self._about(finding, known), _wanted(finding), self.view.now) for finding in found]
        attention.put(self.view.connection, rows)

    def _about(self, finding: Finding, known: dict[str, Held]) -> Held:
        """The record of a matter; of one that has not arrived, its id and the place of who names it."""
        held = known.get(finding.record)
        if held is not None:
            return held
        first = str(finding.detail["records"][0])
        naming = self.view.register.peek([first])[first]
        return Held(finding.record, naming.type, feeds=naming.feeds)

    def _close(self, looked_at: dict[str, set[str]], keys: set[str]) -> None:
        ids = sorted({id for each in looked_at.values() for id in each})
        for row in _open_ones(self.view.connection, looked_at, ids):
            if row.record in looked_at[row.kind] and row.key not in keys:
                changed = self.view.register.get(row.record)
                by = changed.changed_by if changed else self._writer()
                attention.close(self.view.connection, row.key, by, self.view.now)

    def _writer(self) -> str | None:
        """The op that mended a matter about a record which it did not touch: the last of the transaction."""
        return max((held.changed_by for held in self.view.register.dirty if held.changed_by), default=None)


def _wanted(finding: Finding) -> Wanted:
    return Wanted(finding.key, finding.kind, finding.field, dict(finding.detail))


def _open_ones(connection: Connection, kinds: Iterable[str], ids: Sequence[str]) -> Sequence[Any]:
    return connection.execute(_OPEN.where(among(_ATTENTION.kind, sorted(kinds)), among(_ATTENTION.record, ids))).all()
