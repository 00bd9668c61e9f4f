"""The words by which families and people are found, in tables of our own that work alike on both engines.

`search_found` has a row for each word of each *find*: a family with all that belongs to it (its members' names, phones
and numbers, its addresses), or a person who belongs to no family, whose id has the mark ALONE before it. `search_word`
has each word of letters once, with the form that its inflections share: a part of a name is looked for there, among
tens of thousands of words, and not among millions of rows. Both are written in the transaction that changes the
records, and made anew with the projections. Why so:
docs/decisions/0010-search.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Column, Connection, Index, MetaData, String, Table, Text, delete, select

from schemas import registry
from schemas.placement import WithParent
from schemas.text import form
from server import bulk, projections, shapes
from server.bulk import Names, Rows, among
from server.inbox import chunks
from server.register import Held, Register, fetch

ALONE = "~"  # sorts after all ids, so that these few lie together
FAMILY, PERSON, MEMBERSHIP = "family", "person", "membership"
FILL = 2_000
_WORD = Text().with_variant(Text(collation="C"), "postgresql")
_metadata = MetaData()
FOUND = Table(
    "search_found",
    _metadata,
    Column("found", String(37).with_variant(String(37, collation="C"), "postgresql"), primary_key=True),
    Column("word", _WORD, primary_key=True),
    Index("search_found_word", "word", "found"),
    sqlite_with_rowid=False,
)
WORDS = Table(
    "search_word",
    _metadata,
    Column("word", _WORD, primary_key=True),
    Column("form", _WORD, index=True),
    sqlite_with_rowid=False,
)

EMPTY: Mapping[str, Held] = {}
Documents = dict[str, set[str]]
"""id of a find → the words by which it is found; none: it is no find (any more)."""


def settle(connection: Connection, register: Register) -> None:
    """Brings the words in step with the records that a transaction changed, whose projections are written."""
    changed = [held for held in register.dirty if _is_searched(held.type) and _differs(held)]
    if not changed:
        return
    families, people = _touched(changed)
    links = _links(connection, people)
    families |= {row.family for row in links if row.family}
    alone = people - {row.person for row in links}
    known = {held.id: held for held in register.dirty}
    found = {ALONE + id: set[str]() for id in people} | documents(connection, families, alone, known)
    _store(connection, found, {find for find in found if _is_stored(known.get(find.removeprefix(ALONE)))})


def rebuild(connection: Connection) -> None:
    """Makes the tables and fills them from the records; `projections.rebuild` has dropped them."""
    _metadata.create_all(connection, checkfirst=False)
    for type_name in (FAMILY, PERSON):
        ids = connection.scalars(select(projections.table(type_name).c.record)).all()
        for part in chunks(ids, FILL):
            if type_name == FAMILY:
                _store(connection, documents(connection, part), set())
            else:
                alone = set(part) - {row.person for row in _links(connection, part)}
                _store(connection, documents(connection, (), alone), set())


def terms(type_name: str, fields: Mapping[str, Any]) -> set[str]:
    """The words by which a record's own values are found."""
    declared = registry.types()[type_name].fields
    values = ((declared[name], fields.get(name)) for name in shapes.of(type_name).searchable)
    return {term for field, value in values if value for term in field.terms(value)}


def attached() -> Iterator[tuple[str, str, str]]:
    """(type, field, type of what it names) of the searched records that belong to a family or a person."""
    for name, shape in shapes.all_shapes().items():
        if shape.searchable and isinstance(shape.feed, WithParent):
            yield from ((name, field, shape.refs[field]) for field in shape.feed.fields)


def _is_searched(type_name: str) -> bool:
    return type_name == MEMBERSHIP or bool(shapes.of(type_name).searchable)


def _differs(held: Held) -> bool:
    """Whether a change is of any interest here."""
    before = held.before.fields if held.before else {}
    if held.before is None or held.deleted != held.deleted_before:
        return True
    if held.type == MEMBERSHIP:
        return any(before.get(name) != held.fields.get(name) for name in (FAMILY, PERSON))
    return terms(held.type, before) != terms(held.type, held.fields)


def _is_stored(held: Held | None) -> bool:
    """Whether a find may have words already: a record that this transaction did not make."""
    return held is None or held.stored


