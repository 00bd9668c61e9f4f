"""Days at work, from the tablet to the office and back."""

from __future__ import annotations

from typing import Any

from schemas.ids import new_id
from server import settle
from tests.server.web.scene import ADMIN, OFFICER, Office, join, moment
from tests.support.steps import step
from tests.support.world import Tablet, World

TODAY = moment()[:10]
SUBMITTED = {"from": None, "to": "submitted"}


def outcomes(answer: dict[str, Any]) -> list[str]:
    return [result["outcome"] for result in answer["results"]]


def held_visit(tablet: Tablet, family: str, **values: Any) -> dict[str, Any]:
    result = {"from": None, "to": "held"}
    return tablet.op(
        "visit", set={"family": family, "kind": "initial", "started_at": moment(), "result": result} | values
    )


def signed(tablet: Tablet, type_name: str, id: str, before: str | None = None) -> dict[str, Any]:
    """The specialist signs, and submits to the office."""
    step = {"from": before, "to": "submitted"}
    return tablet.op(type_name, id, set={"signed_at": moment(hour=12), "review_state": step})


def ready(world: World) -> Tablet:
    tablet = world.tablet()
    tablet.pull()
    return tablet


def test_a_first_visit_and_its_act(one_office: Office) -> None:
    world = one_office.world
    tablet = ready(world)
    with step("Сигнал из школы: в семье неладно"):
        told = {"source": "school", "received_at": moment(1), "text": "Дети пропускают уроки", "territory": world.here}
        signal = tablet.op("need_signal", feed=world.here, set=told | {"status": {"from": None, "to": "received"}})
        assert outcomes(tablet.sync(signal)) == ["applied"]
    with step("Бригада приехала впервые: семья, мать, ребёнок"):
        family = tablet.family(address="с Образцовое, ул. Ленина, 5", case_status={"from": None, "to": "new"})
        mother = join(tablet, family["id"], "Белова", "Алёна", "mother", "1990")
        child = join(tablet, family["id"], "Белова", "Мария", "child", "2018-05")
        visit = held_visit(tablet, family["id"])
        assert set(outcomes(tablet.sync(family, *mother, *child, visit))) == {"applied"}
    with step("Акт обследования, оценка риска, срочная помощь"):
        home = {"family": family["id"], "visit": visit["id"], "date": TODAY}
        found = {"heating": "poor", "conclusion": "Нужна помощь с печью"}
        commission = [{"worker": world.worker}, {"name": "Ким Вера Львовна", "position": "Инспектор ПДН"}]
        act = tablet.op("living_conditions_act", set=home | found, add={"commission": commission})
        risk = {"form": "family", "form_version": "1", "assessor": world.worker}
        risk |= {"answers": [{"question": "housing", "points": 2}, {"question": "care", "points": 1}]}
        given = [{"service": "Продуктовый набор", "volume": 1, "unit": "set"}]
        urgent = {"recipient": mother[0]["id"], "performer": world.worker} | home
        ops = (
            act,
            tablet.op("risk_assessment", set=home | risk),
            tablet.op("urgent_service_act", set=urgent, add={"services": given}),
        )
        assert outcomes(tablet.sync(*ops)) == ["applied"] * 3
        tablet.pull()
        assert "incomplete" not in tablet.records[act["id"]]
        assert "incomplete" not in tablet.records[visit["id"]]
    with step("Сигнал подтвердился, посещение и акт подписаны"):
        end = {"family": family["id"], "status": {"from": "received", "to": "confirmed"}}
        ops = (tablet.op("need_signal", signal["id"], set=end), signed(tablet, "visit", visit["id"]))
        assert outcomes(tablet.sync(*ops, signed(tablet, "living_conditions_act", act["id"]))) == ["applied"] * 3
    with step("Офис видит посещение на проверке и принимает"):
        officer = one_office.signed_in(OFFICER, "ru")
        assert "На проверке" in officer.see("/visits")
        page = f"/visits/{visit['id']}"
        assert "ждёт проверки офисом" in officer.see(page)
        officer.post(f"/review/visit/{visit['id']}", page, to="accepted")
        assert world.record(visit["id"]).fields["review_state"] == "accepted"
    with step("Планшет узнаёт, что принято; дальше только предложения"):
        assert [notice["kind"] for notice in tablet.sync()["notices"]] == ["accepted"]
        tablet.pull()
        late = tablet.op("visit", visit["id"], set={"purpose": "Уточнение"})
        assert outcomes(tablet.sync(late)) == ["stored"]


