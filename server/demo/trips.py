"""Trips of a demonstration: finished ones with their visits, and a planned one for the days to come."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from server.demo.families import Home
from server.demo.places import Team, Worker
from server.demo.script import Script

FINISHED = (38, 10)  # days ago
VISITS = 6
NEEDS = ("food", "clothing", "child_goods", "benefits", "documents", "heating", "medical", "school", "psychological")
SERVICES = ("household", "medical", "psychological", "pedagogical", "legal", "urgent")
RESULTS = ("held", "held", "held", "held", "not_at_home", "rescheduled")
NOTES = (
    "Дети ухожены, продукты есть. Нужна помощь с оформлением пособия.",
    "Мать просит помочь с зимней обувью для старшего.",
    "Печь дымит, договорились о печнике через сельскую администрацию.",
    "Ребёнок пропускает школу, беседовали с классным руководителем.",
    "Обсудили летний отдых, оставили перечень документов.",
)
PURPOSES = ("Плановое сопровождение", "Контроль договорённостей", "Помощь с документами")


def make_trips(script: Script, teams: list[Team], homes: list[Home]) -> None:
    """Journeys and visits of every team."""
    for team in teams:
        own = [home for home in homes if home.case.place in team.places]
        make_trips_of(script, team, own, FINISHED, VISITS)


def make_trips_of(script: Script, team: Team, homes: list[Home], finished: Iterable[int], visits: int) -> None:
    """A team's journeys so many days ago, each to so many of these homes, and a planned one."""
    for days_ago in finished:
        _make_finished(script, team, homes, days_ago, visits)
    _make_planned(script, team)


def _make_finished(script: Script, team: Team, homes: list[Home], days_ago: int, visits: int) -> None:
    leaving = script.moment(days_ago, hour=8)
    odometer = script.chance.randint(40_000, 90_000)
    trip = script.write(
        leaving,
        "trip",
        team=team.id,
        date_from=leaving.date().isoformat(),
        date_to=leaving.date().isoformat(),
        kind="regular",
        purpose="Посещение семей на сопровождении",
        participants=[worker.id for worker in team.workers],
        territories=[place.id for place in team.places],
        vehicle="УАЗ 374195",
        odometer_start=odometer,
    )
    known = [home for home in homes if home.case.known < leaving]
    start = leaving + timedelta(hours=1)
    for home in script.chance.sample(known, min(visits, len(known))):
        _make_visit(script, team, trip, home, start, reviewed=days_ago > 20)
        start += timedelta(minutes=script.chance.randint(50, 80))
    script.write(
        start,
        "trip",
        trip,
        odometer_end=odometer + script.chance.randint(60, 240),
        status={"from": None, "to": "finished"},
    )


def _make_visit(script: Script, team: Team, trip: str, home: Home, start: datetime, reviewed: bool) -> None:
    here = team.workers if script.happens(0.4) else team.workers[:2]
    result = script.chance.choice(RESULTS)
    held = result == "held"
    end = start + timedelta(minutes=script.chance.randint(20, 45) if held else 5)
    visit = script.write(
        end,
        "visit",
        by=here[0].id,
        family=home.id,
        trip=trip,
        kind=script.chance.choice(("repeat", "control")),
        planned=True,
        started_at=start.isoformat(),
        ended_at=end.isoformat(),
        result={"from": None, "to": result},
        purpose=script.chance.choice(PURPOSES),
        participants=[worker.id for worker in here],
        needs=sorted(script.some(NEEDS, 3)) if held else [],
        notes=[script.chance.choice(NOTES)] if held else [],
        next_visit_due=(end.date() + timedelta(days=30)).isoformat(),
    )
    for worker in here if held else ():
        _make_part(script, visit, worker, end)
    script.write(end, "family", home.id, by=here[0].id, last_contact=end.date().isoformat())
    verdict = "accepted" if reviewed else "submitted"
    script.write(end + timedelta(days=2), "visit", visit, review_state={"from": None, "to": verdict})


def _make_part(script: Script, visit: str, worker: Worker, end: datetime) -> None:
    script.write(
        end,
        "visit_part",
        by=worker.id,
        visit=visit,
        worker=worker.id,
        role=worker.role,
        services=sorted(script.some(SERVICES, 2)),
        notes=[script.chance.choice(NOTES)],
    )


def _make_planned(script: Script, team: Team) -> None:
    leaving = script.moment(-1)
    script.write(
        script.moment(3),
        "trip",
        team=team.id,
        date_from=leaving.date().isoformat(),
        date_to=(leaving.date() + timedelta(days=1)).isoformat(),
        kind="regular",
        purpose="Плановый выезд",
        participants=[worker.id for worker in team.workers],
        territories=[place.id for place in team.places],
        status={"from": None, "to": "planned"},
    )
