"""Photos of a tablet that cannot open its own store come in sealed, under its push token, and become like any other."""

from __future__ import annotations

import pyrage
import pytest

from server import devices
from server.blobs import store
from tests.server.api.test_push_token import locked, sealed
from tests.server.api.test_uploads import MIB, files, limited, problem
from tests.support import camera
from tests.support.uploading import attachment, begin, blob, headers, patch, send, sha256
from tests.support.world import Tablet, World


def wrapped(tablet: Tablet, data: bytes) -> bytes:
    return pyrage.encrypt(data, [pyrage.x25519.Recipient.from_str(tablet.seal_key)])


@pytest.fixture
def shut(world: World, tablet: Tablet) -> Tablet:
    """The tablet, locked: it holds its push token alone."""
    other = world.tablet(name="Запертый")
    other.token = locked(world, other)["Authorization"].removeprefix("Bearer ")
    return other


def test_a_locked_tablet_hands_in_its_photo_sealed_through_a_cut_and_the_record_shows_it(
    world: World, tablet: Tablet, shut: Tablet
) -> None:
    data = camera.photo("sealed")
    secret = wrapped(shut, data)
    family = shut.family()
    ops = [sealed(shut, op) for op in (family, attachment(shut, data, family["id"]))]
    said = shut.http.post("/api/v1/sync", json={"ops": ops}, headers=shut.headers).get_json()
    assert [result["outcome"] for result in said["results"]] == ["applied", "applied"]
    place = begin(shut, len(secret), sha256=sha256(data), sealed="").headers["Location"]
    assert patch(shut, place, 0, secret[:5_000]).status_code == 204
    again = begin(shut, len(secret), sha256=sha256(data), sealed="")
    assert (again.headers["Location"], again.headers["Upload-Offset"]) == (place, "5000")
    stands = shut.http.head(place, headers=headers(shut))
    assert stands.headers["Upload-Length"] == str(len(secret))
    assert patch(shut, place, 5_000, secret[5_000:]).status_code == 204
    kept = blob(tablet, sha256(data))
    assert (kept.status_code, kept.mimetype) == (200, "image/jpeg")
    assert not camera.exif_of(kept.data)[2], "cleaned as every photo is"
    assert camera.pixels(kept.data) == camera.pixels(data)
    plain = begin(shut, len(data), sha256=sha256(data))
    assert plain.headers["Upload-Offset"] == str(len(data)), "unlocked, it asks and sends nothing"
    assert len(files(world)) == 1


def test_a_seal_that_does_not_open_says_so_and_the_file_may_be_sealed_and_sent_anew(
    world: World, tablet: Tablet
) -> None:
    data = camera.photo()
    secret = wrapped(tablet, data)
    foreign = pyrage.encrypt(data, [pyrage.x25519.Identity.generate().to_public()])
    for bad in (secret[:-1] + bytes([secret[-1] ^ 1]), foreign, secret[:60], data):
        begun = begin(tablet, len(bad), sha256=sha256(data), sealed="")
        assert begun.headers["Upload-Offset"] == "0"
        assert problem(patch(tablet, begun.headers["Location"], 0, bad)) == (422, "unreadable-seal")
        again = tablet.http.head(begun.headers["Location"], headers=headers(tablet))
        assert again.headers["Problem-Type"].endswith("unreadable-seal"), "also to who lost the first answer"
    assert files(world) == []
    assert send(tablet, secret, sha256=sha256(data), sealed="").status_code == 204
    assert blob(tablet, sha256(data)).status_code == 200


def test_what_is_inside_a_seal_is_judged_as_if_it_had_come_open(world: World, tablet: Tablet) -> None:
    cut, program, other = camera.photo()[:-500], b"MZ\x90\0" + b"\0" * 300, camera.photo(2)
    for data, name, told in (
        (cut, sha256(cut), (422, "damaged-file")),
        (program, sha256(program), (415, "unfit-type")),
        (other, "0" * 64, (422, "wrong-hash")),
        (b"", sha256(b""), (422, "empty-file")),
    ):
        assert problem(send(tablet, wrapped(tablet, data), sha256=name, sealed="")) == told
    assert files(world) == []
    assert problem(begin(tablet, 33 * MIB, sealed="")) == (413, "file-too-large")
    limited(world, tablet_mib=1)
    assert problem(begin(tablet, MIB + 1, sealed="")) == (403, "over-quota")


def test_the_space_of_a_tablet_counts_what_was_inside(world: World, tablet: Tablet) -> None:
    data = camera.photo()
    assert send(tablet, wrapped(tablet, data), sha256=sha256(data), sealed="").status_code == 204
    limited(world, tablet_mib=1)
    assert begin(tablet, MIB - len(data)).status_code == 201


def test_an_upload_that_was_begun_open_is_not_gone_on_with_sealed(tablet: Tablet) -> None:
    data = camera.photo()
    place = begin(tablet, len(data), sha256=sha256(data)).headers["Location"]
    other = begin(tablet, len(data), sha256=sha256(data), sealed="")
    assert other.headers["Location"] != place


def test_a_push_token_is_not_told_of_files_that_its_tablet_has_not_sent(
    world: World, tablet: Tablet, shut: Tablet
) -> None:
    data = camera.photo("of the team")
    family = tablet.family()
    tablet.sync(family, attachment(tablet, data, family["id"]))
    assert send(tablet, data).status_code == 204
    assert begin(shut, len(data), sha256=sha256(data)).headers["Upload-Offset"] == "0"
    assert blob(shut, sha256(data)).status_code == 401
    forged = {**headers(shut), "Authorization": f"{shut.headers['Authorization'][:-1]}!", "Upload-Length": "5"}
    assert problem(shut.http.post("/api/v1/uploads", headers=forged)) == (401, "unauthorized")


def test_a_revoked_locked_tablet_hands_in_what_its_ops_name_and_no_other(
    world: World, tablet: Tablet, shut: Tablet
) -> None:
    named, other = camera.photo("named"), camera.photo("other")
    family = tablet.family()
    tablet.sync(family)
    with world.inside():
        devices.revoke(shut.device)
    salvage = sealed(shut, attachment(shut, named, family["id"]))
    said = shut.http.post("/api/v1/sync", json={"ops": [salvage]}, headers=shut.headers).get_json()
    assert said["results"][0]["outcome"] == "stored"
    assert send(shut, wrapped(shut, named), sha256=sha256(named), sealed="").status_code == 204
    assert problem(send(shut, wrapped(shut, other), sha256=sha256(other), sealed="")) == (403, "revoked")
    with world.inside():
        assert len([*store.kept().keys()]) == 1
