"""What every field of a record type declares, and how a value is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, TypedDict

import marshmallow.fields
from marshmallow import missing

from schemas.kinds import FieldRule, Kind, identity
from schemas.text import NORMALISERS, words

Label = tuple[str, str]
"""A text that people see: Russian, English."""


class Options(TypedDict, total=False):
    """The keywords of every field. What one class alone takes (`max_length` …) is in its constructor."""

    label: Label  # required of a record's own fields and of an object's, not of list items
    hint: Label
    group: str  # the key of one of the type's groups
    merge: Kind | str  # required of a record's own fields; implied by SetOf, LogOf, Counter and States
    required: bool  # on the merged record: an op may leave anything out
    required_if: tuple[str, tuple[Any, ...]]  # (other field, the values of it that make this one required)
    required_without: tuple[str, ...]  # required when all of these other fields are empty
    writer: str  # "tablet" or "office": only the office may write it; by default the type's
    indexed: bool  # has a typed column in the projection
    unique: bool  # two living records with one value are a matter for people; implies indexed
    sortable: bool  # has a sort key beside that column
    searchable: bool  # people find the record, or what it belongs to, by this value
    normalise: str  # the name of a normal form in schemas.text: guarded values that share it agree
    soft: bool  # what fails the check warns and is kept
    since: int  # the schema in which the field first appeared: tablets of an earlier one do not get it
    example: Any  # a good value, canonical, for tests and descriptions


class Field(marshmallow.fields.Field[Any]):
    """A value as JSON, in and out: `deserialize` gives its canonical form, which is a fixed point.

    A subclass implements `read` and says its `type` on the wire. Refusals are ValidationErrors whose messages
    are codes.
    """

    type: ClassVar[str]
    check: ClassVar[str | None] = None
    implied: ClassVar[Kind | None] = None
    normalise: ClassVar[str | None] = None
    example: Any = None
    default_error_messages = {"required": "missing", "null": "null"}  # noqa: RUF012 (marshmallow's name and type)

    def __init__(
        self,
        *,
        label: Label | None = None,
        hint: Label | None = None,
        group: str | None = None,
        merge: Kind | str | None = None,
        required: bool = False,
        required_if: tuple[str, tuple[Any, ...]] | None = None,
        required_without: tuple[str, ...] = (),
        writer: str | None = None,
        indexed: bool = False,
        unique: bool = False,
        sortable: bool = False,
        searchable: bool = False,
        normalise: str | None = None,
        soft: bool = False,
        since: int = 1,
        example: Any = None,
    ) -> None:
        self.kind = self.implied if merge is None else Kind(merge)
        super().__init__(required=required, allow_none=self.clearable)
        self.label, self.hint, self.group = label, hint, group
        self.required_if, self.required_without = required_if, required_without
        self.writer = writer
        self.indexed, self.unique, self.sortable = indexed or unique, unique, sortable
        self.searchable = searchable
        self.normaliser = _normaliser(normalise or self.normalise)
        self.soft = soft
        self.since = since
        self.example = self.example if example is None else example

    def read(self, value: Any) -> Any:
        """The canonical form of a JSON value other than null. Raises ValidationError."""
        raise NotImplementedError

    @property
    def plain(self) -> Any:
        """A type for msgspec, by which the fast check (compiled.py) knows values that are canonical as they stand.

        It need not hold them all: what it does not hold is read. Floats are not its business.
        """
        raise NotImplementedError

    @property
    def is_told(self) -> bool:
        """Whether being of the plain type is enough; else `stands` is asked."""
        return True

    def stands(self, value: Any) -> bool:
        """Whether a value of the plain type is canonical as it stands. Raises ValidationError for a bad one."""
        return bool(self.read(value) == value)

    def warnings(self, value: Any) -> list[str]:
        """The codes of what a soft check has against a canonical value."""
        return []

    def deserialize(
        self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> Any:
        """The canonical form of a value, None for a null that clears. Raises ValidationError.

        This is the hot path: marshmallow's own way from here to `read` costs more than most checks.
        """
        if value is None or value is missing:
            return super().deserialize(value, attr, data, **kwargs)
        return self.read(value)

    @property
    def part(self) -> str:
        """The part of an op that writes this field, removals from a set aside."""
        if self.kind in (Kind.SET, Kind.LOG):
            return "add"
        return "inc" if self.kind is Kind.COUNTER else "set"

    @property
    def clearable(self) -> bool:
        """Whether null clears the field. Inside a value nothing is cleared."""
        return self.kind in (Kind.LATEST, Kind.GUARDED, Kind.ONCE, Kind.STATES)

    @property
    def rule(self) -> FieldRule:
        """How the engine merges the field."""
        assert self.kind is not None
        return FieldRule(self.kind, self.normal_form())

    def normal_form(self) -> Callable[[Any], Any]:
        """The function from values (of a set: elements) to what they are compared by."""
        fold = self.normaliser
        return (lambda value: fold(value) if type(value) is str else value) if fold else identity

    def is_reserved(self, value: Any) -> bool:
        """Whether only the office may write this value, and in records that show it."""
        return False

    def terms(self, value: Any) -> Sequence[str]:
        """By what a canonical value is found: folded words; numbers of their own kind have a mark before them."""
        return words(str(value))

    def children(self) -> Mapping[str, Field]:
        """The fields inside the value: of an object by key, of a list its items under the empty name."""
        return {}

    def choices(self) -> list[dict[str, Any]] | None:
        """The value list that the field brings along, in the form of a code list."""
        return None

    def describe(self, path: str) -> dict[str, Any]:
        """The field as `GET /schemas` shows it (protocol, section 4); `path` names a code list of its own."""
        other, values = self.required_if or (None, ())
        described = {
            "type": self.type,
            "merge": self.kind and self.kind.value,
            "required": self.required,
            "required_if": {"field": other, "values": list(values)} if other else None,
            "required_without": list(self.required_without) or None,
            "label": bilingual(self.label),
            "hint": bilingual(self.hint),
            "group": self.group,
            "check": self.check,
            "soft": self.soft,
            "writer": self.writer,
            "codes": path if self.choices() else None,
        }
        return {key: value for key, value in described.items() if value is not None}


def _normaliser(name: str | None) -> Callable[[str], str] | None:
    if name is not None and name not in NORMALISERS:
        raise TypeError(f"no normal form is called {name!r}")
    return NORMALISERS[name] if name else None


def bilingual(label: Label | None) -> dict[str, str] | None:
    """A label on the wire: `{"ru": …, "en": …}`."""
    return label and {"ru": label[0], "en": label[1]}
