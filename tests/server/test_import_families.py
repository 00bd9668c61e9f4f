"""Families come from another system's tables, again and again: every row in or handed back with its reason, nothing
doubled, nothing that people have corrected set back."""

from __future__ import annotations

import csv
import json
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select

from server import register
from server.db import reading
from server.imports import columns, families, tables
from server.imports.families import Report, Task
from server.models import Attention, Op
from tests.support import messy
from tests.support.runs import Run
from tests.support.world import World, make_app

DAY = date(2026, 11, 1)
PLACES = ("Басинский сельсовет", "Бирючекосинский сельсовет", "Бударинский")
SMALL = ("ID семьи", "ID человека", "Территория", "Адрес", "Фамилия", "Имя", "Отчество", "Дата рождения", "Телефон")
MOTHER = ("С1", "1", "Басинский сельсовет", "с Басы, ул. Мира, д. 1", "Ким", "Вера", "Ильинична", "03.05.1990", "")
CHILD = ("С1", "2", "Басинский сельсовет", "с Басы, ул. Мира, д. 1", "Ким", "Яна", "Олеговна", "02.2019", "")


@pytest.fixture
def world(sqlite_url: str, tmp_path: Path) -> Iterator[World]:
    world = World(make_app(sqlite_url, tmp_path / "data"))
    with world.app.app_context():
        yield world


@pytest.fixture
def both(database_url: str, tmp_path: Path) -> Iterator[World]:
    world = World(make_app(database_url, tmp_path / "data"))
    with world.app.app_context():
        yield world


def load(path: Path, dry: bool = False, **chosen: str) -> tuple[Report, tables.Sheet]:
    return families.import_families(Task(path, "Регистр", chosen, dry, DAY))


def table(path: Path, *rows: tuple[str, ...], headers: tuple[str, ...] = SMALL) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([headers, *rows])
    return path


def living(type_name: str) -> list[register.Stored]:
    with reading() as connection:
        return register.of_types([type_name], connection)


def ops() -> int:
    with reading() as connection:
        return connection.scalar(select(func.count()).select_from(Op)) or 0


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.unchanged, len(report.refused)


@pytest.mark.proof
def test_ten_thousand_messy_rows_are_in_or_handed_back_then_nothing_then_fifty_change(
    both: World, tmp_path: Path, run: Run
) -> None:
    here = both.app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite")
    size, changed = (10_000, 50) if run.prove else (1_000, 5) if here else (100, 5)
    made = messy.make(run.seed, size, PLACES)
    path = made.write(tmp_path / "region.csv")
    report, sheet = load(path, family_id="Код семьи")
    assert (report.encoding, report.separator, report.rows) == ("cp1251", ";", size)
    assert counts(report) == (len(made.good), 0, 0, len(made.bad))
    assert len(living("person")) == len(living("membership")) == len(made.good)
    assert not [each.id for name in ("family", "person") for each in living(name) if each.incomplete]
    _check_refused(report, sheet, made, tmp_path / "refused.csv")

    before = ops()
    assert counts(load(path, family_id="Код семьи")[0]) == (0, 0, len(made.good), len(made.bad))
    assert ops() == before

    for number, row in enumerate(made.good[-changed:]):
        row[messy.NAME] = f"Новая Имя {'Петровна' if number % 2 else 'Петрович'}"
        row[messy.SEX] = "ж"
    report, _ = load(made.write(path), family_id="Код семьи")
    assert counts(report) == (0, changed, len(made.good) - changed, len(made.bad))
    assert sum(person.fields["surname"] == "Новая" for person in living("person")) == changed


def _check_refused(report: Report, sheet: tables.Sheet, made: messy.Table, path: Path) -> None:
    families.write_refused(report, sheet, path, "ru")
    with path.open(encoding="cp1251", newline="") as file:
        header, *rows = list(csv.reader(file, delimiter=";"))
    assert header == [*messy.HEADERS, "Причина отказа"]
    for row, (spoiled, reason) in zip(rows, made.bad, strict=True):
        assert reason in row[-1], (spoiled, row[-1])
        assert row[:3] == [cell.strip() for cell in spoiled[:3]]
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_dry_run_tells_what_would_be_done_and_writes_nothing(world: World, tmp_path: Path) -> None:
    before = ops()
    report, _ = load(table(tmp_path / "t.csv", MOTHER, CHILD), dry=True)
    assert (counts(report), report.families, report.people) == ((2, 0, 0, 0), 1, 2)
    assert ops() == before


