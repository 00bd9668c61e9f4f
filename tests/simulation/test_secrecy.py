"""Answers never tell whether a record outside the scope exists: byte by byte, they are as for one that does not.

Each shape of op is sent twice by one tablet: about something that exists out of its reach, and about nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from schemas.ids import new_id
from tests.support.world import Tablet, World, make_app

STARTED = "2026-11-02T10:00:00+04:00"
SNILS = ("112-233-445 95", "087-654-303 00")
PASSING = ("server_time", "lease_until", "receipt")  # of the time, and of the ids that are put aside

Shape = Callable[[Tablet, str], dict[str, Any]]


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> World:
    return World(make_app(database_url, tmp_path))


@pytest.fixture
def tablet(world: World) -> Tablet:
    tablet = world.tablet()
    tablet.pull()
    return tablet


@pytest.fixture
def foreign(world: World) -> dict[str, str]:
    """What another team wrote in its own territory: type → id; outcome → the id of an op."""
    other = world.tablet(world.other_team, name="Чужой планшет")
    family = other.op("family", feed=world.elsewhere, set={"territory": world.elsewhere, "address": "ул. Мира, 2"})
    person = other.op("person", feed=world.elsewhere, set=named(SNILS[0]))
    member = other.op("membership", set={"family": family["id"], "person": person["id"], "role": "mother"})
    visit = other.op("visit", set={"family": family["id"], "kind": "initial", "started_at": STARTED})
    part = other.op("visit_part", set={"visit": visit["id"], "worker": world.stranger})
    trip = other.op("trip", set={"team": world.other_team, "date_from": "2026-11-02", "date_to": "2026-11-03"})
    good = [family, person, member, visit, part, trip]
    bad = other.op("person", feed=world.elsewhere, set=named("112-233-445 96"))
    outcomes = [result["outcome"] for result in other.sync(*good, bad)["results"]]
    assert outcomes == ["applied"] * len(good) + ["quarantined"]
    return {op["type"]: op["id"] for op in good} | {"quarantined": bad["op"], "applied": family["op"]}


def named(snils: str) -> dict[str, str]:
    return {"surname": "Белова", "given": "Вера", "sex": "female", "birth_date": "1990", "snils": snils}


def sent(tablet: Tablet, op: dict[str, Any], about: str) -> bytes:
    """The answer to one op, without what passes and without the ids of the op and of what it is about."""
    said = tablet.http.post("/api/v1/sync", json={"ops": [op], "cursor": tablet.cursor}, headers=tablet.headers)
    text = said.data
    for key in PASSING:
        if value := (said.get_json() or {}).get(key):
            text = text.replace(str(value).encode(), f"<{key} {len(value)}>".encode())
    headers = "\n".join(f"{name}: {value}" for name, value in said.headers)
    return f"{said.status}\n{headers}\n".encode() + text.replace(op["op"].encode(), b"<op>").replace(
        about.encode(), b"<id>"
    )


ON_RECORDS: dict[str, tuple[str, Shape]] = {
    "edit a family": ("family", lambda t, id: t.op("family", id, set={"address": "ул. Ленина, 5"})),
    "edit what was on screen": ("family", lambda t, id: t.op("family", id, base=1, set={"household": "Печь."})),
    "add to a family": ("family", lambda t, id: t.op("family", id, base=1, add={"circumstances": ["5"]})),
    "take out of a family": ("family", lambda t, id: t.op("family", id, base=1, remove={"circumstances": ["5"]})),
    "propose a number": ("family", lambda t, id: t.op("family", id, base=1, set={"number": "15/2014"})),
    "close a case": ("family", lambda t, id: t.op("family", id, set={"case_status": {"from": None, "to": "closed"}})),
    "delete a family": ("family", lambda t, id: t.op("family", id, base=1, delete=True)),
    "delete unseen": ("family", lambda t, id: t.op("family", id, delete=True)),
    "bring back": ("family", lambda t, id: t.op("family", id, base=1, delete=False)),
    "an empty op": ("family", lambda t, id: t.op("family", id, base=1)),
    "move it here": ("family", lambda t, id: t.op("family", id, base=1, set={"territory": t.world.here})),
    "claim it by feed": ("family", lambda t, id: t.op("family", id, base=1, feed=t.world.here)),
    "move it on": ("family", lambda t, id: t.op("family", id, base=1, set={"territory": t.world.elsewhere})),
    "rename a person": ("person", lambda t, id: t.op("person", id, base=1, set={"surname": "Гусева"})),
    "claim a person": ("person", lambda t, id: t.op("person", id, base=1, feed=t.world.here)),
    "delete a person": ("person", lambda t, id: t.op("person", id, base=1, delete=True)),
    "note on a visit": ("visit", lambda t, id: t.op("visit", id, base=1, add={"notes": ["Печь дымит."]})),
    "delete a visit": ("visit", lambda t, id: t.op("visit", id, base=1, delete=True)),
    "a part as it stands": ("visit_part", lambda t, id: t.op("visit_part", id, base=1, add={"notes": ["Да."]})),
    "end a membership": ("membership", lambda t, id: t.op("membership", id, base=1, set={"role": "other"})),
    "another's trip": ("trip", lambda t, id: t.op("trip", id, base=1, set={"vehicle": "УАЗ"})),
    "take over a trip": ("trip", lambda t, id: t.op("trip", id, base=1, set={"team": t.world.team})),
    "another type": ("family", lambda t, id: t.op("visit", id, base=1, add={"notes": ["Печь дымит."]})),
    "visit it": ("family", lambda t, id: t.op("visit", set={"family": id, "kind": "initial", "started_at": STARTED})),
    "visit of its trip": ("trip", lambda t, id: t.op("visit", set={"family": own(t), "trip": id, "kind": "initial"})),
    "a part of its visit": ("visit", lambda t, id: t.op("visit_part", set={"visit": id, "worker": t.worker})),
    "its new member": ("family", lambda t, id: t.op("membership", set={"family": id, "person": new_id()})),
    "its person with us": ("person", lambda t, id: t.op("membership", set={"family": own(t), "person": id})),
    "re-family a visit": ("family", lambda t, id: t.op("visit", own_visit(t), base=1, set={"family": id})),
    "mend an op on it": ("family", lambda t, id: t.op("family", id, mends=new_id(), set={"address": "ул. 1"})),
    "void an op on it": ("family", lambda t, id: t.op("family", id, base=1, void=[new_id()])),
}
ON_OPS: dict[str, Shape] = {
    "mend it": lambda t, op: t.op("person", mends=op, feed=t.world.here, set=named(SNILS[0])),
    "void it": lambda t, op: t.op("family", own(t), base=1, void=[op]),
    "replace it in a dispute": lambda t, op: t.op("family", own(t), base=1, over=[op], set={"address": "ул. Своя, 1"}),
}


def own(tablet: Tablet) -> str:
    """The tablet's own family, made at first use."""
    return made(tablet, "family", lambda: tablet.family(address="ул. Своя, 1"))


