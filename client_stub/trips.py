"""What simulated workers write on a trip. Everything is drawn from a seeded Random; nobody in it is a living
person.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from random import Random

from client_stub import camera, clock, edits, photos, view
from client_stub.labels import choices
from client_stub.store import Store
from client_stub.view import View
from client_stub.visits import visit_change
from schemas.ids import new_id

SURNAMES = ("Абрамов", "Баранов", "Власов", "Громов", "Ершов", "Жуков", "Зимин", "Комаров", "Лосев", "Орлов", "Соколов")
MOTHERS = ("Анна", "Вера", "Галина", "Дарья", "Елена", "Инна", "Марина", "Ольга", "Татьяна")
CHILDREN = (("Алина", "female"), ("Борис", "male"), ("Варвара", "female"), ("Глеб", "male"), ("Юлия", "female"))
STREETS = ("Ленина", "Мира", "Садовая", "Степная", "Речная", "Школьная", "Советская", "Набережная")
RESULTS = ("held", "held", "held", "held", "not_at_home", "not_admitted", "refused", "rescheduled")
NOTES = (
    "Дети здоровы, посещают школу.",
    "Печь дымит, нужны дрова.",
    "Мать ищет работу, есть договорённость о собеседовании.",
    "Не хватает зимней обуви младшим.",
    "Нет справки для пособия, помогли записаться на приём.",
    "Бабушка помогает с детьми после школы.",
)
HOUSEHOLDS = ("Дом саманный, печное отопление.", "Огород, куры, корова.", "Квартира, две комнаты, чисто.")


def address(random: Random) -> str:
    """A house on a street."""
    return f"ул. {random.choice(STREETS)}, д. {random.randint(1, 80)}"


def open_case(store: Store, random: Random) -> str:
    """A family found on a trip: a mother and a child, placed in a settlement of the team. Returns the
    family's id.
    """
    family, place = new_id(), random.choice(settlements(store))
    surname, today = random.choice(SURNAMES), clock.now(store).date().isoformat()
    told = {"territory": place, "address": address(random), "form": "birth", "household": random.choice(HOUSEHOLDS)}
    edits.write(store, "family", family, {"set": told | {"first_contact": today}})
    child, sex = random.choice(CHILDREN)
    born = (random.randint(1975, 2004), random.randint(2012, 2024))
    for given, role, is_a, year in (
        (random.choice(MOTHERS), "mother", "female", born[0]),
        (child, "child", sex, born[1]),
    ):
        name = surname + ("а" if is_a == "female" else "")
        person = new_id()
        fields = {"surname": name, "given": given, "sex": is_a, "birth_date": str(year)}
        edits.write(store, "person", person, {"set": fields}, feed=place)
        belongs = {"person": person, "family": family, "role": role}
        edits.write(store, "membership", new_id(), {"set": belongs, "add": {"periods": [{"from": f"{year}-01-01"}]}})
    return family


def settlements(store: Store) -> Sequence[str]:
    """The smallest territories of the tablet's scope, ordered by name: where families live."""
    known = [each for each in store.records("type = 'territory'", []) if each["id"] in store["scope"]]
    parents = {each["fields"].get("parent") for each in known}
    leaves = [each for each in known if each["id"] not in parents]
    return [each["id"] for each in sorted(leaves, key=lambda each: each["fields"]["name"])]


def travel(store: Store, random: Random, visits: int) -> None:
    """One trip without any connection: visits with notes and needs, second thoughts, corrections of cards."""
    families = view.every(store, "family")
    for stop in range(visits if families else 0):
        family = random.choice(families)
        visited = call_on(store, random, family, hours_ago=visits - stop)
        if random.random() < 0.4:
            _think_again(store, random, visited)
        if random.random() < 0.3:
            look_around(store, random, family)


def call_on(store: Store, random: Random, family: View, hours_ago: int) -> str:
    """A visit of some hours ago with what was found and given. Returns its id."""
    visit, result = new_id(), random.choice(RESULTS)
    started = clock.now(store) - timedelta(hours=hours_ago, minutes=random.randint(0, 50))
    told = {
        "kind": random.choice(list(choices("visit", "kind", "ru"))),
        "started_at": started.isoformat(timespec="seconds"),
        "ended_at": (started + timedelta(minutes=random.randint(15, 90))).isoformat(timespec="seconds"),
        "planned": random.random() < 0.7,
    }
    held = result == "held"
    added = {
        "participants": [store["worker"]] if store["worker"] else [],
        "needs": random.sample(list(choices("visit", "needs", "ru")), random.randint(0, 3)) if held else [],
        "services": random.sample(list(choices("visit", "services", "ru")), random.randint(0, 2)) if held else [],
        "notes": [random.choice(NOTES)],
    }
    edits.write(store, "visit", visit, visit_change(family.id, told, result, added))
    return visit


def _think_again(store: Store, random: Random, visit: str) -> None:
    """A second edit of one's own unsent visit: another note, a need less."""
    shown = view.look(store, visit)
    assert shown
    needs = shown.fields.get("needs", [])
    change = {"add": {"notes": [random.choice(NOTES)]}} | ({"remove": {"needs": needs[:1]}} if needs else {})
    edits.save(store, "visit", visit, change, shown)


def look_around(store: Store, random: Random, family: View) -> None:
    """What a worker sees at the house and puts on the family's card."""
    today = clock.now(store).date().isoformat()
    found = random.choice(list(choices("family", "circumstances", "ru")))
    change = {"set": {"household": random.choice(HOUSEHOLDS), "last_contact": today}, "add": {"circumstances": [found]}}
    edits.save(store, "family", family.id, change, view.look(store, family.id) or family)


def correct_address(store: Store, family: str, address: str) -> None:
    """The card has another address than the house."""
    shown = view.look(store, family)
    assert shown
    edits.save(store, "family", family, {"set": {"address": address}}, shown)


def take_photos(store: Store, random: Random, count: int) -> None:
    """Pictures of houses, each attached to a visit of this trip; now and then one picture to two."""
    own = [visit.id for visit in view.every(store, "visit") if visit.unsent]
    for _ in range(count if own else 0):
        with camera.picture(random) as file:
            for visit in random.sample(own, min(len(own), random.choice((1, 1, 1, 2)))):
                photos.attach(store, visit, file, {"caption": random.choice(HOUSEHOLDS)})
