"""A tiny server of the sync protocol for the tablet's own tests: it can be told to fail at the worst moments.

It keeps every op once, by id, and counts how often it was sent; its register is the plainest there is (the
last op wins). Its receipts, seals and digests are real.
"""

from __future__ import annotations

import base64
import json
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import jwt
import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from schemas.clock import stamp_of
from schemas.digest import canonical, record_digest
from schemas.ids import new_id
from schemas.receipts import ALGORITHM, statement

Json = dict[str, Any]
TEAM = {
    "id": new_id(),
    "code": "B-1",
    "name": "Бригада № 1",
    "territories": [{"id": new_id(), "oktmo": "12605404", "name": "Сельсовет Образцовый"}],
    "workers": [{"id": new_id(), "name": "Петрова Анна Ивановна"}, {"id": new_id(), "name": "Асанов Тимур"}],
}
FEED = TEAM["territories"][0]["id"]
CLOSED: tuple[int, Json] = (503, {"type": "urn:vyezd:problem:closed", "title": "Сервер восстановлен"})


@dataclass
class Database:
    """What a backup holds, and a restore sets back."""

    devices: dict[str, str] = field(default_factory=dict)  # token → device
    ops: dict[str, Json] = field(default_factory=dict)
    sent_by: dict[str, str] = field(default_factory=dict)  # op → device
    seqs: dict[tuple[str, int], str] = field(default_factory=dict)
    results: dict[str, Json] = field(default_factory=dict)
    records: dict[str, Json] = field(default_factory=dict)
    journal: list[str] = field(default_factory=list)
    forked: set[str] = field(default_factory=set)
    settled: dict[str, list[Json]] = field(default_factory=lambda: defaultdict(list))  # by device
    unprocessed: list[tuple[Json, str]] = field(default_factory=list)  # ops and devices


