"""Files come in by tus: resumed, checked, cleaned, stored once. What is wrong with one is said; nothing of it stays."""

from __future__ import annotations

import io
import socket
import struct
import time
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import update
from werkzeug.test import TestResponse

from server import clock, devices
from server.blobs import store, sweeping
from server.blobs.tables import Upload
from server.db import writing
from tests.browser.serving import served
from tests.support import camera
from tests.support.disks import small_disk
from tests.support.uploading import CHUNK, attachment, begin, blob, checksum, headers, patch, send, sha256
from tests.support.world import Tablet, World

MIB = 1 << 20
DAY_MS = 86_400_000


def problem(answer: TestResponse) -> tuple[int, str]:
    """Status and code, of an answer that people can read."""
    said = answer.get_json()
    assert answer.content_type == "application/problem+json"
    assert said["title"]
    assert said["detail"]
    return answer.status_code, said["type"].removeprefix("urn:vyezd:problem:")


def files(world: World) -> list[str]:
    """What lies on the disk, the small pictures apart."""
    with world.inside():
        parts = [path.name for path in store.parts().iterdir() if path.name != "lock"]
        return [*parts, *store.kept().keys()]


def test_a_file_comes_in_chunks_is_resumed_where_it_stands_and_is_read_in_ranges(tablet: Tablet) -> None:
    data = camera.photo(size=(600, 400))
    begun = begin(tablet, len(data), sha256=sha256(data), exif="keep")
    place = begun.headers["Location"]
    assert patch(tablet, place, 0, data[:50_000], Upload_Checksum=checksum(data[:50_000])).status_code == 204
    assert begin(tablet, len(data), sha256=sha256(data)).headers["Location"] == place, "asked again after a cut"
    stands = tablet.http.head(place, headers=headers(tablet))
    assert (stands.headers["Upload-Offset"], stands.headers["Upload-Length"]) == ("50000", str(len(data)))
    assert "Upload-Expires" in stands.headers
    assert blob(tablet, sha256(data)).status_code == 404, "not before it is whole"

    rest = data[50_000:]
    last = patch(tablet, place, 50_000, rest, Upload_Checksum=checksum(rest, "sha256"))
    assert (last.status_code, last.headers["Upload-Offset"]) == (204, str(len(data)))
    read = blob(tablet, sha256(data))
    assert (read.data, read.mimetype) == (data, "image/jpeg")
    part = blob(tablet, sha256(data), Range="bytes=100-199")
    assert (part.status_code, part.data) == (206, data[100:200])
    assert problem(blob(tablet, sha256(data), Range="bytes=9999999-")) == (416, "wrong-range")
    assert read.headers["Content-Security-Policy"].endswith("sandbox")
    assert read.headers["X-Content-Type-Options"] == "nosniff"
    assert files(tablet.world) == [sha256(data)]


def test_a_client_that_says_nothing_of_its_file_is_served_too(tablet: Tablet) -> None:
    data = camera.scan()
    begun = tablet.http.post("/api/v1/uploads", headers=headers(tablet, Upload_Length=str(len(data))))
    assert begun.status_code == 201
    assert patch(tablet, begun.headers["Location"], 0, data).status_code == 204
    assert blob(tablet, sha256(data)).mimetype == "application/pdf"
    spoken = tablet.http.open("/api/v1/uploads", method="OPTIONS")
    assert spoken.headers["Tus-Extension"] == "creation,checksum,termination,expiration"
    assert spoken.headers["Tus-Checksum-Algorithm"] == "sha1,sha256"


def test_a_photo_in_three_visits_is_sent_once_and_stored_once(world: World, tablet: Tablet) -> None:
    data = camera.photo()
    family = tablet.family()
    tablet.sync(family, *(attachment(tablet, data, family["id"]) for _ in range(3)))
    assert send(tablet, data).status_code == 204
    again = begin(tablet, len(data), sha256=sha256(data))
    assert (again.status_code, again.headers["Upload-Offset"]) == (201, str(len(data))), "not a byte is asked for"
    with world.inside():
        assert len([*store.kept().keys()]) == 1


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_where_and_with_what_a_picture_was_taken_is_removed_and_the_picture_is_not_touched(
    tablet: Tablet, format: str
) -> None:
    data = camera.photo(format=format)
    assert camera.exif_of(data)[2], "there was a position"
    assert send(tablet, data).status_code == 204
    kept = blob(tablet, sha256(data)).data
    told, details, place = camera.exif_of(kept)
    assert camera.pixels(kept) == camera.pixels(data)
    assert not place
    assert camera.BODY not in details
    assert camera.MODEL not in told
    assert camera.DEVICE.encode() not in kept
    assert camera.SERIAL.encode() not in kept
    if format == "JPEG":
        assert told[camera.ORIENTATION] == 6, "it would lie on its side"
        assert details[camera.TAKEN] == camera.WHEN


