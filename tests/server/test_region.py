"""A synthetic region of real size: the figures it was asked for, counted from the register; people as they are called;
duplicates written aside; search that stays quick. An ordinary run takes a district, a twentieth of it."""

from __future__ import annotations

import csv
import logging
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import structlog
from flask import Flask
from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from server import backup, projections, register, restoring, search
from server.db import is_sqlite, reading, writing
from server.demo import doubles, loading, quotas, region
from server.demo.loading import Account
from server.demo.quotas import DISTRICT, REGION, Size
from server.models import Attention
from server.reading import families, figures
from server.reading import search as questions
from server.reading.familyfilter import Filter
from server.reading.reach import Reach
from server.roles import ADMIN
from tests.server.web.scene import Browser
from tests.support.postgres import Databases
from tests.support.runs import Run
from tests.support.world import make_app

TODAY = date(2026, 11, 21)
ASTRAKHAN = ZoneInfo("Europe/Astrakhan")
P95_MS, PAGE_P95_MS = 100, 200
PAGES = (
    "/", "/visits", "/visits?service=legal&stage=open&sort=next", "/families", "/families?category=low_income",
    "/families?curator=nobody&contact=never", "/families/counts?by=category", "/families/counts?by=curator",
    "/families/counts?by=territory", "/families/counts?by=contact", "/families?text=иванова", "/certificates",
    "/journals", "/queue", "/queue/decided", "/mending", "/tablets", "/people", "/trips", "/trips/calendar",
    "/trips/new", "/management", "/teams", "/lists", "/lists/needs", "/imports", "/exports", "/records",
    "/records/person",
)  # fmt: skip
QUESTIONS = (
    "иванов", "Ивановой Марии", "кузнец", "анна", "фёдор", "мария петровна", "ахметов ленина", "Ленина 5", "чёрного",
    "соловьёва", "абдуллаева айгуль", "пётр иванов", "иванова анна сергеевна", "ильич", "ленина", "ф",
    "ахтубинская 12", "4567", "8 943 123-45-67", "99 012 345", "000012", "гульнара", "ким", "валиев тимур", "школьная",
)  # fmt: skip
pytestmark = pytest.mark.proof


@dataclass(frozen=True, slots=True)
class Loaded:
    """``folder``: VYEZD_DATA; ``seconds`` that loading took."""

    app: Flask
    folder: Path
    size: Size
    ops: int
    seconds: float
    accounts: list[Account]


