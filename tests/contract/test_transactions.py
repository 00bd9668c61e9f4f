"""The two ways of using the database: a reader sees one moment and writes nothing, a writer writes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.exc import DBAPIError

from schemas.ids import new_id
from server import memo
from server.db import reading, writing
from tests.support.world import World


def test_a_reader_sees_one_moment_while_another_writes(world: World) -> None:
    def note(value: str) -> None:
        with world.inside(), writing() as connection:
            memo.put(connection, "moment", value)

    note("before")
    with world.inside(), reading() as connection, ThreadPoolExecutor(1) as pool:
        assert memo.get(connection, "moment") == "before"
        pool.submit(note, "after").result()
        assert memo.get(connection, "moment") == "before"
    with world.inside(), reading() as connection:
        assert memo.get(connection, "moment") == "after"


def test_a_reader_cannot_write_and_leaves_nothing_behind_for_the_next(world: World) -> None:
    name = new_id()
    with world.inside():
        with pytest.raises(DBAPIError, match="read"), reading() as connection:
            memo.put(connection, name, "by a reader")
        for value in ("by a writer", "by another"):
            with writing() as connection:
                memo.put(connection, name, value)
            with reading() as connection:
                assert memo.get(connection, name) == value
