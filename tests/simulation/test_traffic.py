"""Eight writers and eight pullers at once on PostgreSQL: no cursor skips a change, no deadlock comes to light."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from threading import Barrier

import orjson
import pytest
from sqlalchemy import select, text

from schemas.ids import new_id
from server.db import db, reading
from server.models import Attention
from tests.simulation.play import overhearing
from tests.simulation.region import Region
from tests.simulation.traffic import Acknowledged, Puller, Writer
from tests.support.runs import Run
from tests.support.world import make_app

SECONDS, PROOF_SECONDS = 20, 120
WRITERS = ("first", "first", "first", "second", "second", "second", "third", "third")


@pytest.fixture
def region(postgresql_url: str, tmp_path: Path, run: Run) -> Iterator[Region]:
    app = make_app(postgresql_url, tmp_path)
    with overhearing():
        yield Region(app, Random(run.seed), 1)
    with app.app_context():
        db.engine.dispose()


@pytest.mark.proof
def test_eight_writers_and_eight_pullers_and_no_cursor_skips_a_change(region: Region, run: Run) -> None:
    end = time.monotonic() + (PROOF_SECONDS if run.prove else SECONDS)
    told = Acknowledged()
    writers = [Writer(region, team, told, Random(f"{run.seed} {n}")) for n, team in enumerate(WRITERS)]
    for writer in writers:
        writer.push([writer.op("family", set={"territory": place}) for place in writer.places])
    wide = region.feeds | {"reference"}
    scopes = [wide, wide, *(frozenset([place]) for place in region.places[:4]), *narrow(region)]
    pullers = [Puller(region, scope, Random(f"{run.seed} reader {n}")) for n, scope in enumerate(scopes)]
    twins: list[tuple[str, str]] = []

    with ThreadPoolExecutor(len(writers) + len(pullers) + 1) as pool:
        threads = [pool.submit(until, end, writer.pushes) for writer in writers[2:]]
        threads.append(pool.submit(until, end, lambda: twins.append(of_one_snils(writers[0], writers[7], len(twins)))))
        threads += [pool.submit(until, end, lambda each=each: freshly(each, told, wide)) for each in pullers]
        rounds = [thread.result() for thread in threads]

    for puller in pullers:
        puller.follows()
        assert puller.disorder == []
        assert puller.held == visible(region, puller.scope)
    assert everything_acknowledged(region, told) == []
    assert [*unasked(region, twins)] == []
    print(f"{len(told.revs)} changes by {sum(rounds[:7])} batches, {sum(each.pages for each in pullers)} pages, "
          f"{len(twins)} pairs of one number, {deadlocks(region)} deadlocks that PostgreSQL broke unseen")  # fmt: skip


def until(end: float, does: Callable[[], object]) -> int:
    """How often something could be done until then. Whatever it raises would be an error to a tablet."""
    times = 0
    while time.monotonic() < end:
        does()
        times += 1
    return times


def narrow(region: Region) -> Iterator[frozenset[str]]:
    """The scopes of two teams."""
    for team in ("first", "second"):
        yield frozenset(region.places_of(team))


def freshly(puller: Puller, told: Acknowledged, wide: frozenset[str]) -> None:
    """Follows to the head: whoever reads everything must then hold all that was acknowledged before it began."""
    before = len(told.revs)
    puller.follows()
    if puller.scope == wide:
        missing = [(id, rev) for id, rev in told.revs[:before] if puller.held.get(id, (0, []))[0] < rev]
        assert missing == []


def of_one_snils(one: Writer, other: Writer, number: int) -> tuple[str, str]:
    """Two tablets of different feeds write one СНИЛС at the same moment."""
    barrier = Barrier(2)

    def write(writer: Writer) -> str:
        told = {"surname": "Белова", "given": "Алёна", "sex": "female", "snils": snils(number)}
        op = writer.op("person", new_id(), feed=writer.places[0], set=told)
        barrier.wait()
        (result,) = writer.push([op])
        assert result.outcome == "applied", result
        return str(op["id"])

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(write, (one, other))
    return first, second


def snils(number: int) -> str:
    """A valid СНИЛС, another for each number."""
    digits = f"{200_000_000 + number * 7:09}"
    control = sum(int(digit) * weight for digit, weight in zip(digits, range(9, 0, -1), strict=True)) % 101
    return f"{digits}{control % 100:02}"


def visible(region: Region, scope: frozenset[str]) -> dict[str, tuple[int, list[str]]]:
    """What the register holds of a scope."""
    held = region.records_in(scope)
    return {each.id: (each.rev, sorted(each.feeds & scope)) for each in held if each.feeds & scope and not each.deleted}


def everything_acknowledged(region: Region, told: Acknowledged) -> list[str]:
    """What was acknowledged and is not in the register."""
    revs = {held.id: held.rev for held in region.records()}
    return [id for id, rev in told.revs if revs.get(id, 0) < rev]


def unasked(region: Region, twins: list[tuple[str, str]]) -> Iterator[str]:
    """The pairs of persons with one СНИЛС about which nobody is asked."""
    with region.inside(), reading() as connection:
        query = select(Attention.detail).where(Attention.kind == "same", Attention.state == "open")
        asked = {tuple(orjson.loads(detail)["records"]) for detail in connection.scalars(query)}
    yield from (f"{pair}" for pair in twins if tuple(sorted(pair)) not in asked)


def deadlocks(region: Region) -> int:
    with region.inside(), reading() as connection:
        query = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(connection.scalar(query) or 0)
