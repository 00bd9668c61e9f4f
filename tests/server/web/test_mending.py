"""What requires mending: an admin releases, rejects or corrects what the gate kept apart; a limited reach sees its
own."""

from __future__ import annotations

import re
from typing import Any

import pytest

from server import people, settle
from tests.server.web.scene import ADMIN, OFFICER, Office, person, text
from tests.support.world import Tablet

NOTHING = "Nothing requires mending"
GOOD = "112-233-445 95"


@pytest.fixture
def tablet(office: Office) -> Tablet:
    tablet = office.world.tablet()
    tablet.pull()
    return tablet


def kept(tablet: Tablet, op: dict[str, Any], outcome: str = "quarantined") -> str:
    """Sends an op that the gate keeps apart; returns its page."""
    assert tablet.sync(op)["results"][0]["outcome"] == outcome
    return f"/mending/{op['op']}"


def test_the_list_says_in_words_what_is_wrong_and_why_something_was_put_aside(office: Office, tablet: Tablet) -> None:
    kept(tablet, person(tablet, snils="112-233-445 96", birth_date="31.02.2014"))
    home = tablet.family()
    tablet.sync(home)
    kept(tablet, tablet.op("family", home["id"], set={"territory": office.world.elsewhere}), "stored")
    kept(tablet, tablet.op("territory", office.world.here, set={"name": "Иное"}), "stored")
    browser = office.signed_in(OFFICER)
    page = browser.see("/mending")
    assert "Person Белова Алёна" in page
    assert "SNILS : The SNILS check number does not match." in page
    assert "Birth date : Must be a date or at least a year" in page
    assert "moves a record out of it" in page
    assert "which only the office does" in page
    assert "Белова" not in browser.see("/mending?kind=stored")
    assert "moves a record out" not in browser.see("/mending?kind=wrong")
    assert NOTHING in browser.see("/mending?tablet=00000000-0000-7000-8000-000000000000")
    assert f"/mending?kind=wrong&amp;tablet={tablet.device}" in browser.get("/tablets").text
    assert "To be mended 3" in browser.see("/")


def test_an_admin_corrects_the_wrong_values_and_the_tablet_hears_of_it(office: Office, tablet: Tablet) -> None:
    wrong = person(tablet, snils="112-233-445 96", sex="w")
    wrong["add"] = {"phones": ["8 (911) 123-45-67", "7123"], "former_names": ["Иванoва"]}
    page, admin = kept(tablet, wrong), office.signed_in(ADMIN)
    shown = admin.see(page)
    assert "SNILS 112-233-445 96 The SNILS check number does not match." in shown
    assert "№ 2: This is not a phone number" in shown
    still = {
        "action": "mend",
        "set.snils": "1",
        "set.sex": "female",
        "add.phones.1": "",
        "add.former_names.0": "Иванова",
    }
    answer = admin.post(page, **still)
    assert answer.status_code == 422
    assert "A SNILS has 11 digits" in text(answer)
    assert 'value="1"' in answer.text

    answer = admin.post(page, **still | {"set.snils": GOOD}, remark="Исправили по телефону.")
    assert answer.status_code == 302, text(answer)
    assert NOTHING in admin.see(answer.headers["Location"])
    fields = office.world.record(wrong["id"]).fields
    assert (fields["snils"], fields["sex"], fields["phones"]) == ("11223344595", "female", ["+79111234567"])
    assert fields["former_names"] == ["Иванова"]
    said = tablet.sync()
    assert said["settled"] == [{"settled": wrong["op"], "outcome": "applied"}]
    assert said["notices"][0]["text"].endswith("Исправили по телефону.")
    closed = admin.see(page)
    assert "Corrected and taken over. By Смирнова Ольга Игоревна" in closed
    assert "Remark to the author: Исправили по телефону." in closed


def test_a_box_left_empty_and_a_field_that_nobody_knows_are_left_out(office: Office, tablet: Tablet) -> None:
    wrong = person(tablet, snils="1", horoscope="лев")
    page, admin = kept(tablet, wrong), office.signed_in(ADMIN)
    assert "horoscope : cannot be corrected here and will be left out" in admin.see(page)
    assert admin.post(page, action="mend", **{"set.snils": ""}).status_code == 302
    fields = office.world.record(wrong["id"]).fields
    assert fields["surname"] == "Белова"
    assert "snils" not in fields


def test_a_wrong_step_is_corrected_from_the_state_that_it_came_from(office: Office, tablet: Tablet) -> None:
    home = tablet.family(case_status={"from": None, "to": "closed"})
    tablet.sync(home)
    page = kept(tablet, tablet.op("family", home["id"], set={"case_status": {"from": "closed", "to": "paused"}}))
    admin = office.signed_in(ADMIN)
    assert "is not allowed" in admin.see(page)
    assert admin.post(page, action="mend", **{"set.case_status": "active"}).status_code == 302
    assert office.world.record(home["id"]).fields["case_status"] == "active"


