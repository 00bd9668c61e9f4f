"""The visit log at work: found by what one knows of a visit, sorted, reviewed one by one and many at once."""

from __future__ import annotations

import re
from typing import Any

from tests.server.web.scene import ADMIN, OFFICER, Browser, Office, join, moment, text, visit
from tests.support.world import Tablet


def home(tablet: Tablet, surname: str) -> str:
    made = tablet.family(address=f"с Басы, ул. {surname}, 1")
    tablet.sync(made, *join(tablet, made["id"], surname, "Вера", "mother", "1990-05-03"))
    return str(made["id"])


def signed(tablet: Tablet, family: str, **more: Any) -> str:
    """A visit that waits for review."""
    said = {"signed_at": moment(), "review_state": {"from": None, "to": "submitted"}}
    tablet.sync(met := visit(tablet, family, **said, **more))
    return str(met["id"])


def found(browser: Browser, query: str, *ids: str) -> list[bool]:
    page = browser.get(f"/visits?since=2020-01-01&{query}").text
    return [f"/visits/{id}" in page for id in ids]


def test_a_visit_is_found_by_kind_service_specialist_stage_and_family(office: Office) -> None:
    tablet = office.world.tablet()
    world, browser = office.world, office.signed_in(OFFICER)
    first = visit(tablet, home(tablet, "Волкова"))
    first["add"] |= {"participants": [world.worker]}
    second = visit(tablet, home(tablet, "Зайцева"), kind="control")
    second["add"] = {"services": ["medical"]}
    part = tablet.op("visit_part", set={"visit": second["id"], "worker": world.colleague, "role": "psychologist"})
    tablet.sync(first, second, part | {"add": {"services": ["psychological"]}})
    third = signed(tablet, home(tablet, "Исаева"))
    ids = str(first["id"]), str(second["id"]), third
    for query, expected in (
        ("kind=control", [False, True, False]),
        ("service=legal", [True, False, True]),
        ("service=psychological", [False, True, False]),
        ("service=medical", [False, True, False]),
        (f"worker={world.worker}", [True, False, False]),
        (f"worker={world.colleague}", [False, True, False]),
        ("stage=submitted", [False, False, True]),
        ("stage=unsigned", [True, True, False]),
        ("stage=open", [True, True, True]),
        ("text=волковой", [True, False, False]),
        ("text=басы", [True, True, True]),
        ("text=никто", [False, False, False]),
        ("text=%25&kind=repeat", [False, False, False]),
    ):
        assert found(browser, query, *ids) == expected, query


def test_a_joint_visit_is_found_by_who_came_along_and_what_they_did(office: Office) -> None:
    tablet = office.world.tablet()
    world, browser = office.world, office.signed_in(OFFICER)
    trip = tablet.op("trip", set={"team": world.team, "date_from": moment()[:10], "date_to": moment()[:10]})
    family = home(tablet, "Волкова")
    one, other = (visit(tablet, family, trip=trip["id"]) for _ in range(2))
    one["add"] |= {"participants": [world.worker]}
    other["add"] = {"services": ["medical"], "participants": [world.colleague]}
    tablet.sync(trip, one, other)
    root = min(str(one["id"]), str(other["id"]))
    for query in (f"worker={world.worker}", f"worker={world.colleague}", "service=medical", "service=legal"):
        assert found(browser, query, root) == [True], query
        assert "1 visit " in browser.see(f"/visits?{query}"), query


def test_the_log_is_sorted_by_what_the_reader_clicks(one_office: Office) -> None:
    office, tablet = one_office, one_office.world.tablet()
    browser = office.signed_in(OFFICER)
    family = home(tablet, "Волкова")
    made = [
        visit(tablet, family, days, next_visit_due=due)
        for days, due in ((3, "2027-01-02"), (2, "2027-03-01"), (1, "2027-02-01"))
    ]
    tablet.sync(*made, last := visit(tablet, family, 4))
    ids = [str(each["id"]) for each in (*made, last)]

    def order(query: str) -> list[int]:
        page = browser.get(f"/visits?since=2020-01-01{query}").text
        return [ids.index(id) for id in re.findall(r'href="/visits/([0-9a-f-]{36})"', page)]

    assert order("") == [2, 1, 0, 3]
    assert order("&up=1") == [3, 0, 1, 2]
    assert order("&sort=next&up=1") == [0, 2, 1, 3]
    assert order("&sort=next") == [1, 2, 0, 3]
    assert order("&sort=nonsense") == [2, 1, 0, 3]
    page = browser.get("/visits?since=2020-01-01&sort=next&up=1").text
    assert 'aria-sort="ascending"' in page
    again = re.search(r'aria-sort="ascending"><a class="sort" href="([^"]*)"', page)
    assert again is not None
    assert "up=" not in again[1]