class FakeServer:
    """The state of the server. ``faults`` are what happens to the next requests, one each; then all goes
    well.

    Faults: `deaf` (hangs up before it listens), `lost` (does all and hangs up), `cut` (does all, answers half), `busy`
    (503, does nothing), `small` (413 above 2 ops), `full` (413 for any), `portal` (a page of the Wi-Fi answers),
    `stranger` (JSON of somebody else).
    """

    def __init__(self) -> None:
        self.epoch = "5f1c09ab"
        self.held = Database()
        self.sent: Counter[str] = Counter()
        self.offers: dict[str, Json] = {}
        self.agreed: list[bool] = []
        self.faults: list[str] = []
        self.codes = {"AAAA-1111"}
        self.enrolled: dict[str, tuple[str, str, str]] = {}  # code → (public key, token, device)
        self.seal = pyrage.x25519.Identity.generate()
        self.sign = Ed25519PrivateKey.generate()
        self.closed = False
        self.skew_ms = 0
        self.page = 500
        self.scope = [FEED, "reference"]
        self.extra: Json = {}
        self.judge: Callable[[Json], Json] = lambda op: {"outcome": "applied"}
        self.before_answer: Callable[[], None] = lambda: None
        self.after_answer: Callable[[], None] = lambda: None
        self.revoked = self.outdated = False
        self.requests: list[Json] = []
        self.url = ""

    @property
    def ops(self) -> dict[str, Json]:
        return self.held.ops

    @property
    def records(self) -> dict[str, Json]:
        return self.held.records

    @property
    def token(self) -> str:
        """The token of the tablet that enrolled last."""
        return list(self.held.devices)[-1]

    # What the office does

    def office_writes(self, type: str, fields: Json, id: str | None = None, **parts: Any) -> str:
        """Create or change a record; returns its id."""
        id = id or new_id()
        record = self.records.setdefault(id, {"type": type, "id": id, "rev": 0, "fields": {}, "feeds": [FEED]})
        record["fields"] |= fields
        self._moved(record, stamp_of(self.now_ms()), parts)
        return id

    def takes_away(self, id: str) -> None:
        """The record leaves the tablet's scope."""
        self.records[id]["gone"] = True
        self.held.journal.append(id)

    def settles(self, op: str, outcome: str) -> None:
        """The office decides about an op that was quarantined or stored: told to the device that sent it."""
        self.held.settled[self.held.sent_by[op]].append({"settled": op, "outcome": outcome})

    def backs_up(self) -> Database:
        return deepcopy(self.held)

    def restores(self, backup: Database | None = None) -> None:
        """The database begins another life, from a backup; without one it has lost nothing but its epoch."""
        self.epoch = f"{int(self.epoch, 16) + 1:08x}"
        self.held = deepcopy(backup) if backup else self.held

    # What a tablet asks

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000 + self.skew_ms

    def enroll(self, asked: Json) -> tuple[int, Json]:
        fresh = (asked["public_key"], f"vt_{new_id()}", new_id())
        key, token, device = self.enrolled.setdefault(asked["code"], fresh)
        if asked["code"] not in self.codes or key != asked["public_key"]:
            said = {"title": "Код подключения не подошёл", "detail": "Попросите новый."}
            return 403, {"type": "urn:vyezd:problem:bad-code"} | said
        self.held.devices[token] = device
        said = {"device": device, "token": token, "team": TEAM, "server_keys": self._keys()}
        return 200, said | self._head()

    def sync(self, asked: Json, device: str) -> tuple[int, Json]:
        if self.closed:
            return self._hold(asked, device)
        while self.held.unprocessed:
            self._receive(*self.held.unprocessed.pop(0))
        epoch, position = self._place(asked["cursor"])
        position = self._compare(asked["digests"], position) if epoch == self.epoch else 0
        results = [self._receive(op, device) for op in asked["ops"]]
        self.before_answer()
        told = self.held.settled[device]
        said = self._head() | {"scope": self.scope, "results": results, "settled": told, "notices": []}
        said |= {"receipt": self.receipt(device, asked["ops"], results)} | self.extra
        if device in self.held.forked:
            said["reenrol"] = True
        if self.revoked:
            said |= {"drained": True} if asked["drained"] and not asked["ops"] else {}
            return 200, said | {"scope": [], "revoked": True, "changes": []}
        if self.outdated:
            return 200, said | {"outdated": True, "changes": []}
        if epoch != self.epoch:
            said["reset"] = True
        changes, end, more = self._changes(position, min(asked["limit"], self.page))
        return 200, said | {"changes": changes, "cursor": f"{self.epoch}:{end}", "more": more}

    def _hold(self, asked: Json, device: str) -> tuple[int, Json]:
        """What a restored server does before its journal was replayed: it keeps what comes, and nobody reads."""
        if not asked["ops"]:
            return CLOSED
        self.held.unprocessed += [(op, device) for op in asked["ops"]]
        results = [{"op": self._open(op)["op"], "outcome": "stored"} for op in asked["ops"]]
        said = self._head() | {"scope": [], "results": results, "settled": [], "notices": [], "changes": []}
        return 200, said | {"closed": True, "receipt": self.receipt(device, asked["ops"], results)}

    def changes(self, cursor: str) -> tuple[int, Json | list[Json]]:
        if self.closed:
            return CLOSED
        epoch, position = self._place(cursor)
        if epoch != self.epoch:
            return 410, {"type": "urn:vyezd:problem:gone", "title": "База восстановлена"}
        lines: list[Json] = []
        more = True
        while more and len(lines) < 3 * self.page:
            changes, position, more = self._changes(position, self.page)
            lines += [*changes, {"cursor": f"{self.epoch}:{position}", "more": more}]
        return 200, lines

    def _head(self) -> Json:
        now = datetime.fromtimestamp(self.now_ms() / 1000, UTC).isoformat(timespec="milliseconds")
        return {"server_time": now, "epoch": self.epoch, "lease_until": "2030-01-01T00:00:00.000Z"}

    def _keys(self) -> Json:
        sign = base64.urlsafe_b64encode(self.sign.public_key().public_bytes_raw()).rstrip(b"=").decode()
        return {"seal": str(self.seal.to_public()), "sign": sign}

    def receipt(self, device: str, ops: list[Json], results: list[Json]) -> str:
        pairs = zip(ops, results, strict=True)
        decided = [(op, result["outcome"]) for op, result in pairs if "sealed" not in op and is_exact(op)]
        payload = canonical(statement(device, decided))
        return jwt.PyJWS(algorithms=[ALGORITHM]).encode(payload, self.sign, ALGORITHM)

    def _receive(self, op: Json, device: str) -> Json:
        was = op.get("was", {})
        if "sealed" in op:
            op = self._open(op)
            self.offers[op["op"]] = was
        held, id = self.held, op["op"]
        self.sent[id] += 1
        if id in held.ops:
            assert (held.ops[id], held.sent_by[id]) == (op, device), "op_reused"
            return held.results[id]
        held.ops[id], held.sent_by[id] = op, device
        if held.seqs.setdefault((device, op["seq"]), id) != id:
            held.forked.add(device)
        assert "mends" not in op or op["mends"] in held.results, "a mend came before its original"
        result = {"op": id, **self.judge(op)}
        if result["outcome"] in ("applied", "conflict"):
            result["rev"] = self._apply(op)
            if "mends" in op:
                self.settles(op["mends"], result["outcome"])
        held.results[id] = result
        return result

    def _open(self, op: Json) -> Json:
        if "sealed" not in op:
            return op
        opened: Json = json.loads(pyrage.decrypt(base64.b64decode(op["sealed"], validate=True), [self.seal]))
        return opened

    def _apply(self, op: Json) -> int:
        blank = {"type": op["type"], "id": op["id"], "rev": 0, "fields": {}, "feeds": [FEED]}
        record = self.records.setdefault(op["id"], blank)
        for name, value in op.get("set", {}).items():
            record["fields"][name] = value["to"] if isinstance(value, dict) else value
        for name, values in op.get("add", {}).items():
            record["fields"].setdefault(name, []).extend(values)
        self._moved(record, min(op["at"], stamp_of(self.now_ms())), {})
        return record["rev"]

    def _moved(self, record: Json, at: str, parts: Json) -> None:
        record |= {"rev": record["rev"] + 1, "at": at} | parts
        self.held.journal.append(record["id"])

    def _place(self, cursor: str | None) -> tuple[str, int]:
        epoch, _, position = (cursor or f"{self.epoch}:0").partition(":")
        return epoch, int(position)

    def _compare(self, digests: Json, position: int) -> int:
        """The position to read on from: the beginning when a tablet at the head holds something else."""
        if not digests or position < len(self.held.journal):
            return position
        sums: dict[str, Counter[str]] = {feed: Counter() for feed in self.scope}
        for record in self.records.values():
            for feed in sums.keys() & set(() if record.get("gone") else record["feeds"]):
                sums[feed][record["type"]] += record_digest(record["id"], record["rev"])
        ours = {feed: {type: f"{value % 2**256:064x}" for type, value in each.items()} for feed, each in sums.items()}
        self.agreed.append(ours == digests)
        return position if self.agreed[-1] else 0

    def _changes(self, position: int, limit: int) -> tuple[list[Json], int, bool]:
        """Records whose last change lies after a position, each once."""
        last = {id: n for n, id in enumerate(self.held.journal, 1)}
        due = sorted((n, id) for id, n in last.items() if n > position)
        changes = [self._change(self.records[id], fresh=position == 0) for _, id in due[:limit]]
        end = due[min(limit, len(due)) - 1][0] if due else position
        return [change for change in changes if change], end, len(due) > limit

    def _change(self, record: Json, fresh: bool) -> Json | None:
        if record.get("gone"):
            return None if fresh else {"type": record["type"], "id": record["id"], "gone": True}
        return {"disputed": {}, "incomplete": []} | record


def is_exact(op: Json) -> bool:
    """Whether both sides write an op alike."""
    try:
        return bool(canonical(op))
    except ValueError:
        return False
