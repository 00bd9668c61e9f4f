"""The office's people: first passwords, codes, throttles, sessions, leave, families outside one's scope."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from server import clock, people, signin, substitutions, throttle
from server.people import Person
from server.throttle import Bucket, TooMany
from tests.server.web.scene import ADMIN, OFFICER, Browser, Office, text

NEW = "my own long password"


def browser_of(office: Office, lang: str = "en", address: str = "192.0.2.1") -> Browser:
    """A browser that nobody has signed in with yet, at an address."""
    client = office.world.app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    return Browser(client, lang)


def sign_in(browser: Browser, login: str, password: str, code: str = "") -> int:
    """The status of a sign-in: 302 where it lets in."""
    return browser.post("/sign-in", email=login, password=password, code=code).status_code


def person(office: Office, login: str) -> Person:
    """An account as it is now."""
    with office.world.inside():
        return people.find(login)


def one_time(page: str) -> str:
    """The one-time password that a page shows."""
    found = re.search(r"[a-z2-9]{4}(?:-[a-z2-9]{4}){3}", page)
    assert found
    return found[0]


def test_a_new_colleague_comes_in_with_a_one_time_password_and_chooses_another(one_office: Office) -> None:
    answer = one_office.signed_in(ADMIN).post(
        "/people", login="Anna", name="Ким  Анна", role="officer", territories=one_office.world.here
    )
    assert answer.status_code == 200
    password, browser = one_time(text(answer)), browser_of(one_office)
    assert sign_in(browser, "anna", password) == 302
    for path in ("/", "/families", "/queue"):
        assert browser.get(path).headers["Location"] == "/account"
    assert "Choose one of your own first" in browser.see("/account")
    assert browser.post("/account", old=password, new=password, again=password).status_code == 422
    assert browser.post("/account", old=password, new=NEW, again=NEW).status_code == 302
    assert browser.get("/families").status_code == 200
    assert sign_in(browser_of(one_office), "anna", password) == 200


def test_a_phone_that_nobody_can_call_is_refused(one_office: Office) -> None:
    browser = one_office.signed_in(ADMIN)
    answer = browser.post("/people", login="anna", name="Ким Анна", role="officer", phone="12")
    assert answer.status_code == 422
    assert "This is not a phone number" in text(answer)
    assert "Ким Анна" in answer.text
    assert (
        browser.post("/people", login="anna", name="Ким Анна", role="officer", phone="8 911 123-45-67").status_code
        == 200
    )


def test_a_forgotten_password_is_reset_and_old_sessions_end(one_office: Office) -> None:
    officer = one_office.signed_in(OFFICER)
    page = f"/people/{person(one_office, OFFICER).id}"
    answer = one_office.signed_in(ADMIN).post(page, action="reset")
    assert officer.get("/families").status_code == 302
    assert sign_in(browser_of(one_office), OFFICER, one_office.passwords[OFFICER]) == 200
    assert sign_in(browser_of(one_office), OFFICER, one_time(text(answer))) == 302


def test_a_one_time_password_is_good_for_some_days_only(one_office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    with one_office.world.inside():
        password = people.reset_password(people.find(OFFICER).id)
        later = clock.now() + int(timedelta(hours=73).total_seconds() * 1000)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert sign_in(browser_of(one_office), OFFICER, password) == 200


def test_who_is_shut_out_is_out_at_once_and_the_last_administrator_stays(one_office: Office) -> None:
    officer, keeper = one_office.signed_in(OFFICER), one_office.signed_in(ADMIN)
    keeper.post(f"/people/{person(one_office, OFFICER).id}", action="out")
    assert officer.get("/").status_code == 302
    assert sign_in(browser_of(one_office), OFFICER, one_office.passwords[OFFICER]) == 200
    own = f"/people/{person(one_office, ADMIN).id}"
    for form in ({"action": "out"}, {"action": "change", "role": "officer"}):
        answer = keeper.post(own, **form)
        assert answer.status_code == 422
        assert "Nobody would be left" in text(answer)


def test_an_administrator_of_one_district_gives_out_nothing_beyond_it(one_office: Office) -> None:
    world = one_office.world
    one_office.add("near", "Орлова Вера", people.ADMIN, (world.here,))
    keeper = one_office.signed_in("near")
    for form in (
        {"role": "officer"},
        {"role": "officer", "territories": world.elsewhere},
        {"role": "admin", "territories": world.district},
        {"role": "specialist", "teams": world.other_team},
        {"role": "auditor"},
    ):
        assert keeper.post("/people", login="x", name="Икс", **form).status_code == 422, form
    assert keeper.post("/people", login="x", name="Икс", role="officer", territories=world.here).status_code == 200
    assert keeper.get(f"/people/{person(one_office, ADMIN).id}").status_code == 404
    assert "Смирнова" not in keeper.see("/people").replace("Орлова Вера", "")


def test_a_specialist_without_a_team_is_not_let_into_everything(one_office: Office) -> None:
    answer = one_office.signed_in(ADMIN).post("/people", login="s", name="Эс", role="specialist")
    assert "A specialist needs a territory or a team" in text(answer)


def test_a_code_from_the_phone_is_set_up_asked_for_and_good_once(one_office: Office) -> None:
    browser, password = one_office.signed_in(OFFICER), one_office.passwords[OFFICER]
    browser.get("/account/code")
    with browser.client.session_transaction() as session, one_office.world.inside():
        secret = session["code"]
        code = signin.codes().generate_totp_password(secret)
    answer = browser.client.post(
        "/account/code", data=browser.hidden("/account") | {"password": password, "code": "000000"}
    )
    assert answer.status_code == 422
    form = {"csrf_token": browser.hidden("/account")["csrf_token"], "password": password, "code": code}
    assert browser.client.post("/account/code", data=form).status_code == 302
    assert person(one_office, OFFICER).has_code
    wrong, none = (text(browser_of(one_office).post("/sign-in", email=OFFICER, password=password, code=each))
                   for each in ("000000", ""))  # fmt: skip
    unknown = text(browser_of(one_office).post("/sign-in", email="nobody", password=password))
    assert wrong == none == unknown.replace("nobody", OFFICER)
    assert sign_in(browser_of(one_office), OFFICER, password, code) == 200
    with one_office.world.inside():
        codes = signin.codes()
        later = codes._totp.from_source(secret).generate(clock.now() // 1000 + 30).token
    assert sign_in(browser_of(one_office, address="192.0.2.9"), OFFICER, password, later) == 302


def test_a_region_that_asks_for_codes_lets_nobody_on_without_one(one_office: Office) -> None:
    app = one_office.world.app
    settings = app.config["VYEZD"]
    app.config["VYEZD"] = type(settings)(
        **{name: getattr(settings, name) for name in settings.__slots__} | {"totp": True}
    )
    browser = one_office.signed_in(OFFICER)
    assert browser.get("/families").headers["Location"] == "/account/code"
    assert "Your region asks for a code" in browser.see("/account")


def test_guessing_is_slowed_down_and_colleagues_still_come_in(one_office: Office) -> None:
    at_work, guesser = one_office.signed_in(OFFICER), browser_of(one_office)
    at_work.post("/sign-out", page="/account")
    assert [sign_in(guesser, OFFICER, f"guess {n}") for n in range(6)] == [200] * 5 + [429]
    answer = guesser.post("/sign-in", email=OFFICER, password=one_office.passwords[OFFICER])
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 900
    assert "Try again in 15 minutes" in text(answer)
    assert sign_in(guesser, ADMIN, one_office.passwords[ADMIN]) == 302
    for n in range(15):
        sign_in(browser_of(one_office, address=f"192.0.2.{n + 100}"), OFFICER, "")
    assert sign_in(browser_of(one_office, address="192.0.2.99"), OFFICER, "guess") == 429
    assert sign_in(at_work, OFFICER, one_office.passwords[OFFICER]) == 302


def test_an_unknown_login_is_slowed_down_like_a_known_one(one_office: Office) -> None:
    for login in (OFFICER, "nobody"):
        browser = browser_of(one_office, address=f"192.0.2.{len(login)}")
        assert [sign_in(browser, login, "guess") for _ in range(6)] == [200] * 5 + [429]


def test_workers_share_a_throttle_and_a_success_gives_the_try_back(office: Office) -> None:
    bucket = [Bucket("here", 3), Bucket("mine", 2, own=True)]
    with office.world.inside():
        for _ in range(5):
            throttle.begin(bucket)
            throttle.forgive(bucket)
        throttle.begin(bucket)
        throttle.begin(bucket)
        with pytest.raises(TooMany):
            throttle.begin(bucket)
    with office.world.inside(), pytest.raises(TooMany):
        throttle.begin(bucket)


def test_wrong_enrolment_codes_are_slowed_down(one_office: Office) -> None:
    client = one_office.world.app.test_client()
    asked = {"code": "AAAAA-AAAAA", "name": "Планшет", "public_key": "k"}
    answers = [client.post("/api/v1/devices/enroll", json=asked) for _ in range(21)]
    assert [answer.status_code for answer in answers] == [403] * 20 + [429]
    assert answers[-1].get_json()["type"] == "urn:vyezd:problem:too-many"
    assert "Retry-After" in answers[-1].headers


@pytest.mark.parametrize(("field", "hours"), [("seen", 2.1), ("began", 12.1)])
def test_a_session_ends_after_a_pause_and_after_a_working_day(one_office: Office, field: str, hours: float) -> None:
    browser = one_office.signed_in(OFFICER)
    with browser.client.session_transaction() as session:
        session[field] -= int(hours * 3600 * 1000)
    assert browser.get("/families").headers["Location"].startswith("/sign-in")
    assert browser.get("/families").status_code == 302


def test_a_substitute_works_in_the_place_of_who_is_on_leave_and_signs_as_herself(one_office: Office) -> None:
    world = one_office.world
    one_office.add("away", "Орлова Вера Ильинична", people.ADMIN, (world.elsewhere,))
    one_office.add("near", "Павлова Нина Сергеевна", people.OFFICER, (world.here,))
    theirs = world.tablet(world.other_team, "Планшет 2")
    made = theirs.op("family", feed=world.elsewhere, set={"territory": world.elsewhere})
    theirs.sync(made)
    with world.inside():
        day = clock.today()
    keeper, browser = one_office.signed_in(ADMIN), one_office.signed_in("near")
    page = f"/people/{person(one_office, 'away').id}"
    form = {"action": "leave", "substitute": person(one_office, "near").id, "since": day.isoformat()}
    assert keeper.post(page, **form, until="2001-01-01").status_code == 422
    assert keeper.post(page, **form, until=(day + timedelta(days=7)).isoformat()).status_code == 302
    assert browser.get(f"/families/{made['id']}").status_code == 404
    turn = re.search(r'name="turn" value="([^"]+)"', browser.get("/account").text)
    assert turn
    browser.post("/account/acting", page="/account", turn=turn[1])
    assert "in the place of Орлова Вера Ильинична" in browser.see("/")
    assert browser.get(f"/families/{made['id']}").status_code == 200
    with world.inside(), world.app.test_request_context():
        acting = substitutions.in_place(people.find("near"), turn[1])
        assert people.author(acting) == people.author(people.find("near"))
    keeper.post(page, action="return", turn=turn[1])
    assert browser.get(f"/families/{made['id']}").status_code == 404


def test_a_family_outside_is_opened_for_a_reason_and_a_time_and_for_reading_alone(
    one_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = one_office.world
    one_office.add("near", "Павлова Нина Сергеевна", people.ADMIN, (world.here,))
    theirs = world.tablet(world.other_team, "Планшет 2")
    made = theirs.op("family", feed=world.elsewhere, set={"territory": world.elsewhere, "address": "с Будары, 1"})
    theirs.sync(made)
    world.decide("family", made["id"], 1, number="7/2026")
    browser, card = one_office.signed_in("near"), f"/families/{made['id']}"
    assert "Open it for a stated reason" in text(browser.get(card))
    assert browser.post("/openings", number="7/2026", reason="надо").status_code == 422
    assert browser.post("/openings", number="8/2026", reason="Запрос прокуратуры № 5").status_code == 404
    answer = browser.post("/openings", number="7/2026", reason="Запрос прокуратуры № 5")
    assert answer.headers["Location"] == card
    assert "с Будары, 1" in browser.see(card)
    assert "/edit/family/" not in browser.see(card)
    assert "Запрос прокуратуры" in browser.see("/account")
    assert "с Будары" not in browser.see("/families") + browser.see("/records/family")
    assert browser.get(f"{card}/shield").status_code == 404
    later = clock.now() + 9 * 3600 * 1000
    with browser.client.session_transaction() as session:
        session["seen"] = later
    monkeypatch.setattr(clock, "now", lambda: later)
    assert browser.get(card).status_code == 404


def test_a_shielded_family_is_never_opened(one_office: Office) -> None:
    world = one_office.world
    one_office.add("near", "Павлова Нина Сергеевна", people.ADMIN, (world.here,))
    theirs = world.tablet(world.other_team, "Планшет 2")
    made = theirs.op("family", feed=world.elsewhere, set={"territory": world.elsewhere})
    theirs.sync(made)
    one_office.signed_in(ADMIN).post(f"/families/{made['id']}/shield", reason="violence")
    browser = one_office.signed_in("near")
    known = browser.post("/openings", number=made["id"], reason="Запрос прокуратуры № 5")
    other = browser.post("/openings", number=made["id"][:-1] + "0", reason="Запрос прокуратуры № 5")
    assert known.status_code == other.status_code == 404
    assert text(known) == text(other)