def test_many_visits_are_accepted_at_once_and_what_cannot_be_is_left(one_office: Office) -> None:
    office, tablet = one_office, one_office.world.tablet()
    browser, family = office.signed_in(OFFICER), home(tablet, "Волкова")
    ids = [signed(tablet, family, days=days) for days in (1, 2)]
    tablet.sync(unsigned := visit(tablet, family, 3))
    ticked = [f"{id}:{office.world.record(id).rev}" for id in (*ids, str(unsigned["id"]))]
    answer = browser.post("/review/visits", "/visits?since=2020-01-01", visit=ticked, to="accepted")
    assert answer.headers["Location"] == "/visits?since=2020-01-01"
    said = browser.see(answer.headers["Location"])
    assert "2 visits are accepted. 1 was left: not signed, or decided." in said
    assert [office.world.record(id).fields["review_state"] for id in ids] == ["accepted", "accepted"]
    assert "review_state" not in office.world.record(unsigned["id"]).fields
    assert [notice["kind"] for notice in tablet.sync()["notices"]] == ["accepted", "accepted"]


def test_many_are_returned_with_a_remark_from_a_template(one_office: Office) -> None:
    office, tablet = one_office, one_office.world.tablet()
    browser, family = office.signed_in(OFFICER), home(tablet, "Волкова")
    ids = [signed(tablet, family, days=days) for days in (1, 2)]
    ticked = [f"{id}:{office.world.record(id).rev}" for id in ids]
    page = "/visits?since=2020-01-01"
    for fields, said in (
        ({"to": "returned", "visit": ticked}, "Write what has to be mended"),
        ({"to": "returned", "template": "seen"}, "Tick the visits that you mean first"),
        ({"to": "x", "visit": ticked}, "The form is damaged"),
    ):
        assert said in browser.see(browser.post("/review/visits", page, **fields).headers["Location"])
    fields = {"template": "seen", "review_remark": "Позвоните мне", "review_due": "2099-01-01"}
    answer = browser.post("/review/visits", page, visit=ticked, to="returned", **fields)
    assert "2 visits are returned." in browser.see(answer.headers["Location"])
    remark = office.world.record(ids[0]).fields["review_remark"]
    assert remark == "Не указано, кого из детей видели. Позвоните мне"
    tablet.pull()
    assert [notice["text"] for notice in tablet.sync()["notices"]] == [f"{remark} +79000000077"] * 2


def test_a_remark_with_a_wrong_phone_stays_in_its_form(one_office: Office) -> None:
    office, tablet = one_office, one_office.world.tablet()
    browser, id = office.signed_in(OFFICER), signed(tablet, home(tablet, "Волкова"))
    typed = {"review_remark": "Уточните адрес", "review_due": "2099-01-01", "review_phone": "12"}
    ticked = f"{id}:{office.world.record(id).rev}"
    answer = browser.post(f"/review/visit/{id}", f"/visits/{id}", record=ticked, to="returned", **typed)
    assert answer.status_code == 422
    assert "This is not a phone number" in text(answer)
    assert all(value in answer.text for value in typed.values())
    assert office.world.record(id).fields["review_state"] == "submitted"


def test_a_visit_that_an_import_submitted_waits_for_review_though_nobody_signed_it(one_office: Office) -> None:
    office, tablet = one_office, one_office.world.tablet()
    tablet.sync(met := visit(tablet, home(tablet, "Волкова"), review_state={"from": None, "to": "submitted"}))
    page = office.signed_in(OFFICER).see(f"/visits/{met['id']}")
    assert "Waits for the office's review." in page
    assert "Not signed" not in page


def test_a_visit_of_another_district_cannot_be_ticked(one_office: Office) -> None:
    office, tablet = one_office, one_office.world.tablet()
    world = office.world
    met = signed(tablet, home(tablet, "Волкова"))
    office.add("there", "Павлова Нина", "officer", (world.elsewhere,))
    browser = office.signed_in("there")
    answer = browser.post("/review/visits", "/account", visit=f"{met}:1", to="accepted", next="//evil.example")
    assert answer.headers["Location"] == "/"
    assert "1 was left" in text(browser.get("/visits"))
    assert world.record(met).fields["review_state"] == "submitted"


