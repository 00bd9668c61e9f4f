"""The audit on both engines: who read and wrote what, and that nobody changes, removes or swaps an entry unseen."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
import pytest
from sqlalchemy import Connection, delete, select, update

from schemas.ids import new_id
from server import audit, seal
from server.db import reading, writing
from server.models import AuditEntry, Block, Op
from server.seal import Broken
from tests.support.world import Tablet, World


def note(world: World, *actions: str) -> None:
    with world.inside():
        for action in actions:
            audit.record(action, who=audit.SERVER, subject=new_id(), reason="Проверка")


def sealed(world: World) -> None:
    with world.inside():
        while seal.seal() != seal.Sealed():
            pass


def verified(world: World) -> list[Broken]:
    with world.inside():
        return seal.verify()


def tamper(world: World, deed: Callable[[Connection], Any]) -> list[Broken]:
    """What `vyezd audit verify` finds after somebody has been at the database."""
    with world.inside(), writing() as connection:
        deed(connection)
    return verified(world)


@pytest.fixture
def blocks(world: World) -> list[list[int]]:
    """The numbers of the entries of three sealed blocks."""
    for block in range(3):
        note(world, *(f"deed {block}.{place}" for place in range(3)))
        sealed(world)
    assert verified(world) == []
    with world.inside(), reading() as connection:
        rows = connection.execute(select(AuditEntry.block, AuditEntry.n).order_by(AuditEntry.n)).all()
    return [[n for block, n in rows if block == number] for number in (1, 2, 3)]


def test_a_changed_entry_is_named_with_its_block(world: World, blocks: list[list[int]]) -> None:
    changed = update(AuditEntry).where(AuditEntry.n == blocks[1][0]).values(who=audit.NOBODY)
    (broken,) = tamper(world, lambda database: database.execute(changed))
    assert (broken.block, broken.entries) == (2, [blocks[1][0]])


def test_a_changed_entry_with_a_digest_made_to_fit_still_breaks_its_block(
    world: World, blocks: list[list[int]]
) -> None:
    changed = update(AuditEntry).where(AuditEntry.n == blocks[1][0]).values(who=audit.NOBODY, digest=bytes(32))
    (broken,) = tamper(world, lambda database: database.execute(changed))
    assert (broken.block, broken.present) == (2, broken.sealed)


def test_a_removed_entry_breaks_its_block(world: World, blocks: list[list[int]]) -> None:
    gone = delete(AuditEntry).where(AuditEntry.n == blocks[0][1])
    (broken,) = tamper(world, lambda database: database.execute(gone))
    assert (broken.block, broken.sealed - broken.present) == (1, 1)


@pytest.mark.parametrize("places", [((1, 0), (1, 2)), ((0, 0), (2, 1))], ids=["in one block", "across blocks"])
def test_two_swapped_entries_break_their_blocks(
    world: World, blocks: list[list[int]], places: tuple[tuple[int, int], ...]
) -> None:
    first, second = (blocks[block][place] for block, place in places)

    def swap(database: Connection) -> None:
        whole = {row.n: dict(row._mapping) for row in database.execute(select(AuditEntry.__table__))}
        for into, source in ((first, second), (second, first)):
            content = {name: whole[source][name] for name in (*audit.COVERED, "digest")}
            database.execute(update(AuditEntry).where(AuditEntry.n == into).values(**content))

    assert {broken.block for broken in tamper(world, swap)} == {block + 1 for block, _ in places}


def test_a_changed_op_is_named_although_its_digest_was_left_alone(world: World, tablet: Tablet) -> None:
    family = tablet.family(address="ул. Ленина, 1")
    tablet.sync(family)
    sealed(world)
    forged = update(Op).where(Op.op == family["op"]).values(body=orjson.dumps(family | {"at": "0" * 16}))
    (broken,) = tamper(world, lambda database: database.execute(forged))
    assert broken.ops == [family["op"]]


def test_who_cuts_off_the_last_block_is_found_out_by_the_file_beside_the_database(
    world: World, blocks: list[list[int]]
) -> None:
    def cut(database: Connection) -> None:
        database.execute(delete(AuditEntry).where(AuditEntry.block == 3))
        database.execute(delete(Block).where(Block.n == 3))

    (broken,) = tamper(world, cut)
    assert (broken.block, broken.chain) == (3, True)


def test_a_chain_made_anew_is_found_out_by_the_file_beside_the_database(world: World, blocks: list[list[int]]) -> None:
    def forge(database: Connection) -> None:
        database.execute(delete(AuditEntry).where(AuditEntry.block.in_([2, 3])))
        database.execute(delete(Block).where(Block.n.in_([2, 3])))

    file = world.app.config["VYEZD"].data / seal.FILE
    kept = file.read_bytes()
    tamper(world, forge)
    note(world, "deed 1.0")
    sealed(world)
    file.write_bytes(kept)
    assert [(broken.block, broken.chain) for broken in verified(world)] == [(2, True), (3, True)]


def test_what_is_sealed_while_the_chain_is_checked_is_no_damage(
    world: World, blocks: list[list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    note(world, "a deed")
    present = seal.epoch.of

    def seal_beside(connection: Connection) -> str:
        found = present(connection)
        monkeypatch.setattr(seal.epoch, "of", present)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(sealed, world).result()
        return found

    monkeypatch.setattr(seal.epoch, "of", seal_beside)
    assert verified(world) == []


def test_many_sealers_at_once_make_one_chain_and_no_feed_waits_for_them(world: World, tablet: Tablet) -> None:
    note(world, *(f"deed {number}" for number in range(40)))

    def work(number: int) -> None:
        if number % 2:
            sealed(world)
        else:
            note(world, f"late {number}")

    with ThreadPoolExecutor(6) as pool:
        sealers = [pool.submit(work, number) for number in range(24)]
        tablet.sync(*(tablet.family() for _ in range(20)))
        for sealer in sealers:
            sealer.result()
    sealed(world)
    assert verified(world) == []
    with world.inside(), reading() as connection:
        assert connection.scalar(select(AuditEntry.n).where(AuditEntry.block.is_(None))) is None


def test_what_a_tablet_reads_and_writes_and_is_refused_has_its_entries(world: World, tablet: Tablet) -> None:
    family = tablet.family(address="ул. Ленина, 1")
    tablet.sync(family)
    tablet.pull()
    tablet.http.get("/api/v1/changes?cursor=forged", headers=tablet.headers)
    with world.inside():
        told = audit.entries(who=tablet.device)
    assert {entry.action for entry in told} == {"enroll", "read", "write", "refused"}
    assert [family["id"]] in [entry.details["families"] for entry in told if entry.action == "read"]


def test_a_sync_that_brings_nothing_and_reads_nothing_leaves_no_entry(world: World, tablet: Tablet) -> None:
    tablet.pull()
    with world.inside():
        before = audit.entries(who=tablet.device)
    tablet.sync()
    with world.inside():
        assert audit.entries(who=tablet.device) == before
