"""Trips planned in the office, travelled by the team, confirmed and printed."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from schemas.ids import new_id
from server import office as writing
from server import people, projections
from server.db import reading
from server.imports import plans
from server.office import Change
from server.reading import reach
from tests.server.web.scene import ADMIN, LOCAL, OFFICER, Browser, Office, join, moment, visit
from tests.support.steps import step
from tests.support.world import Tablet, World

TODAY, TOMORROW = moment()[:10], moment(-1)[:10]


def home(tablet: Tablet, surname: str, number: str, **values: Any) -> str:
    """A family with its case number."""
    made = tablet.family(address=f"с Басы, ул. {surname}, 1", **values)
    tablet.sync(made, *join(tablet, made["id"], surname, "Вера", "mother", "1990-05-03"))
    with tablet.world.inside():
        writing.write(tablet.world.office, [Change("family", made["id"], base=1, set={"number": number})])
    return str(made["id"])


def planned(officer: Browser, world: World, **values: str) -> str:
    """A trip planned on the page; returns its page."""
    told = {"team": world.team, "date_from": TODAY, "kind": "regular"} | values
    answer = officer.post("/trips/new", **told)
    assert answer.status_code == 302, answer.text
    return str(answer.headers["Location"])


def send(officer: Browser, page: str, action: str, **fields: Any) -> str:
    """One of the trip's forms; returns what is then on the page."""
    hidden = {name: value for name, value in officer.hidden(page).items() if name in ("csrf_token", "base", "epoch")}
    answer = officer.client.post(page, data=hidden | {"action": action} | fields, follow_redirects=True)
    return answer.text


def test_a_trip_is_planned_the_tablet_gets_it_and_reports(office: Office) -> None:
    world, officer = office.world, office.signed_in(OFFICER, "ru")
    tablet = world.tablet()
    promised, other = home(tablet, "Абрамова", "1/2026"), home(tablet, "Белова", "2/2026")
    tablet.sync(visit(tablet, promised, days=30, next_visit_due=TODAY))
    with step("Планирует: кому обещали прийти, стоит первой"):
        page = planned(officer, world, purpose="Плановый объезд")
        assert "Абрамова Вера" in (text := officer.see(page))
        assert "Белова Вера" not in text
        assert "Белова Вера" in officer.see(f"{page}?why=unseen")
        assert "Белова Вера" in officer.see(f"{page}?text=белов")
    with step("Добавляет семьи и остановку, меняет порядок"):
        assert "Остановки добавлены" in send(officer, page, "families", family=[promised, other])
        send(officer, page, "place", territory=world.there, note="паром")
        first, second, third = sorted(stop["order"] for stop in world.record(page[-36:]).fields["stops"])
        send(officer, page, "route", **{f"number-{third}": "0,5", f"note-{second}": "Взять справку"})
    with step("Планшет получает маршрут по порядку"):
        tablet.pull()
        stops = sorted(tablet.records[page[-36:]]["fields"]["stops"], key=lambda stop: stop["order"])
        assert [stop.get("family") for stop in stops] == [None, promised, other]
        assert stops[2]["note"] == "Взять справку"
        assert stops[1]["order"] == first
    with step("Бригада посетила одну семью и ещё одну сверх плана"):
        extra = home(tablet, "Волкова", "3/2026")
        tablet.sync(*(visit(tablet, family, trip=page[-36:]) for family in (promised, extra)))
        assert "посещено: 2 из 2" in (text := officer.see(page))
        assert "Посещены вне маршрута" in text
        assert "2 из 2" in officer.see("/trips")
        assert "2/2" in officer.see(f"/trips/calendar?month={TODAY[:7]}")
    with step("Отменить без причины нельзя"):
        assert "Напишите, почему" in send(officer, page, "status", to="cancelled")
        send(officer, page, "status", to="cancelled", cancel_reason="Паром не ходит")
        assert world.record(page[-36:]).fields["status"] == "cancelled"


