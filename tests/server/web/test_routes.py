"""Every route × every role × own and other territory × shielded and not, against the written table (routes.py)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from server import people
from server.db import reading
from server.models import Op
from server.reading import mistakes
from server.roles import ADMIN, BOUNDED, ROLES, WITHOUT_PLACE
from tests.server.web import scene
from tests.server.web.routes import OPEN, TABLE, TABLET, Row
from tests.server.web.scene import Browser, Office, join, visit
from tests.support import camera
from tests.support.uploading import attachment, send
from tests.support.world import Tablet, World, make_app

PLACES = {"own": "Своева", "other": "Чужова", "shielded": "Тайнова"}
MISTAKES: dict[str, dict[str, Any]] = {
    PLACES["own"]: {"kind": "nonsense"},
    PLACES["other"]: {"planned": "x"},
    PLACES["shielded"]: {"planned": "x", "kind": "nonsense"},
}
NAMED = "named"
"""An administrator like the other one, but named for the shielded family."""


@dataclass
class House:
    """People in a region, and in each place one of everything that an address can name: place → kind → id."""

    office: Office
    things: dict[str, dict[str, str]] = field(default_factory=dict)
    browsers: dict[str, Browser] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def address(self, endpoint: str, row: Row, place: str = "own") -> str:
        """Where a route leads for the thing of a place."""
        thing = self.things[place].get(row.about or "", "visit")
        names: dict[str, Any] = {
            "record": thing,
            "key": thing,
            "op": thing,
            "id": thing,
            "filename": "vyezd.css",
            "name": "index.html",
        }
        names["number"] = thing
        names["sha256"] = "0" * 64
        names |= {"code_list": "needs", "paper": "visit_log", "kind": "docx", "shape": "docx"}
        names["tablet"] = self.things["own"]["tablet"]
        names["type_name"] = thing if row.about == "type" else {"reviewed": "visit"}.get(row.about or "", "person")
        with self.office.world.app.test_request_context():
            adapter = self.office.world.app.url_map.bind("localhost")
            rule = next(rule for rule in self.office.world.app.url_map.iter_rules(endpoint))
            return adapter.build(endpoint, {name: names[name] for name in rule.arguments})

    def ask(self, who: str, method: str, address: str) -> tuple[int, str]:
        """Status and text of a request of somebody; a form is sent with its token and nothing else."""
        client = self.browsers[who].client
        data = {"csrf_token": self.tokens[who]} if method == "POST" else None
        answer = client.open(address, method=method, data=data)
        return answer.status_code, answer.get_data().decode("utf-8", "replace")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """One app in process, on the embedded engine."""
    folder: Path = tmp_path_factory.mktemp("routes")
    world = World(make_app(f"sqlite:///{folder / 'vyezd.db'}", folder))
    house = House(Office(world))
    tablets = world.tablet(), world.tablet(name="Планшет 2"), world.tablet(world.other_team, "Планшет 3")
    house.things["own"] = _thing(tablets[0], tablets[1], PLACES["own"])
    house.things["other"] = _thing(tablets[2], world.tablet(world.other_team, "Планшет 4"), PLACES["other"])
    house.things["shielded"] = _thing(tablets[0], tablets[1], PLACES["shielded"])
    house.things["own"]["tablet"] = tablets[0].device
    for role in ROLES:
        _person(house, role, role)
    _person(house, NAMED, ADMIN)
    keeper = house.office.signed_in(scene.ADMIN)
    here = house.office.add("colleague", "Орлова Вера", "officer", (world.here,))
    away = house.office.add("stranger", "Павлова Нина", "officer", (world.elsewhere,))
    house.things["own"]["account"], house.things["other"]["account"] = here, away
    with world.inside():
        named = people.find(f"the-{NAMED}").id
    family = house.things["shielded"]["family"]
    assert keeper.post(f"/families/{family}/shield", reason="violence", people=named).status_code == 302
    for place, territory in (("own", world.here), ("other", world.elsewhere)):
        answer = keeper.post("/certificates", "/account", territory=territory)
        house.things[place]["certificate"] = answer.headers["Location"].rsplit("/", 1)[1]
        answer = keeper.post("/journals", "/account", territory=territory, month="2020-01")
        house.things[place]["journal"] = answer.headers["Location"].rsplit("/", 1)[1]
    house.browsers["nobody"], house.tokens["nobody"] = Browser(world.app.test_client()), ""
    return house


def _person(house: House, login: str, role: str) -> None:
    world = house.office.world
    places = () if role in (*WITHOUT_PLACE, *BOUNDED) else (world.here,)
    teams = (world.team,) if role in BOUNDED else ()
    house.office.add(f"the-{login}", f"Некто {login}", role, places, teams)
    house.browsers[login] = house.office.signed_in(f"the-{login}")
    house.tokens[login] = house.browsers[login].hidden("/account")["csrf_token"]


def _thing(first: Tablet, second: Tablet, surname: str) -> dict[str, str]:
    """A family of this name with a disputed address, a visit, and an op that wants mending."""
    place = first.world.elsewhere if surname == PLACES["other"] else first.world.here
    made = first.op("family", feed=place, set={"territory": place, "address": f"ул. {surname}, 1"})
    members = join(first, made["id"], surname, "Вера", "mother", "1990-05-03")
    for op in members:
        op |= {"feed": place} if op["type"] == "person" else {}
    met = visit(first, made["id"], purpose=f"К семье {surname}")
    picture = camera.photo(surname, (80, 60))
    taken = attachment(first, picture, made["id"], met["id"])
    team = first.world.other_team if surname == PLACES["other"] else first.world.team
    days = {"date_from": "2026-05-04", "date_to": "2026-05-05"}
    trip = first.op("trip", set={"team": team} | days, add={"stops": [{"order": "a0", "family": made["id"]}]})
    first.sync(made, *members, met, taken, trip)
    assert send(first, picture).status_code == 204
    second.pull()
    first.sync(first.op("family", made["id"], set={"address": f"ул. {surname}, 2"}))
    second.sync(second.op("family", made["id"], set={"address": f"ул. {surname}, 3"}))
    wrong = visit(first, made["id"], purpose=f"К семье {surname}", kind="nonsense")
    assert first.sync(wrong)["results"][0]["outcome"] == "quarantined"
    bad = MISTAKES[surname]
    twice = [visit(first, made["id"], **bad) for _ in range(2)]
    first.sync(*twice)
    of_team = {} if surname == PLACES["shielded"] else {"trip": trip["id"], "team": team}
    return of_team | {
        "family": made["id"],
        "visit": met["id"],
        "record": members[0]["id"],
        "edited": members[0]["id"],
        "reviewed": met["id"],
        "photo": taken["id"],
        "matter": f"disputed:{made['id']}:address",
        "kept": wrong["op"],
        "mistake": _mistake(first.world, str(twice[0]["op"])),
        "type": "person",
    }


def _mistake(world: World, op: str) -> str:
    """The address of the kind of mistake that an op has."""
    with world.inside(), reading() as connection:
        result = connection.scalar(select(Op.result).where(Op.op == op))
    return mistakes.key_of("visit", str(result))


def rows(*kinds: str) -> Iterator[tuple[str, str, Row]]:
    """The table's rows for people, or for one of these instead of roles."""
    for (endpoint, method), row in TABLE.items():
        if row.who in kinds if kinds else not isinstance(row.who, str):
            yield endpoint, method, row