def _touched(changed: Iterable[Held]) -> tuple[set[str], set[str]]:
    """The families and the people whose words may have changed, by what changed itself."""
    ids: dict[str, set[str]] = {FAMILY: set(), PERSON: set()}
    fields = {name: {(field, target) for each, field, target in attached() if each == name} for name, *_ in attached()}
    for held in changed:
        if held.type in ids:
            ids[held.type].add(held.id)
        for field, target in fields.get(held.type, {(FAMILY, FAMILY), (PERSON, PERSON)}):
            before = held.before.fields.get(field) if held.before else None
            ids[target] |= {id for id in (before, held.fields.get(field)) if id}
    return ids[FAMILY], ids[PERSON]


def _links(connection: Connection, people: Iterable[str]) -> list[Any]:
    """(family, person) of the memberships of these people."""
    link = projections.table(MEMBERSHIP).c
    return _rows(connection, select(link.family, link.person), link.person, people)


def documents(
    connection: Connection,
    families: Collection[str],
    alone: Collection[str] = (),
    known: Mapping[str, Held] = EMPTY,
    without: Collection[str] = (),
) -> Documents:
    """The words of these families, and of these people who belong to none (by their marked ids).

    ``known``: records at hand; ``without``: the people whose words are not to count.
    """
    link = projections.table(MEMBERSHIP).c
    carries: dict[str, list[str]] = defaultdict(list)  # record → the finds that have its words
    for row in _rows(connection, select(link.family, link.person), link.family, families):
        if row.person not in without:
            carries[row.person].append(row.family)
    for id in families:
        carries[id].append(id)
    for id in alone:
        carries[id].append(ALONE + id)
    for id, owner in list(_attached_to(connection, list(carries))):
        carries[id] += carries[owner]
    found: Documents = {find: set() for find in (*families, *(ALONE + id for id in alone))}
    for id, words in _terms_of(connection, carries, known):
        for find in carries[id]:
            found[find] |= words
    return found


def _attached_to(connection: Connection, owners: Collection[str]) -> Iterator[tuple[str, str]]:
    """(id, owner) of the searched records that belong to these."""
    for name, field, _ in attached():
        table = projections.table(name).c
        for row in _rows(connection, select(table.record, table[field].label("owner")), table[field], owners):
            yield row.record, row.owner


def _terms_of(connection: Connection, ids: Iterable[str], known: Mapping[str, Held]) -> Iterator[tuple[str, set[str]]]:
    """Each of these records that lives, with its words."""
    wanted = set(ids)
    for id in wanted & known.keys():
        if not known[id].deleted:
            yield id, terms(known[id].type, known[id].fields)
    for id, record in fetch(wanted - known.keys(), connection).items():
        if not record.deleted:
            yield id, terms(record.type, record.fields)


def _rows(connection: Connection, query: Any, column: Any, values: Iterable[str]) -> list[Any]:
    return list(connection.execute(query.where(among(column, sorted(values)))))


def _store(connection: Connection, documents: Documents, stored: set[str]) -> None:
    """Writes the words that are new and takes away those that are gone. ``stored``: the finds that may have some."""
    before: Documents = defaultdict(set)
    for row in _rows(connection, select(FOUND), FOUND.c.found, stored):
        before[row.found].add(row.word)
    added = [(id, word) for id, words in documents.items() for word in words - before[id]]
    gone = [(id, word) for id, words in before.items() for word in words - documents.get(id, set())]
    for id, word in gone:
        connection.execute(delete(FOUND).where(FOUND.c.found == id, FOUND.c.word == word))
    _insert(connection, FOUND, ("found", "word"), sorted(added))
    fresh = sorted({word for _, word in added if word.isalpha()})
    _insert(connection, WORDS, ("word", "form"), [(word, form(word)) for word in fresh])


def _insert(connection: Connection, table: Table, names: Names, rows: Rows) -> None:
    """In one order, so that two transactions that bring the same new word wait for each other and never in a ring."""
    for part in chunks(rows, FILL):
        bulk.insert_new(connection, table, names, part, keys=tuple(table.primary_key.columns.keys()))
