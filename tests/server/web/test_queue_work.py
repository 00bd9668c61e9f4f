"""Work on the queue: sorted out by district and by who does it, asked about, suggested, decided with others, undone."""

from __future__ import annotations

from typing import Any

from schemas.clock import pack
from server import people
from server.history import Writer
from server.reading.disputes import Candidate
from server.reading.suggestion import Suggestion, identifies, suggest
from server.web.differing import differing
from tests.server.web.scene import ADMIN, OFFICER, Browser, Office, text, two_addresses
from tests.support.world import Tablet

MIRA, SADOVAYA = "с Образцовое, ул. Мира, 7", "с Образцовое, ул. Садовая, 12"
HOUR = 3600 * 1000


def two_states(first: Tablet, second: Tablet, one: str = "paused", other: str = "closed") -> str:
    """A family whose case took two ways. Returns the key of the matter."""
    made = first.family(case_status={"from": None, "to": "active"})
    first.sync(made)
    second.pull()
    second.sync(second.op("family", made["id"], set={"case_status": {"from": "active", "to": one}}))
    first.sync(first.op("family", made["id"], set={"case_status": {"from": "active", "to": other}}))
    return f"disputed:{made['id']}:case_status"


def tablets(office: Office) -> tuple[Tablet, Tablet]:
    return office.world.tablet(), office.world.tablet(name="Планшет 2")


def ticked(browser: Browser, path: str, *keys: str, **fields: str) -> str:
    answer = browser.post(path, "/queue", matter=list(keys), **fields)
    assert answer.status_code == 302, text(answer)
    return browser.see(answer.headers["Location"])


def candidate(op: str, value: Any, hours: int = 0, kind: str = "tablet") -> Candidate:
    return Candidate(op, value, pack(1_800_000_000_000 + hours * HOUR, 0), Writer("", None, None, "", kind))


def test_the_queue_is_narrowed_to_a_territory_and_to_who_works_on_it(one_office: Office) -> None:
    world, (first, second) = one_office.world, tablets(one_office)
    admin, officer = one_office.signed_in(ADMIN), one_office.signed_in(OFFICER)
    key = f"disputed:{two_addresses(first, second)}:address"
    assert key in admin.get(f"/queue?territory={world.district}").text
    assert key not in admin.get(f"/queue?territory={world.there}").text
    with world.inside():
        me = people.find(OFFICER).id
    assert "1 matter is given." in ticked(officer, "/queue/assign", key, to=me)
    for browser, query, is_there in (
        (officer, "assigned=me", True),
        (admin, "assigned=me", False),
        (admin, f"assigned={me}", True),
        (admin, "assigned=nobody", False),
    ):
        assert (key in browser.get(f"/queue?{query}").text) is is_there, query
    assert "1 matter is given." in ticked(admin, "/queue/assign", key)
    assert key in admin.get("/queue?assigned=nobody").text
    assert "The form is damaged" in ticked(admin, "/queue/assign", key, to="nobody-knows")


def test_nobody_gives_away_what_they_do_not_see(one_office: Office) -> None:
    world, (first, second) = one_office.world, tablets(one_office)
    key = f"disputed:{two_addresses(first, second)}:address"
    one_office.add("there", "Павлова Нина", people.ADMIN, (world.elsewhere,))
    with world.inside():
        stranger = people.find("there").id
    away = one_office.signed_in("there")
    answer = away.post("/queue/assign", "/account", matter=key, to=stranger)
    assert "0 matters are given." in away.see(answer.headers["Location"])
    assert away.post(f"/queue/ask/{key}", "/account", question="?").status_code == 404
    assert key in one_office.signed_in(ADMIN).get("/queue?assigned=nobody").text


def test_the_team_is_asked_and_the_question_stays_beside_the_matter(one_office: Office) -> None:
    first, second = tablets(one_office)
    bystander = one_office.world.tablet(name="Планшет 3")
    key = f"disputed:{two_addresses(first, second)}:address"
    officer = one_office.signed_in(OFFICER)
    assert "Write what you want to know" in officer.see(
        officer.post(f"/queue/ask/{key}", "/account").headers["Location"]
    )
    answer = officer.post(f"/queue/ask/{key}", "/account", question="Куда переехала семья?")
    page = officer.see(answer.headers["Location"])
    assert "The question goes to 2 tablets." in page
    assert "Куда переехала семья? Кузнецова Елена Павловна" in page
    assert "team asked" in officer.see("/queue")
    for tablet in (first, second):
        (notice,) = tablet.sync()["notices"]
        assert (notice["kind"], notice["record"]) == ("asked", key.split(":")[1])
        assert "Куда переехала семья? (Кузнецова Елена Павловна +79000000077)" in notice["text"]
    assert not bystander.sync()["notices"]


