"""A register behind gunicorn, with the memory of its workers; on request each worker profiles its requests."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.simulation.service import Service


class Serving(Service):
    """`vyezd serve` over a register that is there already. ``profiles``: the folder for profiles of its requests."""

    patience = 120

    def __init__(self, folder: Path, database_url: str, profiles: Path | None = None) -> None:
        self.profiles = profiles
        super().__init__(folder, database_url)
        self._peaks: dict[int, float] = {}

    def prepare(self) -> None:
        """The register is there."""

    def serving(self) -> list[str | Path]:
        """The command as an operator gives it; for a profile, the same gunicorn with each request watched."""
        if self.profiles is None:
            return super().serving()
        self.profiles.mkdir(parents=True, exist_ok=True)
        self.settings |= {"PROFILES": str(self.profiles)}
        options = ["--worker-class=gthread", "--no-control-socket", "--workers=2", "--threads=8"]
        gunicorn = Path(sys.executable).with_name("gunicorn")
        return [gunicorn, "tests.benchmarks.profiling:watched_app()", *options, f"--bind=127.0.0.1:{self.port}"]

    def stop(self) -> None:
        """End in order, after a last look at the workers' memory."""
        self.peak_mb()
        super().stop()

    def peak_mb(self) -> float | None:
        """The largest resident size that any worker has had, MB; None where /proc does not tell."""
        for pid in self.workers() if self.process and self.process.poll() is None else []:
            if (peak := peak_mb(pid)) is not None:
                self._peaks[pid] = peak
        return max(self._peaks.values(), default=None)


def peak_mb(pid: int | str = "self") -> float | None:
    """The largest resident size that a process has had, MB."""
    status = Path(f"/proc/{pid}/status")
    found = re.search(r"VmHWM:\s*(\d+) kB", status.read_text()) if status.exists() else None
    return round(int(found.group(1)) / 1024, 1) if found else None


def peak_of_command(command: list[str | Path], **options: object) -> float | None:
    """Runs a command to its end and tells its largest resident size, MB. Raises CalledProcessError."""
    script = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *command], check=True, capture_output=True, text=True, **options
    )  # type: ignore[call-overload]
    return round(int(done.stdout) / 1024, 1)
