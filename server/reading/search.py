"""Search: which families and people the words of a question name, within a person's reach and nowhere else.

Each word must be met by a family's own words or its members' (server/search.py keeps them). A word of letters is first
looked up among the known words: those that have it as a part, and those that are another form of it. The rarest word
drives; whether the others are met is asked family by family; at most MOST are found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, func, not_, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from schemas.fields.identifiers import NATIONAL, SNILS_MARK, phone_term
from schemas.text import ADDRESS_WORDS, digits, form, words
from server import projections, register, search
from server.inbox import chunks
from server.reading.reach import Reach
from server.search import FOUND, WORDS

MOST = 500  # finds: who gets as many adds a word
MOST_WORDS = 200  # known words that one word of a question may stand for before it drives no more
LOOKED_AT = 200  # of the families that were found, for the people who were meant
SAMPLE = 2_000
SHORTEST_PART, SHORTEST_NUMBER = 3, 4
_NUMBER = re.compile(r"(?<![\w/-])\+?\d[\d ().-]{5,}\d(?![\w/-])")


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a question. ``known``: the words that it may stand for; None: all that begin with it, if it
    ``is_beginning``, else all that have it as a part, which are too many to name."""

    text: str
    known: tuple[str, ...] | None = None
    is_beginning: bool = False

    def met_by(self, column: Any) -> ColumnElement[bool]:
        """A condition: the word of this column meets the term."""
        if self.is_beginning:
            return _begins(column, self.text)
        return column.contains(self.text, autoescape=True) if self.known is None else column.in_(self.known)

    def meets(self, terms: Iterable[str]) -> bool:
        """Whether one of these words meets it."""
        if self.is_beginning:
            return any(term.startswith(self.text) for term in terms)
        return any(self.text in term if self.known is None else term in self.known for term in terms)


def parse(question: str, connection: Connection) -> list[Term]:
    """The terms of a question. A phone or СНИЛС written in groups is one."""
    numbers = _NUMBER.findall(question)
    rest = words(_NUMBER.sub(" ", question))
    return [_number(digits(each), connection) for each in numbers] + [_term(word, connection) for word in rest]


def _number(number: str, connection: Connection) -> Term:
    """A number: the end of a phone, the beginning of a СНИЛС or of a case number; a short one, of a house, is whole."""
    if len(number) < SHORTEST_PART:
        return Term(number, (number,))
    beginnings = [number]
    if len(number) >= SHORTEST_NUMBER:
        without_code = number[1:] if len(number) > NATIONAL and number[0] in "78" else number
        beginnings += [SNILS_MARK + number, phone_term(without_code)]
    return Term(number, tuple(word for each in beginnings for word in _beginning(each, connection)))


def _beginning(text: str, connection: Connection) -> Iterable[str]:
    """The first words that begin so: MOST + 1 at most, each of which finds somebody."""
    query = select(FOUND.c.word).distinct().where(_begins(FOUND.c.word, text))
    return connection.scalars(query.order_by(FOUND.c.word).limit(MOST + 1))


def _term(word: str, connection: Connection) -> Term:
    if word.isdigit():
        return _number(word, connection)
    if word in ADDRESS_WORDS:
        return Term(word, (word, ADDRESS_WORDS[word]))  # «улица» stands for «ул.»
    if not word.isalpha() or len(word) < SHORTEST_PART:
        return Term(word, is_beginning=True)
    has_part = WORDS.c.word.contains(word, autoescape=True)
    query = select(WORDS.c.word).where(or_(has_part, WORDS.c.form == form(word))).limit(MOST_WORDS + 1)
    known = tuple(connection.scalars(query))
    return Term(word, known if len(known) <= MOST_WORDS else None)


def _begins(column: Any, text: str) -> ColumnElement[bool]:
    """A condition that an index answers, byte by byte: the column begins with this text."""
    return and_(column >= text, column < text[:-1] + chr(ord(text[-1]) + 1))


def families(
    terms: Sequence[Term], conditions: Sequence[ColumnElement[bool]], reach: Reach, connection: Connection
) -> list[str]:
    """Ids of the families that meet all terms and, in `proj_family`, the conditions: MOST + 1 at most."""
    record = projections.table("family").c.record
    found = _finds(terms, FOUND.c.found, record, [*conditions, reach.has(record)], connection)
    unfounded = _unfounded(terms, found, reach, connection)
    return [id for id in found if id not in unfounded]


