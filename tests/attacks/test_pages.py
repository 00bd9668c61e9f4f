"""Attacks by whoever has a browser: forged forms, planted sessions, guessing who has an account, and words in logs."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from schemas.ids import new_id
from server import audit, database, keys, logs, people, settings
from server import office as desk
from server.app import create_app
from server.demo import loading
from tests.server.web.scene import ADMIN, OFFICER, Browser, Office, two_addresses
from tests.support.world import World, make_app

SECRET = "Тайнова Секретина"


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path) -> Office:
    return Office(World(make_app(sqlite_url, tmp_path)))


def forms(office: Office) -> list[str]:
    """The address of every form there is, with made-up ids in it."""
    rules = [rule for rule in office.world.app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    pages = [rule for rule in rules if not rule.rule.startswith("/api/")]
    adapter = office.world.app.url_map.bind("localhost")
    return [adapter.build(rule.endpoint, dict.fromkeys(rule.arguments, "1"), method="POST") for rule in pages]


def test_no_form_is_taken_without_its_own_token(office: Office) -> None:
    admin = office.signed_in(ADMIN)
    stranger = office.signed_in(OFFICER)
    stolen = stranger.hidden("/account")["csrf_token"]
    found = forms(office)
    assert len(found) >= 6
    for path in found:
        for fields in ({}, {"csrf_token": "x"}, {"csrf_token": stolen}):
            answer = admin.client.post(path, data=fields, headers={"Origin": "https://evil.example"})
            assert answer.status_code == 400, path
            assert "The form has expired" in answer.text, path


def test_a_forged_decision_decides_nothing(office: Office) -> None:
    family = two_addresses(office.world.tablet(), office.world.tablet(name="Планшет 2"))
    admin = office.signed_in(ADMIN)
    page = f"/queue/disputed:{family}:address"
    fields = admin.hidden(page) | {"choice": "own", "own": "ул. Взломщика, 1"}
    del fields["csrf_token"]
    assert admin.client.post(page, data=fields).status_code == 400
    assert "Взломщика" not in str(office.world.record(family).fields)


def test_a_session_that_was_planted_before_sign_in_is_not_signed_in_after_it(office: Office) -> None:
    victim = Browser(office.world.app.test_client())
    victim.get("/sign-in")
    planted = cookie(victim.client)
    assert planted
    victim.post("/sign-in", email=ADMIN, password=office.passwords[ADMIN])
    assert victim.get("/families").status_code == 200
    assert cookie(victim.client) != planted
    attacker = Browser(office.world.app.test_client())
    attacker.client.set_cookie("session", planted)
    assert attacker.get("/families").status_code == 302


def cookie(client: FlaskClient) -> str:
    found = client.get_cookie("session")
    return found.value if found else ""


def test_cookies_are_out_of_reach_of_scripts_other_sites_and_plain_http(sqlite_url: str, tmp_path: Path) -> None:
    chosen = settings.read({"VYEZD_DATA": str(tmp_path), "VYEZD_DATABASE_URL": sqlite_url, "VYEZD_HTTPS": "1"})
    keys.make(chosen)
    app = create_app(chosen)
    with app.app_context():
        database.prepare()
    answer = app.test_client().get("/sign-in", base_url="https://localhost")
    for set_cookie in answer.headers.getlist("Set-Cookie"):
        assert all(flag in set_cookie for flag in ("HttpOnly", "Secure", "SameSite=Lax"))
    assert answer.headers["Strict-Transport-Security"]


@pytest.mark.parametrize(
    "path", ["/sign-in", "/api/v1/healthz", "/api/v1/docs", "/nowhere", "/api/v1/nowhere", "/static/vyezd.css"]
)
def test_every_answer_tells_the_browser_what_to_refuse(office: Office, path: str) -> None:
    headers = office.world.app.test_client().get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"] in ("no-store", "no-cache", "private, no-cache")


def test_who_has_an_account_cannot_be_told_by_the_clock(sqlite_url: str, tmp_path: Path) -> None:
    """A wrong password for a person who is there takes as long as one for nobody: both are hashed."""
    office = Office(World(make_app(sqlite_url, tmp_path, hasty=False)))
    known = [f"person{number}" for number in range(4)]
    for login in known:
        office.add(login, "Иванова", people.OFFICER)
    times: dict[bool, list[float]] = {True: [], False: []}
    for login in known:
        for there in (True, False):
            browser = Browser(office.world.app.test_client())
            fields = browser.hidden("/sign-in") | {
                "email": login if there else f"no-{login}",
                "password": "wrong password",
            }
            began = time.perf_counter()
            browser.client.post("/sign-in", data=fields)
            times[there].append(time.perf_counter() - began)
    there, nobody = min(times[True]), min(times[False])
    assert 1 / 3 < there / nobody < 3, times


def test_known_and_unknown_people_are_refused_in_the_same_words(office: Office) -> None:
    def words(login: str) -> str:
        browser = Browser(office.world.app.test_client())
        answer = browser.post("/sign-in", email=login, password="wrong password")
        return answer.text.replace(login, "LOGIN").split("csrf_token")[0]

    assert words(ADMIN) == words("nobody@example.org")


def test_a_failure_puts_no_ones_words_into_log_page_or_metrics(
    capsys: pytest.CaptureFixture[str], office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.world.app.config["TESTING"] = False
    office.world.app.config["PROPAGATE_EXCEPTIONS"] = False
    admin = office.signed_in(ADMIN)
    tablet = office.world.tablet()

    def fail(*_: Any, **__: Any) -> None:
        try:
            raise KeyError(SECRET)
        except KeyError as error:
            raise ValueError(f"no such name: {SECRET}") from error

    monkeypatch.setattr("server.reading.families.families", fail)
    monkeypatch.setattr("server.pull.page", fail)
    monkeypatch.setattr("sync.merge", fail)
    logs.configure()
    pages = [
        admin.get(f"/families?text={SECRET}"),
        tablet.http.post("/api/v1/sync", json={"ops": [tablet.family(address=SECRET)]}, headers=tablet.headers),
    ]
    assert [page.status_code for page in pages] == [500, 500]
    logged = "".join(capsys.readouterr())
    assert logged.count('"error": ["ValueError", "KeyError"]') == 3, "of the page, the op and the pull"
    assert "error_id" in logged
    metrics = office.world.app.test_client().get("/api/v1/metrics").text
    for place in (logged, metrics, *(page.text for page in pages)):
        assert "Секретина" not in place
        assert "Тайнова" not in place


def test_what_people_read_write_and_are_refused_is_in_the_audit_and_words_searched_for_are_not(office: Office) -> None:
    tablet = office.world.tablet()
    made = tablet.family(address="ул. Мира, 3")
    tablet.sync(made)
    officer = office.signed_in(OFFICER)
    officer.see(f"/families/{made['id']}")
    officer.see(f"/families?text={SECRET}")
    assert officer.get("/families/nowhere").status_code == 404
    with office.world.inside():
        told = audit.entries()
    reads = [entry for entry in told if entry.details.get("page") == "families.card" and entry.action == "read"]
    assert [(entry.subject, entry.family) for entry in reads] == [(made["id"], made["id"])]
    assert ("refused", "nowhere") in {(entry.action, entry.subject) for entry in told}
    assert SECRET not in str(told)


def test_a_secret_is_read_from_a_file_and_never_from_two_places(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("long and random\n")
    named = {"VYEZD_DATA": str(tmp_path), "VYEZD_SECRET_KEY_FILE": str(tmp_path / "secret")}
    assert settings.read(named).secret_key == "long and random"
    with pytest.raises(ValueError, match="both set"):
        settings.read(named | {"VYEZD_SECRET_KEY": "another"})
    with pytest.raises(ValueError, match="VYEZD_SECRET_KEY_FILE"):
        settings.read(named | {"VYEZD_SECRET_KEY_FILE": str(tmp_path / "missing")})


def test_a_production_server_knows_accounts_of_a_demonstration(office: Office) -> None:
    with office.world.inside():
        assert not loading.has_accounts()
        people.add_user("demo", "Демо", people.OFFICER, demo=True)
        assert loading.has_accounts()


def test_accounts_of_a_demonstration_open_nothing_where_people_work(office: Office) -> None:
    with office.world.inside():
        password = people.add_user("demo", "Демо", people.OFFICER, demo=True)
    browser = Browser(office.world.app.test_client())
    office.world.app.config["VYEZD"] = replace(office.world.app.config["VYEZD"], production=True)
    refused = browser.post("/sign-in", email="demo", password=password)
    assert refused.status_code == 200
    assert browser.get("/").status_code == 302
    office.world.app.config["VYEZD"] = replace(office.world.app.config["VYEZD"], production=False)
    assert browser.post("/sign-in", email="demo", password=password).status_code == 302


def test_a_strange_host_name_is_refused_where_the_names_are_set(office: Office) -> None:
    office.world.app.config["TRUSTED_HOSTS"] = ["vyezd.example.org"]
    client = office.world.app.test_client()
    assert client.get("/sign-in", base_url="http://evil.example").status_code == 400
    assert client.get("/sign-in", base_url="http://vyezd.example.org").status_code == 200


ODD = (
    "/visits?until=9999-12-31", "/visits?since=0001-01-01", "/visits?page=99999999999999999999", "/visits?team=%00",
    "/families?page=99999999999999999999", "/families?territory=%00", "/families/%00", "/families/counts?risk=%00",
    "/journals?month=9999-12", "/journals/99999999999999999999", "/certificates/99999999999999999999",
    "/trips?since=9999-12-31", "/trips/calendar?month=9999-12", "/trips/calendar?month=0001-01", "/trips/%00",
    "/records/person?page=99999999999999999999", "/mending?tablet=%00", "/tablets/%00", "/people/%00", "/tasks/%00",
    "/queue/%00", "/mending/99999999999999999999",
)  # fmt: skip


def test_no_odd_address_and_no_odd_form_breaks_a_page(database_url: str, tmp_path: Path) -> None:
    office = Office(World(make_app(database_url, tmp_path)))
    office.add("auditor", "Аудиторова Анна", "auditor")
    admin, auditor = office.signed_in(ADMIN), office.signed_in("auditor")
    family = new_id()
    with office.world.inside():
        desk.write(office.world.office, [desk.Change("family", family, set={"territory": office.world.here})])
    answers = {path: admin.get(path).status_code for path in ODD}
    answers |= {path: auditor.get(path).status_code for path in ("/audit?who=%00", f"/audit?before={10**30}")}
    forms = (
        (f"/families/{family}/shield", {"reason": "violence", "base": "x"}),
        ("/openings", {"number": "\0", "reason": "по просьбе района"}),
        ("/people", {"login": "a\0", "name": "Иванова", "role": "officer"}),
        ("/journals", {"month": "9999-12"}),
    )
    for path, fields in forms:
        answers[f"POST {path}"] = admin.client.post(path, data=admin.hidden(path) | fields).status_code
    assert {path: code for path, code in answers.items() if code >= 500} == {}
    assert answers["/families?territory=%00"] == answers["POST /openings"] == 400
    assert "violence" not in str(office.world.record(family).fields)
