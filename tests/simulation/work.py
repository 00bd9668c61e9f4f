"""What workers write on a trip: every way of editing that a tablet knows, drawn from its Random.

Each deed takes a tablet's store and its Random, and does nothing where there is nothing to do it to. What a tablet
would not let people write comes from a tablet of another make (`_something_odd`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any
from unittest.mock import patch

from client_stub import clock, edits, mending, trips, view
from client_stub.edits import Unfit
from client_stub.store import Store
from client_stub.view import View
from schemas import registry
from schemas.ids import new_id

SURNAMES = ("Белова", "Воронцова", "Гусева", "Дёмина")
SNILS = ("11223344595", "08765430300")
NEXT_STATUS = {None: "new", "new": "active", "active": "paused", "paused": "active", "closed": "active"}
RESULTS = ("held", "not_at_home", "refused", "rescheduled")
WORDS = ("хорошо", "шумно", "придём ещё")

Deed = Callable[[Store, Random], Any]
Deeds = Mapping[Deed, int]
"""How often each is done."""


def work(store: Store, random: Random, deeds: int, among: Deeds) -> None:
    """A stretch of work without a connection. What the tablet refuses to take is not written."""
    for deed in random.choices(list(among), list(among.values()), k=deeds):
        try:
            deed(store, random)
        except Unfit:
            continue


def _one(store: Store, random: Random, type: str) -> View | None:
    """Any record of a type that the tablet shows."""
    known = view.every(store, type) if registry.get(type) else []
    return random.choice(known) if known else None


def _day(store: Store) -> str:
    return clock.now(store).date().isoformat()


def _open_case(store: Store, random: Random) -> None:
    if trips.settlements(store):
        trips.open_case(store, random)


def _visit(store: Store, random: Random) -> None:
    trips.travel(store, random, visits=1)


def _correct_the_family(store: Store, random: Random) -> None:
    if family := _one(store, random, "family"):
        change: dict[str, Any] = {
            "set": {"address": trips.address(random), "household": random.choice(trips.HOUSEHOLDS)},
            "add": {"circumstances": [random.choice("57")], "directions": ["За мостом налево."]},
        }
        if found := family.fields.get("circumstances"):
            change |= {"remove": {"circumstances": [random.choice(found)]}}
        edits.save(store, "family", family.id, change, family)


def _take_the_case_on(store: Store, random: Random) -> None:
    if family := _one(store, random, "family"):
        before = family.fields.get("case_status")
        after = random.choice((NEXT_STATUS[before], "closed")) if before in ("new", "active") else NEXT_STATUS[before]
        step = {"case_status": {"from": before, "to": after}, "last_contact": _day(store)}
        edits.save(store, "family", family.id, {"set": step}, family)


def _correct_the_person(store: Store, random: Random) -> None:
    if person := _one(store, random, "person"):
        told = {"surname": random.choice(SURNAMES), "snils": random.choice(SNILS), "school": "Школа № 2"}
        some = dict(random.sample(list(told.items()), random.randint(1, 3)))
        edits.save(store, "person", person.id, {"set": some}, person)


def _add_to_a_visit(store: Store, random: Random) -> None:
    if visit := _one(store, random, "visit"):
        before = visit.fields.get("result")
        result = {"from": before, "to": random.choice([result for result in RESULTS if result != before])}
        change = {
            "set": {"purpose": f"Цель {random.randint(1, 9)}", "result": result},
            "add": {"notes": [random.choice(trips.NOTES) for _ in range(random.randint(1, 2))], "needs": ["legal"]},
        }
        edits.save(store, "visit", visit.id, change, visit)


def _write_a_part(store: Store, random: Random) -> None:
    if (visit := _one(store, random, "visit")) and store["worker"]:
        change = {"set": {"visit": visit.id, "worker": store["worker"]}, "add": {"notes": [random.choice(trips.NOTES)]}}
        edits.write(store, "visit_part", new_id(), change)


def _end_a_membership(store: Store, random: Random) -> None:
    if member := _one(store, random, "membership"):
        periods = member.fields.get("periods", [])
        ended = [period | {"to": _day(store)} for period in periods]
        edits.save(store, "membership", member.id, {"add": {"periods": ended}, "remove": {"periods": periods}}, member)


def _a_child_in_two_families(store: Store, random: Random) -> None:
    family, person = _one(store, random, "family"), _one(store, random, "person")
    if family and person:
        belongs = {"person": person.id, "family": family.id, "role": "ward"}
        change = {"set": belongs, "add": {"periods": [{"from": "2020-01-01"}]}}
        edits.write(store, "membership", new_id(), change)


def _meet(store: Store, random: Random) -> None:
    meeting, family = _one(store, random, "gathering"), _one(store, random, "family")
    lasted = random.randint(20, 300)
    change: dict[str, Any] = {
        "set": {"longest": lasted, "shortest": lasted},
        "inc": {"attended": random.randint(1, 9), "left": -random.randint(0, 3)},
        "add": {"words": [random.choice(WORDS)], "games": [random.choice(("лото", "шашки", "мяч"))]},
    }
    if meeting:
        edits.save(store, "gathering", meeting.id, change | {"remove": {"games": ["лото"]}}, meeting)
    elif family and registry.get("gathering"):
        change["set"] |= {"family": family.id, "name": f"Встреча {random.randint(1, 3)}"}
        edits.write(store, "gathering", new_id(), change)


def _journey(store: Store, random: Random) -> None:
    trip, place = _one(store, random, "trip"), random.choice(trips.settlements(store) or [None])
    odometer = {"odometer_start": random.randint(1000, 1100), "odometer_end": random.randint(1100, 1900)}
    if trip and place:
        stop = {"order": f"a{random.randint(0, 9)}", "territory": place}
        edits.save(store, "trip", trip.id, {"set": odometer, "add": {"stops": [stop]}}, trip)
    else:
        plan = {"team": store["team"]["id"], "date_from": _day(store), "date_to": _day(store)}
        edits.write(store, "trip", new_id(), {"set": plan | odometer, "add": {"territories": [place] if place else []}})


def _delete(store: Store, random: Random) -> None:
    kind = random.choices(("visit", "visit_part", "membership", "person", "family"), (5, 2, 2, 2, 1))[0]
    if record := _one(store, random, kind):
        edits.write(store, kind, record.id, {"delete": True}, record)


def _decide_oneself(store: Store, random: Random) -> None:
    """A disputed field is settled on the tablet: the op names the candidates that were on its screen."""
    disputed = [each for each in store.records("disputed <> '{}'", []) if each["type"] in ("family", "person", "visit")]
    shown = view.look(store, random.choice(disputed)["id"]) if disputed else None
    if shown and not shown.deleted:
        name, candidates = random.choice(sorted(shown.disputed.items()))
        value = random.choice(candidates)["value"]
        is_status = isinstance(value, str) and name in ("case_status", "result")
        edits.save(
            store, shown.type, shown.id, {"set": {name: {"from": None, "to": value} if is_status else value}}, shown
        )


def _move(store: Store, random: Random) -> None:
    """To another settlement: one's own, or (it is stored) one that is not in the scope."""
    known = [each["id"] for each in store.records("type = 'territory'", [])]
    if (family := _one(store, random, "family")) and known:
        edits.save(store, "family", family.id, {"set": {"territory": random.choice(known)}}, family)