def test_a_spreadsheet_is_read_and_its_refused_rows_come_back_as_one(world: World, tmp_path: Path) -> None:
    book = Workbook()
    book.active.append([*SMALL, "СНИЛС"])
    book.active.append([*MOTHER[:7], date(1990, 5, 3), 89430000001, 8765430300])
    book.active.append([*CHILD[:4], "Кim", *CHILD[5:], None])
    book.save(tmp_path / "t.xlsx")
    report, sheet = load(tmp_path / "t.xlsx")
    assert counts(report) == (1, 0, 0, 1)
    (mother,) = living("person")
    assert mother.fields["snils"] == "08765430300"
    assert (mother.fields["birth_date"], mother.fields["phones"]) == ("1990-05-03", ["+79430000001"])
    families.write_refused(report, sheet, tmp_path / "no.xlsx", "en")
    *_, last = load_workbook(tmp_path / "no.xlsx").active.iter_rows(values_only=True)
    assert last[4] == "Кim"
    assert "mixes Cyrillic and Latin" in str(last[-1])


def test_the_next_file_updates_a_family_and_its_people_by_their_numbers(world: World, tmp_path: Path) -> None:
    load(table(tmp_path / "t.csv", MOTHER, CHILD))
    moved = ("С1", "1", "Бударинский сельсовет", "с Бударино, д. 2", "Ли", *MOTHER[5:8], "89430000002")
    report, _ = load(table(tmp_path / "t.csv", moved, (moved[0], "2", *moved[2:4], *CHILD[4:])))
    (family,) = living("family")
    assert counts(report) == (0, 1, 1, 0)
    assert (family.fields["territory"], family.fields["address"]) == (world.elsewhere, "с Бударино, д. 2")
    assert {person.fields["surname"] for person in living("person")} == {"Ли", "Ким"}
    assert [person.fields.get("phones") for person in living("person")].count(["+79430000002"]) == 1


def test_what_the_office_has_corrected_is_not_set_back_and_a_clash_waits_for_a_person(
    world: World, tmp_path: Path
) -> None:
    load(table(tmp_path / "t.csv", MOTHER))
    (family,) = living("family")
    world.decide("family", family.id, family.rev, address="с Басы, ул. Мира, д. 11")
    assert counts(load(tmp_path / "t.csv")[0]) == (0, 0, 1, 0)
    assert living("family")[0].fields["address"] == "с Басы, ул. Мира, д. 11"
    report, _ = load(table(tmp_path / "t.csv", (*MOTHER[:3], "с Басы, ул. Мира, д. 21", *MOTHER[4:])))
    assert counts(report) == (0, 1, 0, 0)
    with reading() as connection:
        assert connection.scalars(select(Attention.key)).all() == [f"disputed:{family.id}:address"]


def test_who_is_now_in_another_family_by_the_source_s_word_is_no_more_in_the_first(
    world: World, tmp_path: Path
) -> None:
    load(table(tmp_path / "t.csv", MOTHER, CHILD))
    away = ("С2", "2", "Бударинский сельсовет", "с Бударино, д. 2", *CHILD[4:])
    report, _ = load(table(tmp_path / "t.csv", MOTHER, away))
    assert (counts(report), report.ended) == ((1, 0, 1, 0), 1)
    spans = {each.fields["family"]: each.fields["periods"] for each in living("membership") if _is_of_child(each)}
    assert sorted(bool(periods[0].get("to")) for periods in spans.values()) == [False, True]
    assert counts(load(tmp_path / "t.csv")[0]) == (0, 0, 2, 0)


def _is_of_child(membership: register.Stored) -> bool:
    return register.fetch([membership.fields["person"]]).popitem()[1].fields["given"] == "Яна"


def test_a_child_may_be_in_two_families_of_one_file(world: World, tmp_path: Path) -> None:
    foster = ("С2", "2", "Бударинский сельсовет", "с Бударино, д. 2", *CHILD[4:])
    path = table(tmp_path / "t.csv", MOTHER, CHILD, foster)
    load(path)
    report, _ = load(path)
    assert (counts(report), report.ended, len(living("person"))) == ((0, 0, 3, 0), 0, 2)