def test_a_joint_visit_of_two_specialists_on_two_tablets(one_office: Office) -> None:
    world = one_office.world
    first, second = ready(world), world.tablet(name="Планшет 2")
    family = first.family()
    days = {"date_from": TODAY, "date_to": TODAY, "status": {"from": None, "to": "under_way"}}
    trip = first.op("trip", set={"team": world.team} | days)
    first.sync(family, trip)
    second.pull()
    with step("Без связи каждая открывает посещение и пишет своё"):
        one = held_visit(first, family["id"], trip=trip["id"])
        other = held_visit(second, family["id"], trip=trip["id"], kind="control") | {"by": world.colleague}
        parts = [
            tablet.op("visit_part", by=worker, set={"visit": visit["id"], "worker": worker, "role": role}, add=given)
            for tablet, visit, worker, role, given in (
                (first, one, world.worker, "social_work", {"services": ["legal"]}),
                (second, other, world.colleague, "psychologist", {"services": ["psychological"]}),
            )
        ]
        assert outcomes(second.sync(other, parts[1])) == ["applied"] * 2
        assert outcomes(first.sync(one, parts[0])) == ["applied"] * 2
    with step("В журнале одно посещение, с услугами обеих"):
        officer = one_office.signed_in(OFFICER, "ru")
        log = officer.see("/visits")
        assert "1 посещение" in log
        assert "совместное" in log
        assert "Социально-правовые" in log
        assert "Социально-психологические" in log
    with step("Вид записан по-разному: вопрос в очереди"):
        assert "Совместное посещение записано по-разному" in officer.see("/queue?kind=breach")
        root = min(one["id"], other["id"])
        page = officer.see(f"/queue/joint:{root}")
        assert "Контрольное" in page
    with step("Вторая исправляет вид: вопрос закрылся, посещение всё ещё одно"):
        second.pull()
        second.sync(second.op("visit", other["id"], by=world.colleague, set={"kind": "initial"}))
        assert "Совместное посещение записано" not in officer.see("/queue?kind=breach")
        assert "1 посещение" in officer.see("/visits")
        assert "учитывается один раз" in officer.see(f"/visits/{one['id']}")


def test_a_returned_visit_is_mended_and_accepted(one_office: Office) -> None:
    world = one_office.world
    tablet = ready(world)
    family = tablet.family()
    visit = held_visit(tablet, family["id"])
    tablet.sync(family, visit, signed(tablet, "visit", visit["id"]))
    officer, page = one_office.signed_in(OFFICER, "ru"), f"/visits/{visit['id']}"
    with step("Офис возвращает с замечанием, сроком и телефоном"):
        said = {"review_remark": "Укажите цель", "review_due": "2099-01-01", "review_phone": "8 911 123-45-67"}
        officer.post(f"/review/visit/{visit['id']}", page, to="returned", **said)
        assert "Возвращено автору" in officer.see(page)
    with step("Планшет получает замечание и может править"):
        (notice,) = tablet.sync()["notices"]
        assert (notice["kind"], notice["record"], notice["due"]) == ("returned", visit["id"], "2099-01-01")
        assert notice["text"] == "Укажите цель +79111234567"
        tablet.pull()
        assert tablet.records[visit["id"]]["fields"]["review_remark"] == "Укажите цель"
        assert outcomes(tablet.sync(tablet.op("visit", visit["id"], set={"purpose": "Помощь с документами"}))) == [
            "applied"
        ]
        assert visit["id"] not in officer.get("/visits?stage=submitted").text
    with step("Подписано снова, и без слова «на проверке» видно, что ждёт"):
        tablet.pull()
        tablet.sync(tablet.op("visit", visit["id"], set={"signed_at": moment(hour=13)}))
        assert visit["id"] in officer.get("/visits?stage=submitted").text
    with step("Офис исправляет мелочь со слов специалиста и принимает"):
        path = f"/edit/visit/{visit['id']}"
        answer = officer.post(path, kind="repeat", said_by="Иванова М. П.")
        assert answer.status_code == 302, answer.text
        record = world.record(visit["id"])
        assert (record.fields["kind"], record.fields["by_phone"][0]["value"]["note"]) == ("repeat", "Иванова М. П.")
        officer.post(f"/review/visit/{visit['id']}", page, to="accepted")
        assert world.record(visit["id"]).fields["review_state"] == "accepted"
        assert [notice["kind"] for notice in tablet.sync()["notices"]] == ["returned", "accepted"]


