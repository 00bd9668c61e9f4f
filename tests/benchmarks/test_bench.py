"""The benchmark itself: it has a row for every goal, its rows run, and its link is as slow as it says."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.architecture import house
from tests.benchmarks import frame, report
from tests.benchmarks.bench import Bench
from tests.benchmarks.link import Kind, Link
from tests.benchmarks.scale import TINY

GOALS = house.ROOT / "docs" / "performance.md"
ELSEWHERE = "make prove"


def goals() -> Iterator[tuple[str, str]]:
    """Each goal's work, and what measures it."""
    section = house.text(GOALS).partition("## Goals")[2].partition("\n## ")[0]
    for line in [line for line in section.splitlines() if line.startswith("|")][2:]:
        _, work, _, row, *_ = (cell.strip() for cell in line.split("|"))
        yield work, row.strip("`")


def test_every_goal_has_a_row_and_every_row_a_goal() -> None:
    measured = {row for _, row in goals()} - {ELSEWHERE}
    assert len(list(goals())) >= 13
    assert measured == frame.all_rows().keys()


def test_every_row_says_what_it_measures_and_against_what() -> None:
    rows = frame.all_rows().values()
    assert all(row.__doc__ and row.WORK and ("≤" in row.GOAL or "≥" in row.GOAL) for row in rows)
    assert len({row.NUMBER for row in rows}) == len(rows)


@pytest.mark.parametrize("name", ["gate", "growth", "wire"])
def test_a_row_runs_and_its_figures_are_kept(name: str, tmp_path: Path) -> None:
    with Bench(TINY, strict=True, peers=False, build=tmp_path) as bench:
        figures = frame.measure(bench, frame.all_rows()[name])
        report.keep(bench, figures)
        kept = report.earlier(bench)

    assert all(figure.value and figure.value > 0 for figure in figures)
    assert [each["value"] for each in kept] == [figure.value for figure in figures]
    assert all(figure.met is None for figure in figures), "a few ops say nothing about a goal"


def test_a_row_that_takes_too_long_ends_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = frame.all_rows()["gate"]
    monkeypatch.setattr(gate, "run", lambda bench: time.sleep(60))
    hasty = Bench(TINY, build=tmp_path)
    monkeypatch.setattr(hasty, "scale", type("Hasty", (), {"bound": 0.05, "is_full": False}))

    (figure,) = frame.measure(hasty, gate)

    assert figure.value is None
    assert figure.note.startswith("ended after")


def test_a_slow_link_is_as_slow_as_it_says_and_is_cut() -> None:
    kind = Kind(bits=800_000, round_trip=0.2, cut_every=1.0)
    with socket.create_server(("127.0.0.1", 0)) as listener, closing(Link(listener.getsockname()[1], kind)) as link:
        threading.Thread(target=_echo, args=(listener,), daemon=True).start()
        with socket.create_connection(("127.0.0.1", int(link.url.rpartition(":")[2]))) as tablet:
            began = time.monotonic()
            tablet.sendall(b"x" * 20_000)
            heard = 0
            while heard < 20_000:
                heard += len(tablet.recv(65_536))
            spent = time.monotonic() - began
            assert tablet.recv(1) == b"", "the cut"

    assert spent >= 0.2 + 0.2 + 0.2, "the handshake, the bytes, there and back"
    assert (link.up.carried, link.down.carried, link.cuts) == (20_000, 20_000, 1)


def _echo(listener: socket.socket) -> None:
    connection, _ = listener.accept()
    with connection:
        while piece := connection.recv(65_536):
            connection.sendall(piece)
