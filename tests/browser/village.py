"""A district with enough in it to fill the pages: what the screenshots show."""

from __future__ import annotations

from schemas.ids import new_id
from server import office
from server.office import Change
from tests.server.web.scene import join, two_addresses, visit
from tests.support.world import Tablet, World

SURNAMES = ("Абрамова", "Бисенова", "Волкова", "Гусейнова", "Джумагалиева", "Ермолаева", "Жукова", "Зайцева", "Исаева")
GIVEN = ("Алёна", "Мария", "Гульнара", "Ольга", "Наталья", "Елена", "Айгуль", "Татьяна", "Вера")
STREETS = ("ул. Ленина", "ул. Мира", "пер. Степной", "ул. Волжская")
RESULTS = ("held", "held", "held", "not_at_home", "held", "refused")


def settle(world: World) -> dict[str, str]:
    """Fills a world. Returns addresses of pages worth seeing: name → path."""
    first, second = world.tablet(name="Планшет ЗС-1"), world.tablet(name="Планшет ЗС-2")
    families = [_family(first, number) for number in range(len(SURNAMES) * 3)]
    with world.inside():
        office.write(
            world.office,
            [Change("family", id, base=1, set={"number": f"{n + 1}/2026"}) for n, id in enumerate(families)],
        )
    trip = first.op(
        "trip", set={"team": world.team, "date_from": "2026-05-04", "date_to": "2026-05-06", "kind": "regular"}
    )
    first.sync(trip)
    for day, id in enumerate([*families, *families[:9]]):
        first.sync(_visit(first, id, day, str(trip["id"])))
    disputed = two_addresses(first, second)
    first.sync(*join(first, disputed, "Семёнова", "Алёна", "mother", "1990-05-03", is_legal_representative=True))
    first.sync(
        *join(first, disputed, "Семёнова", "Яна", "child", "2019-02"),
        visit(first, disputed, 0, purpose="Проверить, как семья переехала."),
    )
    shown = max(id for id, record in first.records.items() if record["type"] == "visit")
    first.sync(_part(first, shown))
    first.sync(
        first.op("family", set={"address": 5}, feed=world.here),
        status={"outbox": 12, "photos_waiting": 3, "app": "0.1", "battery": 15},
    )
    second.sync(status={"outbox": 0, "app": "0.1", "battery": 80})
    return {
        "family": f"/families/{disputed}",
        "visit": f"/visits/{shown}",
        "matter": f"/queue/disputed:{disputed}:address",
    }


def _family(tablet: Tablet, number: int) -> str:
    street = f"с Басы, {STREETS[number % 4]}, {number + 1}"
    made = tablet.family(
        address=street, case_status={"from": None, "to": "active"}, household="Дом деревянный, печное отопление."
    )
    surname = SURNAMES[number % len(SURNAMES)]
    mother = join(
        tablet, made["id"], surname, GIVEN[number * 2 % 9], "mother", "1988-04-12", is_legal_representative=True
    )
    tablet.sync(made, *mother, *join(tablet, made["id"], surname, GIVEN[number % 9], "child", "2017-09-01"))
    return str(made["id"])


def _visit(tablet: Tablet, family: str, day: int, trip: str) -> dict[str, object]:
    return visit(
        tablet, family, day, RESULTS[day % 6], trip=trip, purpose="Плановое посещение семьи", planned=day % 5 > 0
    )


def _part(tablet: Tablet, shown: str) -> dict[str, object]:
    values = {"visit": shown, "worker": tablet.world.colleague, "role": "psychologist"}
    return tablet.op(
        "visit_part", new_id(), set=values, add={"services": ["psychological"], "notes": ["Беседа с детьми."]}
    )
