"""A trip with the product's own Python client: pulled over a good link, 60 visits written without one, 300 ops."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from random import Random

import orjson

from client_stub import clock, edits, enrolment, trips, view
from client_stub.store import Store
from client_stub.sync import sync
from client_stub.transport import Answer, Server
from schemas.ids import new_id
from tests.benchmarks.bench import Bench
from tests.benchmarks.scene import Scene

OPS_A_VISIT = 5
WORDS = """
    мать отец бабушка сын дочь младший старший школа садик врач участковый справка пособие выплата долг свет газ
    печь дрова уголь крыша окно пол ремонт одежда обувь зимняя куртка сапоги продукты молоко каша аптека лекарство
    кашель прививка осмотр направление очередь документы паспорт заявление суд опека алименты работа вахта огород
    корова куры собака двор калитка сосед село паром дорога автобус телефон долго вчера сегодня завтра утром вечером
    дома трезвый спокойно тревожно чисто холодно сыро тепло помогли обещали просит отказалась согласна приехала
    уехал вернулся ждёт нужен нет есть будет купили привезли передали показала рассказала проверили договорились
    записали позвонить
"""


@contextmanager
def travelled(bench: Bench, scene: Scene, url: str) -> Iterator[Store]:
    """A tablet at the end of its trip, its outbox full."""
    with Store(scene.folder / f"tablet-{new_id()}.db") as store:
        enrolment.enroll(store, Server(url), scene.code(scene.crews[0]), "Планшет")
        home = sync(store, Server(url, store["token"]))
        assert home.trouble is None, home.trouble
        random = bench.random("trip")
        families = view.every(store, "family")
        for number in range(bench.scale.visits):
            _visit(store, random, families[number % len(families)])
        assert store.waiting() == bench.scale.visits * OPS_A_VISIT
        yield store


def _visit(store: Store, random: Random, family: view.View) -> None:
    """A visit, a second thought about it, a colleague's part, what was seen at the house, and when."""
    visit = trips.call_on(store, random, family, hours_ago=random.randint(1, 80))
    shown = view.look(store, visit)
    assert shown
    edits.save(store, "visit", visit, {"add": {"notes": [_words(random, 30)]}}, shown)
    part = {"set": {"visit": visit, "worker": store["worker"]}, "add": {"notes": [_words(random, 40)]}}
    edits.write(store, "visit_part", new_id(), part)
    trips.look_around(store, random, family)
    seen = (clock.now(store) - timedelta(days=1)).date().isoformat()
    change = {"set": {"last_contact": seen, "household": _words(random, 20)}}
    edits.save(store, "family", family.id, change, view.look(store, family.id) or family)


def _words(random: Random, most: int) -> str:
    """Something to read that no other note says: a few words up to ``most``."""
    return " ".join(random.choices(WORDS.split(), k=random.randint(most // 3, most))).capitalize() + "."


class Counting(Server):
    """The server, counting requests: ``sent`` holds the ops of each push, whether or not it was answered."""

    def __init__(self, url: str, token: str) -> None:
        super().__init__(url, token)
        self.sent: list[Sequence[str]] = []
        self.answered: list[Sequence[str]] = []
        self.asked = 0
        self.http.hooks["response"].append(self._count)

    def _count(self, *_: object, **__: object) -> None:
        self.asked += 1

    def sync(self, body: bytes) -> Answer:
        ops = [op["op"] for op in orjson.loads(body)["ops"]]
        self.sent.append(ops)
        answer = super().sync(body)
        self.answered.append(ops)
        return answer

    @property
    def twice(self) -> int:
        """How many ops went out more than once."""
        every = [op for ops in self.sent for op in ops]
        return len(every) - len(set(every))

    @property
    def in_flight(self) -> int:
        """How many ops were in a batch that was cut."""
        return sum(map(len, self.sent)) - sum(map(len, self.answered))