def test_what_is_right_by_itself_is_taken_over_as_it_is(office: Office, tablet: Tablet) -> None:
    op = tablet.family(address="ул. Мира, 2") | {"by": office.world.stranger}
    page, admin = kept(tablet, op), office.signed_in(ADMIN)
    shown = admin.see(page)
    assert "Author : This worker does not belong to" in shown
    assert "Take over as it is" in shown
    assert "Correct and take over" not in shown
    assert admin.post(page, action="release").status_code == 302
    assert office.world.record(op["id"]).fields["address"] == "ул. Мира, 2"
    assert "Taken over. By Смирнова Ольга Игоревна" in admin.see(page)


def test_a_rejection_needs_a_remark_which_reaches_the_tablet(office: Office, tablet: Tablet) -> None:
    page, admin = kept(tablet, person(tablet, snils="1")), office.signed_in(ADMIN)
    assert admin.post(page, action="reject").status_code == 422
    assert admin.post(page, action="reject", remark="Перепишите по документу").status_code == 302
    assert NOTHING in admin.see("/mending")
    assert tablet.sync()["notices"][0]["text"].endswith("Перепишите по документу")
    assert "Rejected: it stays in the history" in admin.see(page)


def test_of_two_admins_the_first_one_decides_whatever_the_second_presses(office: Office, tablet: Tablet) -> None:
    office.add("second", "Павлова Нина Сергеевна", people.ADMIN)
    first, second = office.signed_in(ADMIN), office.signed_in("second")
    wrong = person(tablet, snils="1")
    page = kept(tablet, wrong)
    late = second.hidden(page)
    assert first.post(page, action="mend", **{"set.snils": GOOD}).status_code == 302
    for action in ({"action": "reject", "remark": "нет"}, {"action": "release"}, {"action": "mend", "set.snils": ""}):
        answer = second.client.post(page, data=late | action)
        assert answer.status_code == 409
        assert "Corrected and taken over. By Смирнова Ольга Игоревна" in text(answer)
    assert office.world.record(wrong["id"]).fields["snils"] == "11223344595"


def test_who_decided_at_the_terminal_is_named(office: Office, tablet: Tablet) -> None:
    page = kept(tablet, person(tablet, snils="1"))
    with office.world.inside():
        settle.reject(page.rpartition("/")[2], "нет", "Смирнова О. И.")
    shown = office.signed_in(OFFICER).see(page)
    assert "Rejected: it stays in the history and out of the register. By Смирнова О. И." in shown
    assert "Remark to the author: нет" in shown


def test_what_came_second_under_one_id_has_a_page_of_its_own_and_can_only_be_rejected(
    office: Office, tablet: Tablet
) -> None:
    home = tablet.family(address="с Басы, ул. Мира, 2")
    tablet.sync(home)
    kept(tablet, tablet.family(address="с Басы, ул. Мира, 3") | {"op": home["op"]})
    admin = office.signed_in(ADMIN)
    (page,) = set(re.findall(r'href="(/mending/\d+)"', admin.get("/mending").text))
    shown = admin.see(page)
    assert "с Басы, ул. Мира, 3" in shown
    assert "Another entry came first under the same number" in shown
    assert "Take over as it is" not in shown
    assert admin.post(page, action="release").status_code == 422
    assert admin.post(page, action="reject", remark="Копия планшета").status_code == 302
    assert NOTHING in admin.see("/mending")
    assert "By Смирнова Ольга Игоревна" in admin.see(page)
    assert office.world.record(home["id"]).fields["address"] == "с Басы, ул. Мира, 2"


@pytest.mark.parametrize(
    "raw",
    [b'"no op"', b'{"op": 5, "set": {"\\ud800": "\\ud800\\u0000"}}', b'{"type": "person"}', b'{"sealed": "AAAA"}'],
)
def test_what_cannot_be_read_is_shown_as_it_came_and_can_only_be_rejected(
    office: Office, tablet: Tablet, raw: bytes
) -> None:
    body = b'{"batch": "0198c0de-0000-7000-8000-000000000001", "ops": [' + raw + b"]}"
    answer = tablet.http.post("/api/v1/sync", data=body, headers=tablet.headers, content_type="application/json")
    assert answer.status_code == 200, answer.text
    admin = office.signed_in(ADMIN)
    page = "/mending/" + admin.get("/mending").text.split('href="/mending/')[1].split('"')[0]
    shown = admin.see(page)
    assert "As it came" in shown
    assert "Take over" not in shown
    assert "Correct and" not in shown
    assert admin.post(page, action="mend").status_code == 422
    assert admin.post(page, action="reject", remark="Не читается").status_code == 302
    assert NOTHING in admin.see("/mending")


