"""The demonstration: invented people who could be real, the same ones for the same seed and date, never
beside real ones."""

from __future__ import annotations

import json
import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select

from schemas import checks
from server import people, reference, register
from server.db import reading
from server.demo import loading
from server.demo.names import MEN, WOMEN
from server.demo.surnames import SURNAMES
from server.models import Attention, Op
from tests.support.world import make_app

TODAY = date(2026, 11, 21)
ASTRAKHAN = ZoneInfo("Europe/Astrakhan")


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    app = make_app(database_url, tmp_path / "data")
    with app.app_context():
        yield app


def persons(seed: int = 1) -> list[dict[str, Any]]:
    """The people of a demonstration as their first ops tell."""
    script = loading.write_script(seed, TODAY, ASTRAKHAN)
    return [dict(change.set) for change in script.changes if change.type == "person"]


def test_the_same_seed_and_date_give_the_same_ops_ids_and_stamps() -> None:
    once, again = (loading.write_script(7, TODAY, ASTRAKHAN) for _ in range(2))
    assert once.changes == again.changes
    assert len({change.op for change in once.changes}) == len(once.changes)
    assert loading.write_script(8, TODAY, ASTRAKHAN).changes != once.changes


def test_a_name_is_a_man_s_or_a_woman_s_in_all_its_parts() -> None:
    men = {man for pairs in SURNAMES.values() for man, _ in pairs}
    women = {woman for pairs in SURNAMES.values() for _, woman in pairs}
    given = {
        "male": {name for names in MEN.values() for name in names},
        "female": {n for ns in WOMEN.values() for n in ns},
    }
    for person in persons():
        woman = person["sex"] == "female"
        assert set(person["surname"].split("-")) <= (women if woman else men)
        assert person["given"] in given[person["sex"]]
        assert person.get("patronymic", "на" if woman else "ич").endswith(("на", "кызы") if woman else ("ич", "оглы"))


def test_names_have_yo_hyphens_and_none_that_a_check_would_refuse() -> None:
    names = {person[part] for seed in range(5) for person in persons(seed) for part in ("surname", "given")}
    assert any("ё" in name for name in names)
    assert any("-" in name for name in names)
    assert all(checks.person_name(name) == name for name in names)


def test_insurance_numbers_and_phones_are_valid_and_nobody_s() -> None:
    script = loading.write_script(1, TODAY, ASTRAKHAN)
    numbers = [person["snils"] for person in persons() if "snils" in person]
    phones = [
        phone
        for change in script.changes
        for phone in (*change.add.get("phones", ()), change.set.get("phone"))
        if phone
    ]
    assert all(checks.snils(number) == number and number.startswith("99") for number in numbers)
    assert len(set(numbers)) == len(numbers)
    assert all(checks.phone(phone) == phone and phone.startswith("+7943") for phone in phones)
    assert len(set(phones)) == len(phones)


def test_about_sixty_families_of_three_teams_with_everything_applied_and_complete(app: Flask) -> None:
    loaded = loading.load(app.config["VYEZD"], "small", 1, TODAY)
    assert loaded.teams == ["IK-1", "KY-1", "LI-1"]
    with reading() as connection:
        states = Counter(connection.scalars(select(Op.state)))
        assert set(connection.scalars(select(Attention.kind))) <= {"overdue"}  # it speaks of two years
        assert None not in set(connection.scalars(select(Attention.district)))
        records = {name: register.of_types([name], connection) for name in ("family", "person", "membership", "visit")}
    assert states == {"applied": loaded.ops}
    assert len(records["family"]) == 60
    assert not [record.id for found in records.values() for record in found if record.incomplete]
    known = reference.current()
    assert [len(known.workers_of(team)) for team in known.teams] == [3, 3, 3]
    inside = {place for team in known.teams.values() for place in team["territories"]}
    assert {record.fields["territory"] for record in records["family"]} == inside


def test_two_databases_hold_the_same_ops_but_for_their_epoch(tmp_path: Path) -> None:
    histories = []
    for name in ("one", "two"):
        app = make_app(f"sqlite:///{tmp_path / name}.db", tmp_path / name)
        with app.app_context():
            loading.load(app.config["VYEZD"], "small", 1, TODAY)
            with reading() as connection:
                bodies = [json.loads(body) for body in connection.scalars(select(Op.body).order_by(Op.n))]
        histories.append([body | {"epoch": ""} for body in bodies])
    assert histories[0] == histories[1]


def test_loading_it_again_changes_nothing_and_tells_the_same_accounts(app: Flask) -> None:
    settings = app.config["VYEZD"]
    first = loading.load(settings, "small", 1, TODAY)
    again = loading.load(settings, "small", 2, TODAY)
    assert not again.fresh
    assert again.accounts == first.accounts
    assert [account.role for account in again.accounts] == ["officer", "admin"]


def test_first_passwords_are_random_and_only_their_owner_reads_the_file(app: Flask) -> None:
    settings = app.config["VYEZD"]
    loaded = loading.load(settings, "small", 1, TODAY)
    assert len({account.password for account in loaded.accounts}) == 2
    assert stat.S_IMODE((settings.data / loading.ACCOUNTS).stat().st_mode) == 0o600


def test_a_database_with_a_real_account_refuses_a_demonstration(app: Flask) -> None:
    people.add_user("olga@example.org", "Ольга", people.ADMIN)
    with pytest.raises(loading.Production):
        loading.load(app.config["VYEZD"], "small", 1, TODAY)


def test_a_server_in_production_refuses_a_demonstration(app: Flask) -> None:
    with pytest.raises(loading.Production):
        loading.load(replace(app.config["VYEZD"], production=True), "small", 1, TODAY)


def test_a_register_that_is_in_use_refuses_a_demonstration(app: Flask) -> None:
    settings = app.config["VYEZD"]
    loading.load(settings, "small", 1, TODAY)
    (settings.data / loading.ACCOUNTS).unlink()
    with pytest.raises(loading.NotEmpty):
        loading.load(settings, "small", 1, TODAY)
