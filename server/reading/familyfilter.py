"""Which families are asked for: by place, state of the case, category, curator, escort level, risk, last contact; and
how many there are by each of these."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, distinct, false, func, or_, select, union

from server import projections, reference
from server.db import reading
from server.reading import search
from server.reading.reach import Reach

CURATOR, NOBODY = "curator", "nobody"
CONTACTS = {"month": (None, 30), "quarter": (30, 90), "half": (90, 180), "older": (180, None), "never": None}
"""How long ago the last contact was: from … to … days; None: there was none."""


@dataclass(frozen=True, slots=True)
class Filter:
    """``text``: words, each of which a family or a member of it must meet. ``curator``: a worker's id, or "nobody".
    ``contact``: of CONTACTS. ``risk``: of the latest assessment. None: any."""

    text: str = ""
    territory: str | None = None
    status: str | None = None
    category: str | None = None
    curator: str | None = None
    level: str | None = None
    risk: str | None = None
    contact: str | None = None

    @property
    def is_narrow(self) -> bool:
        """Whether more than words is asked for, which people alone have no answer to."""
        others = (self.territory, self.status, self.category, self.curator, self.level, self.risk, self.contact)
        return any(others)


def conditions(wanted: Filter, reach: Reach, today: date) -> list[ColumnElement[bool]]:
    """On `proj_family`; words are search's business."""
    family = projections.table("family").c
    found = [reach.within(family.territory, family.record, wanted.territory)]
    if wanted.status:
        found.append(family.case_status == wanted.status)
    if wanted.level:
        found.append(family.escort_level == wanted.level)
    if wanted.contact:
        found.append(_contact(wanted.contact, today))
    if wanted.category:
        found.append(family.record.in_(_in_category(wanted.category, reach, today)))
    if wanted.curator:
        found.append(_curated(wanted.curator, today))
    if wanted.risk:
        found.append(family.record.in_(_latest_risks().where(_risk().level == wanted.risk)))
    return found


def with_words(wanted: Filter, reach: Reach, today: date, connection: Connection) -> list[ColumnElement[bool]]:
    """The same with the words, as far as search tells of families: search.MOST at most."""
    known = conditions(wanted, reach, today)
    if not wanted.text:
        return known
    terms = search.parse(wanted.text, connection)
    ids = search.families(terms, known, reach, connection)[: search.MOST] if terms else []
    return [projections.table("family").c.record.in_(ids) if ids else false()]


def _in_force(table: Any, today: date) -> ColumnElement[bool]:
    day = today.isoformat()
    return and_(table.date_from <= day, or_(table.date_to.is_(None), table.date_to >= day))


def _belongs(link: Any, today: date) -> ColumnElement[bool]:
    """A member has not left the family."""
    return or_(link.left_on.is_(None), link.left_on >= today.isoformat())


def _in_category(code: str, reach: Reach, today: date) -> Any:
    """The families that are in a category today, or of which a member is."""
    pairs = _categories(reach, today)
    return select(pairs.c.family).where(pairs.c.code == code)


def _categories(reach: Reach, today: date) -> Any:
    """(family, code) of what is in force today, of families and of their members."""
    category, link = projections.table("category").c, projections.table("membership").c
    own = select(category.family.label("family"), category.code).where(category.family.is_not(None))
    of_members = select(link.family, category.code).join_from(
        category.record.table, link.record.table, and_(category.person == link.person, _belongs(link, today))
    )
    limits = (_in_force(category, today), reach.shows(category.record))
    return union(own.where(*limits), of_members.where(*limits)).subquery()


def _curators(today: date) -> Any:
    """(family, worker) of the curators of today."""
    given = projections.table("assignment").c
    return select(given.family, given.worker).where(given.role == CURATOR, _in_force(given, today))


def _curated(worker: str, today: date) -> ColumnElement[bool]:
    family = projections.table("family").c.record
    given = projections.table("assignment").c
    if worker == NOBODY:
        return family.not_in(_curators(today).with_only_columns(given.family))
    return family.in_(_curators(today).where(given.worker == worker).with_only_columns(given.family))


