"""Batches that meet in the locks of rules wait for each other and for nothing else: nobody is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from threading import Event
from typing import Any

import pytest
from sqlalchemy import text

from schemas.ids import new_id
from server import attention, authors, intake, office, rules
from server.db import is_sqlite, writing
from server.office import Change
from tests.support.world import World

PATIENCE = 1.0  # seconds
_HELD = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
REFERRAL = {
    "purpose": "partner_help",
    "to": "Фонд",
    "reason": "Одежда",
    "made_on": "2026-11-02",
    "due": "2099-01-01",
    "status": {"from": None, "to": "sent"},
}


def test_a_family_moves_while_another_batch_judges_its_referral_and_nobody_is_refused(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The entry about the referral goes along with the family, and the law that the help comes to rest on closes it.
    With one lock for all keys, whoever held the entry and waited for the lock would wait for who holds the lock."""
    refused: list[BaseException] = []
    passes, move, lock = intake._passes, attention.move, rules.lock
    locked, moved = Event(), Event()

    def move_and_tell(*known: Any) -> None:
        move(*known)
        moved.set()

    def lock_and_wait(*known: Any) -> None:
        lock(*known)
        if not locked.is_set():
            locked.set()
            moved.wait(PATIENCE)

    def write(who: str, *changes: Change) -> None:
        with world.inside():
            assert {result.outcome for result in office.write(authors.importer(who), changes)} == {"applied"}

    family, child = new_id(), new_id()
    write(
        "first",
        Change("family", family, set={"territory": world.here}),
        Change("membership", new_id(), set={"person": child, "family": family, "role": "child"}),
        Change("referral", new_id(), set=REFERRAL | {"family": family, "person": child}),
    )
    monkeypatch.setattr(intake, "_passes", lambda error: (refused.append(error), passes(error))[1])
    monkeypatch.setattr(rules, "LOCKS", 1)
    monkeypatch.setattr(rules, "lock", lock_and_wait)
    with ThreadPoolExecutor(2) as pool:
        law = {"purpose": "partner_help", "basis": "law", "act": "120-ФЗ"}
        judging = pool.submit(write, "first", Change("legal_basis", new_id(), set=law))
        assert locked.wait(10 * PATIENCE)
        monkeypatch.setattr(attention, "move", move_and_tell)
        moving = pool.submit(write, "second", Change("family", family, base=1, set={"territory": world.there}))
        judging.result()
        moving.result()
    assert moved.is_set()
    assert not refused


def test_ten_thousand_keys_are_locked_at_once_where_there_is_room_for_6400(world: World) -> None:
    with world.inside(), writing() as connection:
        rules.lock(connection, (sha256(str(number).encode()).digest() for number in range(10_000)))
        held = 0 if is_sqlite(connection) else connection.scalar(_HELD)
    assert held == 0 or rules.LOCKS * 0.9 < held <= rules.LOCKS
