"""Attacks by whoever holds a tablet, or found one's code: on the API.

Guessed ids, foreign records and op ids, tampered and foreign cursors: tests/simulation/test_secrecy.py. Bodies that
burst: also tests/server/api/test_bad_input.py.
"""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import Any

import orjson
import pytest
from werkzeug.test import TestResponse

from schemas.ids import new_id
from server import clock, devices, tokens
from tests.support.world import Tablet, World, make_app


@pytest.fixture
def world(sqlite_url: str, tmp_path: Path) -> World:
    return World(make_app(sqlite_url, tmp_path))


@pytest.fixture
def tablet(world: World) -> Tablet:
    tablet = world.tablet()
    tablet.pull()
    return tablet


@pytest.fixture
def foreign(world: World) -> Tablet:
    """A tablet of another team, with a family."""
    foreign = world.tablet(world.other_team, name="Чужой")
    foreign.sync(foreign.op("family", feed=world.elsewhere, set={"territory": world.elsewhere}))
    foreign.pull()
    return foreign


def enroll(world: World, code: str, key: str = "key", **more: Any) -> TestResponse:
    asked = {"code": code, "name": "Планшет", "public_key": key} | more
    return world.app.test_client().post("/api/v1/devices/enroll", json=asked)


def outcome(answer: dict[str, Any]) -> str:
    return str(answer["results"][0]["outcome"])


def test_a_code_that_was_used_is_worth_nothing_to_whoever_saw_it(world: World) -> None:
    with world.inside():
        code, _ = devices.new_code(world.team)
    first = enroll(world, code, "key of the tablet")
    stolen = enroll(world, code, "key of a thief")
    assert (first.status_code, stolen.status_code) == (200, 403)
    assert enroll(world, code, "key of the tablet").get_json()["token"] == first.get_json()["token"]


def test_a_used_a_wrong_and_an_expired_code_are_refused_in_the_same_words(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world.inside():
        used, expired = (devices.new_code(world.team)[0] for _ in range(2))
    enroll(world, used, "key of the tablet")
    late = clock.now() + 73 * 3_600_000
    answers = {enroll(world, "ABCDE-FGHJK").data, enroll(world, used, "another key").data}
    monkeypatch.setattr(clock, "now", lambda: late)
    answers.add(enroll(world, expired).data)
    assert len(answers) == 1


@pytest.mark.parametrize("more", [{"device": new_id()}, {"kind": "office"}, {"team": new_id()}, {"revoked_at": None}])
def test_an_enrolment_that_says_more_than_it_may_is_refused(world: World, more: dict[str, Any]) -> None:
    with world.inside():
        code, _ = devices.new_code(world.team)
    assert enroll(world, code, **more).status_code == 422
    assert enroll(world, code).status_code == 200, "and the code is not used up"


@pytest.mark.parametrize(
    "more", [{"scope": ["reference"]}, {"device": new_id()}, {"office": True}, {"lease_until": "2999-01-01"}]
)
def test_a_sync_that_says_more_than_it_may_is_refused(tablet: Tablet, more: dict[str, Any]) -> None:
    answer = tablet.http.post("/api/v1/sync", json={"ops": []} | more, headers=tablet.headers)
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "more", [{"device": new_id()}, {"rev": 99}, {"office": True}, {"forked": True}, {"state": "applied"}]
)
def test_an_op_that_says_more_than_it_may_is_kept_apart(tablet: Tablet, more: dict[str, Any]) -> None:
    assert outcome(tablet.sync(tablet.family() | more)) == "quarantined"


def test_fields_of_the_office_are_proposals_whoever_writes_them(world: World, tablet: Tablet) -> None:
    made = tablet.family()
    tablet.sync(made)
    tablet.pull()
    assert outcome(tablet.sync(tablet.op("family", made["id"], set={"number": "1/2026"}))) == "stored"
    assert outcome(tablet.sync(tablet.op("team", world.team, add={"territories": [world.elsewhere]}))) == "stored"
    assert "number" not in world.record(made["id"]).fields
    assert world.elsewhere not in tablet.sync()["scope"]


