"""Two administrators decide one расхождение in the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from server import history
from tests.server.web.scene import ADMIN, Office, two_addresses
from tests.server.web.test_queue import choice

SECOND = "second@example.org"
VALUES = ("с Образцовое, ул. Мира, 7", "с Образцовое, ул. Садовая, 12")
FASTER, AGAIN = "Вас опередили", "пришло ещё одно значение"


def test_one_wins_the_other_is_told_and_nothing_is_lost(office: Office) -> None:
    world = office.world
    family = two_addresses(world.tablet(), world.tablet(name="Планшет 2"))
    page = f"/queue/disputed:{family}:address"
    office.add(SECOND, "Орлова Вера Павловна", "admin")
    browsers = office.signed_in(ADMIN, "ru"), office.signed_in(SECOND, "ru")
    forms = [each.hidden(page) | {"choice": choice(each, page, VALUES[n])} for n, each in enumerate(browsers)]
    at_once = Barrier(2)

    def decide(number: int) -> str:
        """What is on the page that this one then sees."""
        at_once.wait()
        return browsers[number].client.post(page, data=forms[number], follow_redirects=True).text

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(decide, range(2)))
    won = [number for number, text in enumerate(told) if "Решение записано. Планшеты" in text]
    lost = [number for number, text in enumerate(told) if FASTER in text or AGAIN in text]
    assert sorted(won + lost) == [0, 1], told
    assert len(won) == 1
    record = world.record(family)
    assert record.fields["address"] in VALUES
    with world.inside():
        written = {each.value for each in history.story(family).fields["address"]}
    if AGAIN in told[lost[0]]:  # both were written: it is in the queue once more, with both
        assert set(VALUES) <= written
        assert "address" in record.disputed
    else:
        assert record.fields["address"] == VALUES[won[0]]
        assert not record.disputed
