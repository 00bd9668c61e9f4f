"""Photographs on both engines: chunk by chunk, kept once, read by whoever may, swept when nothing names them."""

from __future__ import annotations

from server import clock
from server.blobs import store, sweeping
from tests.support import camera
from tests.support.uploading import attachment, begin, blob, headers, patch, send, sha256
from tests.support.world import Tablet, World

DAY_MS = 86_400_000


def test_a_photo_comes_in_parts_is_read_in_its_scope_alone_and_goes_with_the_last_record_that_names_it(
    world: World, tablet: Tablet
) -> None:
    data = camera.photo()
    family = tablet.family()
    named = [attachment(tablet, data, family["id"]) for _ in range(2)]
    tablet.sync(family, *named)
    place = begin(tablet, len(data), sha256=sha256(data)).headers["Location"]
    assert patch(tablet, place, 0, data[:9_000]).headers["Upload-Offset"] == "9000"
    assert tablet.http.head(place, headers=headers(tablet)).headers["Upload-Offset"] == "9000"
    assert patch(tablet, place, 9_000, data[9_000:]).status_code == 204
    assert begin(tablet, len(data), sha256=sha256(data)).headers["Upload-Offset"] == str(len(data))

    neighbour, stranger = world.tablet(name="Планшет 2"), world.tablet(world.other_team, "Чужой")
    assert blob(neighbour, sha256(data)).status_code == 200
    assert blob(stranger, sha256(data)).status_code == 404
    assert send(neighbour, data).headers["Upload-Offset"] == str(len(data)), "it reads it: nothing is to be sent"

    now = clock.now()
    for each, left in zip(named, (1, 0), strict=True):
        tablet.sync(tablet.op("attachment", each["id"], delete=True))
        with world.inside():
            sweeping.sweep(now)
            sweeping.sweep(now + 31 * DAY_MS)
            assert len([*store.kept().keys()]) == left