def test_what_hides_behind_the_end_of_a_picture_is_cut_off(tablet: Tablet) -> None:
    data = camera.photo() + b"<script>alert(1)</script>" + camera.photo(2)
    assert send(tablet, data).status_code == 204
    kept = blob(tablet, sha256(data)).data
    assert b"<script>" not in kept
    assert kept.endswith(b"\xff\xd9")
    assert camera.pixels(kept) == camera.pixels(data)


def test_kept_on_purpose_the_position_stays(tablet: Tablet) -> None:
    data = camera.photo("kept")
    assert send(tablet, data, exif="keep").status_code == 204
    assert blob(tablet, sha256(data)).data == data


HUGE = Image.new("1", (9_000, 9_000))


def bomb() -> bytes:
    """A few kilobytes that want to be a picture of 81 million pixels."""
    made = io.BytesIO()
    HUGE.save(made, "PNG")
    return made.getvalue()


def huger(picture: bytes) -> bytes:
    """The same, which says of itself that it has 400 million pixels."""
    head = picture[12:16] + struct.pack(">II", 20_000, 20_000) + picture[24:29]
    return picture[:12] + head + struct.pack(">I", zlib.crc32(head)) + picture[33:]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (camera.photo()[:-500], (422, "damaged-file")),
        (camera.photo(format="PNG")[:-2_000], (422, "damaged-file")),
        (camera.scan()[:-30], (422, "damaged-file")),
        (b"\xff\xd8\xff\xe0" + b"\0" * 500, (422, "damaged-file")),
        (bomb(), (422, "damaged-file")),
        (huger(bomb()), (422, "damaged-file")),
        (b"MZ\x90\0" + b"\0" * 300, (415, "unfit-type")),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", (415, "unfit-type")),
        (b"<!doctype html><script>alert(1)</script>", (415, "unfit-type")),
        (zlib.compress(b"%PDF-1.7"), (415, "unfit-type")),
    ],
    ids=["jpeg cut", "png cut", "pdf cut", "no jpeg", "bomb", "huger", "program", "svg", "html", "zip"],
)
def test_a_file_that_is_cut_hostile_or_called_what_it_is_not_is_refused_whole(
    tablet: Tablet, data: bytes, told: tuple[int, str]
) -> None:
    begun = begin(tablet, len(data), sha256=sha256(data), filename="photo.jpg", filetype="image/jpeg")
    place = begun.headers["Location"]
    assert problem(patch(tablet, place, 0, data)) == told
    again = tablet.http.head(place, headers=headers(tablet))
    assert again.headers["Problem-Type"].endswith(told[1]), "also to who lost the first answer"
    assert blob(tablet, sha256(data)).status_code == 404
    assert files(tablet.world) == []


def test_a_photo_whose_camera_wrote_nonsense_beside_it_is_taken(tablet: Tablet) -> None:
    data = camera.photo()
    model, height = struct.pack(">HH", camera.MODEL, 2), struct.pack(">HH", 0x0101, 2)
    assert data.count(model) == 1
    odd = data.replace(model, height)  # a height that is a text: it cannot be written again
    assert send(tablet, odd).status_code == 204
    assert camera.pixels(blob(tablet, sha256(odd)).data) == camera.pixels(data)


def test_a_picture_with_a_wrong_name_is_taken_for_what_it_is(tablet: Tablet) -> None:
    data = camera.photo(format="PNG")
    assert send(tablet, data, filename="photo.jpg", filetype="image/jpeg").status_code == 204
    assert blob(tablet, sha256(data)).mimetype == "image/png"


def test_what_is_empty_too_large_or_without_a_size_is_refused_before_a_byte_is_sent(tablet: Tablet) -> None:
    assert problem(begin(tablet, 0)) == (422, "empty-file")
    assert problem(begin(tablet, 33 * MIB)) == (413, "file-too-large")
    assert problem(begin(tablet, 10, sha256="../../etc/passwd")) == (422, "unprocessable")
    bare = headers(tablet)
    assert problem(tablet.http.post("/api/v1/uploads", headers=bare)) == (400, "bad-request")
    other = bare | {"Tus-Resumable": "2.0.0", "Upload-Length": "5"}
    assert problem(tablet.http.post("/api/v1/uploads", headers=other)) == (412, "wrong-version")


def test_a_file_that_is_not_what_its_hash_names_is_refused_whole(tablet: Tablet) -> None:
    data = camera.photo()
    assert problem(send(tablet, data, sha256="0" * 64)) == (422, "wrong-hash")
    assert blob(tablet, sha256(data)).status_code == 404
    assert files(tablet.world) == []


