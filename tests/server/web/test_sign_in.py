"""Coming in and going out: accounts, forged forms, what a browser is told to refuse, the two languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from server import keys, people, settings
from server.app import create_app
from tests.server.web.scene import ADMIN, OFFICER, Browser, Office, text, two_addresses

PAGES = ("/", "/visits", "/visits/print", "/families", "/queue", "/tablets", "/records", "/records/worker", "/account")


def test_a_person_signs_in_by_address_or_login_in_any_case_and_signs_out(office: Office) -> None:
    for login in (ADMIN.upper(), " Officer "):
        browser = Browser(office.world.app.test_client())
        answer = browser.post("/sign-in", email=login, password=office.passwords[people.login_name(login)])
        assert answer.headers["Location"] == "/"
        assert "What needs attention" in browser.see("/")
        browser.post("/sign-out", page="/")
        assert browser.get("/").status_code == 302


def test_an_account_remembers_when_its_person_was_last_here(office: Office) -> None:
    office.signed_in(ADMIN)
    with office.world.inside():
        seen = {person.login: person.last_seen for person in people.list_users()}
    assert seen[ADMIN]
    assert not seen[OFFICER]


def test_a_wrong_password_and_an_unknown_login_are_answered_alike(one_office: Office) -> None:
    browser = Browser(one_office.world.app.test_client())
    answers = [text(browser.post("/sign-in", email=login, password="x" * 12)) for login in (ADMIN, "nobody")]
    assert answers[0] == answers[1]
    assert "This login and password do not match" in answers[0]


def test_a_login_that_is_taken_and_an_unknown_role_are_refused(one_office: Office) -> None:
    with one_office.world.inside():
        with pytest.raises(people.LoginTaken):
            people.add_user(ADMIN.upper(), "Другая", people.OFFICER)
        with pytest.raises(people.UnknownRole):
            people.add_user("new", "Новая", "owner")


@pytest.mark.parametrize("path", PAGES)
def test_who_is_not_signed_in_signs_in_first_and_comes_back(one_office: Office, path: str) -> None:
    browser = Browser(one_office.world.app.test_client())
    door = browser.get(f"{path}?page=1")
    assert door.status_code == 302
    answer = browser.post(door.headers["Location"], email=ADMIN, password=one_office.passwords[ADMIN])
    assert answer.headers["Location"].startswith(path)


def test_a_page_that_htmx_asks_for_after_the_session_ended_leads_to_the_sign_in(one_office: Office) -> None:
    answer = Browser(one_office.world.app.test_client()).get("/families", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"].startswith("/sign-in")


@pytest.mark.parametrize(("lang", "said"), [("ru", "Форма устарела"), ("en", "The form has expired")])
def test_a_form_without_its_token_changes_nothing_and_says_so(one_office: Office, lang: str, said: str) -> None:
    browser = one_office.signed_in(ADMIN, lang)
    for path in ("/account", "/sign-out", "/language", "/queue/any"):
        answer = browser.client.post(path, data={"csrf_token": "forged"})
        assert answer.status_code == 400
        assert said in text(answer)
    assert browser.get("/").status_code == 200


@pytest.mark.parametrize(("lang", "said"), [("ru", "Такой страницы нет"), ("en", "There is no such page")])
def test_a_missing_page_is_a_page_and_a_missing_call_is_a_problem(one_office: Office, lang: str, said: str) -> None:
    browser = one_office.signed_in(ADMIN, lang)
    for path in ("/nowhere", "/families/nobody", "/queue/nothing", "/records/nothing", "/records/worker/nobody"):
        answer = browser.get(path)
        assert answer.status_code == 404
        assert said in text(answer)
    assert browser.get("/api/v1/nowhere").content_type == "application/problem+json"


def test_a_failure_is_a_page_with_a_number(one_office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = one_office.signed_in(ADMIN)
    monkeypatch.setattr("server.reading.tablets.tablets", lambda *_: 1 / 0)
    answer = browser.get("/tablets")
    assert answer.status_code == 500
    assert re.search(r"tell the system administrator this number\. Number of the error: [0-9a-f-]{36}", text(answer))


def test_a_new_password_works_and_ends_the_sessions_elsewhere(office: Office) -> None:
    here, elsewhere = office.signed_in(ADMIN), office.signed_in(ADMIN)
    old, new = office.passwords[ADMIN], "совсем другой пароль"
    assert "present password is wrong" in text(here.post("/account", old="x" * 12, new=new, again=new))
    assert "too short" in text(here.post("/account", old=old, new="x", again="x"))
    assert "differ" in text(here.post("/account", old=old, new=new, again=old))
    assert here.post("/account", old=old, new=new, again=new).status_code == 302
    assert here.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302
    office.passwords[ADMIN] = new
    office.signed_in(ADMIN)


def test_no_page_holds_a_script_a_style_or_an_address_of_its_own_making(one_office: Office) -> None:
    world = one_office.world
    family = two_addresses(world.tablet(), world.tablet(name="Планшет 2"))
    browser = one_office.signed_in(ADMIN)
    for path in (*PAGES, f"/families/{family}", f"/queue/disputed:{family}:address", "/nowhere"):
        answer = browser.get(path)
        assert not re.search(r'<script(?![^>]*\bsrc="/static/)|<style|\sstyle=|\son\w+=|//', answer.text), path
        assert answer.headers["Content-Security-Policy"].startswith(
            "default-src 'none'; script-src 'self'; style-src 'self';"
        )
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("https", ["0", "1"])
def test_the_session_cookie_is_kept_from_scripts_and_from_plain_connections(tmp_path: Path, https: str) -> None:
    chosen = settings.read({"VYEZD_DATA": str(tmp_path), "VYEZD_HTTPS": https})
    keys.make(chosen)
    cookie = create_app(chosen).test_client().get("/sign-in").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert ("Secure" in cookie) == (https == "1")


def test_a_reader_chooses_the_language_and_stays_on_the_page(one_office: Office) -> None:
    browser = one_office.signed_in(ADMIN, "ru")
    assert "Планшетов пока нет" in browser.see("/tablets")
    answer = browser.post("/language", page="/tablets", lang="en", next="/tablets")
    assert answer.headers["Location"] == "/tablets"
    assert "No tablet is enrolled yet" in browser.see("/tablets")
    for elsewhere in ("//example.org", "https://example.org", "/\\example.org"):
        assert browser.post("/language", page="/tablets", lang="en", next=elsewhere).headers["Location"] == "/"


def test_the_browser_s_own_language_is_used_until_one_is_chosen(one_office: Office) -> None:
    client = one_office.world.app.test_client()
    assert "Вход" in client.get("/sign-in", headers={"Accept-Language": "de"}).text
    assert "Sign in" in client.get("/sign-in", headers={"Accept-Language": "en-GB, ru;q=0.5"}).text


def test_a_sign_in_leads_to_no_other_host(one_office: Office) -> None:
    for elsewhere in ("//example.org/", "https://example.org/"):
        browser = Browser(one_office.world.app.test_client())
        answer = browser.post(f"/sign-in?next={elsewhere}", email=ADMIN, password=one_office.passwords[ADMIN])
        assert "example.org" not in answer.headers.get("Location", "")


def test_nobody_registers(one_office: Office) -> None:
    browser = Browser(one_office.world.app.test_client())
    assert [browser.get(path).status_code for path in ("/register", "/reset", "/verify")] == [404, 404, 404]
