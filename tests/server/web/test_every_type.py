"""Every record type there is, those of later files too: a good record of it comes to the tablet whole, is shown to the
office in both languages, corrected on a form, and exported. There is no list of types here to maintain."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from schemas import registry
from schemas.fields import Field, ListOf, Obj, Ref
from schemas.ids import new_id
from schemas.placement import Apart
from server import office
from server.commands import main
from server.office import Change
from tests.server.web.scene import ADMIN, Office
from tests.support.world import World, make_app

THERE_ALREADY = ("territory", "team", "worker")


def open_types() -> list[str]:
    """All but those whose records sit apart: nobody reads them but who is named."""
    return [name for name, declared in registry.types().items() if not isinstance(declared.feed, Apart)]


def ids_in(world: World) -> dict[str, str]:
    """An id of each type."""
    made = {name: new_id() for name in registry.types()}
    return made | dict(zip(THERE_ALREADY, (world.here, world.team, world.worker), strict=True))


def real(field: Field, value: Any, ids: dict[str, str]) -> Any:
    """A sample's value, naming records that there are."""
    if isinstance(field, Ref):
        return ids[field.to]
    if isinstance(field, ListOf):
        return [real(field.inner, each, ids) for each in value]
    if isinstance(field, Obj):
        return {key: real(field.fields[key], each, ids) for key, each in value.items()}
    return value


def change(world: World, name: str, ids: dict[str, str]) -> Change:
    declared = registry.types()[name]
    values = {key: real(declared.fields[key], value, ids) for key, value in declared.sample().items()}
    own = {key: value for key, value in values.items() if value != ids[name]}
    return Change(name, ids[name], feed=world.here, **declared.write(own))


@pytest.fixture
def world(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("VYEZD_DATA", str(tmp_path))
    monkeypatch.setenv("VYEZD_DATABASE_URL", sqlite_url)
    return World(make_app(sqlite_url, tmp_path))


def test_a_record_of_every_type_is_pulled_shown_and_exported(world: World) -> None:
    ids = ids_in(world)
    names = [name for name in open_types() if name not in THERE_ALREADY]
    with world.inside():
        results = office.write(world.office, [change(world, name, ids) for name in names])
    assert {result.outcome for result in results} == {"applied"}

    tablet = world.tablet()
    tablet.pull()
    for name in names:
        pulled, stored = tablet.records[ids[name]], world.record(ids[name])
        assert pulled["fields"] == stored.fields, name
        assert (pulled["type"], pulled.get("incomplete"), pulled.get("warnings")) == (name, None, None), name

    admin = Office(world).signed_in(ADMIN, "ru")
    for name in open_types():
        russian = registry.describe()["types"][name]["title"]["ru"]
        listed = admin.get(f"/records/{name}")
        assert (listed.status_code, russian in listed.text) == (200, True), name
        shown = admin.get(f"/records/{name}/{ids[name]}", follow_redirects=True)
        assert shown.status_code == 200, name
        assert admin.get(f"/edit/{name}/{ids[name]}").status_code == 200, name

    for name in names:
        result = CliRunner().invoke(main, ["export", name, "--format", "json"])
        assert result.exit_code == 0, result.output
        assert [each["id"] for each in json.loads(result.stdout)] == [ids[name]], name
