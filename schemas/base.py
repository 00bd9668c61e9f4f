"""A record type: one declaration from which come checks, merge rules, projections, forms and descriptions.

    class Team(RecordType):
        class Meta:
            name = "team"
            title = ("Бригада", "Team")
            feed = Reference()
            display = ("name",)

        name = Str(merge="latest", required=True, label=("Название", "Name"))

An op passes `check` on its own; what ops have made together passes `whole`, which never blocks anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from marshmallow import Schema, SchemaOpts, ValidationError
from msgspec import Struct

from schemas.clock import day_after
from schemas.fields import Date, Field, Label
from schemas.kinds import Kind
from schemas.messages import Errors, echo
from schemas.placement import FeedRule
from schemas.wire import PARTS

Group = tuple[str, str, str]
"""A section of a form: key, Russian, English."""

Step = Callable[[dict[str, Any]], dict[str, Any]]
"""From one schema to the next or back: of an op (upgrades), or of a record's fields (downgrades)."""

Reader = Callable[[Any], Any]

_EMPTY: tuple[Any, ...] = (None, "", [])
_KINDS_OF_PART = {
    "set": (Kind.LATEST, Kind.GUARDED, Kind.ONCE, Kind.STATES, Kind.MAX, Kind.MIN),
    "add": (Kind.SET, Kind.LOG),
    "remove": (Kind.SET,),
    "inc": (Kind.COUNTER,),
}


class Changes(Struct, frozen=True):
    """What an op writes, canonical: field → value, elements or amount."""

    set: Mapping[str, Any] = {}
    add: Mapping[str, list[Any]] = {}
    remove: Mapping[str, list[Any]] = {}
    inc: Mapping[str, int] = {}


class RecordOptions(SchemaOpts):
    """What `class Meta` of a record type says."""

    def __init__(self, meta: type) -> None:
        super().__init__(meta)
        self.register = False  # types are found by the registry alone
        self.name: str | None = getattr(meta, "name", None)
        self.title: Label | None = getattr(meta, "title", None)
        self.groups: tuple[Group, ...] = tuple(getattr(meta, "groups", ()))
        self.feed: FeedRule | None = getattr(meta, "feed", None)
        self.carries: tuple[str, ...] = tuple(getattr(meta, "carries", ()))
        self.writer: str = getattr(meta, "writer", "tablet")
        self.display: tuple[str, ...] = tuple(getattr(meta, "display", ()))
        self.date_field: str | None = getattr(meta, "date_field", None)
        self.since: int = getattr(meta, "since", 1)
        self.upgrades: dict[int, Step] = dict(getattr(meta, "upgrades", {}))
        self.downgrades: dict[int, Step] = dict(getattr(meta, "downgrades", {}))
        self.signing: tuple[str, str] | None = getattr(meta, "signing", None)
        self.unique: tuple[tuple[str, ...], ...] = tuple(getattr(meta, "unique", ()))
        self.standing: tuple[str, ...] = tuple(getattr(meta, "standing", ()))
        self.last_of: tuple[str, ...] = tuple(getattr(meta, "last_of", ()))