def test_who_only_reads_gets_no_boxes_to_tick(one_office: Office) -> None:
    office, tablet = one_office, one_office.world.tablet()
    signed(tablet, home(tablet, "Волкова"))
    office.add("reader", "Орлова Вера", "specialist", teams=(office.world.team,))
    reader = office.signed_in("reader").get("/visits?since=2020-01-01").text
    assert 'type="checkbox"' not in reader
    assert 'type="checkbox"' in office.signed_in(ADMIN).get("/visits?since=2020-01-01").text


def test_what_a_specialist_says_by_phone_is_marked_with_who_said_it(one_office: Office) -> None:
    office, tablet = one_office, one_office.world.tablet()
    met, browser = signed(tablet, home(tablet, "Волкова")), office.signed_in(OFFICER)
    answer = browser.post(
        f"/edit/visit/{met}", purpose="Помощь с пособием", worker=office.world.worker, said_by="звонок"
    )
    assert answer.status_code == 302
    (mark,) = office.world.record(met).fields["by_phone"]
    assert mark["value"] == {"fields": "Цель", "said_by": office.world.worker, "note": "звонок"}
    assert "corrected by phone" in browser.see("/visits")
    assert browser.post(f"/edit/visit/{met}", purpose="Иное", worker="nobody-knows").status_code == 422
    backwards = browser.post(f"/edit/visit/{met}", ended_at="2020-01-01T10:00")
    assert backwards.status_code == 422
    assert "«Ended»: does not fit with the other values" in backwards.text


def together(office: Office) -> tuple[Tablet, Tablet, str, str]:
    """A visit of two specialists on two tablets, each of whom has signed her own record. The first record's id, the
    other's."""
    world = office.world
    first, second = world.tablet(), world.tablet(name="Планшет 2")
    trip = first.op("trip", set={"team": world.team, "date_from": moment()[:10], "date_to": moment()[:10]})
    family = home(first, "Волкова")
    first.sync(trip)
    said = {"signed_at": moment(), "review_state": {"from": None, "to": "submitted"}, "trip": trip["id"]}
    one, other = visit(first, family, **said), visit(second, family, **said)
    one["add"] |= {"participants": [world.worker]}
    other["add"] = {"participants": [world.colleague]}
    first.sync(one)
    second.pull()
    second.sync(other)
    return first, second, *sorted((str(one["id"]), str(other["id"])))  # type: ignore[return-value]


def tick(page: str, name: str) -> list[str]:
    """The boxes of a page that can be ticked."""
    return re.findall(rf'type="checkbox" name="{name}" value="([^"]*)"(?! disabled)', page)


def states(office: Office, *ids: str) -> list[Any]:
    return [office.world.record(id).fields.get("review_state") for id in ids]


def test_both_records_of_a_joint_visit_are_accepted_with_one_tick(office: Office) -> None:
    first, second, *ids = together(office)
    officer = office.signed_in(OFFICER)
    page = officer.get("/visits?stage=submitted").text
    assert "joint, 2 records" in page
    (ticked,) = set(tick(page, "visit"))
    answer = officer.post("/review/visits", "/visits", visit=ticked, to="accepted")
    assert "1 visit is accepted. 2 records in all." in officer.see(answer.headers["Location"])
    assert states(office, *ids) == ["accepted", "accepted"]
    kinds = [notice["kind"] for tablet in (first, second) for notice in tablet.sync()["notices"]]
    assert kinds == ["accepted", "accepted"]
    assert found(officer, "stage=accepted", ids[0]) == [True]


def test_of_a_joint_visit_one_record_may_be_returned_and_the_visit_still_waits(one_office: Office) -> None:
    office = one_office
    _first, _second, one, other = together(office)
    officer, page = office.signed_in(OFFICER), f"/visits/{one}"
    boxes = tick(officer.get(page).text, "record")
    assert {each[:36] for each in boxes} == {one, other}
    assert "Accept the ticked records" in officer.see(page)
    fields = {"to": "returned", "template": "seen", "record": next(each for each in boxes if each[:36] == other)}
    assert "It is returned" in officer.see(officer.post(f"/review/visit/{one}", page, **fields).headers["Location"])
    assert states(office, one, other) == ["submitted", "returned"]
    both = tick(officer.get(page).text, "record")[:2]
    answer = officer.post(f"/review/visit/{one}", page, to="accepted", record=both[:1])
    assert "It is accepted." in officer.see(answer.headers["Location"])
    for query, seen in (("accepted", False), ("returned", True), ("open", True), ("submitted", False)):
        assert found(officer, f"stage={query}", one) == [seen], query
    start = officer.see("/")
    assert "Returned 1" in start
    stray = officer.post(f"/review/visit/{one}", page, to="accepted", record=f"{office.world.worker}:1")
    assert "The form is damaged" in text(stray)
