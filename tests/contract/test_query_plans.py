"""Every statement that a push or a pull sends finds its rows by an index, whatever there is in the tables.

The statements are those really sent, caught on the way; each engine is asked for its plan. A small table hides a
missing index, so SQLite is asked by the form of the plan alone and PostgreSQL with sequential scans forbidden.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, event

from server.db import db, is_sqlite, reading
from tests.support.world import Tablet, World

Sent = dict[str, Any]
"""Statement → the parameters of its first sending."""

LISTS = re.compile(r"SCAN (\w+ VIRTUAL TABLE INDEX|last$|promised$)")  # what was asked for, or made for the statement


@contextmanager
def statements(world: World) -> Iterator[Sent]:
    """What goes to the database meanwhile."""
    sent: Sent = {}
    with world.inside():
        engine = db.engine

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if statement.split()[0] in ("WITH", "SELECT", "INSERT", "UPDATE", "DELETE"):
            sent.setdefault(statement, parameters[0] if many else parameters)

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def scans(connection: Connection, statement: str, parameters: Any) -> list[str]:
    """The parts of a plan that read a table from end to end."""
    if is_sqlite(connection):
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return [row.detail for row in rows if row.detail.startswith("SCAN") and not LISTS.match(row.detail)]
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
    return [_told(node) for node in _nodes(plan[0]["Plan"]) if _is_scan(node)]


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for inner in node.get("Plans", []):
        yield from _nodes(inner)


def _is_scan(node: dict[str, Any]) -> bool:
    """A sequential scan, or an index walked from end to end."""
    kind = node["Node Type"]
    return kind == "Seq Scan" or (kind.endswith(("Index Scan", "Index Only Scan")) and "Index Cond" not in node)


def _told(node: dict[str, Any]) -> str:
    return f"{node['Node Type']} on {node.get('Relation Name', node.get('Index Name'))}"


def work(tablet: Tablet, other: Tablet) -> None:
    """A trip that meets another tablet's, in every way that touches other tables."""
    world, family = tablet.world, tablet.family(address="ул. Ленина, д. 1")
    person = tablet.op("person", feed=world.here, set={"surname": "Белова", "given": "Алёна", "snils": "11223344595"})
    member = tablet.op("membership", set={"family": family["id"], "person": person["id"], "role": "mother"})
    values = {"family": family["id"], "kind": "initial", "started_at": "2026-11-02T10:00:00+04:00"}
    visit = tablet.op("visit", set=values, add={"needs": ["legal"]})
    tablet.sync(family, person, member, visit, tablet.op("family", set={"address": 5}))
    other.sync(other.op("family", id=family["id"], base=0, set={"address": "ул. Мира, д. 2", "territory": world.there}))
    other.sync(other.op("visit", id=visit["id"], base=0, set={"signed_at": "2026-11-02T11:00:00+04:00"}))
    other.sync(other.op("person", id=person["id"], base=0, delete=True))
    tablet.sync(tablet.op("visit", set={**values, "family": world.region}))
    tablet.pull()
    other.http.get("/api/v1/changes", headers=other.headers)


@pytest.fixture
def sent(world: World, tablet: Tablet) -> Sent:
    other = world.tablet(name="Планшет 2")
    other.pull()
    with statements(world) as found:
        work(tablet, other)
    return found


def test_push_and_pull_find_every_row_by_an_index(world: World, sent: Sent) -> None:
    assert len(sent) > 25
    with world.inside(), reading() as connection:
        found = {statement: scans(connection, statement, parameters) for statement, parameters in sent.items()}
    assert {statement: parts for statement, parts in found.items() if parts} == {}


def test_a_missing_index_would_be_seen(world: World) -> None:
    with world.inside(), reading() as connection:
        assert scans(connection, "SELECT n FROM op WHERE batch IS NOT NULL", ())
        assert scans(connection, "SELECT id FROM record ORDER BY id", ())
