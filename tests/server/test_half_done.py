"""What an operator's command leaves behind when it is cut short, called twice or given an odd file: nothing that looks
whole and is not, nothing that others may read."""

from __future__ import annotations

from pathlib import Path

from tests.server.test_commands import Vyezd, ready, vyezd

__all__ = ["ready", "vyezd"]


def test_a_backup_into_a_folder_that_is_not_there_is_explained(ready: Vyezd, tmp_path: Path) -> None:
    assert "копия не сделана" in ready("backup", str(tmp_path / "no" / "file"), code=1).stderr
