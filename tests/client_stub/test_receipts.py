"""Receipts: the tablet's proof of what it handed in, checked with the key that it was given at the enrolment."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

import jwt
import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client_stub import receipts
from schemas.receipts import ALGORITHM
from tests.client_stub.fake_server import FakeServer
from tests.client_stub.field import Tablet, family


def test_a_batch_has_its_receipt_which_can_be_checked_again_when_the_ops_cannot_be_read(
    fake: FakeServer, tablet: Tablet
) -> None:
    home = family(fake)
    tablet.comes_home()
    ops = [tablet.corrects(home, household="козы"), tablet.corrects(home, household="корова")]
    fake.judge = lambda op: {"outcome": "stored" if op["op"] == ops[1] else "applied"}
    tablet.comes_home()

    (receipt,) = receipts.kept(tablet.store)

    assert [(op["op"], op["outcome"]) for op in receipt["ops"]] == [(ops[0], "applied"), (ops[1], "stored")]
    payload = jwt.PyJWS(algorithms=[ALGORITHM]).decode(receipt["receipt"], fake.sign.public_key(), [ALGORITHM])
    whole = b"".join(op["op"].encode() + bytes.fromhex(op["sha256"]) for op in receipt["ops"])
    assert orjson.loads(payload) == {
        "device": tablet.store["device"],
        "ops": 2,
        "sha256": sha256(whole).hexdigest(),
        "outcomes": ["applied", "stored"],
    }


def forged(fake: FakeServer) -> None:
    fake.sign = Ed25519PrivateKey.generate()


def missing(fake: FakeServer) -> None:
    fake.extra = {"receipt": None}


def of_another_batch(fake: FakeServer) -> None:
    fake.extra = {"receipt": fake.receipt("0" * 8, [], [])}


def about_other_outcomes(fake: FakeServer) -> None:
    whole, fake.receipt = (
        fake.receipt,
        lambda device, ops, results: whole(  # type: ignore[method-assign]
            device, ops, [result | {"outcome": "rejected"} for result in results]
        ),
    )


@pytest.mark.parametrize("wrong", [forged, missing, of_another_batch, about_other_outcomes])
def test_a_receipt_that_does_not_verify_is_told_and_nothing_of_the_answer_counts(
    fake: FakeServer, tablet: Tablet, wrong: Callable[[FakeServer], None]
) -> None:
    home = family(fake)
    tablet.comes_home()
    op, cursor = tablet.corrects(home, household="козы"), tablet.store["cursor"]
    wrong(fake)

    report = tablet.comes_home()

    assert report.trouble
    assert report.trouble.code == "bad_receipt"
    assert "Квитанция сервера не подтвердилась" in report.trouble.say("ru")
    assert (tablet.outbox(), tablet.acknowledged(), tablet.store["cursor"]) == ([op], {}, cursor)


def test_what_both_sides_cannot_write_alike_has_no_place_in_a_receipt(fake: FakeServer, tablet: Tablet) -> None:
    home = family(fake, type="novelty")
    fake.records[home]["type"] = "novelty"
    tablet.comes_home()
    tablet.corrects(home, number=2**60)

    report = tablet.comes_home()

    assert report.trouble is None
    assert len(report.results) == 1
    assert receipts.kept(tablet.store) == []


def test_a_sync_that_handed_in_nothing_leaves_no_receipt(fake: FakeServer, tablet: Tablet) -> None:
    tablet.comes_home()
    tablet.comes_home()
    assert receipts.kept(tablet.store) == []


def test_a_repeat_after_a_lost_answer_has_its_receipt(fake: FakeServer, tablet: Tablet) -> None:
    home = family(fake)
    tablet.comes_home()
    op = tablet.corrects(home, household="козы")
    fake.faults = ["lost"] * 3
    assert tablet.comes_home().trouble

    tablet.comes_home()

    (receipt,) = receipts.kept(tablet.store)
    assert [each["op"] for each in receipt["ops"]] == [op]
