"""What is installed: exact versions for every range, every file of the rooms and nothing else."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from tests.architecture import house

SOURCES_OF_BUILT = "client_stub/web/"  # TypeScript: what is built of it lies among the server's static files


def constraints() -> dict[str, str]:
    lines = house.text(house.ROOT / "constraints.txt").splitlines()
    pairs = [line.split("==") for line in lines if not line.startswith("#")]
    return {canonicalize_name(name): version for name, version in pairs}


def test_pyproject_holds_the_build_system_and_nothing_else() -> None:
    assert set(tomllib.loads(house.text(house.ROOT / "pyproject.toml"))) == {"build-system"}


def test_every_requirement_is_a_range_with_an_exact_version_inside_it() -> None:
    pins = constraints()
    wanted = house.runtime() | house.extras()
    assert set(wanted) <= set(pins)
    outside = [str(r) for name, r in wanted.items() if not r.specifier.contains(pins[name], prereleases=True)]
    assert not outside


def test_no_dependency_is_pinned_in_setup_cfg_or_taken_from_an_address() -> None:
    for requirement in (house.runtime() | house.extras()).values():
        assert requirement.url is None
        assert not [part for part in requirement.specifier if part.operator in ("==", "===")]


@pytest.mark.parametrize("folder", [".", "client_stub/web"])
def test_web_assets_have_exact_versions_and_a_lock_without_addresses(folder: str) -> None:
    package = json.loads(house.text(house.ROOT / folder / "package.json"))
    lock = json.loads(house.text(house.ROOT / folder / "package-lock.json"))
    for kind in ("dependencies", "devDependencies"):
        wanted = package.get(kind, {})
        assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
        assert lock["packages"][""].get(kind, {}) == wanted
    fetched = [entry for key, entry in lock["packages"].items() if key]
    assert all("resolved" not in entry and "integrity" in entry for entry in fetched)


def test_a_built_wheel_holds_every_file_of_the_rooms_and_nothing_else(tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    for path in house.files():
        copy = checkout / path.relative_to(house.ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--wheel-dir", tmp_path, checkout], check=True, capture_output=True)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        packed = {name for name in wheel.namelist() if ".dist-info/" not in name}
    files = {name for name in map(house.name, house.files()) if name.split("/")[0] in house.ROOMS}
    wanted = {name for name in files if not name.startswith(SOURCES_OF_BUILT)}
    assert sorted(wanted - packed) == []
    assert sorted(packed - wanted) == []
