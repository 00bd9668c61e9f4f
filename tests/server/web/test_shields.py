"""Shielded families: who is named reads them; for everybody else they are nowhere."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.ids import new_id
from server import people
from server.db import reading
from server.models import Mention
from server.reading import reach
from tests.server.web.scene import ADMIN, OFFICER, Browser, Office, join, one_snils_twice, visit
from tests.support.world import Tablet

SNILS = "112-233-445 95"


@pytest.fixture
def tablets(office: Office) -> tuple[Tablet, Tablet]:
    """Two tablets of one team."""
    return office.world.tablet(), office.world.tablet(name="Планшет 2")


def family(tablet: Tablet, surname: str = "Тайнова") -> str:
    """A family with a mother, a child and a visit."""
    made = tablet.family(address="с Басы, ул. Тихая, 9")
    mother = join(tablet, made["id"], surname, "Вера", "mother", "1990-05-03")
    tablet.sync(made, *mother, *join(tablet, made["id"], surname, "Яна", "child", "2019-02"), visit(tablet, made["id"]))
    return str(made["id"])


def shield(browser: Browser, record: str, reason: str = "violence", **named: Any) -> None:
    """The administrator shields it on its page."""
    answer = browser.post(f"/families/{record}/shield", reason=reason, **named)
    assert answer.status_code == 302, answer.text


def ids_of(tablet: Tablet) -> set[str]:
    """The families and what belongs to them that a tablet holds."""
    return {id for id, each in tablet.records.items() if each["type"] in ("family", "membership", "person", "visit")}


def test_other_tablets_forget_a_shielded_family_once_and_the_named_one_keeps_it(
    office: Office, tablets: tuple[Tablet, Tablet]
) -> None:
    named, other = tablets
    home = family(named)
    other.pull()
    held = ids_of(other)
    assert len(held) == 6
    shield(office.signed_in(ADMIN), home, devices=named.device)
    for tablet in tablets:
        tablet.pull()
    assert sorted(other.gone) == sorted(held)
    assert not ids_of(other)
    assert ids_of(named) >= held
    assert named.records[home]["feeds"] == [f"case:{home}"]
    assert f"case:{home}" in named.sync()["scope"]
    named.sync(named.op("family", home, set={"address": "с Басы, ул. Новая, 1"}))
    before = list(other.gone)
    answer = other.sync()
    assert answer["changes"] == []
    assert home not in str(answer)
    assert other.gone == before
    fresh = office.world.tablet(name="Планшет 3")
    fresh.pull()
    assert not ids_of(fresh)
    assert not fresh.gone


def test_lifting_the_shield_brings_the_family_back_to_its_territory(
    office: Office, tablets: tuple[Tablet, Tablet]
) -> None:
    named, _other = tablets
    home, browser = family(named), office.signed_in(ADMIN)
    shield(browser, home, devices=named.device)
    browser.post(f"/families/{home}/shield", action="lift")
    for tablet in tablets:
        tablet.pull()
        assert len(ids_of(tablet)) == 6
        assert tablet.records[home]["feeds"] == [office.world.here]


def test_a_tablet_that_is_named_no_more_forgets_the_family(office: Office, tablets: tuple[Tablet, Tablet]) -> None:
    named, other = tablets
    home, browser = family(named), office.signed_in(ADMIN)
    shield(browser, home, devices=named.device)
    named.pull()
    shield(browser, home, devices=other.device)
    for tablet in tablets:
        tablet.pull()
    assert not ids_of(named)
    assert len(ids_of(other)) == 6


def test_what_an_unnamed_tablet_writes_about_it_is_stored_and_shown_to_nobody_unnamed(
    office: Office, tablets: tuple[Tablet, Tablet]
) -> None:
    named, other = tablets
    home = family(named)
    other.pull()
    met = visit(other, home, purpose="Скрыта у сестры")
    wrong = visit(other, home, purpose="Скрыта у сестры", kind="nonsense")
    browser = office.signed_in(ADMIN)
    shield(browser, home, devices=named.device)
    results = [each["outcome"] for each in other.sync(met, wrong)["results"]]
    assert results == ["stored", "quarantined"]
    with office.world.inside(), reading() as connection:
        assert connection.execute(Mention.__table__.select()).first()
    office.add("second", "Павлова Нина Сергеевна", people.ADMIN)
    unnamed = office.signed_in("second")
    assert "Nothing requires mending" in unnamed.see("/mending") or "сестры" not in unnamed.see("/mending")
    for path in (f"/mending/{met['op']}", f"/mending/{wrong['op']}"):
        assert unnamed.get(path).status_code == 404
        assert "Скрыта у сестры" in browser.see(path)
    assert "2 records to be mended" not in unnamed.see("/tablets")


def test_for_who_is_not_named_it_is_in_no_list_count_search_or_queue(
    office: Office, tablets: tuple[Tablet, Tablet]
) -> None:
    named, other = tablets
    home, plain = family(named), family(named, "Явнова")
    other.pull()
    met = next(id for id, each in other.records.items() if each["type"] == "visit" and each["fields"]["family"] == home)
    named.sync(named.op("family", home, set={"address": "с Басы, ул. Мира, 7"}))
    other.sync(other.op("family", home, set={"address": "с Басы, ул. Садовая, 12"}))
    browser, officer = office.signed_in(ADMIN), office.signed_in(OFFICER)
    assert "Тайнова" in officer.see("/queue")
    shield(browser, home, devices=named.device)
    for path in ("/", "/families", "/families?text=тайнова", "/visits", "/visits/print", "/queue", "/records/person",
                 "/records/membership", "/records/visit", "/records/family"):  # fmt: skip
        seen = officer.see(path)
        assert "Тайнова" not in seen, path
        assert home not in officer.get(path).text, path
        if path in ("/families", "/visits", "/records/person"):
            assert "Явнова" in seen
            assert "Тайнова" in browser.see(path)
    assert "1 family" in officer.see("/visits")
    assert "Family 1" in officer.see("/records")
    for path in (f"/families/{home}", f"/visits/{met}", f"/records/visit/{met}", f"/queue/disputed:{home}:address"):
        assert officer.get(path, follow_redirects=True).status_code == 404, path
        assert browser.get(path, follow_redirects=True).status_code == 200, path
    assert "no district" not in officer.see(f"/families/{plain}")


def test_a_member_of_a_shielded_family_has_no_name_where_others_look(
    office: Office, tablets: tuple[Tablet, Tablet]
) -> None:
    named, _other = tablets
    home, old = family(named), named.family()
    mother = next(id for id, each in named.records.items() if each["fields"].get("given") == "Вера")
    past = named.op("membership", set={"family": old["id"], "person": mother, "role": "mother"})
    past["add"] = {"periods": [{"from": "2010-01-01", "to": "2015-01-01"}]}
    named.sync(old, past, *join(named, old["id"], "Явнов", "Пётр", "father", "1985"))
    shield(office.signed_in(ADMIN), home, devices=named.device)
    officer = office.signed_in(OFFICER)
    card = officer.see(f"/families/{old['id']}")
    assert "Явнов" in card
    assert "Тайнова" not in card
    assert "Тайнова" not in officer.see(f"/records/membership/{past['id']}")
    assert officer.get(f"/records/person/{mother}").status_code == 404


def test_one_number_in_two_records_is_no_matter_across_an_adoption(
    office: Office, tablets: tuple[Tablet, Tablet]
) -> None:
    named, _other = tablets
    home = family(named)
    child = next(id for id, each in named.records.items() if each["fields"].get("given") == "Яна")
    before, _twin = one_snils_twice(named, SNILS)
    named.pull()
    named.sync(named.op("person", child, set={"snils": SNILS}))
    browser = office.signed_in(ADMIN)
    assert "One SNILS in 3 persons" in browser.see("/queue")
    shield(browser, home, "adoption", devices=named.device)
    assert "One SNILS in 2 persons" in browser.see("/queue")
    key = next(part for part in browser.get("/queue").text.split('"') if "/queue/same:" in part)
    assert "Яна" not in browser.see(key)
    assert before in browser.get(key).text


def test_a_remark_about_it_reaches_no_tablet_that_is_not_named(office: Office, tablets: tuple[Tablet, Tablet]) -> None:
    from server import notices

    named, other = tablets
    home = family(named)
    with office.world.inside():
        for tablet in tablets:
            notices.send(tablet.device, "decided", "О семье Тайновых", home)
    shield(office.signed_in(ADMIN), home, devices=named.device)
    assert "Тайновых" in str(named.sync()["notices"])
    assert "Тайновых" not in str(other.sync())


def test_who_shields_a_family_is_named_and_an_unnamed_administrator_finds_nothing(
    office: Office, tablets: tuple[Tablet, Tablet]
) -> None:
    home = family(tablets[0])
    second = office.add("second", "Павлова Нина Сергеевна", people.ADMIN)
    browser, unnamed = office.signed_in(ADMIN), office.signed_in("second")
    shield(browser, home)
    assert unnamed.get(f"/families/{home}/shield").status_code == 404
    shield(browser, home, people=second)
    assert unnamed.get(f"/families/{home}").status_code == 200
    with office.world.inside():
        assert reach.of(people.find("second")).named == {f"case:{home}"}


def test_a_shield_needs_a_reason_and_no_tablet_can_put_one_up(office: Office, tablets: tuple[Tablet, Tablet]) -> None:
    home = family(tablets[0])
    browser = office.signed_in(ADMIN)
    for chosen in ({"reason": "whim"}, {}):
        assert browser.post(f"/families/{home}/shield", **chosen).status_code == 422
    assert (
        office.signed_in(OFFICER).post(f"/families/{home}/shield", page="/account", reason="violence").status_code
        == 403
    )
    op = tablets[0].op("family", home, set={"shielded": True})
    assert tablets[0].sync(op)["results"][0]["outcome"] == "stored"
    stranger = tablets[1].op("family", new_id(), feed=f"case:{home}", set={"territory": office.world.here})
    assert tablets[1].sync(stranger)["results"][0]["outcome"] == "stored"


def test_an_administrator_of_one_place_leaves_the_named_tablets_of_another(one_office: Office) -> None:
    world = one_office.world
    tablet, far = world.tablet(), world.tablet(team=world.other_team, name="Планшет 2")
    home = family(tablet)
    mine = one_office.add("here", "Орлова Вера", people.ADMIN, (world.here,))
    shield(one_office.signed_in(ADMIN), home, devices=[tablet.device, far.device], people=mine)
    near = one_office.signed_in("here")
    assert "Планшет 2" not in near.see(f"/families/{home}/shield")
    shield(near, home, "other", devices=tablet.device)
    assert set(world.record(home).fields["shield_devices"]) == {tablet.device, far.device}
    shield(near, home, "other")
    assert set(world.record(home).fields["shield_devices"]) == {far.device}


def test_who_was_ticked_stays_ticked_when_the_reason_is_asked_for(one_office: Office) -> None:
    tablet, admin = one_office.world.tablet(), one_office.signed_in(ADMIN)
    home = family(tablet)
    answer = admin.post(f"/families/{home}/shield", reason="", devices=tablet.device)
    assert answer.status_code == 422
    assert f'value="{tablet.device}" checked' in answer.text
