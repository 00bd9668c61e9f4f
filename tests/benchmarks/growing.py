"""Long histories in bulk: the rows that the gate made of a few visits, copied under new ids into every table."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, redirect_stderr
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from schemas import registry
from schemas.digest import record_digest
from server.database import MIGRATIONS
from tests.benchmarks.bench import Bench
from tests.benchmarks.scene import Crew, Scene, dumped
from tests.support.world import make_app

OPS_A_VISIT = 5
SAMPLE = 20_000  # visits of a team that a measurement may edit
PART = 2_000  # visits written at a time
PLAN = "plan.json"
MAKER = "1"  # another number for rows that are made otherwise

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Grown:
    """A register with a history of ``count`` ops. ``visits``: for each team some of its visits' ids."""

    scene: Scene
    count: int
    visits: list[list[str]]

    def size_gb(self) -> float:
        """The size of the database."""
        return (self.scene.folder / "vyezd.db").stat().st_size / 1e9


@contextmanager
def history(bench: Bench, count: int) -> Iterator[Grown]:
    """The register with a history of so many ops. What is not there yet is made now: a making that was broken off goes
    on where it was."""
    folder = bench.build / "growth" / f"{count}-{_shape()}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / "log").open("a") as log, redirect_stderr(log):
        if not (folder / PLAN).exists():
            _found(bench, folder, count)
        plan = json.loads((folder / PLAN).read_text())
        url = f"sqlite:///{folder / 'vyezd.db'}"
        scene = Scene(make_app(url, folder), url, folder, bench.random(f"growth {count}"), plan["district"])
        scene.crews = [Crew(**each) for each in plan["crews"]]
        yield Grown(scene, count, _grow(scene, plan["patterns"], count // OPS_A_VISIT))
        scene.close()


def discard(bench: Bench, count: int) -> None:
    """Throws a history away: the next one is made anew."""
    for old in (bench.build / "growth").glob(f"{count}-*"):
        shutil.rmtree(old)


def _shape() -> str:
    """What the rows are made for: another schema or migration wants another history."""
    migrations = [path.name for path in sorted((MIGRATIONS / "versions").glob("*.py"))]
    return hashlib.sha256("\0".join([registry.digest(), MAKER, *migrations]).encode()).hexdigest()[:12]


def _found(bench: Bench, folder: Path, count: int) -> None:
    """The teams, and in each the visit that is to be copied."""
    discard(bench, count)
    folder.mkdir()
    url = f"sqlite:///{folder / 'vyezd.db'}"
    scene = Scene(make_app(url, folder), url, folder, bench.random("growing"))
    scene.found(bench.scale.growth_teams, bench.scale.families)
    patterns = [_pattern(scene, crew) for crew in scene.crews]
    scene.close()
    crews = [{name: getattr(crew, name) for name in ("team", "place", "worker", "families")} for crew in scene.crews]
    (folder / PLAN).write_text(json.dumps({"district": scene.district, "crews": crews, "patterns": patterns}))


def _grow(scene: Scene, patterns: Sequence[str], visits: int) -> list[list[str]]:
    """Copies until there are so many visits in all. Returns some of each team's."""
    with closing(sqlite3.connect(scene.folder / "vyezd.db", isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA synchronous = OFF")
        for crew, pattern in zip(scene.crews, patterns, strict=True):
            _multiply(connection, scene, crew, pattern, visits // len(patterns))
        return [_some(connection, crew) for crew in scene.crews]


def _some(connection: sqlite3.Connection, crew: Crew) -> list[str]:
    """A team's latest visits that nobody has edited since, SAMPLE at most (CROSS JOIN: by the feed's positions)."""
    query = (
        "SELECT record FROM placement CROSS JOIN record ON id = record WHERE feed = ? AND type = 'visit' AND rev = ?"
        " ORDER BY position DESC LIMIT ?"
    )
    return [row[0] for row in connection.execute(query, [crew.place, OPS_A_VISIT, SAMPLE])]


def _pattern(scene: Scene, crew: Crew) -> str:
    """A visit with four second thoughts, made by the gate. Returns its id."""
    writer = scene.writer(crew)
    visit = writer.visit(crew.families[0], 0)
    ops = [visit, *(writer.note(visit["id"], rev) for rev in range(1, OPS_A_VISIT))]
    with scene.inside():
        scene.push(writer, dumped(ops), 1)
    return str(visit["id"])


def _multiply(connection: sqlite3.Connection, scene: Scene, crew: Crew, pattern: str, times: int) -> None:
    """Copies the pattern's rows in its team's feed until there are so many visits, PART at a time."""
    tables = {name: _rows(connection, name, column, pattern) for name, column in _tables(connection)}
    (there,) = connection.execute("SELECT count(*) FROM op WHERE device = ?", [tables["op"][0]["device"]]).fetchone()
    for start in range(there // OPS_A_VISIT, times, PART):
        ids = [scene.id() for _ in range(min(PART, times - start))]
        connection.execute("BEGIN IMMEDIATE")
        (head,) = connection.execute("SELECT head FROM feed WHERE id = ?", [crew.place]).fetchone()
        for name, rows in tables.items():
            _insert(connection, name, _copies(scene, name, rows, pattern, ids, crew, head))
        _publish(connection, crew.place, head + len(ids), ids)
        connection.execute("COMMIT")


def _tables(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """The tables that a visit has rows in, and the column that names it."""
    known = [("op", "record"), ("record", "id"), ("placement", "record"), ("proj_visit", "record")]
    names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return [each for each in known if each[0] in names]


def _rows(connection: sqlite3.Connection, name: str, column: str, value: str) -> Rows:
    return [dict(row) for row in connection.execute(f"SELECT * FROM {name} WHERE {column} = ?", [value])]


def _copies(
    scene: Scene, name: str, rows: Rows, pattern: str, ids: Sequence[str], crew: Crew, head: int
) -> Iterator[dict[str, Any]]:
    """The rows of each copy, in the order of time."""
    ops = [row["op"] for row in rows] if name == "op" else []
    for place, id in enumerate(ids):
        fresh = {pattern: id, crew.families[0]: crew.families[place % len(crew.families)]}
        fresh |= {op: scene.id() for op in ops}
        for row in rows:
            copy = {column: _renamed(value, fresh) for column, value in row.items()}
            if name == "op":
                seq = row["seq"] + OPS_A_VISIT * (head + place)
                copy |= {"n": None, "seq": seq, "digest": hashlib.sha256(copy["op"].encode()).digest()}
            elif name == "placement":
                copy |= {"position": head + place + 1, "stays": f"[[{head + place + 1},null]]"}
            yield copy


def _renamed(value: Any, fresh: dict[str, str]) -> Any:
    """A value with the new ids in the place of the old ones."""
    if isinstance(value, str):
        for old, new in fresh.items():
            value = value.replace(old, new)
    elif isinstance(value, bytes) and len(value) > 32:
        for old, new in fresh.items():
            value = value.replace(old.encode(), new.encode())
    return value


def _insert(connection: sqlite3.Connection, name: str, copies: Iterable[dict[str, Any]]) -> None:
    rows = list(copies)
    if rows:
        columns = ", ".join(f'"{column}"' for column in rows[0])
        marks = ", ".join("?" for _ in rows[0])
        connection.executemany(f"INSERT INTO {name} ({columns}) VALUES ({marks})", [tuple(r.values()) for r in rows])


def _publish(connection: sqlite3.Connection, feed: str, head: int, visits: Sequence[str]) -> None:
    """The feed's head, and its digest of visits."""
    (told,) = connection.execute("SELECT digests FROM feed WHERE id = ?", [feed]).fetchone()
    digests = json.loads(told)
    total = int(digests["visit"], 16) + sum(record_digest(id, OPS_A_VISIT) for id in visits)
    digests["visit"] = f"{total % 2**256:064x}"
    connection.execute("UPDATE feed SET head = ?, digests = ? WHERE id = ?", [head, json.dumps(digests), feed])