def test_a_chunk_at_a_wrong_offset_or_with_a_wrong_checksum_changes_nothing(tablet: Tablet) -> None:
    data = camera.photo()
    place = begin(tablet, len(data)).headers["Location"]
    half = len(data) // 2
    assert patch(tablet, place, 0, data[:half]).status_code == 204
    assert problem(patch(tablet, place, 0, data[:half])) == (409, "wrong-offset")
    assert problem(patch(tablet, place, half + 1, data[half + 1 :])) == (409, "wrong-offset")
    assert problem(patch(tablet, place, half, data[half:], Upload_Checksum=checksum(b"other"))) == (
        460,
        "wrong-checksum",
    )
    assert problem(patch(tablet, place, half, data[half:], Upload_Checksum="md5 AAAA")) == (400, "bad-request")
    assert problem(patch(tablet, place, half, data[half:] + b"more")) == (413, "file-too-large")
    wrong = tablet.http.patch(place, data=b"x", headers=headers(tablet, Upload_Offset=str(half)))
    assert problem(wrong) == (400, "bad-request"), "not the type of a chunk"
    assert tablet.http.head(place, headers=headers(tablet)).headers["Upload-Offset"] == str(half)
    assert patch(tablet, place, half, data[half:], Upload_Checksum=checksum(data[half:])).status_code == 204


@pytest.mark.parametrize(("checked", "counts"), [(False, 4_000), (True, 0)])
def test_of_a_chunk_that_is_cut_on_its_way_the_bytes_count_that_came_unless_it_has_a_checksum(
    tablet: Tablet, checked: bool, counts: int
) -> None:
    data = camera.photo()
    place = begin(tablet, len(data)).headers["Location"]
    said = headers(tablet, Upload_Offset="0", Content_Length=str(len(data)), Content_Type=CHUNK)
    said |= {"Upload-Checksum": checksum(data)} if checked else {}
    lines = "".join(f"{name}: {value}\r\n" for name, value in said.items())
    with served(tablet.world.app) as url:
        host, port = url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as way:
            way.sendall(f"PATCH {place} HTTP/1.1\r\nHost: {host}\r\n{lines}\r\n".encode() + data[:4_000])
        deadline = time.monotonic() + 10
        while stands(tablet, place) < counts and time.monotonic() < deadline:
            time.sleep(0.02)
    assert stands(tablet, place) == counts
    assert patch(tablet, place, counts, data[counts:]).status_code == 204


def stands(tablet: Tablet, place: str) -> int:
    return int(tablet.http.head(place, headers=headers(tablet)).headers["Upload-Offset"])


def test_clients_that_cannot_say_patch_or_delete_say_so_in_a_header(tablet: Tablet) -> None:
    data = camera.photo()
    place = begin(tablet, len(data)).headers["Location"]
    said = headers(tablet, Upload_Offset="0", X_HTTP_Method_Override="PATCH")
    assert tablet.http.post(place, data=data[:99], content_type=CHUNK, headers=said).status_code == 204
    given_up = headers(tablet, X_HTTP_Method_Override="DELETE")
    assert tablet.http.post(place, headers=given_up).status_code == 204
    assert problem(patch(tablet, place, 99, data[99:])) == (410, "upload-gone")
    assert files(tablet.world) == []


def test_an_upload_that_was_abandoned_for_a_month_has_expired_and_begins_anew(world: World, tablet: Tablet) -> None:
    data = camera.photo()
    place = begin(tablet, len(data), sha256=sha256(data)).headers["Location"]
    patch(tablet, place, 0, data[:999])
    with world.inside():
        with writing() as connection:
            connection.execute(update(Upload).values(expires_at=Upload.expires_at - 30 * DAY_MS))
        assert sweeping.sweep(clock.now()).uploads == 1
    assert problem(patch(tablet, place, 999, data[999:])) == (410, "upload-gone")
    assert files(world) == []
    assert send(tablet, data).status_code == 204


def limited(world: World, **limits: int) -> None:
    world.app.config["VYEZD"] = replace(world.app.config["VYEZD"], **limits)


def test_a_tablet_that_has_used_up_its_space_and_a_store_that_is_full_say_so(world: World, tablet: Tablet) -> None:
    limited(world, tablet_mib=1)
    assert problem(begin(tablet, MIB + 1)) == (403, "over-quota")
    assert begin(tablet, MIB - 99).status_code == 201
    assert problem(begin(tablet, 100)) == (403, "over-quota"), "what is begun counts"
    limited(world, tablet_mib=100, store_mib=1)
    assert problem(begin(tablet, 100)) == (507, "no-space")
    limited(world, store_mib=0, reserve_mib=1 << 30)
    assert problem(begin(tablet, 100)) == (507, "no-space"), "the database needs the rest of the disk"


