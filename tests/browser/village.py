"""A district with enough in it to fill the pages: what the screenshots show."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from schemas.ids import new_id
from server import certificates, handovers, office, verdicts
from server import settle as settling
from server.db import reading
from server.models import Attention
from server.office import Change
from server.people import Person
from server.reading import handover, mistakes
from server.reading.reach import EVERYBODY
from tests.server.web.scene import join, moment, one_snils_twice, person, proposal, two_addresses, visit
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
    waiting = _waiting(world, first, families) | _daily(world, first, families[5], shown)
    waiting |= planned(world, first, families) | _month(world, first, second, families)
    return waiting | {
        "signed": _signed(first, second, families[7]),
        "family": f"/families/{disputed}",
        "history": f"/families/{families[0]}/history",
        "tablet": f"/tablets/{first.device}",
        "incident": f"/tablets/{first.device}/incident",
        "shield": f"/families/{disputed}/shield",
        "visit": f"/visits/{shown}",
        "dispute": f"/queue/disputed:{disputed}:address",
        "dispute-decided": _decided(world, first, second),
    }


def _month(world: World, first: Tablet, second: Tablet, families: list[str]) -> dict[str, str]:
    """Last month's journal, handed in before a visit was accepted and another corrected; a visit of two specialists
    that waits for review. Returns their pages."""
    last = (datetime.fromisoformat(moment()).replace(day=1) - timedelta(days=1)).replace(day=6)
    said = {"signed_at": last.isoformat(), "review_state": {"from": None, "to": "submitted"}}
    ops = [visit(first, family, **said, started_at=last.isoformat()) for family in families[16:20]]
    trip = first.op("trip", set={"team": world.team, "date_from": moment()[:10], "date_to": moment()[:10]})
    first.sync(*ops, trip)
    now = said | {"trip": trip["id"], "signed_at": moment()}
    joint = [visit(tablet, families[20], **now) for tablet in (first, second)]
    for op, worker in zip(joint, (world.worker, world.colleague), strict=True):
        op["add"] = {"participants": [worker], "services": ["legal"]}
    second.pull()
    first.sync(joint[0])
    second.sync(joint[1])
    accepted = {"review_state": {"from": "submitted", "to": "accepted"}}
    for op in ops[:3]:
        world.decide("visit", op["id"], world.record(op["id"]).rev, **accepted)
    someone = Person(
        "", "", "Кузнецова Елена Павловна", None, frozenset(), frozenset(), frozenset(), True, None, None, False
    )
    month = last.date().replace(day=1)
    with world.inside():
        ready = handover.ready(month, EVERYBODY)
        number = handovers.hand_in(someone, month, None, ready.figures, ready.visits, ready.revs)
    world.decide("visit", ops[3]["id"], world.record(ops[3]["id"]).rev, **accepted)
    world.decide("visit", ops[0]["id"], world.record(ops[0]["id"]).rev, kind="control")
    earlier = month - timedelta(days=1)
    return {
        "joint": f"/visits/{joint[0]['id']}",
        "journals": f"/journals?month={earlier.isoformat()[:7]}",
        "journal": f"/journals/{number}",
    }


def planned(world: World, tablet: Tablet, families: list[str]) -> dict[str, str]:
    """A trip of today, some of whose families were visited, one that a tablet proposes, and one that is over. Returns
    their pages."""
    today, later = moment()[:10], moment(-3)[:10]
    stops = [
        {"order": f"a{number}", "family": family} | ({"note": "Заехать за справкой"} if number == 1 else {})
        for number, family in enumerate(families[:5])
    ]
    stops += [{"order": "b0", "territory": world.there}, {"order": "b1", "note": "Школа в Басах"}]
    about = {"team": world.team, "kind": "regular", "vehicle": "УАЗ 374195", "plate": "А123ВС30"}
    of_today = about | {"date_from": today, "date_to": moment(-1)[:10], "purpose": "Плановый объезд семей"}
    trip = tablet.op(
        "trip", set=of_today | {"status": {"from": None, "to": "under_way"}},
        add={"stops": stops, "participants": [world.worker, world.colleague], "territories": [world.here, world.there]},
    )  # fmt: skip
    asks = about | {"date_from": later, "date_to": later, "purpose": "Помочь соседям", "kind": "emergency"}
    asked = tablet.op(
        "trip", set=asks | {"status": {"from": None, "to": "planned"}}, add={"territories": [world.elsewhere]}
    )
    tablet.sync(trip, asked)
    tablet.sync(
        *(visit(tablet, family, trip=trip["id"], next_visit_due=later) for family in (families[0], families[2])),
        *(visit(tablet, family, days=40, next_visit_due=moment(9)[:10]) for family in families[10:16]),
    )
    return {
        "trip": f"/trips/{trip['id']}",
        "trip-sheet": f"/trips/{trip['id']}/sheet?forms=1",
        "trip-asked": f"/trips/{asked['id']}",
        "team": f"/teams/{world.team}",
    }


def _waiting(world: World, tablet: Tablet, families: list[str]) -> dict[str, str]:
    """One of each that waits for the office, besides расхождения, and one of each that is settled."""
    lone = _family(tablet, 30)
    tablet.sync(met := visit(tablet, lone), visit(tablet, lone, days=30))
    tablet.pull()
    tablet.sync(tablet.op("family", lone, delete=True))
    one_snils_twice(tablet)
    proposed = proposal(tablet, families[4], number="15/2026", household="Корова, огород, печь переложена.")
    refused = proposal(tablet, families[5], number="16/2026")
    wrong = _wrong(tablet)
    moved = tablet.op("family", families[6], set={"territory": world.elsewhere})
    early = tablet.family(address="с Басы, ул. Мира, 40") | {"by": world.stranger}
    tablet.sync(wrong, moved, early, {"op": "?", "type": "visit"})
    mended = _wrong(tablet)
    tablet.sync(mended, *(person(tablet, surname=surname, sex="ж") for surname in SURNAMES[:3]))
    with world.inside():
        settling.reject(refused, "Номер занят: это дело № 16/2025.", "Смирнова Ольга Игоревна")
        settling.reject(str(mended["op"]), "Перепишите по документу.", "Смирнова Ольга Игоревна")
        with reading() as connection:
            same = connection.scalar(select(Attention.key).where(Attention.kind == "same"))
        kind = mistakes.mistakes(EVERYBODY)[0].key
    return {
        "queue-proposals": "/queue?kind=proposal",
        "same": f"/queue/{same}",
        "orphan": f"/queue/orphan:{met['id']}",
        "proposal": f"/queue/proposal:{proposed}",
        "proposal-rejected": f"/queue/proposal:{refused}",
        "mending-stored": "/mending?kind=stored",
        "mending-all": f"/mending/all/{kind}",
        "op-wrong": f"/mending/{wrong['op']}",
        "op-stored": f"/mending/{moved['op']}",
        "op-released": f"/mending/{early['op']}",
        "op-rejected": f"/mending/{mended['op']}",
    }


def _signed(first: Tablet, second: Tablet, family: str) -> str:
    """A visit that one tablet signed while the other wrote in it; returns its page."""
    first.sync(met := visit(first, family))
    first.pull()
    second.pull()
    first.sync(first.op("visit", met["id"], set={"signed_at": moment()}))
    second.sync(edit := second.op("visit", met["id"], set={"purpose": "Забыли про справку о доходах"}))
    return f"/queue/signed:{met['id']}:{edit['op']}"


def _wrong(tablet: Tablet) -> dict[str, Any]:
    """A person with mistakes of several sorts."""
    op = person(tablet, surname="Ким", snils="112-233-445 96", birth_date="31.02.2014", sex="ж", horoscope="лев")
    return op | {"add": {"phones": ["8 911 123-45-67", "7123"], "former_names": ["Иванoва"]}}


def _decided(world: World, first: Tablet, second: Tablet) -> str:
    """A расхождение that an admin has decided; returns its page."""
    family = two_addresses(first, second)
    world.decide("family", family, world.record(family).rev, address="с Образцовое, ул. Мира, 7")
    with world.inside():
        verdicts.keep(key := f"disputed:{family}:address", "Смирнова Ольга Игоревна", "Проверено по телефону.")
    return f"/queue/{key}"


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


def _certificate(world: World, family: str) -> int:
    """A figure that was told by phone."""
    someone = Person(
        "", "", "Кузнецова Елена Павловна", None, frozenset(), frozenset(), frozenset(), True, None, None, False
    )
    with world.inside():
        asked = {"category": "low_income"}
        return certificates.freeze(someone, moment()[:10], "Минсоцразвития, для совещания", asked, None, [family])


def _daily(world: World, tablet: Tablet, family: str, reviewed: str) -> dict[str, str]:
    """Two curators, a purpose without consent, a visit that was returned."""
    day = moment(3)[:10]
    curators = [{"worker": worker, "date_from": day} for worker in (world.worker, world.colleague)]
    ops = [tablet.op("assignment", set={"family": family, "role": "curator"} | each) for each in curators]
    referral = {"family": family, "to": "Фонд «Забота»", "reason": "Зимняя одежда детям", "purpose": "partner_help"}
    status = {"from": None, "to": "sent"}
    ops.append(tablet.op("referral", set=referral | {"made_on": day, "due": moment(1)[:10], "status": status}))
    risk = {"family": family, "form": "family", "form_version": "1", "assessor": world.worker, "date": day}
    ops.append(tablet.op("risk_assessment", set=risk | {"answers": [{"question": "housing", "points": 2}]}))
    ops.append(tablet.op("category", set={"family": family, "code": "low_income", "date_from": day}))
    submitted = {"review_state": {"from": None, "to": "submitted"}, "signed_at": moment()}
    tablet.pull()
    tablet.sync(*ops, tablet.op("visit", reviewed, set=submitted))
    rev = world.record(reviewed).rev
    said = {"review_remark": "Не указано, кого из детей видели", "review_due": "2099-01-01"}
    world.decide("visit", reviewed, rev, review_state={"from": "submitted", "to": "returned"}, **said)
    return {
        "breaches": "/queue?kind=breach",
        "curators": f"/queue/curators:{family}",
        "consent": f"/queue/consent:{family}:partner_help",
        "overdue": "/queue?kind=overdue",
        "papers": f"/families/{family}",
        "edit": f"/edit/visit/{reviewed}",
        "counts": "/families/counts?by=category",
        "certificate": f"/certificates/{_certificate(world, family)}",
        "to-review": "/visits?since=2020-01-01&stage=returned",
    }
