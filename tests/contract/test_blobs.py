"""Photographs on both engines: chunk by chunk, kept once, read by whoever may, swept when nothing names them."""

from __future__ import annotations

from pathlib import Path

import pytest

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


def test_a_file_that_nothing_named_for_long_and_that_is_handed_in_again_is_kept_anew(
    world: World, tablet: Tablet
) -> None:
    data, family, now = camera.photo(), tablet.family(), clock.now()
    tablet.sync(family)
    assert send(tablet, data).status_code == 204, "before the op that names it"
    with world.inside():
        sweeping.sweep(now)
    assert send(tablet, data).headers["Upload-Offset"] == str(len(data)), "the tablet takes it for handed in"
    with world.inside():
        sweeping.sweep(now + 31 * DAY_MS)
    tablet.sync(attachment(tablet, data, family["id"]))
    assert blob(tablet, sha256(data)).status_code == 200


def test_a_part_that_ends_while_the_sweeper_looks_at_it_stops_no_sweeping(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world.inside():
        part = store.parts() / "sealed.opened"
        part.touch()
        stale = sweeping._is_stale

        def ends_just_now(path: Path, now: int) -> bool:
            path.unlink()
            return stale(path, now)

        monkeypatch.setattr(sweeping, "_is_stale", ends_just_now)
        sweeping.sweep(clock.now())