def _risk() -> Any:
    return projections.table("risk_assessment").c


def _latest_risks() -> Any:
    """The families with an assessment, each once: of its latest one."""
    this, other = _risk(), projections.table("risk_assessment").alias("later").c
    later = or_(other.date > this.date, and_(other.date == this.date, other.record > this.record))
    return select(this.family).where(~select(other.record).where(other.family == this.family, later).exists())


def of_families(
    ids: list[str], today: date, reach: Reach, connection: Connection
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Family → the codes of its categories and of its members'; family → the ids of its curators. Of a page."""
    category, link = projections.table("category").c, projections.table("membership").c
    own = select(category.family, category.code).where(category.family.in_(ids))
    of_members = select(link.family, category.code).join_from(
        link.record.table, category.record.table, and_(category.person == link.person, _belongs(link, today))
    )
    limits = (_in_force(category, today), reach.shows(category.record))
    pairs = union(own.where(*limits), of_members.where(link.family.in_(ids), *limits)).order_by("code")
    given = _curators(today).where(projections.table("assignment").c.family.in_(ids))
    return _grouped(connection.execute(pairs)), _grouped(connection.execute(given))


def _grouped(pairs: Iterable[Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


def _contact(contact: str, today: date) -> ColumnElement[bool]:
    last, span = projections.table("family").c.last_contact, CONTACTS.get(contact)
    if span is None:
        return last.is_(None)
    nearest, farthest = span
    limits = [last <= _ago(today, nearest)] if nearest else []
    return and_(last.is_not(None), *limits, *([last > _ago(today, farthest)] if farthest else []))


def _ago(today: date, days: int) -> str:
    return (today - timedelta(days=days)).isoformat()


Counts = list[tuple[str | None, int]]


def counts(wanted: Filter, by: str, reach: Reach, today: date) -> tuple[Counts, int]:
    """(value, how many families have it) by one of DIMENSIONS, the most first, and how many families match at all.
    Categories overlap: they are never summed."""
    family = projections.table("family").c
    with reading() as connection:
        reference.current(connection)
        matching = with_words(wanted, reach, today, connection)
        total = connection.scalar(select(func.count()).select_from(family.record.table).where(*matching)) or 0
        joined, value = DIMENSIONS[by](reach, today)
        query = select(value, func.count(distinct(family.record))).select_from(joined).where(*matching)
        found = [(row[0], row[1]) for row in connection.execute(query.group_by(value))]
    return sorted(found, key=lambda each: (-each[1], str(each[0]))), total


def _by_column(name: str) -> Callable[[Reach, date], tuple[Any, Any]]:
    def dimension(reach: Reach, today: date) -> tuple[Any, Any]:
        family = projections.table("family")
        return family, family.c[name]

    return dimension


def _by_category(reach: Reach, today: date) -> tuple[Any, Any]:
    family, found = projections.table("family"), _categories(reach, today)
    return family.join(found, found.c.family == family.c.record), found.c.code


def _by_curator(reach: Reach, today: date) -> tuple[Any, Any]:
    family, found = projections.table("family"), _curators(today).subquery()
    return family.outerjoin(found, found.c.family == family.c.record), func.coalesce(found.c.worker, NOBODY)


def _by_risk(reach: Reach, today: date) -> tuple[Any, Any]:
    family, found = projections.table("family"), _latest_risks().add_columns(_risk().level).subquery()
    return family.join(found, found.c.family == family.c.record), found.c.level


def _by_contact(reach: Reach, today: date) -> tuple[Any, Any]:
    spans = [(_contact(name, today), name) for name in CONTACTS]
    return projections.table("family"), case(*spans)


DIMENSIONS: dict[str, Callable[[Reach, date], tuple[Any, Any]]] = {
    "category": _by_category,
    "territory": _by_column("territory"),
    "curator": _by_curator,
    "level": _by_column("escort_level"),
    "risk": _by_risk,
    "contact": _by_contact,
    "status": _by_column("case_status"),
}
