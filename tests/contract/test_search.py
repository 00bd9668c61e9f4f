"""Search on both engines: by parts and forms of names, numbers and addresses; what is changed is found anew, what lies
outside a person's reach neither found nor counted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from schemas import registry
from schemas.ids import new_id
from server import database, office, projections
from server.db import reading, writing
from server.office import Change
from server.reading import families
from server.reading.families import Filter
from server.reading.reach import Reach
from server.search import FOUND
from tests.support.world import World, make_app

TODAY = date(2026, 11, 21)
SNILS, PHONE = "08765430300", "+79111234567"


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    world = World(make_app(database_url, tmp_path))
    with world.app.app_context():
        yield world


def write(world: World, *changes: Change) -> None:
    outcomes = {result.outcome for result in office.write(world.office, changes)}
    assert outcomes <= {"applied", "conflict"}


def home(world: World, address: str = "с Басы, ул. Ленина, д. 5", place: str | None = None, number: str = "") -> str:
    """A family without anybody in it."""
    told = {"territory": place or world.here, "address": address} | ({"number": number} if number else {})
    write(world, Change("family", family := new_id(), set=told))
    return family


def join(world: World, family: str | None, surname: str, given: str, **values: str) -> str:
    """A person, a member of the family if there is one."""
    phones = {"phones": [values.pop("phone")]} if "phone" in values else {}
    sex = "male" if given in ("Пётр", "Илья") else "female"
    told = {"surname": surname, "given": given, "sex": sex, "birth_date": "2015-05-03"} | values
    person = new_id()
    changes = [Change("person", person, set=told, add=phones, feed=world.here)]
    if family:
        link = {"person": person, "family": family, "role": "child"}
        changes.append(Change("membership", new_id(), set=link, add={"periods": [{"from": "2015-05-03"}]}))
    write(world, *changes)
    return person


def found(question: str, reach: Reach | None = None) -> tuple[list[str], list[str]]:
    """(ids of the families, ids of the people) that a question finds."""
    listed = families.families(Filter(question), reach or Reach(), TODAY)
    assert listed.page.total == len(listed.page.rows)
    return [line.family.id for line in listed.page.rows], sorted(each.person.id for each in listed.people)


def test_a_family_and_its_people_are_found_by_any_part_and_form_of_a_name(world: World) -> None:
    family = home(world, number="15-Б/2026")
    mother = join(world, family, "Соловьёва-Ким", "Мария", patronymic="Петровна")
    son = join(world, family, "Соловьёв", "Пётр")
    home(world, "с Зензели, ул. Мира, д. 50")
    for question, people in (
        ("соловьев", [mother, son]), ("СОЛОВЬЁВОЙ", [mother, son]), ("ловье", [mother, son]), ("ким", [mother]),
        ("марией", [mother]), ("марии соловьёвой", [mother]), ("Петра", [son]), ("петров", [mother]),
        ("мар пет", [mother]), ("соловьёв ленина", [mother, son]), ("соловьёв пётр ленин 5", [mother, son]),
        ("15-б", []), ("/2026", []), ("ленина 5", []), ("улица Ленина дом 5", []),
    ):  # fmt: skip
        assert found(question) == ([family], sorted(people)), question
    for question in ("сидоров", "мария сидорова", "ленина 50", "%", "_", "'", "-", "соловьёв мира"):
        assert found(question) == ([], []), question


def test_an_ivan_is_no_ivanov(world: World) -> None:
    ivan, ivanova = home(world), home(world)
    join(world, ivan, "Седых", "Иван")
    join(world, ivanova, "Иванова", "Анна")
    assert found("иванов")[0] == found("ивановой")[0] == [ivanova]
    assert set(found("иван")[0]) == {ivan, ivanova}


def test_phones_and_insurance_numbers_are_found_however_they_are_written(world: World) -> None:
    family = home(world)
    mother = join(world, family, "Ким", "Вера", snils=SNILS, phone=PHONE)
    for question in ("8 (911) 123-45-67", "+7 911 123 45 67", "89111234567", "123-45-67", "4567", "087-654-303 00",
                     "08765430300", "0876", "ким 4567"):  # fmt: skip
        assert found(question) == ([family], [mother]), question
    for question in ("8 (911) 123-45-68", "087-654-303 01", "9111", "567"):
        assert found(question) == ([], []), question


def test_what_was_changed_is_found_by_what_it_is_now(world: World) -> None:
    family, other = home(world), home(world)
    person = join(world, family, "Ким", "Вера")
    world.decide("person", person, 1, surname="Ли")
    world.decide("family", family, 1, address="с Басы, ул. Мира, д. 7")
    assert (found("ким"), found("ли"), found("ленина вера")) == (([], []), ([family], [person]), ([], []))
    assert found("мира 7")[0] == [family]
    with reading() as connection:
        link = projections.table("membership").c
        membership = connection.scalars(select(link.record)).one()
    world.decide("membership", membership, 1, family=other)
    assert found("вера") == ([other], [person])
    write(world, Change("person", person, base=2, delete=True))
    assert found("вера") == ([], [])
    write(world, Change("person", person, base=3, delete=False))
    assert found("вера") == ([other], [person])


def test_an_address_of_its_own_leads_to_its_family(world: World) -> None:
    family = home(world)
    told = {"family": family, "kind": "registration", "text": "г Астрахань, ул. Татищева, д. 20"}
    write(world, Change("address", new_id(), set=told))
    assert found("татищева 20")[0] == found("татищевой")[0] == [family]


def test_a_person_of_no_family_is_found_until_they_are_of_one(world: World) -> None:
    person = join(world, None, "Ким", "Вера")
    assert found("ким") == ([], [person])
    family = home(world)
    link = {"person": person, "family": family, "role": "child"}
    write(world, Change("membership", new_id(), set=link, add={"periods": [{"from": "2015-05-03"}]}))
    assert found("ким") == ([family], [person])


def test_nothing_outside_a_person_s_reach_is_found_or_counted(world: World) -> None:
    here, away = home(world), home(world, place=world.elsewhere)
    mine, theirs = join(world, here, "Ким", "Вера"), join(world, away, "Ким", "Анна")
    reach = Reach(frozenset([world.here]), frozenset())
    assert found("ким", reach) == ([here], [mine])
    assert found("анна", reach) == found("ким анна", reach) == ([], [])
    assert found("ким")[1] == sorted([mine, theirs])


def test_who_has_gone_where_one_must_not_look_is_no_longer_found_through_the_family_they_left(world: World) -> None:
    here, away = home(world), home(world, place=world.elsewhere)
    join(world, here, "Ким", "Вера")
    gone = join(world, away, "Ли", "Анна")
    link = {"person": gone, "family": here, "role": "child"}
    past = {"periods": [{"from": "2015-05-03", "to": "2016-05-03"}]}
    write(world, Change("membership", new_id(), set=link, add=past))
    reach = Reach(frozenset([world.here]), frozenset())
    assert found("анна", reach) == found("ким ли", reach) == ([], [])
    assert found("ким вера", reach)[0] == [here]
    assert set(found("анна")[0]) == {here, away}


def test_a_question_that_too_many_meet_says_so_and_shows_some(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.reading.search.MOST", 3)
    for _ in range(5):
        join(world, home(world), "Ким", "Вера")
    listed = families.families(Filter("ким"), Reach(), TODAY)
    assert (listed.is_cut, listed.page.total) == (True, 3)


def test_the_words_are_made_anew_with_the_projections(world: World) -> None:
    family = home(world)
    join(world, family, "Ким", "Вера", snils=SNILS, phone=PHONE)
    alone = join(world, None, "Ли", "Анна")
    with reading() as connection:
        before = connection.execute(select(FOUND).order_by(FOUND.c.found, FOUND.c.word)).all()
    with writing() as connection:
        projections.drop(connection)
    database.prepare()
    with reading() as connection:
        assert connection.execute(select(FOUND).order_by(FOUND.c.found, FOUND.c.word)).all() == before
    assert (found("вера")[0], found("ли")[1]) == ([family], [alone])


def test_every_searchable_field_says_by_what_it_is_found() -> None:
    for declared in registry.types().values():
        for field in declared.fields.values():
            if field.searchable:
                assert field.terms(field.deserialize(field.example)), field