def _unfounded(terms: Sequence[Term], found: Sequence[str], reach: Reach, connection: Connection) -> set[str]:
    """The families that were found by words of a member who is out of reach: they tell of a person not to be seen."""
    link = projections.table("membership").c
    hidden = select(link.family, link.person).where(link.person.is_not(None), not_(reach.has(link.person)))
    rows = [row for part in chunks(found) for row in connection.execute(hidden.where(link.family.in_(part)))]
    words = search.documents(connection, {row.family for row in rows}, without={row.person for row in rows})
    return {id for id, known in words.items() if not all(term.meets(known) for term in terms)}


def _finds(
    terms: Sequence[Term], id: Any, record: Any, conditions: Sequence[ColumnElement[bool]], connection: Connection
) -> list[str]:
    counted = sorted((_count(term, connection), number) for number, term in enumerate(terms))
    if not counted or not counted[0][0]:
        return []
    return list(connection.scalars(statement([terms[number] for _, number in counted], id, record, conditions)))


def statement(terms: Sequence[Term], id: Any, record: Any, conditions: Sequence[ColumnElement[bool]]) -> Any:
    """The query for finds whose ``id`` (an expression) is a ``record`` of a projection; the first term drives."""
    query = select(id).distinct().join_from(FOUND, record.table, record == _as_elsewhere(id))
    query = query.where(terms[0].met_by(FOUND.c.word), *conditions)
    for number, term in enumerate(terms[1:]):
        other = FOUND.alias(f"other_{number}")
        query = query.where(exists(select(1).where(other.c.found == FOUND.c.found, term.met_by(other.c.word))))
    return query.limit(MOST + 1)


class _as_elsewhere(FunctionElement[str]):
    """An id out of `search_found`, which is sorted byte by byte, in the order that the other tables' ids have:
    PostgreSQL uses no index of another order."""

    inherit_cache = True


@compiles(_as_elsewhere, "sqlite")
def _(element: _as_elsewhere, compiler: SQLCompiler, **how: Any) -> str:
    return compiler.process(element.clauses, **how)


@compiles(_as_elsewhere, "postgresql")
def _(element: _as_elsewhere, compiler: SQLCompiler, **how: Any) -> str:
    return f'({compiler.process(element.clauses, **how)}) COLLATE "default"'


def _count(term: Term, connection: Connection) -> int:
    """How many rows meet a term, counted up to SAMPLE."""
    rows = select(FOUND.c.found).where(term.met_by(FOUND.c.word)).limit(SAMPLE).subquery()
    return connection.scalar(select(func.count()).select_from(rows)) or 0


@dataclass(frozen=True, slots=True)
class Found:
    """A person who meets a question. ``family``: the one through which they were found, None: they have none."""

    person: register.Stored
    family: str | None
    role: str | None


def people(
    terms: Sequence[Term], families: Sequence[str], reach: Reach, connection: Connection, most: int
) -> list[Found]:
    """The people who meet the terms: members of these families, and who belongs to none; so many at most."""
    found = _alone(terms, reach, connection)[:most]
    for start in range(0, min(len(families), LOOKED_AT), most):
        found += _members(terms, families[start : start + most], reach, connection)
        if len(found) >= most:
            break
    return found[:most]


def _alone(terms: Sequence[Term], reach: Reach, connection: Connection) -> list[Found]:
    """The people who belong to no family."""
    person = projections.table("person").c.record
    conditions = [reach.has(person), FOUND.c.found >= search.ALONE]
    ids = _finds(terms, func.substr(FOUND.c.found, 2), person, conditions, connection)
    return [Found(each, None, None) for each in register.fetch(ids, connection).values()]


def _members(terms: Sequence[Term], families: Sequence[str], reach: Reach, connection: Connection) -> list[Found]:
    """Of the members of these families, who meets a term and whose family's own words meet the rest."""
    link = projections.table("membership").c
    rows = list(connection.execute(select(link.family, link.person, link.role).where(link.family.in_(families))))
    seen = reach.seen({row.person for row in rows if row.person}, connection)
    records = register.fetch([*families, *seen], connection)
    homes = {id: search.terms("family", records[id].fields) for id in families if id in records}
    found: dict[str, Found] = {}
    for row in rows:
        record = records.get(row.person)
        if record and row.person not in found and _is_meant(terms, record, homes.get(row.family, set())):
            found[row.person] = Found(record, row.family, row.role)
    return list(found.values())


def _is_meant(terms: Sequence[Term], person: register.Stored, home: set[str]) -> bool:
    own = search.terms("person", person.fields)
    return any(term.meets(own) for term in terms) and all(term.meets(own) or term.meets(home) for term in terms)
