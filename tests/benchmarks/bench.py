"""What a row is given: the counts, the seed, folders, engines, served registers, a profiler."""

from __future__ import annotations

import cProfile
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr
from functools import cached_property
from pathlib import Path
from random import Random

from tests.benchmarks import profiling
from tests.benchmarks.scale import Scale
from tests.benchmarks.scene import Scene
from tests.benchmarks.serving import Serving
from tests.support.postgres import Databases, Postgres
from tests.support.world import make_app

BUILD = Path(__file__).resolve().parents[2] / "build"
ENGINES = ("SQLite", "PostgreSQL")


class Bench:
    """One run of the benchmark; use it as a context: at its end all that was started ends.

    ``strict``: what goes wrong is raised. ``peers``: whether peers are installed and measured.
    """

    def __init__(
        self, scale: Scale, seed: int = 1, profile: bool = False, strict: bool = False, peers: bool = True,
        build: Path = BUILD,
    ) -> None:  # fmt: skip
        self.scale, self.seed, self.strict, self.with_peers, self.build = scale, seed, strict, peers, build.resolve()
        self.profiles = self.build / "profiles" if profile else None
        self._stack = ExitStack()

    def __enter__(self) -> Bench:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def random(self, what: str) -> Random:
        """Chance for one purpose, the same with the same seed."""
        return Random(f"{self.seed}:{what}")

    @cached_property
    def postgres(self) -> Databases:
        """A real PostgreSQL, kept to the end of the run. Raises Unavailable."""
        if url := os.environ.get("VYEZD_TEST_DATABASE_URL"):
            return Databases(url)
        return self._stack.enter_context(Postgres())

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """A folder for one measurement; what it held is gone afterwards."""
        self.build.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="bench-", dir=self.build) as name:
            yield Path(name)

    @contextmanager
    def database(self, engine: str, folder: Path) -> Iterator[str]:
        """The URL of a new database."""
        if engine == "SQLite":
            yield f"sqlite:///{folder / 'vyezd.db'}"
            return
        url = self.postgres.create_database()
        try:
            yield url
        finally:
            self.postgres.drop_database(url)

    @contextmanager
    def scene(self, engine: str = "SQLite", teams: int = 1, families: int | None = None) -> Iterator[Scene]:
        """A register with teams at work, on a new database; its log goes to a file, as a server's would."""
        with ExitStack() as stack:
            folder = stack.enter_context(self.folder())
            stack.enter_context(redirect_stderr(stack.enter_context((folder / "log").open("w"))))
            url = stack.enter_context(self.database(engine, folder))
            scene = Scene(make_app(url, folder), url, folder, self.random("scene"))
            stack.callback(scene.close)
            scene.found(teams, self.scale.families if families is None else families)
            yield scene

    @contextmanager
    def served(self, scene: Scene) -> Iterator[Serving]:
        """The scene's register behind gunicorn, as `vyezd serve` starts it: 2 workers of 8 threads."""
        serving = Serving(scene.folder, scene.url, self.profiles)
        serving.start()
        try:
            yield serving
        finally:
            serving.stop()

    @contextmanager
    def profiled(self) -> Iterator[None]:
        """Where `--profile` was asked for: what is done in this process inside, by function."""
        if self.profiles is None:
            yield
            return
        profile = cProfile.Profile()
        with profile:
            yield
        profiling.keep(profile, self.profiles)