@pytest.fixture(scope="module")
def loaded(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """A region on SQLite, in an ordinary run a district."""
    folder = tmp_path_factory.mktemp("region")
    app = make_app(f"sqlite:///{folder / 'vyezd.db'}", folder)
    with app.app_context(), _quietly():
        started = time.monotonic()
        told = loading.load(app.config["VYEZD"], "region" if run.prove else "district", run.seed, TODAY)
    return Loaded(app, folder, REGION if run.prove else DISTRICT, told.ops, time.monotonic() - started, told.accounts)


@contextmanager
def _quietly() -> Iterator[None]:
    """Without a line of log for each batch: there are hundreds."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    yield
    structlog.configure(**before)


def test_the_region_s_counts_equal_the_figures_each_with_its_unit(loaded: Loaded) -> None:
    with loaded.app.app_context():
        found = figures.count(TODAY)
    size = (loaded.folder / "vyezd.db").stat().st_size / 1e6
    print(f"{loaded.ops} ops in {loaded.seconds:.0f} s, database {size:.0f} MB; records {found.records}")
    assert {(each.name, each.unit, each.value) for each in found.figures} == {
        ("families", "family", loaded.size.families),
        ("children", "child", loaded.size.children),
        ("low_income", "child", loaded.size.low_income),
        ("disabled_child", "child", loaded.size.disabled),
        ("sop", "child", loaded.size.sop),
    }
    assert found.is_synthetic
    assert found.ops == loaded.ops


def test_a_district_is_an_exact_twentieth_to_the_nearest_whole() -> None:
    assert Size(76_000, 111_000, 20_441, 2_357, 363, 20_000) == REGION
    assert Size(3_800, 5_550, 1_022, 118, 18, 1_000) == DISTRICT


def test_everything_is_whole_and_people_are_asked_for_nothing_but_what_is_overdue(loaded: Loaded) -> None:
    with loaded.app.app_context(), reading() as connection:
        kinds = connection.scalars(select(Attention.kind).where(Attention.state == "open").distinct()).all()
        assert kinds in ([], ["overdue"])
        ids = connection.scalars(select(projections.table("family").c.record).limit(400)).all()
        assert not [record for record in register.fetch(ids, connection).values() if record.incomplete]


def test_the_same_seed_and_date_give_the_same_ops() -> None:
    once, again = (list(islice(_stream(1), 3_000)) for _ in range(2))
    assert once == again
    assert list(islice(_stream(2), 3_000)) != once


def _stream(seed: int) -> Iterator[Any]:
    aside = doubles.Doubles(csv.writer(open("/dev/null", "w")), seed)  # noqa: SIM115
    return region.changes(region.plan("district"), seed, TODAY, ASTRAKHAN, aside)


def test_quotas_are_met_whatever_the_seed(run: Run) -> None:
    for seed in range(run.seed, run.seed + 5):
        drawn = quotas.draw(DISTRICT, Random(seed))
        assert (len(drawn.children), sum(drawn.children)) == (DISTRICT.families, DISTRICT.children)
        assert sum(drawn.children[number] for number in drawn.low_income) == DISTRICT.low_income
        assert sum(drawn.children[number] for number in drawn.sop) == DISTRICT.sop


def test_duplicates_lie_aside_with_the_noise_that_was_asked_for(loaded: Loaded) -> None:
    with (loaded.folder / doubles.FILE).open(encoding="utf-8-sig", newline="") as file:
        cards = list(csv.DictReader(file, delimiter=";"))
    with loaded.app.app_context():
        people = register.fetch(card["Истинный человек"] for card in cards)
    assert len(cards) == len({card["Истинный человек"] for card in cards}) == loaded.size.pairs
    assert {card["Истинный человек"] for card in cards} == people.keys()
    pairs = [(card, people[card["Истинный человек"]].fields) for card in cards]
    exact = sum(_names(card) == _names(known) and card["Дата рождения"] == known["birth_date"] for card, known in pairs)
    with_snils = sum(bool(card["СНИЛС"]) for card in cards)
    assert exact / len(cards) == pytest.approx(0.60, abs=0.05)
    assert with_snils / len(cards) == pytest.approx(0.45, abs=0.05)
    assert all(card["СНИЛС"] in ("", known.get("snils")) for card, known in pairs)
    print(f"{len(cards)} pairs: exact name and date {exact / len(cards):.3f}, with СНИЛС {with_snils / len(cards):.3f}")


def _names(person: Any) -> tuple[Any, ...]:
    if "Фамилия" in person:
        return person["Фамилия"], person["Имя"], person["Отчество"]
    return person["surname"], person["given"], person.get("patronymic", "")


def test_search_is_quick_and_reads_by_its_indexes_on_sqlite(loaded: Loaded, run: Run) -> None:
    with loaded.app.app_context():
        _check_search(run)


def test_search_is_quick_and_reads_by_its_indexes_on_postgresql(
    loaded: Loaded, run: Run, postgres: Databases, tmp_path: Path
) -> None:
    with loaded.app.app_context():
        backup.make(tmp_path / "region.backup", loaded.app.config["VYEZD"])
    url = postgres.create_database()
    try:
        app = make_app(url, tmp_path / "data", prepared=False)
        with app.app_context(), _quietly():
            restoring.restore(tmp_path / "region.backup")
            with writing() as connection:
                connection.exec_driver_sql("ANALYZE")
            _check_search(run)
    finally:
        postgres.drop_database(url)


def test_every_page_of_the_office_is_quick_at_region_size(loaded: Loaded, run: Run) -> None:
    browser = _reader(loaded)
    with loaded.app.app_context(), reading() as connection:
        family = connection.scalar(select(projections.table("family").c.record).limit(1))
    slow = {}
    for page in (*PAGES, f"/families/{family}", f"/families/{family}/history"):
        browser.see(page)
        times = sorted(_page_ms(browser, page) for _ in range(50 if run.prove else 2))
        p95 = times[int(len(times) * 0.95)]
        print(f"{page}: median {times[len(times) // 2]:.0f} ms, p95 {p95:.0f} ms")
        slow |= {page: p95} if p95 > PAGE_P95_MS else {}
    assert not slow or not run.prove


def _reader(loaded: Loaded) -> Browser:
    """Somebody who sees the whole region: what they see is the most that a page can hold."""
    (account,) = (each for each in loaded.accounts if each.role == ADMIN)
    browser = Browser(loaded.app.test_client(), "ru")
    assert browser.post("/sign-in", email=account.login, password=account.password).status_code == 302
    return browser


def _page_ms(browser: Browser, page: str) -> float:
    started = time.perf_counter()
    browser.see(page)
    return (time.perf_counter() - started) * 1000


def _check_search(run: Run) -> None:
    """Times the questions, each answered as the office's page asks it, and looks at how the engine goes about them."""
    times = sorted(_milliseconds(question) for question in QUESTIONS for _ in range(3 if run.prove else 1))
    p95 = times[int(len(times) * 0.95)]
    print(
        f"{len(QUESTIONS)} questions: median {times[len(times) // 2]:.0f} ms, p95 {p95:.0f} ms, most {times[-1]:.0f} ms"
    )
    with reading() as connection:
        for question in QUESTIONS:
            terms = questions.parse(question, connection)
            plan = _plan(questions.statement(terms, search.FOUND.c.found, _family(), []), connection)
            assert "search_found" in plan, question
            assert not re.search(r"SCAN search_found\b(?! USING COVERING)|Seq Scan on search_found", plan), plan
    assert p95 < P95_MS or not run.prove


def _family() -> Any:
    return projections.table("family").c.record


def _milliseconds(question: str) -> float:
    started = time.perf_counter()
    families.families(Filter(question), Reach(), TODAY)
    return (time.perf_counter() - started) * 1000


def _plan(statement: Any, connection: Connection) -> str:
    dialect = (sqlite if is_sqlite(connection) else postgresql).dialect()
    words = str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    explain = "EXPLAIN QUERY PLAN " if is_sqlite(connection) else "EXPLAIN "
    return "\n".join(str(row[-1]) for row in connection.exec_driver_sql(explain + words.replace("%", "%%")))