def test_a_decision_is_undone_and_both_values_stand_against_each_other_again(office: Office) -> None:
    first, second = tablets(office)
    family = two_addresses(first, second)
    page, admin = f"/queue/disputed:{family}:address", office.signed_in(ADMIN)
    admin.post(page, choice="own", own="с Образцовое, ул. Новая, 1")
    assert "See it or undo it" in admin.see("/queue")
    assert "с Образцовое, ул. Новая, 1 By Смирнова Ольга Игоревна" in admin.see("/queue/decided")
    first.pull()
    answer = admin.post(page, action="undo")
    assert "it waits to be decided again" in admin.see(answer.headers["Location"])
    assert MIRA in admin.see(page)
    assert SADOVAYA in admin.see(page)
    first.pull()
    assert "disputed" in first.records[family]
    assert "voided by the office" in admin.see(f"/families/{family}")


def test_what_was_corrected_elsewhere_is_not_undone_here(one_office: Office) -> None:
    first, second = tablets(one_office)
    family, world = two_addresses(first, second), one_office.world
    world.decide("family", family, world.record(family).rev, address=MIRA, household="Печь переложена")
    admin, page = one_office.signed_in(ADMIN), f"/queue/disputed:{family}:address"
    assert "Undo the decision" not in admin.see(page)
    answer = admin.post(page, "/account", action="undo")
    assert answer.status_code == 422
    assert "This cannot be undone" in text(answer)


def test_one_key_decides_and_opens_the_next(one_office: Office) -> None:
    first, second = tablets(one_office)
    families = [two_addresses(first, second) for _ in range(2)]
    admin = one_office.signed_in(ADMIN)
    page = f"/queue/disputed:{families[0]}:address"
    answer = admin.post(page, choice="own", own="с Басы, 1", then="next")
    assert answer.headers["Location"] == f"/queue/disputed:{families[1]}:address"
    assert 'data-digit="1"' in admin.get(answer.headers["Location"]).text


def test_only_what_cannot_tell_who_somebody_is_is_decided_with_others(one_office: Office) -> None:
    first, second = tablets(one_office)
    states, address = two_states(first, second, "paused", "closed"), f"disputed:{two_addresses(first, second)}:address"
    admin = one_office.signed_in(ADMIN)
    said = ticked(admin, "/queue/suggested", states, address)
    assert "1 matter is decided. 1 was left to be looked at." in said
    assert one_office.world.record(states.split(":")[1]).fields["case_status"] == "closed"
    assert one_office.world.record(address.split(":")[1]).disputed
    assert "As suggested." in admin.see(f"/queue/{states}")


def test_the_page_tells_what_the_decision_will_change(one_office: Office) -> None:
    world, (first, second) = one_office.world, tablets(one_office)
    world.tablet(world.other_team, "Планшет ВБ")
    made = first.family()
    first.sync(made)
    second.pull()
    second.sync(second.op("family", made["id"], set={"territory": world.there}))
    first.sync(first.op("family", made["id"], set={"territory": world.here, "address": MIRA}))
    page = one_office.signed_in(ADMIN).see(f"/queue/disputed:{made['id']}:territory")
    assert "It takes the place of" in page
    assert "Will hear of it: Планшет 1, Планшет 2." in page
    assert "Планшет ВБ" not in page


def test_a_suggestion_has_a_reason_or_is_not_made() -> None:
    short, long = candidate("a", "Мира, 7"), candidate("b", "с Басы, Мира, 7")
    assert suggest("family", "address", [short, long]) == Suggestion("b", "detail")
    assert suggest("family", "address", [candidate("a", "мира 7"), candidate("b", "Мира, 7")]) == Suggestion(
        "b", "spelling"
    )
    mine = candidate("c", "Ленина, 1", kind="office")
    assert suggest("family", "address", [short, mine]) == Suggestion("c", "office")
    late = candidate("d", "Ленина, 1", hours=49)
    assert suggest("family", "address", [late, short]) == Suggestion("d", "later", 2)
    assert suggest("family", "address", [candidate("e", "Ленина, 1", hours=5), short]) is None
    assert suggest("family", "@life", [short, late]) is None
    states = [candidate("f", "new"), candidate("g", "active")]
    assert suggest("family", "case_status", states) == Suggestion("g", "next")
    cleared = candidate("i", None, hours=30)
    assert suggest("family", "income_per_head", [candidate("h", 1), cleared]) == Suggestion("i", "later", 1)


def test_whatever_tells_of_a_person_or_a_place_is_decided_one_by_one() -> None:
    assert identifies("person", "sex")
    assert identifies("family", "address")
    assert identifies("family", "territory")
    assert not identifies("family", "form")


def test_the_words_that_differ_are_marked_and_nothing_else_is() -> None:
    assert differing("ул. Мира, 7", "ул. Ленина, 7") == "ул. <mark>Мира,</mark> 7"
    assert differing("новое", "старое") == "новое"
    assert differing("<b>", "") == "&lt;b&gt;"