class RecordType(Schema):
    """The base of every record type. What its `Meta` says lies on the instance:

    name: the type on the wire
    title: (Russian, English)
    groups: the sections of its form
    feed: where its records sit
    carries: ref fields whose target sits in this record's feeds too
    writer: who writes its fields unless a field says otherwise, "tablet" or "office"
    display: the fields that name a record in lists
    date_field: the field that says to which day a record belongs
    signing: (the field that signs a record, the office's field that says whether it was returned), if they are signed
    unique: groups of fields whose values, taken together, stand in one living record
    standing: columns of the projection that rules across records fill
    last_of: the refs of which the last record, by date_field, is asked for: the projection keeps them in that order
    since: the schema in which the type first appeared
    upgrades: schema → the step that brings an op of the schema before forward (see schemas/versions.py)
    downgrades: schema → the step that brings a record's fields back to the schema before
    """

    OPTIONS_CLASS = RecordOptions
    error_messages = {"unknown": "unknown_field", "type": "type.object"}  # noqa: RUF012 (marshmallow's name and type)

    opts: RecordOptions
    fields: dict[str, Field]  # type: ignore[assignment]
    name: Any  # str; Any, because a record type may well have a field called name
    title: Any

    def __init__(self) -> None:
        super().__init__(partial=True)  # an op writes some fields: what is required is asked of the whole
        options = self.opts
        self.name, self.title, self.groups = options.name, options.title, options.groups
        self.feed, self.carries, self.writer = options.feed, options.carries, options.writer
        self.display, self.date_field = options.display, options.date_field
        self.since, self.upgrades, self.downgrades = options.since, options.upgrades, options.downgrades
        self.signing, self.unique, self.standing = options.signing, options.unique, options.standing
        self.last_of = options.last_of
        self.fields = self._in_groups()
        for each in self.fields.values():
            each.writer = each.writer or self.writer
        self._soft = {name: each for name, each in self.fields.items() if each.soft}
        self._readers = {part: self._readers_of(part) for part in PARTS}
        self._needed = {name: each for name, each in self.fields.items() if _may_be_required(each)}
        dates = {name: each for name, each in self.fields.items() if isinstance(each, Date)}
        self._until_now = {name for name, each in dates.items() if each.until_now}

    def _in_groups(self) -> dict[str, Field]:
        """The fields in the order of their groups, those of no group first: inherited ones stand where they belong."""
        order = {key: place for place, (key, _, _) in enumerate(self.groups)}
        return dict(sorted(self.fields.items(), key=lambda item: order.get(item[1].group or "", -1)))

    # --- one op ---

    def check(self, op: Mapping[str, Any]) -> tuple[Changes, Errors]:
        """The canonical changes of an op whose head is good, and the codes of what is wrong by field.

        Null clears a field in `set`. A field with `max="now"` may not lie more than a day after the op's own
        stamp: the op is judged by itself, and the day is for time zones.
        """
        errors: Errors = {}
        changes = Changes(*(self._read_part(part, op[part], errors) if part in op else {} for part in PARTS))
        if not self._until_now.isdisjoint(changes.set):
            errors |= self.too_late(changes, op["at"])
        return changes, errors

    def too_late(self, changes: Changes, at: str) -> Errors:
        """What is wrong with the days that an op writes into fields with `max="now"`. `at`: its own stamp."""
        if self._until_now.isdisjoint(changes.set):
            return {}
        latest, written = day_after(at), changes.set
        names = (name for name in self._until_now & written.keys() if written[name] is not None)
        return {name: ["future"] for name in names if written[name][:10] > latest}

    def _read_part(self, part: str, given: Any, errors: Errors) -> dict[str, Any]:
        if type(given) is not dict:
            errors[part] = ["type.object"]
            return {}
        readers = self._readers[part]
        result = {}
        for name, value in given.items():
            read = readers.get(name)
            if read is None:
                self._refuse_name(name, errors)
                continue
            try:
                result[name] = read(value)
            except ValidationError as error:
                errors.update(_flat(name, error.messages))
        return result

    def _readers_of(self, part: str) -> dict[str, Reader]:
        return {name: each.deserialize for name, each in self.written_in(part).items()}

    def written_in(self, part: str) -> dict[str, Field]:
        """The fields that a part of an op may write, by name."""
        kinds = _KINDS_OF_PART[part]
        return {name: each for name, each in self.fields.items() if each.kind in kinds}

    def _refuse_name(self, name: str, errors: Errors) -> None:
        known = self.fields.get(name)
        errors[echo(name)] = [f"wrong_part|{known.part}" if known else "unknown_field"]

    def write(self, values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """The parts of an op that writes these values, each where its merge kind is written; sets: adds."""
        parts: dict[str, dict[str, Any]] = {}
        for name, value in values.items():
            parts.setdefault(self.fields[name].part, {})[name] = value
        return parts

    def sample(self) -> dict[str, Any]:
        """A good value for every field, as an op writes it: for tests, and examples in descriptions."""
        return {name: each.example for name, each in self.fields.items()}

    # --- the merged record ---

    def whole(self, fields: Mapping[str, Any]) -> list[str]:
        """The names of the required fields that a merged record lacks and of the rules that it breaks."""
        empty = [name for name in self._needed if fields.get(name) in _EMPTY]
        lacking = [name for name in empty if _is_required(self._needed[name], fields)]
        return list(dict.fromkeys([*lacking, *self.breaches(fields)]))

    def breaches(self, fields: Mapping[str, Any]) -> Iterator[str]:
        """Override: the rules across fields that a merged record breaks, each by the field to mend."""
        yield from ()

    def is_past(self, fields: Mapping[str, Any]) -> bool:
        """Override: whether a record that carries another has ended; it carries on only while no present one does."""
        return False

    def doubts(self, fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Override: what is unlikely about a merged record, though it may be so: field and code."""
        yield from ()

    def warnings(self, fields: Mapping[str, Any]) -> Errors:
        """What soft checks have against a merged record: field → codes. They are kept with it and stop nobody."""
        found = {name: each.warnings(fields[name]) for name, each in self._soft.items() if fields.get(name)}
        for name, code in self.doubts(fields):
            found.setdefault(name, []).append(code)
        return {name: codes for name, codes in found.items() if codes}


def _may_be_required(field: Field) -> bool:
    return bool(field.required or field.required_if or field.required_without)


def _is_required(field: Field, fields: Mapping[str, Any]) -> bool:
    if field.required_without and all(fields.get(other) in _EMPTY for other in field.required_without):
        return True
    if field.required or field.required_if is None:
        return field.required
    other, values = field.required_if
    return fields.get(other) in values


def _flat(path: str, messages: Any) -> Errors:
    """A field's messages as marshmallow nests them, by dotted path."""
    if isinstance(messages, list):
        return {path: messages}
    flat: Errors = {}
    for name, inner in messages.items():
        flat |= _flat(f"{path}.{name}", inner)
    return flat