def _propose(store: Store, random: Random) -> None:
    """What only the office may write."""
    if family := _one(store, random, "family"):
        number = f"{random.randint(1, 90)}/2026"
        edits.save(store, "family", family.id, {"set": {"number": number}}, family)


def _something_odd(store: Store, random: Random) -> None:
    """What a tablet of another make lets through: the server keeps it whole for its author."""
    good = {"surname": random.choice(SURNAMES), "given": "Анна", "sex": "female", "birth_date": "1990"}
    with patch("client_stub.edits.check", lambda op: None):
        match random.randint(1, 3):
            case 1:
                feed = random.choice(trips.settlements(store) or [None])
                edits.write(store, "person", new_id(), {"set": good | {"snils": "11223344596"}}, feed=feed)
            case 2:
                edits.write(store, "novelty", new_id(), {"set": {"name": "?"}})
            case _:
                if visit := _one(store, random, "visit"):
                    edits.write(store, "visit", visit.id, {"add": {"notes": ["Писала не я."]}}, visit, by=new_id())


def mend(store: Store, random: Random) -> None:
    """Some of what came back is written again as it was meant."""
    for copy in _mendable(store.to_mend()):
        if random.random() < 0.6:
            mending.mend(store, copy, {"snils": random.choice((*SNILS, None))})


def _mendable(copies: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [copy for copy in copies if "snils" in copy["errors"]]


DEEDS: Deeds = {
    _visit: 12, _open_case: 4, _correct_the_family: 8, _take_the_case_on: 3, _correct_the_person: 6,
    _add_to_a_visit: 8, _write_a_part: 3, _end_a_membership: 2, _a_child_in_two_families: 3, _meet: 5, _journey: 3,
    _delete: 4, _decide_oneself: 4, _move: 3, _propose: 1, _something_odd: 3,
}  # fmt: skip
ROUTINE: Deeds = {_visit: 4, _correct_the_family: 3, _add_to_a_visit: 3, _correct_the_person: 2}
"""What many threads may do at once."""