def test_a_disk_that_fills_up_in_the_middle_loses_nothing_that_was_confirmed(world: World, tablet: Tablet) -> None:
    data = camera.photo(size=(4_000, 2_400), orientation=1)
    assert len(data) > 5 * MIB
    place = begin(tablet, len(data)).headers["Location"]
    first = 4 * MIB
    assert patch(tablet, place, 0, data[:first]).status_code == 204
    with small_disk(5 * MIB):
        assert problem(patch(tablet, place, first, data[first:], Upload_Checksum=checksum(data[first:]))) == (
            507,
            "no-space",
        )
    assert tablet.http.head(place, headers=headers(tablet)).headers["Upload-Offset"] == str(first)
    assert patch(tablet, place, first, data[first:]).status_code == 204
    assert blob(tablet, sha256(data)).status_code == 200


def test_a_hash_that_a_tablet_may_not_read_is_as_unknown_as_one_that_nobody_sent(world: World, tablet: Tablet) -> None:
    data, unknown = camera.photo("secret"), camera.photo("nobody has it")
    family = tablet.family()
    tablet.sync(family, attachment(tablet, data, family["id"]))
    assert send(tablet, data).status_code == 204
    neighbour, stranger = world.tablet(name="Планшет 2"), world.tablet(world.other_team, "Чужой")
    assert blob(neighbour, sha256(data)).status_code == 200, "the record is in its scope"

    elsewhere = stranger.op("family", feed=world.elsewhere, set={"territory": world.elsewhere})
    stranger.sync(elsewhere)
    for one in (data, unknown):
        named = attachment(stranger, one, elsewhere["id"])
        assert stranger.sync(named)["results"][0]["outcome"] == "applied"
        assert problem(blob(stranger, sha256(one))) == (404, "not-found")
        begun = begin(stranger, len(one), sha256=sha256(one))
        assert (begun.status_code, begun.headers["Upload-Offset"]) == (201, "0")
    assert blob(stranger, sha256(data)).get_json() == blob(stranger, sha256(unknown)).get_json()

    assert send(stranger, data).status_code == 204, "who has the bytes may hand them in"
    assert blob(stranger, sha256(data)).status_code == 200
    assert len(files(world)) == 1


def test_uploads_belong_to_their_tablet(world: World, tablet: Tablet) -> None:
    place = begin(tablet, 100).headers["Location"]
    other = world.tablet(name="Планшет 2")
    for answer in (
        patch(other, place, 0, b"x"),
        other.http.delete(place, headers=headers(other)),
    ):
        assert problem(answer) == (404, "not-found")
    assert tablet.http.head(place, headers=headers(tablet)).status_code == 200


def test_a_revoked_tablet_hands_in_what_its_ops_name_and_reads_nothing(world: World, tablet: Tablet) -> None:
    before, named, other = camera.photo("before"), camera.photo("named"), camera.photo("other")
    family = tablet.family()
    tablet.sync(family)
    send(tablet, before)
    with world.inside():
        devices.revoke(tablet.device)
    salvage = attachment(tablet, named, family["id"])
    answer = tablet.http.post("/api/v1/sync", json={"ops": [salvage]}, headers=tablet.headers).get_json()
    assert answer["results"][0]["outcome"] == "stored"
    assert send(tablet, named).status_code == 204
    assert problem(send(tablet, other)) == (403, "revoked")
    assert problem(blob(tablet, sha256(before))) == (403, "revoked")
    push = {"Authorization": "Bearer vp_x.y"}
    assert tablet.http.get(f"/api/v1/blobs/{sha256(before)}", headers=push).status_code == 401


def test_a_file_that_nothing_names_any_more_goes_after_its_time_and_not_before(
    world: World, tablet: Tablet, tmp_path: Path
) -> None:
    data, named = camera.photo("orphan"), camera.photo("named")
    family = tablet.family()
    op = attachment(tablet, data, family["id"])
    tablet.sync(family, op, attachment(tablet, named, family["id"]))
    for each in (data, named):
        send(tablet, each)
    now = clock.now()
    with world.inside():
        assert sweeping.sweep(now).blobs == 0
    tablet.sync(tablet.op("attachment", op["id"], delete=True))
    with world.inside():
        (store.kept().root / "ab").mkdir()
        (store.kept().root / "ab" / ("ab" * 32)).write_bytes(b"left by a killed process")
        assert sweeping.sweep(now + 2 * DAY_MS).blobs == 0, "it may be undeleted"
        assert sweeping.sweep(now + 33 * DAY_MS).blobs == 1
        assert len([*store.kept().keys()]) == 1
    assert blob(tablet, sha256(data)).status_code == 404
    assert blob(tablet, sha256(named)).status_code == 200
