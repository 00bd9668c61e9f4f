"""What is set up and kept on pages: teams, code lists, codes for tablets, the audit."""

from __future__ import annotations

from server import seal
from tests.server.web.scene import ADMIN, OFFICER, Browser, Office
from tests.support.steps import step


def say(browser: Browser, page: str, action: str, **fields: str) -> str:
    """One of a page's forms; what is then on the page."""
    token = {"csrf_token": browser.hidden(page)["csrf_token"], "action": action}
    return browser.client.post(page, data=token | fields, follow_redirects=True).text


def test_somebody_moves_to_another_team_and_may_still_hand_in_what_was_written(one_office: Office) -> None:
    world, admin = one_office.world, one_office.signed_in(ADMIN, "ru")
    tablet, page = world.tablet(), f"/teams/{world.team}"
    written = tablet.family()
    told = {"worker": world.worker, "name": "Иванова Мария Петровна", "phone": "8 911 123-45-67"}
    assert "Готово" in say(admin, page, "worker", to=world.other_team, **told)
    assert "Иванова" in admin.get(f"/teams/{world.other_team}").text
    assert tablet.sync(written)["results"][0]["outcome"] == "applied"
    assert "телефон" in say(admin, page, "add", name="Орлова Вера", phone="7123").lower()
    assert "Орлова" not in admin.get(page).text


def test_a_team_s_territories_are_changed_and_its_tablet_has_them(one_office: Office) -> None:
    world, admin = one_office.world, one_office.signed_in(ADMIN, "ru")
    tablet, away = world.tablet(), world.tablet(world.other_team, "Планшет 2")
    family = away.op("family", feed=world.elsewhere, set={"territory": world.elsewhere})
    away.sync(family)
    token = {"csrf_token": admin.hidden(f"/teams/{world.team}")["csrf_token"], "action": "places"}
    admin.client.post(f"/teams/{world.team}", data=token | {"territories": [world.here, world.elsewhere]})
    tablet.pull()
    assert family["id"] in tablet.records
    assert set(world.record(world.team).fields["territories"]) == {world.here, world.elsewhere}


def test_a_value_of_a_code_list_is_added_renamed_and_dated_out(one_office: Office) -> None:
    admin, officer = one_office.signed_in(ADMIN, "ru"), one_office.signed_in(OFFICER, "ru")
    page = "/lists/needs"
    assert "Готово" in say(admin, page, "", value="firewood", ru="Дрова", en="Firewood")
    assert "Дрова" in officer.see(page)
    say(admin, page, "", value="firewood", ru="Дрова и уголь", to="2026-12-31")
    assert "Дрова и уголь" in officer.see(page)
    assert "firewood,Дрова и уголь" in officer.get("/lists/all.csv").text
    assert admin.post(page, value="ДРОВА!", ru="Плохо").status_code == 422
    assert admin.post(page, action="add", value="firewood", ru="Уголь").status_code == 422
    assert "Дрова и уголь" in officer.see(page)
    assert officer.post(page, value="x", ru="Нельзя").status_code == 403


def test_the_auditor_reads_who_did_what_and_sees_that_nothing_was_changed(one_office: Office) -> None:
    one_office.add("auditor", "Павлова Нина", "auditor")
    admin, auditor = one_office.signed_in(ADMIN, "ru"), one_office.signed_in("auditor", "ru")
    with step("Администратор выдал код и выгрузил список"):
        token = admin.hidden("/tablets") | {"team": one_office.world.team}
        assert "XXXXX" not in (text := admin.client.post("/tablets/code", data=token).text)
        assert "<svg" in text
        admin.post("/exports", what="family", shape="csv")
    with step("Аудитор видит и то и другое, а семей не видит"):
        text = auditor.see("/audit")
        assert "выдан код для планшета" in text
        assert "выгружено" in text
        assert "Смирнова Ольга Игоревна" in text
        assert "exports.make" not in auditor.see("/audit?action=code")
        assert auditor.get("/families").status_code == 403
    with step("История цела"):
        with one_office.world.inside():
            seal.seal()
        answer = auditor.post("/audit/check", page="/audit")
        assert "История и журнал целы" in auditor.see(answer.headers["Location"])
