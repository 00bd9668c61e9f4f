"""The tablets' pages: who is silent, what was on a lost one, and its end."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from server import audit, clock, devices, silence
from server.db import writing
from server.models import Device
from tests.server.web.scene import ADMIN, OFFICER, Office, join
from tests.support.world import Tablet

DAY_MS = 24 * 3600 * 1000


@pytest.fixture
def office(one_office: Office) -> Office:
    """One engine will do."""
    return one_office


@pytest.fixture
def tablet(office: Office) -> Tablet:
    """A tablet with a family of two on it."""
    tablet = office.world.tablet(name="Планшет 7")
    made = tablet.family(address="с Басы, ул. Мира, 3")
    made["add"] = {"circumstances": ["5"]}
    tablet.sync(
        made,
        *join(tablet, made["id"], "Волкова", "Мария", "mother", "1988-04-12", is_legal_representative=True),
        *join(tablet, made["id"], "Волкова", "Яна", "child", "2019-02"),
        status={"outbox": 4, "app": "0.1"},
    )
    tablet.pull()
    return tablet


def was_here(office: Office, tablet: Tablet, days_ago: int) -> None:
    with office.world.inside(), writing() as connection:
        seen = {"last_contact": clock.now() - days_ago * DAY_MS}
        connection.execute(update(Device).where(Device.id == tablet.device).values(**seen))


def waiting(office: Office) -> str:
    return office.signed_in(ADMIN).see("/queue?kind=silent")


def test_a_tablet_that_was_silent_for_a_week_is_on_the_queue_until_it_is_in_touch(
    office: Office, tablet: Tablet
) -> None:
    was_here(office, tablet, 8)
    with office.world.inside():
        assert silence.watch() == 1
        assert silence.watch() == 1
    assert "No word from a tablet: Планшет 7" in waiting(office)
    told = office.signed_in(ADMIN).get(f"/queue/silent:{tablet.device}", follow_redirects=True)
    assert "Иванова Мария Петровна" in told.text
    tablet.sync()
    assert "Планшет 7" not in waiting(office)


def test_a_revoked_tablet_may_be_silent(office: Office, tablet: Tablet) -> None:
    was_here(office, tablet, 8)
    with office.world.inside():
        silence.watch()
        devices.revoke(tablet.device)
        assert silence.watch() == 0
    assert "Планшет 7" not in waiting(office)


def test_an_officer_of_another_district_hears_nothing_of_the_silence(office: Office, tablet: Tablet) -> None:
    was_here(office, tablet, 8)
    with office.world.inside():
        silence.watch()
    office.add("far", "Орлова Инна", "officer", (office.world.elsewhere,))
    far = office.signed_in("far")
    assert "Планшет 7" not in far.see("/queue?kind=silent")
    for path in (f"/tablets/{tablet.device}", f"/tablets/{tablet.device}/incident"):
        assert far.get(path).status_code in (403, 404)


def press(office: Office, tablet: Tablet, action: str, **fields: Any) -> Any:
    return office.signed_in(ADMIN).post(f"/tablets/{tablet.device}", action=action, **fields)


def test_an_admin_revokes_a_tablet_and_says_why(office: Office, tablet: Tablet) -> None:
    assert press(office, tablet, "revoke", reason=" ").status_code == 422
    assert press(office, tablet, "revoke", reason="Потерян на выезде").status_code == 302
    page = office.signed_in(ADMIN).see(f"/tablets/{tablet.device}")
    assert "it reads nothing" in page
    assert "hands over what it holds" in page
    assert press(office, tablet, "revoke", reason="Ещё раз").status_code == 409
    with office.world.inside():
        (entry,) = audit.entries(action="revoke")
    assert (entry.subject, entry.reason) == (tablet.device, "Потерян на выезде")
    said = tablet.http.post("/api/v1/sync", json={}, headers=tablet.headers).get_json()
    assert (said["revoked"], "erase" in said) == (True, False)


def test_to_erase_a_tablet_at_once_an_admin_confirms_what_is_lost(office: Office, tablet: Tablet) -> None:
    assert "4 records that it has not sent will be lost" in office.signed_in(ADMIN).see(f"/tablets/{tablet.device}")
    assert press(office, tablet, "erase", reason="Украден").status_code == 422
    assert press(office, tablet, "erase", reason="Украден", sure="1").status_code == 302
    said = tablet.http.post("/api/v1/sync", json={"drained": True}, headers=tablet.headers).get_json()
    assert (said["erase"], said["drained"]) == (True, True)
    assert "erased itself" in office.signed_in(ADMIN).see(f"/tablets/{tablet.device}")


def test_an_admin_changes_a_tablets_key(office: Office, tablet: Tablet) -> None:
    assert press(office, tablet, "token").status_code == 302
    assert "changes at the next contact" in office.signed_in(ADMIN).see(f"/tablets/{tablet.device}")
    new = tablet.sync()["token"]
    assert new == tablet.sync()["token"] != tablet.token
    tablet.token = new
    assert "token" not in tablet.sync()


def test_an_officer_looks_and_changes_nothing(office: Office, tablet: Tablet) -> None:
    officer = office.signed_in(OFFICER)
    assert "Revoke" not in officer.see(f"/tablets/{tablet.device}")
    page = f"/tablets/{tablet.device}"
    for action in ("revoke", "erase", "token"):
        assert officer.post(page, "/account", action=action, reason="x", sure="1").status_code == 403
    assert officer.get(f"{page}/incident").status_code == 403
    with office.world.inside():
        assert devices.tablets()[0]["revoked_at"] is None


def test_what_was_on_a_lost_tablet_is_told_with_the_draft_of_the_notice(office: Office, tablet: Tablet) -> None:
    gone = tablet.family(address="ул. Степная, 9")
    tablet.sync(gone)
    tablet.pull()
    office.world.decide("family", gone["id"], 1, territory=office.world.elsewhere)
    tablet.pull()
    assert gone["id"] not in tablet.records

    page = office.signed_in(ADMIN).see(f"/tablets/{tablet.device}/incident")

    assert "2 families 2 persons 1 child" in page
    assert "Волкова Мария" in page
    assert "ул. Степная, 9" in page, "the tablet had it once"
    assert "Семей: 2. Людей в них: 2, из них детей: 1" in page
    assert "доступ планшета НЕ ОТОЗВАН" in page
    with office.world.inside():
        (read, *_rest) = audit.entries(action="read")
    assert read.details["page"] == "tablets.incident_page"


def test_what_a_tablet_has_put_aside_is_counted_as_far_as_the_list_shows_it(one_office: Office) -> None:
    world = one_office.world
    tablet, stranger = world.tablet(), world.tablet(team=world.other_team)
    far = stranger.op("family", feed=world.elsewhere, set={"territory": world.elsewhere})
    stranger.sync(far)
    tablet.sync(tablet.op("family", far["id"], set={"address": "ул. Мира, 7"}))
    one_office.add("here", "Орлова Вера", "officer", (world.here,))
    officer, admin = one_office.signed_in("here"), one_office.signed_in(ADMIN)
    place = f"/mending?kind=stored&tablet={tablet.device}"
    assert "take it over yourself" in admin.see(place)
    assert "1 record put aside" in admin.see("/tablets")
    assert "Nothing requires mending" in officer.see(place)
    assert "put aside" not in officer.see("/tablets")
