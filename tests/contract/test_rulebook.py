"""The rules that know the domain, on both engines: what opens an entry, in whose district, and what closes it."""

from __future__ import annotations

from collections import defaultdict
from random import Random
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from schemas import registry
from schemas.ids import new_id
from server import clock, office, overdue, projections
from server.db import reading
from server.models import Attention
from server.office import Change
from tests.support.runs import Run
from tests.support.world import World

DAY = "2026-11-02"
NEXT_DAY = "2026-11-03"


class Desk:
    """An office person who writes records and looks at the queue."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.family = self.write("family", territory=world.here, case_status={"from": None, "to": "active"})

    def write(self, type: str, id: str | None = None, **values: Any) -> str:
        id = id or new_id()
        parts = registry.types()[type].write(values)
        base = held.rev if (held := self.world.record(id)) else 0
        with self.world.inside():
            (result,) = office.write(self.world.office, [Change(type, id, base=base, **parts)])
        assert result.outcome == "applied", result
        return id

    def delete(self, type: str, id: str) -> None:
        with self.world.inside():
            office.write(self.world.office, [Change(type, id, base=self.world.record(id).rev, delete=True)])

    def person(self, given: str, role: str, family: str | None = None, **link: Any) -> tuple[str, str]:
        """Ids of a new person and of the link to the family."""
        person = new_id()
        member = self.write(
            "membership",
            person=person,
            family=family or self.family,
            role=role,
            periods=[{"from": "2020-01-01"}],
            **link,
        )
        self.write("person", person, surname="Белова", given=given, sex="female", birth_date="1990")
        return person, member

    def open(self, kind: str | None = None) -> dict[str, tuple[str | None, list[str]]]:
        """Kind of the open entries → (district, records in question)."""
        query = select(Attention).where(Attention.state == "open")
        with self.world.inside(), reading() as connection:
            rows = list(connection.execute(query.where(Attention.kind == kind) if kind else query))
        return {row.kind: (row.district, orjson.loads(row.detail).get("records", [row.record])) for row in rows}


@pytest.fixture
def desk(world: World) -> Desk:
    """An office with one supported family."""
    return Desk(world)


def test_a_family_with_two_curators_and_what_was_written_down_twice(desk: Desk) -> None:
    world, district = desk.world, desk.world.district
    first = desk.write("assignment", family=desk.family, role="curator", worker=world.worker, date_from="2026-01-01")
    other = desk.write("assignment", family=desk.family, role="curator", worker=world.colleague, date_from=DAY)
    assert desk.open() == {"curators": (district, sorted([first, other]))}
    both = [
        Change("family", desk.family, base=1, set={"household": "Дом"}),
        Change("family", new_id(), feed=world.here),
    ]
    with world.inside():
        office.write(
            world.office, [*both, Change("assignment", new_id(), set={"family": both[1].id, "role": "curator"})]
        )
    assert list(desk.open()) == ["curators"], "another family's curator in the same batch closes nothing here"
    desk.write("assignment", first, date_to=DAY)
    assert desk.open() == {}, "the day of handing over may be both's"

    mother, _ = desk.person("Алёна", "mother")
    given = {
        "kind": "household",
        "line": "Доставка лекарств",
        "date": DAY,
        "form": "home",
        "volume": 1,
        "unit": "service",
    }
    service = {"family": desk.family, "recipient": mother, "performer": world.worker} | given
    desk.write("service_rendered", **service)
    again = desk.write("service_rendered", **service | {"line": "доставка  лекарств"})
    assert list(desk.open()) == ["services"]
    desk.delete("service_rendered", again)
    assert desk.open() == {}

    def assess(points: int, day: str) -> str:
        answers = [{"question": "care", "points": points}]
        form = {"form": "family", "form_version": "1", "assessor": world.worker, "date": day, "answers": answers}
        return desk.write("risk_assessment", family=desk.family, **form)

    low, high = assess(0, DAY), assess(2, DAY)
    assess(3, NEXT_DAY)
    assert desk.open() == {"assessments": (district, sorted([low, high]))}


def test_outcomes_that_contradict_each_other_until_one_is_reversed(desk: Desk) -> None:
    child, _ = desk.person("Мария", "child")
    told = {"child": child, "date": DAY, "basis": "Акт № 1"}
    home = desk.write("outcome", kind="returned_to_birth", **told)
    placed = desk.write("outcome", kind="guardianship_unpaid", **told)
    assert desk.open() == {"outcomes": (desk.world.district, sorted([home, placed]))}
    desk.write("outcome", kind="returned_to_birth", reverses=home, **told | {"date": NEXT_DAY})
    assert desk.open() == {}


def test_who_lost_the_rights_to_a_child_does_not_represent_it_in_another_family_either(desk: Desk) -> None:
    other = desk.write("family", territory=desk.world.there)
    basis = {"is_legal_representative": True, "representative_basis": "parent"}
    mother, claim = desk.person("Алёна", "mother", **basis)
    child, _ = desk.person("Мария", "child")
    link = {"person": mother, "family": other, "role": "mother", "periods": [{"from": "2020-01-01"}]}
    lost = desk.write("membership", **link, rights_status="terminated", rights_basis="Решение суда № 2")
    assert desk.open() == {}, "the families share no child"
    desk.write("membership", person=child, family=other, role="child", periods=[{"from": "2020-01-01"}])
    assert desk.open() == {"rights": (desk.world.district, [lost])}
    desk.write("membership", claim, is_legal_representative=False)
    assert desk.open() == {}
    desk.write("membership", claim, is_legal_representative=True)
    desk.write("membership", lost, rights_status="full")
    assert desk.open() == {}
    ended = {"child": child, "date": DAY, "basis": "Решение суда № 3", "parents": [mother]}
    outcome = desk.write("outcome", kind="rights_terminated", **ended)
    assert desk.open() == {"rights": (desk.world.district, [outcome])}


def test_a_child_that_joins_a_family_last_or_leaves_it_settles_whose_rights_count_there(desk: Desk) -> None:
    other = desk.write("family", territory=desk.world.there)
    mother, _ = desk.person("Алёна", "mother", is_legal_representative=True, representative_basis="parent")
    link = {"periods": [{"from": "2020-01-01"}], "family": other}
    desk.write("membership", person=mother, role="mother", rights_status="terminated", rights_basis="Решение", **link)
    child, _ = desk.person("Мария", "child", other)
    here = desk.write("membership", person=child, role="child", **link | {"family": desk.family})
    assert list(desk.open()) == ["rights"]
    desk.delete("membership", here)
    assert desk.open() == {}


def test_rights_lost_by_an_outcome_count_until_it_is_reversed_or_the_child_leaves(desk: Desk) -> None:
    mother, _ = desk.person("Алёна", "mother", is_legal_representative=True, representative_basis="parent")
    child, here = desk.person("Мария", "child")
    told = {"child": child, "date": DAY, "basis": "Решение суда № 2", "kind": "rights_terminated"}
    lost = desk.write("outcome", parents=[mother], **told)
    assert list(desk.open()) == ["rights"]
    desk.delete("membership", here)
    assert desk.open() == {}
    desk.write("membership", person=child, family=desk.family, role="child", periods=[{"from": "2020-01-01"}])
    assert list(desk.open()) == ["rights"]
    reversal = desk.write("outcome", reverses=lost, **told | {"kind": "returned_to_birth"})
    assert desk.open() == {}
    desk.delete("outcome", reversal)
    assert list(desk.open()) == ["rights"]


def test_a_visit_that_leaves_its_trip_counts_by_itself_and_the_matter_names_what_still_differs(desk: Desk) -> None:
    trip = desk.write("trip", team=desk.world.team, date_from=DAY, date_to=DAY)
    own = {"family": desk.family, "trip": trip, "started_at": f"{DAY}T10:00:00+04:00"}
    first = desk.write("visit", kind="initial", result={"from": None, "to": "held"}, **own)
    other = desk.write("visit", kind="repeat", result={"from": None, "to": "refused"}, **own)
    visit, field = projections.table("visit").c, select(Attention.field).where(Attention.state == "open")

    def found() -> tuple[Any, Any]:
        with desk.world.inside(), reading() as connection:
            root = connection.scalar(select(visit.joint).where(visit.record == other))
            return root, connection.scalar(field)

    assert found() == (first, "kind")
    desk.write("visit", other, kind="initial")
    assert found() == (first, "result")
    desk.write("visit", other, trip=None)
    assert found() == (None, None)


def test_a_shield_that_turns_into_one_for_adoption_closes_what_connects_the_family(desk: Desk) -> None:
    other = desk.write("family", territory=desk.world.here)
    for family in (desk.family, other):
        child, _ = desk.person("Мария", "child", family)
        desk.write("person", child, snils="112-233-445 95")
    desk.write("family", desk.family, shielded=True, shield_reason="violence")
    assert list(desk.open()) == ["same"]
    desk.write("family", desk.family, shield_reason="adoption")
    assert desk.open() == {}
    desk.write("family", desk.family, shield_reason="violence")
    assert list(desk.open()) == ["same"]


def test_what_rests_on_consent_stops_when_it_is_withdrawn_whatever_the_clocks_say(desk: Desk) -> None:
    basis = {"is_legal_representative": True, "representative_basis": "parent"}
    mother, _ = desk.person("Алёна", "mother", **basis)
    child, _ = desk.person("Мария", "child")
    sent = {
        "family": desk.family,
        "person": child,
        "to": "Фонд",
        "reason": "Одежда",
        "made_on": DAY,
        "due": "2099-01-01",
    }
    sent["status"] = {"from": None, "to": "sent"}
    referral = desk.write("referral", purpose="partner_help", **sent)
    desk.write("referral", purpose="child_protection", **sent)
    assert desk.open() == {"consent": (desk.world.district, [referral])}, "the law needs no consent"

    given = {"subject": child, "given_by": mother, "purpose": "partner_help", "method": "paper"}
    consent = desk.write("consent", date_from="2026-10-01", **given)
    assert desk.open() == {}
    desk.write("consent", consent, withdrawals=[{"date": DAY}])
    desk.write("consent", date_from="2026-09-01", **given)  # an older one, which comes home later
    assert list(desk.open()) == ["consent"]
    desk.write("referral", referral, status={"from": "sent", "to": "stopped"})
    assert desk.open() == {}
    desk.write("referral", referral, status={"from": "stopped", "to": "sent"})
    desk.write("consent", date_from=NEXT_DAY, **given)
    assert desk.open() == {}, "a new consent is a new document"


def test_photographs_follow_the_basis_of_their_purpose(desk: Desk) -> None:
    desk.person("Алёна", "mother")
    file = {"owner": desk.family, "owner_type": "family", "sha256": "0" * 64, "mime": "image/jpeg", "size": 10}
    taken = "2026-11-01T10:00:00+04:00"
    photo = desk.write("attachment", family=desk.family, kind="photo", taken_at=taken, **file)
    assert desk.open() == {"consent": (desk.world.district, [photo])}
    basis = desk.write("legal_basis", purpose="photo", basis="law", act="120-ФЗ, ст. 9")
    assert desk.open() == {}
    desk.delete("legal_basis", basis)
    assert list(desk.open()) == ["consent"]


def test_references_that_have_not_arrived_and_entries_that_move_with_their_record(desk: Desk) -> None:
    person = new_id()
    link = {"person": person, "family": desk.family, "role": "mother", "periods": [{"from": "2020-01-01"}]}
    member = desk.write("membership", **link)
    assert desk.open() == {"absent": (desk.world.district, [member])}
    desk.write("person", person, surname="Белова", given="Алёна", sex="female", birth_date="1990")
    assert desk.open() == {}

    for worker in (desk.world.worker, desk.world.colleague):
        desk.write("assignment", family=desk.family, role="curator", worker=worker, date_from=DAY)
    okrug, settlement = desk.write("territory", oktmo="12701000", kind="urban_okrug", name="Город"), new_id()
    district = desk.write("territory", oktmo="12620000", kind="district", name="Другой район", parent=okrug)
    desk.write("territory", settlement, oktmo="12620404", kind="rural_settlement", name="Село", parent=district)
    desk.write("family", desk.family, territory=settlement)
    assert desk.open()["curators"][0] == district


def test_a_new_day_makes_things_overdue_and_the_work_closes_them(desk: Desk) -> None:
    now = clock.now()
    visit = {"family": desk.family, "kind": "initial", "result": {"from": None, "to": "held"}}
    with desk.world.inside():
        tomorrow = clock.iso(now + 24 * 3600 * 1000)[:10]
        desk.write("visit", started_at=clock.iso(now - 5 * 24 * 3600 * 1000), next_visit_due=tomorrow, **visit)
        assert desk.open() == {}
        overdue.sweep(now + 3 * 24 * 3600 * 1000)
        assert {kind: each[0] for kind, each in desk.open().items()} == {"overdue": desk.world.district}
        assert overdue.sweep(now + 3 * 24 * 3600 * 1000) == 0
    desk.write("visit", started_at=clock.iso(now), **visit | {"kind": "repeat"})
    assert desk.open() == {}


def test_the_latest_promise_of_the_last_day_counts_whoever_of_the_team_wrote_it(desk: Desk) -> None:
    visit = {"family": desk.family, "kind": "repeat", "result": {"from": None, "to": "held"}}
    first = desk.write("visit", started_at="2025-07-05T00:30:00+04:00", next_visit_due="2025-08-05", **visit)
    desk.write("visit", started_at="2025-07-05T10:05:00+04:00", **visit)
    assert desk.open() == {"overdue": (desk.world.district, [first])}, "a colleague promised nothing"
    desk.write("visit", started_at="2025-07-05T10:10:00+04:00", next_visit_due="2099-01-01", **visit)
    assert desk.open() == {}, "another one promised a later day"
    desk.write("visit", started_at="2025-07-06T00:30:00+04:00", next_visit_due="2025-08-05", **visit)
    assert [*desk.open()] == ["overdue"], "what was promised the day before does not count any more"


def test_what_a_visit_without_a_beginning_promised_is_overdue_whatever_visits_began(desk: Desk) -> None:
    visit = {"family": desk.family, "kind": "repeat", "result": {"from": None, "to": "held"}}
    undated = desk.write("visit", next_visit_due="2026-01-01", **visit)
    assert desk.open() == {"overdue": (desk.world.district, [undated])}
    desk.write("visit", started_at="2025-05-05T10:00:00+04:00", next_visit_due="2025-06-05", **visit)
    desk.write("visit", started_at="2025-07-05T10:00:00+04:00", **visit)
    assert desk.open() == {"overdue": (desk.world.district, [undated])}, "the first of those that began is not the last"
    desk.write("visit", undated, next_visit_due="2099-01-01")
    assert desk.open() == {}


def test_the_same_records_leave_the_same_entries_in_whatever_order_they_come(desk: Desk, run: Run) -> None:
    chance, told = Random(run.seed), []
    for _ in range(4):
        fresh = iter(sorted(new_id() for _ in range(40)))
        ids: dict[str, str] = defaultdict(fresh.__next__)
        changes = story(desk.world, ids)
        chance.shuffle(changes)
        with desk.world.inside():
            for change in changes:
                office.write(desk.world.office, [change])
        told.append(entries_about(desk.world, {id: name for name, id in ids.items()}))
    kinds = {kind for kind, *_ in told[0]}
    assert kinds == {"curators", "rights", "consent", "outcomes", "services"}
    assert all(each == told[0] for each in told)
    assert {district for *_, district in told[0]} == {desk.world.district}


def story(world: World, ids: dict[str, str]) -> list[Change]:
    """Records that break five rules together. ``ids``: name → id, filled here."""
    person = {"surname": "Белова", "sex": "female", "birth_date": "1990"}
    mother = {"person": ids["mother"], "role": "mother"}
    child = {"person": ids["child"], "role": "child"}
    rights = {"is_legal_representative": True, "representative_basis": "parent"}
    lost = {"rights_status": "terminated", "rights_basis": "Решение суда"}
    period = {"periods": [{"from": "2020-01-01"}]}
    curator = {"family": ids["home"], "role": "curator", "date_from": DAY}
    consent = {"subject": ids["child"], "given_by": ids["mother"], "purpose": "partner_help", "method": "paper"}
    referral = {"family": ids["home"], "person": ids["child"], "to": "Фонд", "reason": "Одежда", "made_on": DAY}
    outcome = {"child": ids["child"], "date": DAY, "basis": "Акт"}
    service = {"family": ids["home"], "recipient": ids["child"], "kind": "legal", "date": DAY, "form": "home"}
    service |= {"volume": 1, "unit": "hour", "performer": world.worker}
    records: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
        ("family", "home", {"territory": world.here}, {}),
        ("family", "other", {"territory": world.there}, {}),
        ("person", "mother", person | {"given": "Алёна"}, {}),
        ("person", "child", person | {"given": "Мария"}, {}),
        ("membership", "claim", mother | {"family": ids["home"]} | rights, period),
        ("membership", "lost", mother | {"family": ids["other"]} | lost, period),
        ("membership", "child here", child | {"family": ids["home"]}, period),
        ("membership", "child there", child | {"family": ids["other"]}, period),
        ("assignment", "first", curator | {"worker": world.worker}, {}),
        ("assignment", "second", curator | {"worker": world.colleague}, {}),
        ("consent", "consent", consent | {"date_from": "2026-10-01"}, {}),
        ("consent", "consent", {}, {"withdrawals": [{"date": DAY}]}),
        ("referral", "referral", referral | {"due": "2099-01-01", "purpose": "partner_help"}, {}),
        ("outcome", "placed", outcome | {"kind": "institution"}, {}),
        ("outcome", "returned", outcome | {"kind": "returned_to_birth"}, {}),
        ("service_rendered", "one", service, {}),
        ("service_rendered", "again", service, {}),
    ]
    return [Change(type, ids[name], set=values, add=added) for type, name, values, added in records]


def entries_about(world: World, names: dict[str, str]) -> set[tuple[Any, ...]]:
    """What is open about these records: kind, the record, the others, the district."""
    with world.inside(), reading() as connection:
        rows = list(connection.execute(select(Attention).where(Attention.state == "open")))
    details = ((row, orjson.loads(row.detail).get("records", [])) for row in rows if row.record in names)
    return {(row.kind, names[row.record], *sorted(names[id] for id in ids), row.district) for row, ids in details}
