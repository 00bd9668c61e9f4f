"""Restores on both engines: what a life that was lost had made of ops, and what its office had decided."""

from __future__ import annotations

import orjson

from server import clock, database, devices, epoch, history, inbox
from server.db import writing
from tests.support.world import Tablet, World


def test_an_op_that_a_backup_held_unprocessed_learns_its_lost_rev_from_the_tablet_that_offers_it(
    world: World, tablet: Tablet
) -> None:
    family, other = tablet.family(address="ул. Ленина, 1"), world.tablet(name="Планшет 2")
    tablet.sync(family)
    tablet.pull()
    other.pull()
    first = tablet.op("family", family["id"], set={"address": "ул. Мира, 2"})
    knowing = other.op("family", family["id"], base=2, set={"address": "ул. Мира, 22"}, by=world.colleague)
    with world.inside():
        inbox.store(devices.author_of(tablet.device), [orjson.dumps(first)], clock.now(), None)
        with writing() as connection:
            renewed = epoch.renew(connection)
        assert database.replay() == 1
    assert other.sync(knowing | {"was": {other.epoch: 3}})["results"][0]["outcome"] == "conflict"

    (repeated,) = tablet.sync(first | {"was": {tablet.epoch: 2}})["results"]
    assert repeated == {"op": first["op"], "outcome": "applied", "rev": 2}
    record = world.record(family["id"])
    assert (record.fields["address"], record.disputed) == ("ул. Мира, 22", {})
    with world.inside():
        fates = {told.value: told.fate for told in history.story(family["id"]).fields["address"]}
    assert fates == {"ул. Ленина, 1": "replaced", "ул. Мира, 2": "replaced", "ул. Мира, 22": "shown"}
    tablet.pull()
    assert tablet.records[family["id"]]["fields"]["address"] == "ул. Мира, 22"
    assert tablet.op("family", family["id"], epoch=renewed)["base"] == record.rev
