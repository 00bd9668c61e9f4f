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


def test_an_old_page_of_a_team_takes_back_nothing_that_somebody_else_changed(one_office: Office) -> None:
    world, page = one_office.world, f"/teams/{one_office.world.team}"
    one, other = one_office.signed_in(ADMIN), one_office.signed_in(ADMIN)
    token = {"csrf_token": other.hidden(page)["csrf_token"]}
    worker = {"worker": world.worker, "name": "Иванова Мария Петровна", "position": "", "phone": "+79000000001"}
    details = {"name": "Здоровая семья", "kind": "mobile_brigade", "phone": ""}
    places = {"territories": [world.here, world.there], "was_territories": f"{world.here} {world.there}"}
    for action, shown, first, second in (
        ("worker", worker | {"to": world.team}, {"phone": "+79000000005"}, {"position": "Психолог"}),
        ("details", details, {"phone": "+79000000006"}, {"name": "Бригада 1"}),
        ("places", {}, {"territories": [world.here, world.there, world.elsewhere]}, {"territories": [world.here]}),
    ):
        old = {f"was_{name}": text for name, text in shown.items() if name != "worker"} | shown | {"action": action}
        old |= places if action == "places" else {}
        one.client.post(page, data=old | first | {"csrf_token": one.hidden(page)["csrf_token"]})
        other.client.post(page, data=old | second | token)
    told, team = world.record(world.worker).fields, world.record(world.team).fields
    assert (told["phone"], told["position"]) == ("+79000000005", "Психолог")
    assert (team["phone"], team["name"]) == ("+79000000006", "Бригада 1")
    assert set(team["territories"]) == {world.here, world.elsewhere}
    shown = other.get(page).text
    assert f'name="was_territories" value="{" ".join(team["territories"])}"' in shown
    assert 'name="was_phone" value="+79000000005"' in shown