def test_people_without_numbers_of_their_own_are_known_by_their_papers_or_names(world: World, tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv", *((row[0], *row[2:]) for row in (MOTHER, CHILD)), headers=(SMALL[0], *SMALL[2:]))
    assert counts(load(path)[0]) == (2, 0, 0, 0)
    assert counts(load(path)[0]) == (0, 0, 2, 0)


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
def test_encodings_and_separators_are_recognised(tmp_path: Path, encoding: str, separator: str) -> None:
    made = messy.make(1, 12, PLACES)
    sheet = tables.recognise(made.write(tmp_path / "t.csv", encoding, separator), ["код семьи", "фио", "пол"])
    assert (sheet.headers, sheet.separator) == (list(messy.HEADERS), separator)
    assert len(list(sheet.lines())) == 12


def test_an_open_quotation_mark_hands_back_what_it_swallowed(world: World, tmp_path: Path) -> None:
    rows = [";".join(row) for row in (SMALL, MOTHER, CHILD, CHILD, MOTHER)]
    rows[2], rows[3] = rows[2].replace("Яна", '"Яна'), rows[3].replace("02.2019", '02.2019"')
    path = tmp_path / "t.csv"
    path.write_text("\n".join(rows), "utf-8")
    report, _ = load(path)
    (swallowed, faults), (again, _) = report.refused
    assert (report.rows, report.added, faults) == (3, 1, [("", "columns")])
    assert "Яна" in str(swallowed.cells)
    assert str(swallowed.cells).count("Олеговна") == 2
    assert again.number == 5


def test_what_is_no_table_is_refused_whole(tmp_path: Path) -> None:
    for name, content in (("a.csv", b"one\ntwo\n"), ("b.xlsx", b"PK no workbook"), ("c.csv", b"")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(tables.BadFile):
            tables.recognise(tmp_path / name, ["фио", "пол"])


def test_the_command_tells_people_and_programs_what_came_of_it(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from server.commands import main

    monkeypatch.setenv("VYEZD_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("VYEZD_DATABASE_URL", world.app.config["SQLALCHEMY_DATABASE_URI"])
    path = table(tmp_path / "t.csv", MOTHER, (*CHILD[:4], "", *CHILD[5:]))

    def told(*words: str) -> Any:
        with pytest.raises(SystemExit) as ended:
            main(["import", "families", str(path), *words])
        assert ended.value.code == 0
        return capfd.readouterr().out

    assert "Пробная загрузка, ничего не записано" in told("--dry-run")
    assert "добавлено 1, изменено 0, без изменений 0, отказано 1" in told()
    answer = json.loads(told("--json"))
    assert (answer["unchanged"], answer["refused"], answer["reasons"]) == (1, 1, {"missing": 1})
    assert "Фамилия: Не заполнено" in Path(answer["refused_file"]).read_text("utf-8")


def test_who_is_not_yet_eighteen_is_a_child_where_the_table_does_not_say(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.clock.now", lambda: int(datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp() * 1000))
    days = {"22.11.2008": "other", "23.11.2008": "child", "31.12.2008": "child", "12.2008": "child", "10.2008": "other"}
    rows = [("С1", str(n), *CHILD[2:7], day, "") for n, day in enumerate(days)]
    load(table(tmp_path / "t.csv", *rows))
    roles = {each.fields["person"]: each.fields["role"] for each in living("membership")}
    born = {each.fields["birth_date"]: roles[each.id] for each in living("person")}
    assert born == {columns.day(day): role for day, role in days.items()}


def test_addresses_full_of_commas_do_not_hide_the_semicolons(world: World, tmp_path: Path) -> None:
    address = "Область, Лиманский р-н, с Басы, ул. Мира, д. 1, корп. 2, кв. 3, вход со двора"
    rows = [("С1", "Басинский", address, " ".join(each[4:7]), each[7]) for each in (MOTHER, CHILD)]
    headers = ("ID семьи", "Территория", "Адрес", "ФИО", "Дата рождения")
    (tmp_path / "t.csv").write_text("\n".join(";".join(row) for row in (headers, *rows)), "utf-8")
    report, _ = load(tmp_path / "t.csv")
    assert (report.separator, counts(report)) == (";", (2, 0, 0, 0))
    assert living("family")[0].fields["address"] == address


@pytest.mark.parametrize("dimension", [None, "A1", "A1:XFD1048576"])
def test_a_spreadsheet_that_says_nothing_or_nonsense_of_its_size_is_read_whole(
    world: World, tmp_path: Path, dimension: str | None
) -> None:
    book = Workbook(write_only=True)
    page = book.create_sheet()
    for row in (SMALL, (*MOTHER[:8], 89430000001), (*CHILD[:8], None)):
        page.append(row)
    book.save(tmp_path / "plain.xlsx")
    with ZipFile(tmp_path / "plain.xlsx") as plain, ZipFile(tmp_path / "t.xlsx", "w") as told:
        for name in plain.namelist():
            said = f'<dimension ref="{dimension}"/><sheetViews>' if dimension else "<sheetViews>"
            told.writestr(name, plain.read(name).replace(b"<sheetViews>", said.encode()))
    assert counts(load(tmp_path / "t.xlsx")[0]) == (2, 0, 0, 0)


@pytest.mark.parametrize("part", [1, 1_000])
def test_what_a_later_row_adds_to_a_family_is_taken_too(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    monkeypatch.setattr(families, "PART", part)
    headers = (*SMALL, "Телефон семьи")
    rows = (*MOTHER[:3], "", *MOTHER[4:], "89430000001"), (*CHILD, "89430000002")
    path = table(tmp_path / "t.csv", *rows, headers=headers)
    would, did = load(path, dry=True)[0], load(path)[0]
    assert (counts(would), would.families, would.people, would.ops) == (counts(did), 1, 2, did.ops)
    assert (counts(did), did.families, did.people) == ((2, 0, 0, 0), 1, 2)
    (family,) = living("family")
    assert family.fields["address"] == CHILD[3]
    assert family.fields["phones"] == ["+79430000001", "+79430000002"]
    assert counts(load(path)[0]) == (0, 0, 2, 0)
    other = ("С1", "3", CHILD[2], "с Басы, ул. Садовая, д. 1", "Ким", "Ян", "Олегович", "03.2020", "", "")
    report, _ = load(table(path, *rows, other, headers=headers))
    assert (counts(report), report.refused[0][1]) == ((0, 0, 2, 1), [("", "family_differs|3|адрес")])


def test_a_child_that_comes_back_to_its_first_family_is_in_it_again(world: World, tmp_path: Path) -> None:
    away = ("С2", "2", "Бударинский сельсовет", "с Бударино, д. 2", *CHILD[4:])
    load(table(tmp_path / "t.csv", MOTHER, CHILD))
    load(table(tmp_path / "t.csv", MOTHER, away))
    report, _ = load(table(tmp_path / "t.csv", MOTHER, CHILD))
    assert (counts(report), report.ended) == ((0, 1, 1, 0), 1)
    homes = {each.fields["family"]: each.fields["periods"] for each in living("membership") if _is_of_child(each)}
    address = {each.id: each.fields["address"] for each in living("family")}
    assert [address[id] for id, periods in homes.items() if not all("to" in each for each in periods)] == [CHILD[3]]
    assert counts(load(tmp_path / "t.csv")[0]) == (0, 0, 2, 0)


def test_a_refused_row_ends_nobody_s_place_in_a_family(world: World, tmp_path: Path) -> None:
    foster = ("С2", "2", "Бударинский сельсовет", "с Бударино, д. 2", *CHILD[4:])
    load(table(tmp_path / "t.csv", MOTHER, CHILD, foster))
    report, _ = load(table(tmp_path / "t.csv", MOTHER, (*CHILD[:8], "7123"), foster))
    assert (counts(report), report.ended) == ((0, 0, 2, 1), 0)
    report, _ = load(table(tmp_path / "t.csv", MOTHER, foster))
    assert (counts(report), report.ended) == ((0, 0, 2, 0), 1)


def test_a_child_that_has_got_a_snils_since_the_last_file_is_the_same_child(world: World, tmp_path: Path) -> None:
    headers = (SMALL[0], *SMALL[2:8], "СНИЛС")
    newborn, twin = ("С1", *CHILD[2:8], ""), ("С1", *CHILD[2:5], "Ия", *CHILD[6:8], "")
    path = tmp_path / "t.csv"
    load(table(path, newborn, twin, headers=headers))
    report, _ = load(table(path, (*newborn[:-1], "112-233-445 95"), twin, headers=headers))
    assert (counts(report), report.people) == ((0, 1, 1, 0), 0)
    assert {each.fields["given"]: each.fields.get("snils") for each in living("person")} == {
        "Яна": "11223344595",
        "Ия": None,
    }
    assert counts(load(path)[0]) == (0, 0, 2, 0)
    renamed = ("С2", *newborn[1:3], "Ли", *newborn[4:-1], "112-233-445 95")
    assert load(table(path, renamed, headers=headers))[0].people == 0


def test_a_file_that_is_sent_twice_at_once_is_in_once(both: World, tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv", *((f"С{n}", str(n), *CHILD[2:]) for n in range(20)))

    def send() -> None:
        with both.app.app_context():
            load(path)

    senders = [threading.Thread(target=send) for _ in range(2)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert (len(living("family")), len(living("person")), len(living("membership"))) == (20, 20, 20)