def own_visit(tablet: Tablet) -> str:
    told = {"family": own(tablet), "kind": "initial", "started_at": STARTED}
    return made(tablet, "visit", lambda: tablet.op("visit", set=told))


def own_trip(tablet: Tablet) -> str:
    told = {"team": tablet.world.team, "date_from": "2026-11-02", "date_to": "2026-11-03"}
    return made(tablet, "trip", lambda: tablet.op("trip", set=told))


def made(tablet: Tablet, type: str, make: Callable[[], dict[str, Any]]) -> str:
    mine = [id for id, record in tablet.records.items() if record["type"] == type]
    if mine:
        return mine[0]
    op = make()
    tablet.sync(op)
    tablet.pull()
    return str(op["id"])


@pytest.mark.parametrize("name", ON_RECORDS)
def test_an_op_about_a_foreign_record_is_answered_as_if_there_were_none(
    name: str, tablet: Tablet, foreign: dict[str, str]
) -> None:
    type, shape = ON_RECORDS[name]
    for make in (own, own_visit, own_trip):
        make(tablet)
    for about in (new_id(), foreign[type]):
        told = [sent(tablet, shape(tablet, id), id) for id in (new_id(), about, new_id())]
        assert told[0] == told[1] == told[2]


@pytest.mark.parametrize("name", ON_OPS)
@pytest.mark.parametrize("which", ["quarantined", "applied"])
def test_an_op_that_names_a_foreign_op_is_answered_as_if_there_were_none(
    name: str, which: str, tablet: Tablet, foreign: dict[str, str]
) -> None:
    told = []
    for op in (new_id(), foreign[which]):
        tablet.records.clear()
        told.append(results(tablet, ON_OPS[name](tablet, op), op))
    assert told[0] == told[1]