def test_a_broken_envelope_around_good_values_can_be_mended(office: Office, tablet: Tablet) -> None:
    wrong = person(tablet) | {"colour": "red"}
    page, admin = kept(tablet, wrong), office.signed_in(ADMIN)
    assert "colour : Unknown key of an op" in admin.see(page)
    assert admin.post(page, action="mend").status_code == 302
    assert office.world.record(wrong["id"]).fields["surname"] == "Белова"


def test_an_officer_sees_and_decides_nothing(office: Office, tablet: Tablet) -> None:
    page, officer = kept(tablet, person(tablet, snils="1")), office.signed_in(OFFICER)
    assert "An admin decides" in officer.see(page)
    for action in ("release", "reject", "mend"):
        assert officer.post(page, page="/account", action=action, remark="x").status_code == 403


def test_what_lies_outside_the_reach_is_not_shown(office: Office, tablet: Tablet) -> None:
    world = office.world
    page = kept(tablet, person(tablet, snils="1"))
    home = tablet.family()
    tablet.sync(home)
    known = kept(tablet, tablet.op("family", home["id"], set={"address": 5}))
    office.add("there", "Павлова Нина Сергеевна", people.ADMIN, (world.elsewhere,))
    away = office.signed_in("there")
    assert NOTHING in away.see("/mending")
    for each in (page, known):
        assert away.get(each).status_code == 404
        assert away.post(each, page="/account", action="reject", remark="x").status_code == 404


def test_an_op_that_names_somebody_out_of_reach_neither_shows_nor_moves_them(office: Office, tablet: Tablet) -> None:
    world = office.world
    theirs = world.tablet(world.other_team, "Планшет 2")
    stranger = theirs.op("person", feed=world.elsewhere, set={"surname": "Тайнова", "given": "Ия"})
    theirs.sync(stranger)
    home = tablet.family()
    tablet.sync(home)
    link = {"family": home["id"], "person": stranger["id"], "role": "child"}
    page = kept(tablet, tablet.op("membership", set=link), "stored")
    office.add("here", "Орлова Вера Ильинична", people.ADMIN, (world.here,))
    near, admin = office.signed_in("here"), office.signed_in(ADMIN)
    shown = near.see(page)
    assert "Тайнова" not in shown + near.see("/mending")
    assert "outside your territory" in shown
    assert near.post(page, page="/account", action="release").status_code == 422
    assert "Тайнова" in admin.see(page)
    assert admin.post(page, action="release").status_code == 302
    tablet.pull()
    assert stranger["id"] in tablet.records


def test_one_mistake_in_several_records_is_mended_at_once(office: Office, tablet: Tablet) -> None:
    ops = [person(tablet, surname=surname, sex="ж") for surname in ("Белова", "Ким")]
    for op in ops:
        kept(tablet, op)
    kept(tablet, person(tablet, sex="w", snils="1"))  # another mistake, and one more
    admin = office.signed_in(ADMIN)
    (place,) = re.findall(r'href="(/mending/all/\w+)"', admin.get("/mending").text)
    page = admin.see(place)
    assert "Белова" in page
    assert "Ким" in page
    answer = admin.post(place, action="mend")
    assert answer.status_code == 302
    assert "2 records are settled." in admin.see(answer.headers["Location"])
    assert all("sex" not in office.world.record(op["id"]).fields for op in ops)
    assert {said["outcome"] for said in tablet.sync()["settled"]} == {"applied"}
    assert admin.get(place).status_code == 404


def test_what_tells_nobody_apart_gets_one_value_in_all(office: Office, tablet: Tablet) -> None:
    homes = [tablet.family(form="nonsense", address=f"с Басы, {number}") for number in (1, 2)]
    for op in homes:
        kept(tablet, op)
    admin = office.signed_in(ADMIN)
    (place,) = re.findall(r'href="(/mending/all/\w+)"', admin.get("/mending").text)
    assert admin.post(place, action="mend", **{"set.form": "nothing"}).status_code == 422
    assert admin.post(place, action="mend", **{"set.form": "foster"}).status_code == 302
    assert [office.world.record(op["id"]).fields["form"] for op in homes] == ["foster", "foster"]


def test_several_are_rejected_with_one_remark(office: Office, tablet: Tablet) -> None:
    for surname in ("Белова", "Ким"):
        kept(tablet, person(tablet, surname=surname, snils="112-233-445 96"))
    admin = office.signed_in(ADMIN)
    (place,) = re.findall(r'href="(/mending/all/\w+)"', admin.get("/mending").text)
    assert "it can only be left out" in admin.see(place)
    assert "Write why it is rejected" in text(admin.post(place, action="reject"))
    assert admin.post(place, action="reject", remark="Перепишите по документу").status_code == 302
    assert NOTHING in admin.see("/mending")
    assert [notice["text"].split(". ")[-1] for notice in tablet.sync()["notices"]] == ["Перепишите по документу"] * 2