def test_every_route_has_a_row_and_every_row_a_route(house: House) -> None:
    found = {
        (rule.endpoint, method)
        for rule in house.office.world.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert found == set(TABLE)


def test_a_role_gets_into_its_own_routes_and_into_no_other(house: House) -> None:
    wrong = []
    for endpoint, method, row in rows():
        for role in ROLES:
            status, _ = house.ask(role, method, house.address(endpoint, row))
            allowed = role in row.who
            if status in (401, 403, 404, 500) if allowed and method == "GET" else (status == 403) is allowed:
                wrong.append((endpoint, method, role, status))
    assert not wrong


def test_what_lies_elsewhere_or_is_shielded_is_as_if_it_were_not_there(house: House) -> None:
    wrong = []
    for endpoint, method, row in rows():
        for place in PLACES if row.about and row.about != "type" else ():
            if row.about not in house.things[place]:
                continue
            for role in sorted(row.who):
                status, text = house.ask(role, method, house.address(endpoint, row, place))
                if (status == 404) is (place == "own") or (place != "own" and PLACES[place] in text):
                    wrong.append((endpoint, method, role, place, status))
    assert not wrong


def test_who_is_named_for_a_shielded_family_finds_it_like_any_other(house: House) -> None:
    for endpoint, method, row in rows():
        if ADMIN in row.who and row.about in house.things["shielded"] and method == "GET":
            status, _ = house.ask(NAMED, method, house.address(endpoint, row, "shielded"))
            assert status == 200, (endpoint, method, status)


def test_lists_hold_what_is_within_reach_and_nothing_else(house: House) -> None:
    for endpoint, method, row in rows():
        for role in [*sorted(row.who), NAMED] if row.lists and ADMIN in row.who else ():
            _, text = house.ask(role, method, house.address(endpoint, row))
            seen = {place for place in PLACES if any(sign in text for sign in _signs(house, place))}
            assert seen == ({"own", "shielded"} if role == NAMED else {"own"}), (endpoint, role)


def _signs(house: House, place: str) -> list[str]:
    """What on a page would tell of the things of a place."""
    return [
        PLACES[place],
        *(
            id
            for kind, id in house.things[place].items()
            if kind not in ("type", "account", "tablet", "certificate", "journal", "mistake", "team")
        ),
    ]


def test_nobody_comes_in_without_signing_in(house: House) -> None:
    for endpoint, method, row in rows():
        status, text = house.ask("nobody", method, house.address(endpoint, row))
        assert status == (302 if method == "GET" else 400), (endpoint, method)
        assert not any(surname in text for surname in PLACES.values())


def test_a_person_s_cookie_opens_nothing_to_tablets_and_what_is_open_needs_none(house: House) -> None:
    for endpoint, method, row in rows(TABLET):
        assert house.ask(ADMIN, method, house.address(endpoint, row))[0] == 401, endpoint
    for endpoint, method, row in rows(OPEN):
        assert house.ask("nobody", method, house.address(endpoint, row))[0] not in (401, 403, 404, 500), endpoint