def test_a_number_that_a_foreign_person_has_is_taken_as_any_other(tablet: Tablet, foreign: dict[str, str]) -> None:
    taken, free = (tablet.op("person", feed=tablet.world.here, set=named(snils)) for snils in SNILS)
    assert results(tablet, taken, taken["id"]) == results(tablet, free, free["id"])


def test_a_stop_at_a_foreign_family_is_taken_as_a_stop_at_none(tablet: Tablet, foreign: dict[str, str]) -> None:
    def stop(family: str) -> dict[str, Any]:
        told = {"team": tablet.world.team, "date_from": "2026-11-02", "date_to": "2026-11-03"}
        return tablet.op("trip", set=told, add={"stops": [{"order": "a", "family": family}]})

    to_nothing, to_it = stop(new_id()), stop(foreign["family"])
    assert results(tablet, to_it, to_it["id"]) == results(tablet, to_nothing, to_nothing["id"])


def test_digests_of_a_foreign_feed_are_not_looked_at(tablet: Tablet, foreign: dict[str, str]) -> None:
    asked = [{feed: {"family": "1" * 64}} for feed in (new_id(), tablet.world.elsewhere)]
    nothing, it = (tablet.sync(digests=digests) for digests in asked)
    assert [{**said, **dict.fromkeys(PASSING)} for said in (it,)] == [{**nothing, **dict.fromkeys(PASSING)}]


def test_a_cursor_with_any_byte_changed_is_no_cursor(tablet: Tablet, foreign: dict[str, str]) -> None:
    assert tablet.cursor
    refused = set()
    for place in range(len(tablet.cursor)):
        letter = "A" if tablet.cursor[place] != "A" else "B"
        forged = tablet.cursor[:place] + letter + tablet.cursor[place + 1 :]
        answer = tablet.http.get(f"/api/v1/changes?cursor={forged}", headers=tablet.headers)
        refused.add((answer.status_code, answer.get_json(silent=True, force=True).get("type")))
    assert refused == {(400, "urn:vyezd:problem:bad-cursor")}


def test_the_cursor_of_another_team_opens_nothing(tablet: Tablet, foreign: dict[str, str]) -> None:
    """Also not the ids of what its owner has: those would come as `gone`."""
    other = tablet.world.tablet(tablet.world.other_team, name="Чужой планшет 2")
    other.pull()
    assert foreign["family"] in other.records
    told = tablet.http.get(f"/api/v1/changes?cursor={other.cursor}", headers=tablet.headers).data
    told += tablet.http.post("/api/v1/sync", json={"cursor": other.cursor}, headers=tablet.headers).data
    assert [id for id in foreign.values() if id.encode() in told] == []


def results(tablet: Tablet, op: dict[str, Any], about: str) -> bytes:
    """What is said of an op that is taken in: the same for all but its ids."""
    said = tablet.http.post("/api/v1/sync", json={"ops": [op]}, headers=tablet.headers).get_json()["results"]
    return orjson.dumps(said).replace(op["op"].encode(), b"<op>").replace(about.encode(), b"<about>")
