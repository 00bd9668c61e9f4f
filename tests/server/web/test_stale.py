"""Forms that were open while somebody else wrote."""

from __future__ import annotations

from tests.server.web.scene import ADMIN, OFFICER, Office, moment
from tests.server.web.test_visits import home, signed


def test_a_form_that_is_old_writes_only_what_was_typed_in_it(one_office: Office) -> None:
    tablet = one_office.world.tablet()
    family = home(tablet, "Волкова")
    tablet.sync(tablet.op("family", family, set={"address": "ул. Ленина, 5"}))
    officer, admin, page = one_office.signed_in(OFFICER), one_office.signed_in(ADMIN), f"/edit/family/{family}"
    old = officer.hidden(page) | {"address": "ул. Ленина, 5"}
    admin.post(page, address="ул. Мира, 7")
    officer.client.post(page, data=old | {"number": "12/2026"})
    fields = one_office.world.record(family).fields
    assert (fields["address"], fields["number"]) == ("ул. Мира, 7", "12/2026")
    assert "/queue/disputed" not in officer.get("/queue").text


def test_a_text_of_several_lines_that_stays_is_no_correction(one_office: Office) -> None:
    tablet = one_office.world.tablet()
    met, officer = signed(tablet, home(tablet, "Волкова"), purpose="Пособие.\nШкола."), one_office.signed_in(OFFICER)
    answer = officer.post(f"/edit/visit/{met}", purpose="Пособие.\r\nШкола.")
    assert "Nothing was changed." in officer.see(answer.headers["Location"])
    officer.post(f"/edit/visit/{met}", purpose="Пособие.\r\nШкола.", kind="control", said_by="звонок")
    (mark,) = one_office.world.record(met).fields["by_phone"]
    assert mark["value"]["fields"] == "Вид"


def test_a_note_by_phone_that_cannot_be_written_is_told(one_office: Office) -> None:
    tablet = one_office.world.tablet()
    met, officer = signed(tablet, home(tablet, "Волкова")), one_office.signed_in(OFFICER)
    answer = officer.post(f"/edit/visit/{met}", kind="control", said_by="звонок\x0bвечером")
    assert answer.status_code == 422


def test_an_old_route_changes_only_what_was_typed_in_it(one_office: Office) -> None:
    tablet = one_office.world.tablet()
    day = moment()[:10]
    one, other = home(tablet, "Волкова"), home(tablet, "Ким")
    stops = [{"order": "a", "family": one}, {"order": "b", "family": other}]
    trip = tablet.op("trip", set={"team": tablet.world.team, "date_from": day, "date_to": day}, add={"stops": stops})
    tablet.sync(trip)
    officer, admin, page = one_office.signed_in(OFFICER), one_office.signed_in(ADMIN), f"/trips/{trip['id']}"
    told = officer.hidden(page)
    old = {name: told[name] for name in ("csrf_token", "epoch")} | {"base": "1"}
    route = {"number-a": "1", "time-a": "", "note-a": "", "number-b": "2", "time-b": "", "note-b": ""}
    route |= {f"was_{name}": value for name, value in route.items()}
    admin.post(page, action="route", **route | {"note-a": "собака"})
    officer.client.post(page, data=old | route | {"action": "route", "note-b": "код 5"})
    found = sorted((stop["family"], stop["note"]) for stop in one_office.world.record(trip["id"]).fields["stops"])
    assert found == sorted([(one, "собака"), (other, "код 5")])
    details = {"date_from": day, "date_to": day, "kind": "", "purpose": "", "vehicle": "", "plate": ""}
    details |= {f"was_{name}": value for name, value in details.items()}
    admin.post(page, action="details", **details | {"purpose": "Паводок"})
    officer.client.post(page, data=old | details | {"action": "details", "vehicle": "УАЗ"})
    fields = one_office.world.record(trip["id"]).fields
    assert (fields["purpose"], fields["vehicle"]) == ("Паводок", "УАЗ")
