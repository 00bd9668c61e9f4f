"""Who may import whom: the contracts of setup.cfg, and what they cannot say."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from tests.architecture import house

PURE = {  # the parts of the standard library that neither look at the world nor change it
    *("__future__", "bisect", "collections", "dataclasses", "enum", "functools", "hashlib", "heapq"),
    *("itertools", "json", "math", "operator", "re", "types", "typing", "unicodedata"),
}
WITHOUT_IMPORT = {
    "argon2-cffi": "Flask-Security hashes passwords with it",
    "gunicorn": "`vyezd serve` starts it as a program",
    "psycopg": "SQLAlchemy's driver, named in a URL",
    "qrcode": "Flask-Security draws the TOTP code with it",
    "tzdata": "time zones where the system has none",
}


def test_the_import_contracts_of_setup_cfg_hold() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-cache"], cwd=house.ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", house.modules("sync"), ids=house.name)
def test_the_engine_takes_only_pure_parts_of_the_standard_library(path: Path) -> None:
    allowed = {module for module in house.imports(path) if module.split(".")[0] in PURE | {"sync"}}
    assert house.imports(path) - allowed <= {"schemas.kinds"}


def test_the_names_of_the_merge_kinds_stand_on_the_standard_library_alone() -> None:
    imported = {name.split(".")[0] for name in house.imports(house.ROOT / "schemas" / "kinds.py")}
    assert imported <= set(sys.stdlib_module_names)


def test_loading_the_whole_engine_loads_no_framework() -> None:
    modules = [house.name(path)[:-3].replace("/", ".") for path in house.modules("sync")]
    script = f"import sys, {', '.join(modules)}\nprint(*sys.modules)"
    loaded = subprocess.check_output([sys.executable, "-c", script], cwd=house.ROOT, text=True).split()
    assert not {"flask", "sqlalchemy", "marshmallow", "msgspec"} & set(loaded)


def libraries() -> dict[str, set[str]]:
    """Every library that a room imports, with the distributions that may bring it."""
    brought_by = packages_distributions()
    names = {name.split(".")[0] for path in house.modules(*house.ROOMS) for name in house.imports(path)}
    foreign = names - set(sys.stdlib_module_names) - set(house.ROOMS)
    return {name: {canonicalize_name(owner) for owner in brought_by.get(name, [])} for name in foreign}


def test_every_library_that_a_room_imports_is_a_requirement_of_setup_cfg() -> None:
    required = set(house.runtime())
    missing = sorted(name for name, owners in libraries().items() if not owners & required)
    assert not missing


def test_setup_cfg_requires_nothing_that_no_room_imports() -> None:
    used = set().union(*libraries().values())
    idle = sorted(set(house.runtime()) - used - set(WITHOUT_IMPORT))
    assert not idle
