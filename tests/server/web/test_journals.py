"""The journal of a month is handed in: what hinders it, what is frozen, what came after, and opening it again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from server import audit, handovers, people
from server import office as writing
from server.office import Change
from tests.server.web.scene import ADMIN, OFFICER, Browser, Office, visit
from tests.server.web.test_lists import queries
from tests.server.web.test_visits import home
from tests.support.steps import step
from tests.support.world import Tablet

LAST = (date.today().replace(day=1) - timedelta(days=1)).replace(day=5)  # a day of last month
MONTH = LAST.isoformat()[:7]


def met(tablet: Tablet, family: str, day: int = 5, **more: Any) -> dict[str, Any]:
    """A visit of last month."""
    return visit(tablet, family, started_at=f"{LAST.replace(day=day).isoformat()}T10:00:00+04:00", **more)


def signed(tablet: Tablet, family: str, day: int = 5, **more: Any) -> str:
    """One that waits for review."""
    at = f"{LAST.isoformat()}T15:00:00+04:00"
    op = met(tablet, family, day, signed_at=at, review_state={"from": None, "to": "submitted"}, **more)
    tablet.sync(op)
    return str(op["id"])


def accept(officer: Browser, id: str, to: str = "accepted", **more: str) -> None:
    assert officer.post(f"/review/visit/{id}", f"/visits/{id}", to=to, **more).status_code == 302


def hand_in(browser: Browser, **more: str) -> str:
    return browser.post("/journals", f"/journals?month={MONTH}", month=MONTH, **more).headers["Location"]


def test_a_month_is_handed_in_and_what_comes_later_stands_beside_it(office: Office) -> None:
    world = office.world
    tablet, officer, admin = world.tablet(), office.signed_in(OFFICER, "ru"), office.signed_in(ADMIN, "ru")
    family = home(tablet, "Волкова")
    first, second = (signed(tablet, family, day, purpose="Знакомство") for day in (5, 6))
    waits = signed(tablet, family, 7)
    for id in (first, second):
        accept(officer, id)
    with step("Мешает одно посещение: чьё, с телефоном; без слова не сдать"):
        page = officer.see(f"/journals?month={MONTH}")
        assert "Принято, войдёт в журнал: Открыть список 2 посещения 1 семья Состоялось: 2" in page
        assert "мешает 1 посещение" in page
        assert "Волкова Вера На проверке Иванова Мария Петровна +7 900 000-00-01" in page
        assert "Мешают непринятые посещения" in officer.see(hand_in(officer))
    with step("Сдан без него: числа закреплены под номером"):
        number = hand_in(officer, without="1")
        page = officer.see(number)
        assert "2 посещения 1 семья Состоялось: 2" in page
        assert "Сдал(а): Кузнецова Елена Павловна" in page
        assert "С тех пор ничего не принято" in page
        assert "Этот журнал уже сдан" in officer.see(hand_in(officer, without="1"))
        with world.inside():
            (entry,) = audit.entries(action="journal")
        assert (entry.subject, entry.details["visits"]) == (number.rsplit("/", 1)[1], 2)
    with step("Позже: одно принято, одно исправлено со слов, одно возвращено"):
        accept(officer, waits)
        officer.post(f"/edit/visit/{first}", kind="control", said_by="Иванова М. П.")
        page = officer.see(number)
        assert "После сдачи (2)" in page
        assert "Приняты позже" in page
        assert "Вид Контрольное Повторное действует" in page
        accept(officer, second, "returned", review_remark="Кого видели?")
        page = officer.see(number)
        assert "После сдачи (3)" in page
        assert "Выбыли из журнала" in page
        assert "2 посещения 1 семья Состоялось: 2" in page
    with step("Администратор открывает месяц снова: только с причиной; прежний номер остаётся"):
        assert officer.post(number, remark="Так надо").status_code == 403
        assert "Напишите причину" in admin.see(admin.post(number, remark=" ").headers["Location"])
        assert "Месяц снова открыт" in admin.see(admin.post(number, remark="Ошибка в маршруте").headers["Location"])
        assert "Ошибка в маршруте" in officer.see(number)
        again = hand_in(officer, without="1")
        assert again != number
        assert "2 посещения" in officer.see(again)
        assert "открыт снова" in officer.see("/journals")
        with world.inside():
            (entry,) = audit.entries(action="journal.reopened")
        assert entry.reason == "Ошибка в маршруте"


def test_a_deleted_visit_leaves_the_journal_and_not_its_figures(one_office: Office) -> None:
    tablet, officer = one_office.world.tablet(), one_office.signed_in(OFFICER, "ru")
    family = home(tablet, "Волкова")
    id = signed(tablet, family)
    accept(officer, id)
    number = hand_in(officer)
    world = one_office.world
    with world.inside():
        writing.write(world.office, [Change("visit", id, base=world.record(id).rev, delete=True)])
    page = officer.see(number)
    assert "Выбыли из журнала" in page
    assert "удалена" in page
    assert "1 посещение 1 семья" in page


def test_a_journal_is_of_a_place_and_only_of_a_month_that_is_over(one_office: Office) -> None:
    world, officer = one_office.world, one_office.signed_in(OFFICER, "ru")
    tablet = world.tablet()
    accept(officer, signed(tablet, home(tablet, "Волкова")))
    one_office.add("there", "Павлова Нина", "officer", (world.elsewhere,))
    stranger = one_office.signed_in("there", "ru")
    here = hand_in(officer, territory=world.here)
    assert "1 посещение" in officer.see(here)
    assert stranger.get(here).status_code == 404
    assert here not in stranger.get("/journals").text
    assert "0 посещений" in officer.see(hand_in(officer, territory=world.there))
    assert hand_in(stranger) not in (here, "/journals")
    this = date.today().isoformat()[:7]
    answer = officer.post("/journals", month=this)
    assert "Месяц ещё не закончился." in officer.see(answer.headers["Location"])
    assert officer.get("/journals?month=nonsense").status_code == 200
    with world.inside():
        assert handovers.standing(LAST.replace(day=1), frozenset([world.here])) is not None
        assert handovers.standing(LAST.replace(day=1), None) is None


def test_a_journal_asks_no_more_often_when_there_is_more_in_it(one_office: Office) -> None:
    tablet, officer = one_office.world.tablet(), one_office.signed_in(OFFICER, "ru")
    family, asked = home(tablet, "Волкова"), []
    accept(officer, signed(tablet, family, 1))
    number = hand_in(officer)
    for days in ((2, 3), (4, 5, 6)):
        for day in days:
            accept(officer, signed(tablet, family, day))
        officer.post(f"/edit/visit/{signed(tablet, family, 8)}", kind="control", said_by="звонок")
        officer.see(number)
        counts = []
        for page in (number, f"/journals?month={MONTH}"):
            with queries(one_office) as said:
                officer.see(page)
            counts.append(len(said))
        asked.append(counts)
    assert asked[0] == asked[1]


def test_the_journals_of_other_districts_hide_none_of_one_s_own(one_office: Office) -> None:
    world = one_office.world
    one_office.add("there", "Павлова Нина", "officer", (world.elsewhere,))
    stranger = one_office.signed_in("there", "ru")
    own, month = hand_in(stranger), LAST.replace(day=1)
    with world.inside():
        who = people.find(ADMIN)
        for number in range(handovers.SHOWN):
            among = frozenset([world.here])
            taken = handovers.hand_in(who, month, among, {"visits": number, "families": 0, "results": {}}, [], {})
            handovers.reopen(who, taken, "Ещё раз")
        assert handovers.standing(month, frozenset([world.elsewhere])) is not None
    assert own in stranger.get("/journals").text
