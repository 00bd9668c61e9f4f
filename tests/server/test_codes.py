"""A region's own code lists: imported, checked by, pulled by tablets, shown under the region's names."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas import codes
from server.imports.codes import BadFile, import_codes
from server.reading.words import Words
from server.web.lists import NAMES
from tests.support.world import World, make_app

HEAD = "list,value,ru,en,from,to\n"
ROWS = (
    "needs,firewood,Дрова,Firewood,2026-01-01,\n"
    "institution_kinds,centre,КЦСОН,Social centre,,\n"
    "services,legal,Социально-правовые,Legal,2015-01-01,\n"
    "moods,glad,Рад,Glad,,\n"
    "needs,Дрова,Дрова,,,\n"
    "needs,peat,Торф,,2026-99-01,\n"
)


@pytest.fixture
def world(sqlite_url: str, tmp_path: Path) -> World:
    return World(make_app(sqlite_url, tmp_path))


def test_a_regions_code_lists_are_imported_once_and_hold_for_checks_forms_and_pages(
    world: World, tmp_path: Path
) -> None:
    tablet = world.tablet()
    tablet.pull()
    visit = {"kind": "initial", "started_at": "2026-11-02T10:00:00+04:00"}
    family = tablet.family()

    def needs_firewood() -> str:
        op = tablet.op("visit", set=visit | {"family": family["id"]}, add={"needs": ["firewood"]})
        return str(tablet.sync(op)["results"][0]["outcome"])

    tablet.sync(family)
    assert needs_firewood() == "quarantined"
    before = tablet.http.get("/api/v1/schemas", headers=tablet.headers)

    file = tmp_path / "codes.csv"
    file.write_text(HEAD + ROWS, encoding="utf-8")
    with world.inside():
        report = import_codes(file)
    assert (report.added, report.changed, report.unchanged) == (["needs:firewood", "institution_kinds:centre"], [], 1)
    assert [row.line for row in report.refused] == [5, 6, 7]
    with world.inside():
        assert import_codes(file).unchanged == 3

    assert needs_firewood() == "applied"
    after = tablet.http.get("/api/v1/schemas", headers=tablet.headers)
    assert before.headers["ETag"] != after.headers["ETag"]
    entry = after.get_json()["codes"]["needs"][-1]
    assert entry == {
        "value": "firewood", "label": {"ru": "Дрова", "en": "Firewood"}, "from": "2026-01-01", "to": None
    }  # fmt: skip
    tablet.pull()
    assert {"Дрова", "КЦСОН"} <= {each["fields"].get("label_ru") for each in tablet.records.values()}
    with world.inside():
        world.record(family["id"])
        zone = world.app.config["VYEZD"].timezone
        assert Words("ru", zone).value("institution", "unit_kind", "centre") == "КЦСОН"

    file.write_text(HEAD + "needs,firewood,Дрова и уголь,Fuel,,2027-01-01\n", encoding="utf-8")
    with world.inside():
        assert import_codes(file).changed == ["needs:firewood"]
    codes.use(codes.CODES)


def test_a_file_without_its_columns_is_refused_by_name(world: World, tmp_path: Path) -> None:
    file = tmp_path / "codes.csv"
    file.write_text("value;label\n", encoding="utf-8")
    with world.inside(), pytest.raises(BadFile, match="list"):
        import_codes(file)


def test_every_list_has_a_name_on_its_page() -> None:
    assert NAMES.keys() == codes.lists().keys()
