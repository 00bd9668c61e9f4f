"""Whatever comes over the wire gets a clear answer: a problem for a body, an outcome for an op. Neighbours are
unharmed, nothing is a 500."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import Any

import orjson
import pytest
from werkzeug.test import TestResponse

from schemas.clock import pack, stamp_of
from schemas.ids import new_id
from server import clock, devices
from tests.support.world import Tablet, World

BIG = 4 * 1024 * 1024


def post(tablet: Tablet, data: bytes, **headers: str) -> TestResponse:
    return tablet.http.post("/api/v1/sync", data=data, headers=tablet.headers | headers)


def problem(answer: TestResponse) -> tuple[int, str]:
    assert answer.content_type == "application/problem+json"
    said = orjson.loads(answer.get_data())
    assert said["title"]
    assert said["detail"]
    return said["status"], said["type"].removeprefix("urn:vyezd:problem:")


def body(*ops: bytes) -> bytes:
    return b'{"cursor":null,"ops":[' + b",".join(ops) + b"]}"


def outcomes(answer: TestResponse) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [result["outcome"] for result in answer.get_json()["results"]]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", (400, "not-json")),
        (b"hello", (400, "not-json")),
        (b'{"ops": [', (400, "not-json")),
        (b'{"status": ' + b'{"a":' * 200_000, (400, "not-json")),
        (b"[]", (422, "unprocessable")),
        (b'{"ops": 5}', (422, "unprocessable")),
        (b'{"ops": [], "limit": "many"}', (422, "unprocessable")),
        (b'{"ops": [], "cursr": null}', (422, "unprocessable")),
        (b'{"ops": [], "cursor": "not ours"}', (400, "bad-cursor")),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_with_a_reason(
    tablet: Tablet, data: bytes, expected: tuple[int, str]
) -> None:
    assert problem(post(tablet, data)) == expected


def test_a_refusal_speaks_the_language_of_its_reader(tablet: Tablet) -> None:
    assert "Тело запроса" in post(tablet, b"hello").get_json(force=True)["title"]
    english = post(tablet, b"hello", **{"Accept-Language": "en"})
    assert "not JSON" in english.get_json(force=True)["title"]


def test_without_a_token_nothing_is_answered(world: World) -> None:
    client = world.app.test_client()
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic dGVzdA=="}):
        assert problem(client.post("/api/v1/sync", json={"ops": []}, headers=headers)) == (401, "unauthorized")
        assert problem(client.get("/api/v1/changes", headers=headers)) == (401, "unauthorized")


def test_more_ops_than_a_batch_may_hold_are_refused_with_the_limits_and_none_is_stored(
    world: World, tablet: Tablet
) -> None:
    ops = [tablet.family() for _ in range(1001)]
    answer = post(tablet, orjson.dumps({"ops": ops}))
    assert problem(answer) == (413, "too-large")
    assert answer.get_json(force=True)["limits"]["ops"] == 1000
    assert world.record(ops[0]["id"]) is None


def test_a_body_over_four_mebibytes_is_refused(tablet: Tablet) -> None:
    assert problem(post(tablet, b'{"batch": "' + b"x" * BIG + b'"}')) == (413, "too-large")


def test_a_body_that_inflates_to_a_gigabyte_is_refused_before_it_does(tablet: Tablet) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    chunk = b"\0" * (1 << 20)
    bomb = b"".join(packer.compress(chunk) for _ in range(1024)) + packer.flush()
    assert len(bomb) < 2 * 1024 * 1024
    assert problem(post(tablet, bomb, **{"Content-Encoding": "gzip"})) == (413, "too-large")


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_a_damaged_or_unknown_compression_is_named(tablet: Tablet, encoding: str) -> None:
    damaged = gzip.compress(b'{"ops": []}')[:-4]
    assert problem(post(tablet, damaged, **{"Content-Encoding": encoding})) == (400, "bad-encoding")


def test_a_compressed_body_is_read(tablet: Tablet) -> None:
    packed = gzip.compress(orjson.dumps({"ops": [tablet.family()]}))
    assert outcomes(post(tablet, packed, **{"Content-Encoding": "gzip"})) == ["applied"]


def bad_ops(tablet: Tablet) -> dict[str, bytes]:
    """One bad op of each sort, by what is bad about it."""
    good = tablet.family(household="Дом")
    text = orjson.dumps(good)
    address = text.replace("Дом".encode(), b"%s")

    def changed(**parts: Any) -> bytes:
        return orjson.dumps(tablet.family() | parts)

    return {
        "no object": b"17",
        "no op id": orjson.dumps({key: value for key, value in good.items() if key != "op"}),
        "wrong envelope types": changed(seq="first", base=-1),
        "unknown key": changed(colour="red"),
        "unknown type": changed(type="spaceship"),
        "unknown field": changed(set={"territory": tablet.world.here, "wings": 2}),
        "wrong value type": changed(set={"territory": tablet.world.here, "income_per_head": "много"}),
        "value in the wrong part": changed(set={"territory": tablet.world.here, "phones": ["+79000000001"]}),
        "NUL byte": (address % b"a\\u0000b"),
        "raw control character": (address % b"a\x00b"),
        "lone surrogate": (address % b"a\\ud800b"),
        "not UTF-8": (address % b"\xff\xfe"),
        "integer beyond 64 bits": changed(base=0).replace(b'"base":0', b'"base":123456789012345678901234567890'),
        "number beyond doubles": changed(base=0).replace(b'"base":0', b'"base":1e999'),
        "over 256 KiB": changed(set={"territory": tablet.world.here, "household": "я" * 140_000}),
        "a worker of another team": changed(by=tablet.world.stranger),
        "a worker that does not exist": changed(by=new_id()),
    }


@pytest.mark.parametrize("kind", list(range(17)))
def test_one_bad_op_is_quarantined_with_its_errors_and_its_neighbours_are_applied(tablet: Tablet, kind: int) -> None:
    name, bad = list(bad_ops(tablet).items())[kind]
    before, after = orjson.dumps(tablet.family()), orjson.dumps(tablet.family())
    answer = post(tablet, body(before, bad, after))
    assert outcomes(answer) == ["applied", "quarantined", "applied"], name
    errors = answer.get_json()["results"][1]["errors"]
    assert all(sentence for sentences in errors.values() for sentence in sentences), name
    again = post(tablet, body(bad))
    assert outcomes(again) == ["quarantined"], name
    assert again.get_json()["results"][0]["errors"] == errors


def test_all_bad_ops_at_once_leave_the_good_ones_alone(tablet: Tablet) -> None:
    bad = list(bad_ops(tablet).values())
    good = [orjson.dumps(tablet.family()) for _ in bad]
    mixed = [op for pair in zip(bad, good, strict=True) for op in pair]
    assert outcomes(post(tablet, body(*mixed))) == ["quarantined", "applied"] * len(bad)


def test_stamps_from_1970_and_2099_are_taken_and_rank_where_they_can(world: World, tablet: Tablet) -> None:
    family = tablet.family(household="первое")
    tablet.sync(family)
    tablet.pull()
    future = tablet.op("family", family["id"], set={"household": "из будущего"}, at=pack(4_070_908_800_000, 7))
    past = tablet.op("family", family["id"], set={"household": "из прошлого"}, at=pack(0, 1))
    results = tablet.sync(future, past)["results"]
    assert [result["outcome"] for result in results] == ["applied", "applied"]

    record = world.record(family["id"])
    assert record.at <= stamp_of(clock.now())
    assert record.fields["household"] == "из прошлого"  # the same author wrote it later, whatever the clock said
    with world.inside():
        (row,) = devices.tablets()
    assert row["skew_ms"] > 50 * 365 * 24 * 3600 * 1000


def test_what_lies_outside_the_scope_is_stored_and_tells_nothing(world: World, tablet: Tablet) -> None:
    stranger = world.tablet(world.other_team)
    foreign = stranger.op("family", feed=world.elsewhere, set={"territory": world.elsewhere})
    stranger.sync(foreign)
    visit = {"kind": "initial", "started_at": "2026-11-02T10:00:00+04:00"}

    def answers(family: str) -> list[dict[str, Any]]:
        ops = [
            tablet.op("family", family, set={"household": "чужое"}),
            tablet.op("family", family, delete=True),
            tablet.op("visit", set=visit | {"family": family}),
        ]
        results = tablet.sync(*ops)["results"]
        return [{key: value for key, value in result.items() if key != "op"} for result in results]

    assert answers(foreign["id"]) == answers(new_id()) == [{"outcome": "stored"}] * 3
    assert world.record(foreign["id"]).rev == 1


@pytest.mark.parametrize("place", ["feed", "territory", "reference", "team"])
def test_an_op_never_widens_its_authors_scope(world: World, tablet: Tablet, place: str) -> None:
    op = {
        "feed": lambda: tablet.op("family", feed=world.elsewhere, set={"household": "x"}),
        "territory": lambda: tablet.op("family", feed=world.here, set={"territory": world.elsewhere}),
        "reference": lambda: tablet.op("team", tablet.team["id"], add={"territories": [world.elsewhere]}),
        "team": lambda: tablet.op(
            "trip", set={"team": world.other_team, "date_from": "2026-11-01", "date_to": "2026-11-02"}
        ),
    }[place]()
    assert tablet.sync(op)["results"][0]["outcome"] == "stored"
    assert world.elsewhere not in tablet.sync()["scope"]


def test_ops_of_one_tablet_may_arrive_in_any_order(world: World, tablet: Tablet) -> None:
    family = tablet.family(address="ул. Ленина, 1")
    edit = tablet.op("family", family["id"], set={"household": "Трое детей"})
    visit = tablet.op(
        "visit", set={"family": family["id"], "kind": "initial", "started_at": "2026-11-02T10:00:00+04:00"}
    )
    assert [tablet.sync(op)["results"][0]["outcome"] for op in (visit, edit, family)] == ["stored", "stored", "applied"]

    assert world.record(family["id"]).fields["household"] == "Трое детей"
    assert world.record(visit["id"]).fields["family"] == family["id"]
    assert tablet.sync(visit)["results"][0]["outcome"] == "applied"


def test_json_that_python_would_take_and_json_does_not_is_no_way_around(tablet: Tablet) -> None:
    op = tablet.family(income_per_head=1)
    text = json.dumps(op).replace('"income_per_head": 1', '"income_per_head": NaN').encode()
    assert outcomes(post(tablet, body(text))) == ["quarantined"]
