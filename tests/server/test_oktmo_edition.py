"""A newer edition of the classifier comes over a register in use: codes, kinds and names move; nothing people
rest on does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from schemas.ids import new_id
from server import office, reference
from server.db import reading
from server.imports.edition import BadFile
from server.imports.oktmo import Report, import_oktmo
from server.models import Placement
from server.office import Change
from tests.support import editions
from tests.support.world import World, make_app

DISTRICT, OKRUG = "12630000", "12530000"


class District(World):
    """The shipped edition, and a team in two sel'sovets of Красноярский район: Джанайский (`here`) and
    Красноярский."""

    def _make_reference(self) -> None:
        report = import_oktmo(editions.EDITION, editions.EDITION_DAY)
        assert len(report.added) == 610
        assert not report.refused
        known = reference.current()
        self.district, self.here, self.there, self.village = (
            known.by_oktmo(code) for code in (DISTRICT, "12630424", "12630436", "12630424121")
        )
        self.team, self.worker = new_id(), new_id()
        self.other_team, self.stranger = "", ""
        changes = [
            Change(
                "team",
                self.team,
                set={"code": "KY-1", "name": "Красный Яр"},
                add={"territories": [self.here, self.there]},
            ),
            Change("worker", self.worker, set={"name": "Петрова Анна Сергеевна", "team": self.team}),
        ]
        assert {result.outcome for result in office.write(self.office, changes)} == {"applied"}

    def imports(self, path: Path) -> Report:
        with self.inside():
            return import_oktmo(path, editions.NEWER_DAY)

    def territory(self, id: str | None) -> dict[str, Any]:
        """The fields of a territory now."""
        with self.inside():
            return reference.current().territories[id or ""]

    def find(self, oktmo: str) -> str | None:
        with self.inside():
            return reference.current().by_oktmo(oktmo)

    def placements(self) -> set[tuple[str, str, bool]]:
        """Which record sits in which feed, but for `reference`."""
        query = select(Placement.feed, Placement.record, Placement.gone).where(Placement.feed != "reference")
        with self.inside(), reading() as connection:
            return {tuple(row) for row in connection.execute(query)}


def is_empty(report: Report) -> bool:
    """Nothing but unchanged territories."""
    return not [*report.added, *report.changed, *report.vanished, *report.unresolved, *report.refused]


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> District:
    return District(make_app(database_url, tmp_path / "data"))


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """Красноярский and Черноярский have become okrugs."""
    rows = editions.with_okrug(editions.rows(), DISTRICT, OKRUG)
    return editions.write(tmp_path / "newer.csv", editions.with_okrug(rows, "12650000", "12550000"))


def test_importing_the_same_edition_again_changes_nothing(world: District) -> None:
    report = world.imports(editions.EDITION)
    assert report.unchanged == 610
    assert is_empty(report)


def test_a_district_that_became_an_okrug_is_the_same_territory_under_both_codes(world: District, newer: Path) -> None:
    report = world.imports(newer)
    assert not report.added
    assert not report.refused
    assert not report.unresolved
    okrug = world.territory(world.district)
    assert (okrug["oktmo"], okrug["kind"], okrug["name"]) == (
        OKRUG,
        "municipal_okrug",
        "Красноярский муниципальный округ",
    )
    assert world.find(DISTRICT) == world.find(OKRUG) == world.district
    dated = {(each["oktmo"], each.get("from"), each.get("to")) for each in okrug["codes"]}
    assert dated == {(DISTRICT, None, "2024-05-01"), (OKRUG, "2024-05-01", None)}


def test_vanished_selsovets_go_on_as_service_territories_with_the_okrug_as_successor(
    world: District, newer: Path
) -> None:
    report = world.imports(newer)
    assert "Джанайский сельсовет" in {each["name"] for each in report.vanished}
    selsovet = world.territory(world.here)
    assert selsovet["successor"] == world.district
    assert selsovet["parent"] == world.district
    assert selsovet["codes"] == [{"oktmo": "12630424", "to": "2024-05-01"}]
    with world.inside():
        assert world.here in reference.current().service_territories()
        assert reference.current().district_of(world.here) == world.district


def test_localities_found_again_keep_their_ids_and_their_service_parent(world: District, newer: Path) -> None:
    world.imports(newer)
    village = world.territory(world.village)
    assert village["name"] == "с Хожетаевка"
    assert village["parent"] == world.here
    assert village["oktmo"].startswith(OKRUG)
    assert world.find("12630424121") == world.find(village["oktmo"]) == world.village


def test_no_feed_moves_and_the_tablet_goes_on_with_its_cursor_and_scope(world: District, newer: Path) -> None:
    tablet = world.tablet()
    tablet.pull()
    in_selsovet, in_village = tablet.family(), tablet.op("family", set={"territory": world.village}, feed=world.village)
    before = tablet.sync(in_selsovet, in_village)
    assert [result["outcome"] for result in before["results"]] == ["applied", "applied"]
    tablet.pull()
    placements = world.placements()

    world.imports(newer)

    assert world.placements() == placements
    after = tablet.sync()
    tablet.pull()
    assert tablet.gone == []
    assert not after.get("reset")
    assert after["epoch"] == before["epoch"]
    assert after["scope"] == before["scope"]
    assert tablet.records[world.district]["fields"]["oktmo"] == OKRUG
    assert not {change["id"] for change in after["changes"]} & {in_selsovet["id"], in_village["id"]}


def test_the_tablet_still_works_in_a_vanished_selsovet(world: District, newer: Path) -> None:
    tablet = world.tablet()
    tablet.pull()
    world.imports(newer)
    family = tablet.family(address="с Джанай, ул. Мира, д. 1")
    assert tablet.sync(family)["results"][0]["outcome"] == "applied"


def test_a_team_is_found_by_the_old_and_the_new_code_of_its_district(world: District, newer: Path) -> None:
    world.imports(newer)
    with world.inside():
        known = reference.current()
        for code in (DISTRICT, OKRUG):
            inside = known.within(known.by_oktmo(code) or "")
            assert [id for id, team in known.teams.items() if not inside.isdisjoint(team["territories"])] == [
                world.team
            ]


def test_the_newer_edition_a_second_time_changes_nothing(world: District, newer: Path) -> None:
    world.imports(newer)
    report = world.imports(newer)
    assert is_empty(report)


def test_an_older_edition_after_the_newer_one_takes_nothing_back(world: District, newer: Path) -> None:
    world.imports(newer)
    report = world.imports(editions.EDITION)
    assert {row.reason for row in report.refused} == {"closed"}
    assert not [*report.added, *report.changed, *report.vanished]
    assert world.territory(world.district)["oktmo"] == OKRUG


def test_rows_that_cannot_be_used_are_refused_with_their_line_and_reason(world: District, tmp_path: Path) -> None:
    rows = editions.rows()
    rows[5] |= {"name": "Переименованное"}
    bad = editions.write(tmp_path / "bad.csv", rows)
    lines = bad.read_text().splitlines()
    lines[1] = lines[1].replace("12000000,5", "12000000,6")
    lines += [
        "12605400,0,rural_settlement,Заголовок,,12605000",
        "12699404,6,rural_settlement,Чужой,,12699000",
        "126,1,x,y,,",
    ]
    bad.write_text("\n".join(lines))
    report = world.imports(bad)
    refused = {row.line: row for row in report.refused}
    assert refused[2].reason == "check_digit"
    assert refused[2].says("ru") == "контрольная цифра не сходится"
    assert {refused[line].reason for line in (612, 613, 614)} == {"oktmo.heading", "parent", "oktmo.format"}
    assert [each["name"] for each in report.changed] == ["Переименованное"]
    assert not report.vanished


def test_a_file_cut_short_closes_no_district_and_the_whole_one_mends_it(world: District, tmp_path: Path) -> None:
    cut = editions.write(tmp_path / "cut.csv", editions.rows()[:300])
    report = world.imports(cut)
    assert world.territory(world.find("12645000"))["oktmo"] == "12645000"
    assert {each["oktmo"] for each in report.unresolved} >= {"12645000", "12701000"}
    mended = world.imports(editions.EDITION)
    assert len(mended.changed) == len(report.vanished)
    assert not mended.refused
    assert all("valid_to" not in world.territory(world.find(each["oktmo"])) for each in report.vanished)


@pytest.mark.parametrize(
    "content", [b"code;name\n1;2\n", "oktmo,check_digit,kind,name,centre,parent\nъ".encode("cp1251")]
)
def test_a_file_that_is_no_edition_is_refused_whole(world: District, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.csv"
    path.write_bytes(content)
    with pytest.raises(BadFile):
        world.imports(path)
