"""Photos at a terminal: attached in the field, then two facts, never one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from client_stub.commands import main
from client_stub.commands.bars import spoken, time_left
from server import devices
from server.office import Change, write
from tests.browser.serving import served
from tests.support import camera
from tests.support.world import World, make_app


class Terminal:
    """A worker at the keyboard, with a server within reach."""

    def __init__(self, world: World, url: str, folder: Path) -> None:
        self.folder = folder
        with world.inside():
            write(world.office, [Change("family", world.region, set={"territory": world.here, "number": "17/2026"})])
            code, _ = devices.new_code(world.team)
        self.reads("enroll", code, "--server", url, "--worker", "Иванова")
        self.reads("pull")

    def types(self, *words: str) -> Result:
        settings = {"VYEZD_TABLET": str(self.folder / "tablet.db"), "VYEZD_LANG": "ru"}
        return CliRunner(env=settings).invoke(main, words, terminal_width=200)

    def reads(self, *words: str, exit_code: int = 0) -> str:
        result = self.types(*words)
        assert result.exit_code == exit_code, result.output
        return result.output

    def file(self, name: str, data: bytes) -> str:
        (self.folder / name).write_bytes(data)
        return str(self.folder / name)


@pytest.fixture
def terminal(sqlite_url: str, tmp_path: Path) -> Iterator[Terminal]:
    world = World(make_app(sqlite_url, tmp_path))
    world.region = "01a00000-0000-7000-8000-000000000001"
    with served(world.app) as url:
        yield Terminal(world, url, tmp_path)


def test_a_day_with_photos_from_the_camera_to_the_office(terminal: Terminal) -> None:
    visit = json.loads(terminal.reads("visit", "17/2026", "--json"))["visit"]
    house = terminal.file("house.jpg", camera.photo())
    said = terminal.reads("photo", "17/2026", house, terminal.file("paper.pdf", camera.scan()), "--caption", "Печь")
    assert "Приложено к посещению" in said
    assert "2 файла" in said
    assert "2 файла" in terminal.reads("status")

    cut = terminal.file("cut.jpg", camera.photo("cut")[:-500])
    terminal.reads("photo", visit[-8:], cut)
    said = terminal.reads("sync")
    assert "Записи сданы" in said
    assert "Всё сдано" not in said
    assert "не принят" in said
    status = json.loads(terminal.reads("status", "--json"))
    assert (status["outbox"], status["photos_handed_in"]) == (0, False)
    assert (status["photos"]["handed_in"], status["photos"]["waiting"]) == (2, 0)
    assert [each["owner"] for each in status["photos"]["refused"]] == [visit]


def test_a_file_that_is_no_photo_or_not_there_is_refused_on_the_tablet(terminal: Terminal) -> None:
    terminal.reads("visit", "17/2026")
    program = terminal.file("photo.jpg", b"MZ\x90\0 this is no photo")
    assert "не снимок и не скан" in terminal.reads("photo", "17/2026", program, exit_code=1)
    assert "не прочитан" in terminal.reads("photo", "17/2026", str(terminal.folder / "none.jpg"), exit_code=1)
    assert "не найдено" in terminal.reads("photo", "никто", program, exit_code=1)
    assert json.loads(terminal.reads("status", "--json"))["photos"]["waiting"] == 0


def test_the_time_that_is_left_is_told_by_the_whole_way_so_far_and_not_before_it_can_be_known() -> None:
    assert time_left(0, 100, 60) is None
    assert time_left(50, 100, 1) is None
    assert time_left(25, 100, 20) == 60
    assert time_left(25, 100, 40) == 120, "nothing came through for twenty seconds"
    assert spoken(61, "ru") == "65 с"
    assert spoken(121, "ru") == "3 мин"