def test_the_route_sheet_names_who_lives_there_and_a_form_for_each(one_office: Office) -> None:
    world, officer = one_office.world, one_office.signed_in(OFFICER, "ru")
    tablet = world.tablet()
    family = home(tablet, "Абрамова", "1/2026", case_status={"from": None, "to": "active"})
    tablet.sync(
        tablet.op("family", family, add={"phones": ["8 911 123-45-67"]}),
        *join(tablet, family, "Абрамова", "Яна", "child", "2019-02"),
        visit(tablet, family, days=30, next_visit_due=TODAY),
        tablet.op("category", set={"family": family, "code": "low_income", "date_from": "2020-01-01"}),
    )
    page = planned(officer, world)
    send(officer, page, "families", family=family)
    sheet = officer.see(f"{page}/sheet?forms=1")
    for said in (
        "Абрамова Вера",
        "Абрамова Яна",
        "+7 911 123-45-67",
        "обещали до",
        "Малоимущая",
        "Представитель семьи",
    ):
        assert said in sheet
    assert "Представитель семьи" not in officer.see(f"{page}/sheet")
    document = officer.get(f"{page}/sheet.docx")
    assert document.data[:2] == b"PK"
    assert officer.get(f"{page}/sheet.pdf").data[:5] == b"%PDF-"


def test_a_tablet_proposes_to_go_elsewhere_and_gets_the_families_once_it_is_confirmed(one_office: Office) -> None:
    world = one_office.world
    tablet, away = world.tablet(), world.tablet(world.other_team, "Планшет 2")
    family = away.op("family", feed=world.elsewhere, set={"territory": world.elsewhere})
    away.sync(family)
    days = {"team": world.team, "date_from": TODAY, "date_to": TOMORROW}
    trip = tablet.op("trip", set=days, add={"territories": [world.elsewhere]})
    tablet.sync(trip)
    page = f"/trips/{trip['id']}"
    with step("Чужую территорию подтверждает тот, чья она"):
        one_office.add("near", "Орлова Вера", "officer", (world.here,))
        near = one_office.signed_in("near", "ru")
        assert "1 выезд ждёт подтверждения" in near.see("/trips")
        assert "не ваши" in send(near, page, "confirm")
    with step("Подтверждено: семьи приходят на планшет"):
        officer = one_office.signed_in(OFFICER, "ru")
        assert "ждёт подтверждения" in officer.see("/trips?asks=1").partition("1 выезд ждёт подтверждения")[2]
        assert "Бударинский сельсовет" in officer.see(page)
        assert "Подтверждено" in send(officer, page, "confirm")
        assert "ждёт подтверждения" not in officer.see("/trips")
        tablet.pull()
        assert family["id"] in tablet.records


def test_a_family_out_of_reach_stays_on_the_route_and_is_not_named(one_office: Office) -> None:
    world = one_office.world
    tablet, away = world.tablet(), world.tablet(world.other_team, "Планшет 2")
    hidden = away.op("family", feed=world.elsewhere, set={"territory": world.elsewhere, "address": "Тайная улица"})
    away.sync(hidden, *[each | {"feed": world.elsewhere} if each["type"] == "person" else each
                        for each in join(away, hidden["id"], "Тайнова", "Вера", "mother", "1990")])  # fmt: skip
    seen = home(tablet, "Белова", "2/2026")
    stops = [{"order": "a0", "family": hidden["id"]}, {"order": "a1", "family": seen}]
    trip = tablet.op("trip", set={"team": world.team, "date_from": TODAY, "date_to": TODAY}, add={"stops": stops})
    tablet.sync(trip)
    one_office.add("near", "Орлова Вера", "officer", (world.here,))
    near, page = one_office.signed_in("near", "ru"), f"/trips/{trip['id']}"
    for path in (page, f"{page}/sheet"):
        text = near.get(path).text
        assert "вне вашего доступа" in text
        assert not any(sign in text for sign in ("Тайнова", "Тайная", hidden["id"]))
    send(near, page, "route", **{"number-a1": "0"})
    families = sorted(world.record(trip["id"]).fields["stops"], key=lambda stop: stop["order"])
    assert [stop["family"] for stop in families] == [seen, hidden["id"]]


def plan_file(*rows: tuple[Any, ...]) -> BytesIO:
    """A plan as a workbook."""
    book, out = Workbook(), BytesIO()
    book.active.append(("Бригада", "Дата", "Населённый пункт", "Номер дела", "Время", "Цель", "Примечание"))
    for row in rows:
        book.active.append(row)
    book.save(out)
    out.seek(0)
    return out


