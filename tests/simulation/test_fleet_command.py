"""`vyezd-tablet fleet --faults`: what an operator can try against a server of their own."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from client_stub import fleet
from client_stub.commands import main
from tests.simulation.service import Service
from tests.support.runs import Run


def test_an_operators_fleet_loses_nothing_over_bad_links(one_service: Service, tmp_path: Path, run: Run) -> None:
    codes = ",".join(one_service.codes("KY-1", "KY-1", "IK-1"))
    words = ["fleet", "--server", one_service.url, "--codes", codes, "--seed", str(run.seed), "--visits", "6"]
    done = CliRunner().invoke(main, [*words, "--faults", "all", "--folder", str(tmp_path / "fleet"), "--json"])

    assert done.exit_code == 0, done.output
    said = json.loads(done.output)
    assert (said["lost"], said["doubled"]) == (0, 0)
    assert sum(row["waiting"] for row in said["rows"]) == 0
    assert sum(said["happened"].values()) > 3
    assert set(said["happened"]) <= set(fleet.FAULTS)


def test_a_fault_that_there_is_not_is_refused(one_service: Service) -> None:
    done = CliRunner().invoke(main, ["fleet", "--server", one_service.url, "--codes", "A", "--faults", "cut,flood"])
    assert done.exit_code == 2
    assert "flood" in done.output
