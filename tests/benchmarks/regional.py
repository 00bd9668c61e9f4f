"""The region in a database under build/: written through the gate once, by the row that measures it, and read by the
rows that need a region."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

from flask import Flask

from schemas import registry
from server import authors, office
from server.database import MIGRATIONS
from server.db import db
from server.office import Change
from tests.benchmarks import region
from tests.benchmarks.bench import Bench
from tests.benchmarks.region import Plan
from tests.benchmarks.scale import SCALES
from tests.benchmarks.serving import peak_mb
from tests.support.world import make_app

ENOUGH = 0.35  # of the row's bound: then the writing stops, and the rest is reckoned
FAMILIES_AT_A_TIME = 265  # about 1,900 ops: a batch of the office
MADE = "made.json"


@dataclass(frozen=True, slots=True)
class Made:
    """How the region was written: so many ops, in so many seconds. ``families`` came in, of ``wanted``."""

    plan: Plan
    wanted: int
    families: int
    ops: int
    seconds: float
    peak_mb: float | None


def make(bench: Bench) -> Made:
    """Writes the region anew, in a process of its own whose memory is that of an import. Raises CalledProcessError."""
    command = [sys.executable, "-m", __name__, bench.scale.name, str(bench.seed), str(bench.build)]
    subprocess.run([*command, *(["profile"] if bench.profiles else [])], check=True)
    return _told(bench)


def import_all(bench: Bench) -> None:
    """As an import does it: history, states, placements, projections."""
    place = folder(bench)
    for old in place.parent.glob(f"{bench.scale.region_families}-*"):
        shutil.rmtree(old)
    place.mkdir(parents=True)
    with _opened(bench) as app, app.app_context(), bench.profiled():
        made = _write(bench, region.plan(bench.scale.region_families, bench.random("region")))
    (place / MADE).write_text(json.dumps(asdict(made)))


def _write(bench: Bench, plan: Plan) -> Made:
    author = authors.importer("region")
    _send(author, list(region.reference(plan)))
    people, families, ops = region.people(plan, bench.random("people")), 0, 0
    began = time.perf_counter()
    while part := list(islice(people, FAMILIES_AT_A_TIME)):
        families, ops = families + len(part), ops + _send(author, [change for each in part for change in each])
        if time.perf_counter() - began > ENOUGH * bench.scale.bound:
            break
    return Made(plan, plan.families, families, ops, time.perf_counter() - began, peak_mb())


def _send(author: authors.Author, changes: Sequence[Change]) -> int:
    results = office.write(author, changes)
    refused = [result for result in results if result.outcome != "applied"]
    assert not refused, refused[:3]
    return len(results)


@contextmanager
def there(bench: Bench) -> Iterator[tuple[Flask, Made]]:
    """The region, made before or now."""
    if not (folder(bench) / MADE).exists():
        make(bench)
    with _opened(bench) as app:
        yield app, _told(bench)


def _told(bench: Bench) -> Made:
    told = json.loads((folder(bench) / MADE).read_text())
    return Made(**told | {"plan": Plan(**told["plan"])})


def url(bench: Bench) -> str:
    return f"sqlite:///{folder(bench) / 'vyezd.db'}"


def folder(bench: Bench) -> Path:
    """Where it lies: another schema, migration or maker wants another region."""
    sources = [registry.digest().encode(), Path(region.__file__).read_bytes(), str(bench.seed).encode()]
    sources += [path.name.encode() for path in sorted((MIGRATIONS / "versions").glob("*.py"))]
    shape = hashlib.sha256(b"".join(sources)).hexdigest()[:12]
    return bench.build / "region" / f"{bench.scale.region_families}-{shape}"


@contextmanager
def _opened(bench: Bench) -> Iterator[Flask]:
    with (folder(bench) / "log").open("a") as log, redirect_stderr(log):
        app = make_app(url(bench), folder(bench))
        yield app
        with app.app_context():
            db.engine.dispose()


if __name__ == "__main__":
    chosen, seed, build, *profile = sys.argv[1:]
    with Bench(SCALES[chosen], int(seed), bool(profile), build=Path(build)) as own:
        import_all(own)
