"""What both sides can prove to each other: digests of what a tablet holds, receipts for what it handed in, forks that
show."""

from __future__ import annotations

import base64
from collections import defaultdict

import jwt
import orjson
import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from schemas.digest import record_digest
from schemas.ids import new_id
from schemas.receipts import ALGORITHM, statement
from server import devices
from tests.support.world import Tablet, World


def digests(tablet: Tablet) -> dict[str, dict[str, str]]:
    """The sums over what a tablet holds, as it computes them itself."""
    sums: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for record in tablet.records.values():
        for feed in record["feeds"]:
            sums[feed][record["type"]] += record_digest(record["id"], record["rev"])
    return {feed: {name: f"{value % 2**256:064x}" for name, value in each.items()} for feed, each in sums.items()}


def diverged(world: World, tablet: Tablet) -> bool:
    with world.inside():
        (row,) = [row for row in devices.tablets() if row["id"] == tablet.device]
    return row["diverged_at"] is not None


def test_a_tablet_that_holds_the_same_agrees_after_edits_moves_and_deletes(world: World, tablet: Tablet) -> None:
    families = [tablet.family() for _ in range(4)]
    visits = [
        tablet.op("visit", set={"family": family["id"], "kind": "initial", "started_at": "2026-11-02T10:00:00+04:00"})
        for family in families
    ]
    tablet.sync(*families, *visits)
    tablet.pull()
    world.decide("family", families[0]["id"], base=1, territory=world.there)
    world.decide("family", families[1]["id"], base=1, territory=world.elsewhere)
    tablet.sync(tablet.op("visit", visits[2]["id"], delete=True), tablet.op("family", families[3]["id"], inc={}))
    tablet.pull()
    tablet.sync(digests=digests(tablet))
    assert not diverged(world, tablet)
    assert world.there in digests(tablet)


def test_a_tablet_that_lost_a_record_is_marked_and_healed(world: World, tablet: Tablet) -> None:
    family = tablet.family()
    tablet.sync(family)
    tablet.pull()
    del tablet.records[family["id"]]

    tablet.sync(digests=digests(tablet) | {world.here: {}})
    assert diverged(world, tablet)
    assert family["id"] in tablet.records
    tablet.sync(digests=digests(tablet))
    assert not diverged(world, tablet)


def test_a_diverged_feed_is_sent_again_once_a_day(world: World, tablet: Tablet) -> None:
    tablet.sync(tablet.family())
    tablet.pull()
    wrong = {world.here: {"family": "1" * 64}}
    assert tablet.sync(digests=wrong)["changes"]
    assert tablet.sync(digests=wrong)["changes"] == []


def test_digests_are_compared_only_at_the_head_of_a_feed(world: World, tablet: Tablet) -> None:
    behind = world.tablet(name="Планшет 2")
    behind.pull()
    tablet.sync(tablet.family())
    behind.sync(digests={world.here: {}})
    assert not diverged(world, behind)


def receipt_of(tablet: Tablet, receipt: str) -> dict[str, object]:
    """Verified as a tablet does it, offline, with the key it was given at enrolment."""
    raw = base64.urlsafe_b64decode(tablet.sign_key + "=")
    said: dict[str, object] = orjson.loads(
        jwt.PyJWS(algorithms=[ALGORITHM]).decode(receipt, Ed25519PublicKey.from_public_bytes(raw), [ALGORITHM])
    )
    return said


def test_a_receipt_names_what_came_and_what_became_of_it_and_a_repeat_gives_the_same(
    world: World, tablet: Tablet
) -> None:
    good, bad = tablet.family(), tablet.family(income_per_head="много")
    said = tablet.sync(good, bad)
    assert receipt_of(tablet, said["receipt"]) == statement(tablet.device, [(good, "applied"), (bad, "quarantined")])
    assert tablet.sync(bad, good)["receipt"] == said["receipt"]


def test_a_sealed_op_has_no_place_in_a_receipt(tablet: Tablet) -> None:
    plain, hidden = tablet.family(), tablet.family()
    key = pyrage.x25519.Recipient.from_str(tablet.seal_key)
    sealed = {"sealed": base64.b64encode(pyrage.encrypt(orjson.dumps(hidden), [key])).decode()}
    said = tablet.sync(plain, sealed)
    assert [result["outcome"] for result in said["results"]] == ["applied", "applied"]
    assert receipt_of(tablet, said["receipt"]) == statement(tablet.device, [(plain, "applied")])


def test_a_cloned_tablet_shows_and_nothing_of_either_copy_is_lost(world: World, tablet: Tablet) -> None:
    family = tablet.family(address="ул. Ленина, 1")
    tablet.sync(family)
    tablet.pull()
    ours = tablet.op("family", family["id"], set={"address": "ул. Мира, 2"})
    theirs = ours | {"op": new_id(), "set": {"address": "ул. Садовая, 3"}}

    assert "reenrol" not in tablet.sync(ours)
    said = tablet.sync(theirs)
    assert said["reenrol"] is True
    assert said["results"][0]["outcome"] == "conflict"
    values = {each["value"] for each in tablet.records[family["id"]]["disputed"]["address"]}
    assert values == {"ул. Мира, 2", "ул. Садовая, 3"}