def test_a_token_reads_the_scope_of_its_own_team_whatever_cursor_and_ids_are_sent_with_it(
    world: World, tablet: Tablet, foreign: Tablet
) -> None:
    known = [id for id, record in foreign.records.items() if record["type"] == "family"]
    stolen = {"headers": tablet.headers}
    told = tablet.http.get(f"/api/v1/changes?cursor={foreign.cursor}", **stolen).data
    told += tablet.http.post("/api/v1/sync", json={"cursor": foreign.cursor}, **stolen).data
    told += tablet.http.get("/api/v1/changes", **stolen).data
    assert known
    assert [id for id in known if id.encode() in told] == []


def test_a_foreign_op_id_gives_nobody_its_result(tablet: Tablet, foreign: Tablet) -> None:
    secret = foreign.op("family", feed=foreign.world.elsewhere, set={"territory": foreign.world.elsewhere})
    foreign.sync(secret)
    mine = tablet.family() | {"op": secret["op"]}
    (said,) = tablet.sync(mine)["results"]
    assert said["outcome"] == "quarantined"
    assert "rev" not in said
    assert foreign.world.record(mine["id"]) is None


def test_a_move_into_a_foreign_territory_places_nothing(world: World, tablet: Tablet, foreign: Tablet) -> None:
    made = tablet.family()
    tablet.sync(made)
    tablet.pull()
    assert outcome(tablet.sync(tablet.op("family", made["id"], set={"territory": world.elsewhere}))) == "stored"
    foreign.pull()
    assert made["id"] not in foreign.records


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer vt_" + "0" * 64},
        {"Authorization": "Bearer ' OR 1=1 --"},
        {"Authorization": "Bearer \xff\xfe"},
        {"Cookie": "session=forged"},
        {"X-Device": new_id()},
    ],
)
def test_what_is_no_token_opens_nothing(world: World, headers: dict[str, str]) -> None:
    client = world.app.test_client()
    assert client.get("/api/v1/changes", headers=headers).status_code == 401
    assert client.post("/api/v1/sync", json={}, headers=headers).status_code == 401


def test_a_token_in_the_address_is_no_token(tablet: Tablet) -> None:
    answer = tablet.world.app.test_client().get(f"/api/v1/changes?token={tablet.token}")
    assert answer.status_code == 401


def test_tokens_and_codes_are_not_in_the_database(world: World, tablet: Tablet, tmp_path: Path) -> None:
    with world.inside():
        code, _ = devices.new_code(world.team)
        tokens.change(tablet.device)
    new = tablet.sync()["token"]
    held = b"".join(path.read_bytes() for path in tmp_path.glob("vyezd.db*"))
    for secret in (tablet.token, new, code, code.replace("-", "")):
        assert secret.encode() not in held


def bomb(mebibytes: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    chunk = b" " * (1 << 20)
    return b"".join(packer.compress(chunk) for _ in range(mebibytes)) + packer.flush()


@pytest.mark.parametrize("path", ["/api/v1/sync", "/api/v1/devices/enroll"])
def test_a_body_that_bursts_is_refused_at_every_door(tablet: Tablet, path: str) -> None:
    packed = tablet.headers | {"Content-Encoding": "gzip"}
    assert tablet.http.post(path, data=bomb(64), headers=packed).status_code == 413
    nested = gzip.compress(gzip.compress(orjson.dumps({"ops": []})))
    assert tablet.http.post(path, data=nested, headers=packed).status_code == 400
    many = packed | {"Content-Encoding": "gzip, gzip, gzip"}
    assert tablet.http.post(path, data=nested, headers=many).status_code == 400


def test_a_revoked_tablet_may_not_enrol_again_with_its_old_code(world: World) -> None:
    with world.inside():
        code, _ = devices.new_code(world.team)
    said = enroll(world, code, "key of the tablet").get_json()
    with world.inside():
        devices.revoke(said["device"])
    again = enroll(world, code, "key of the tablet").get_json()
    answer = world.app.test_client().get("/api/v1/changes", headers={"Authorization": f"Bearer {again['token']}"})
    assert answer.status_code == 403