def test_an_out_of_consent_purpose_stops_while_child_protection_goes_on(one_office: Office) -> None:
    world = one_office.world
    tablet = ready(world)
    family = tablet.family()
    mother = join(tablet, family["id"], "Белова", "Алёна", "mother", "1990", is_legal_representative=True)
    child = join(tablet, family["id"], "Белова", "Мария", "child", "2018-05")
    with step("Мать согласна на помощь фонда; опека проверяет и без согласия"):
        given = {"subject": child[0]["id"], "given_by": mother[0]["id"], "method": "paper", "date_from": moment(9)[:10]}
        consent = tablet.op("consent", set=given | {"purpose": "partner_help"})
        days = {"made_on": TODAY, "due": "2099-01-01", "status": {"from": None, "to": "sent"}}
        about = {"family": family["id"], "person": child[0]["id"], "reason": "Нужна помощь"} | days
        fund = tablet.op("referral", set=about | {"to": "Фонд", "purpose": "partner_help"})
        guard = tablet.op("referral", set=about | {"to": "Опека", "purpose": "child_protection"})
        assert set(outcomes(tablet.sync(family, *mother, *child, consent, fund, guard))) == {"applied"}
        officer = one_office.signed_in(OFFICER, "ru")
        assert "Нет действующего согласия" not in officer.see("/queue?kind=breach")
    with step("Мать отзывает согласие"):
        tablet.pull()
        tablet.sync(tablet.op("consent", consent["id"], add={"withdrawals": [{"date": TODAY}]}))
        assert "Нет действующего согласия: Помощь сторонней организации" in officer.see("/queue?kind=breach")
        page = officer.see(f"/queue/consent:{family['id']}:partner_help")
        assert "Фонд" in page
        assert "Опека" not in page
    with step("Направление в фонд прекращено, опека работает"):
        tablet.pull()
        tablet.sync(tablet.op("referral", fund["id"], set={"status": {"from": "sent", "to": "stopped"}}))
        assert "Нет действующего согласия" not in officer.see("/queue?kind=breach")
        assert world.record(guard["id"]).fields["status"] == "sent"


def test_a_proposal_for_a_socially_dangerous_position_is_accepted(one_office: Office) -> None:
    world = one_office.world
    tablet = ready(world)
    family = tablet.family()
    tablet.sync(family)
    with step("Специалист предлагает СОП: это решение комиссии"):
        about = {"family": family["id"], "code": "sop", "date_from": TODAY}
        sop = tablet.op("category", new_id(), set=about)
        hardship = tablet.op("category", set=about | {"code": "hardship"})
        assert outcomes(tablet.sync(sop, hardship)) == ["stored", "applied"]
        admin = one_office.signed_in(ADMIN, "ru")
        assert "Социально опасное положение" in admin.see(f"/queue/proposal:{sop['op']}")
        assert world.record(sop["id"]) is None
    with step("Комиссия решила: предложение принято, планшет знает"):
        admin.post(f"/queue/proposal:{sop['op']}", action="release", remark="")
        assert world.record(sop["id"]).incomplete == ["basis"]
        assert tablet.sync()["settled"] == [{"settled": sop["op"], "outcome": "applied"}]
    with step("Офис вписывает постановление"):
        path = f"/edit/category/{sop['id']}"
        answer = admin.post(path, basis="Постановление КДН № 12 от 03.05.2026")
        assert answer.status_code == 302, answer.text
        assert world.record(sop["id"]).incomplete == []
    with step("Снять СОП с планшета тоже можно только предложить"):
        tablet.pull()
        end = tablet.op("category", sop["id"], set={"date_to": TODAY})
        assert outcomes(tablet.sync(end)) == ["stored"]
        with world.inside():
            settle.reject(end["op"], "Комиссия ещё не решила", by="Комиссия")
        assert "date_to" not in world.record(sop["id"]).fields