def test_a_plan_from_a_workbook_is_tried_then_written_once(one_office: Office) -> None:
    world, officer = one_office.world, one_office.signed_in(OFFICER, "ru")
    family = home(world.tablet(), "Абрамова", "1/2026")
    day = f"{TOMORROW[8:]}.{TOMORROW[5:7]}.{TOMORROW[:4]}"
    rows = (
        ("ZS-1", day, "", "1/2026", "09:30", "Плановый выезд", "справка"),
        ("Здоровая семья", day, "Бирючекосинский сельсовет", "", "", "", ""),
        ("ZS-1", day, "", "99/2026", "", "", ""),
        ("Незнакомая", day, "Басинский сельсовет", "", "", "", ""),
    )

    def sent() -> str:
        hidden = {"csrf_token": officer.hidden("/imports")["csrf_token"], "kind": "plan"}
        answer = officer.client.post("/imports", data=hidden | {"file": (plan_file(*rows), "план.xlsx")})
        return str(answer.headers["Location"])

    with step("Проба: видно, что будет, и почему отказано"):
        trial = sent()
        text = officer.see(trial)
        assert "ничего ещё не записано" in text
        assert "Отказано: 2" in text
        assert "семьи с таким номером дела у вас нет" in text
        refused = load_workbook(BytesIO(officer.get(f"{trial}/file").data)).active
        assert [row[-1] for row in refused.iter_rows(min_row=2, values_only=True)][1].startswith("бригада не найдена")
        assert not _trips(world)
    with step("Загружает: один выезд с двумя остановками"):
        done = officer.post(f"/imports/{trial[-36:]}", trial).headers["Location"]
        assert "Записано" in officer.see(done)
        assert "1 выезд" in officer.see(f"/trips?since={TOMORROW}&until={TOMORROW}")
        (trip,) = _trips(world)
        stops = sorted(world.record(trip).fields["stops"], key=lambda stop: stop["order"])
        assert stops[0]["family"] == family
        assert stops[0]["arrive_at"].startswith(f"{TOMORROW}T09:30")
        assert stops[1]["territory"] == world.there
    with step("Тот же файл ещё раз ничего не добавляет"):
        trial = sent()
        again = officer.post(f"/imports/{trial[-36:]}", trial).headers["Location"]
        assert "Без изменений: 2" in officer.see(again)
        assert len(_trips(world)) == 1


def test_a_case_number_of_two_districts_is_the_planner_s_own_or_asked_about(one_office: Office, tmp_path: Path) -> None:
    world = one_office.world
    mine, other = (Change("family", new_id(), set={"territory": id, "number": "1"}) for id in (world.here, world.there))
    one_office.add("near", "Орлова Вера", "officer", (world.here,))
    (tmp_path / "plan.csv").write_text("Бригада;Дата;Номер дела\nZS-1;01.12.2026;1\n", "utf-8")
    with world.inside():
        writing.write(world.office, [mine, other])
        for login, refused in (("near", []), (ADMIN, ["family_twice"])):
            who = people.find(login)
            task = plans.Task(tmp_path / "plan.csv", people.author(who), reach.of(who), LOCAL, dry=False)
            report, _ = plans.import_plan(task)
            assert [code for _, code in report.refused] == refused
    (trip,) = _trips(world)
    assert [stop["family"] for stop in world.record(trip).fields["stops"]] == [mine.id]


def _trips(world: World) -> list[str]:
    with world.inside(), reading() as connection:
        return list(connection.scalars(select(projections.table("trip").c.record)))


def test_nobody_without_the_right_plans_and_bad_forms_say_what_is_wrong(one_office: Office) -> None:
    world = one_office.world
    one_office.add("reader", "Павлова Нина", "specialist", teams=(world.team,))
    reader, admin = one_office.signed_in("reader", "ru"), one_office.signed_in(ADMIN, "ru")
    page = planned(admin, world)
    assert "Кого посетить" not in reader.see(page)
    assert reader.client.post(page, data=admin.hidden(page)).status_code in (400, 403)
    answer = admin.post("/trips/new", team=world.team, date_from=TOMORROW, date_to=TODAY)
    assert answer.status_code == 422
    assert "кончается раньше" in answer.text
    assert "Выберите бригаду" in admin.post("/trips/new", team="?", date_from=TODAY).text
    assert "Отметьте семьи" in send(admin, page, "families")
    assert "Форма повреждена" in send(admin, page, "nonsense")
