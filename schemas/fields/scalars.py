"""Texts, numbers, truth values and ids, strict: nothing is guessed, nothing is converted."""

from __future__ import annotations

import math
import re
from typing import Annotated, Any, ClassVar, Unpack

from marshmallow import ValidationError
from msgspec import Meta

from schemas import checks
from schemas.fields.base import Field, Options
from schemas.kinds import Kind
from schemas.messages import refuse
from schemas.wire import MAX_SAFE_INTEGER, read_uuid
from schemas.wire import Uuid as UuidText

# What Russian texts are made of: these signs stay as they are under NFC, next to whatever else of them.
PLAIN_SIGNS = " -~А-яЁё«»—–№…"


class Str(Field):
    """One line of text: NFC, trimmed, no control characters. `pattern`: a regular expression for it all."""

    type = "string"
    example = "Пример"
    form: ClassVar[staticmethod[[Any], str]] = staticmethod(checks.line)
    signs: ClassVar[str] = PLAIN_SIGNS

    def __init__(self, *, max_length: int = 300, pattern: str | None = None, **options: Unpack[Options]) -> None:
        super().__init__(**options)
        self.max_length = max_length
        self.pattern = pattern
        self._matches = re.compile(pattern).fullmatch if pattern else None

    def read(self, value: Any) -> str:
        text = self.form(value)
        if len(text) > self.max_length:
            raise refuse("too_long", self.max_length)
        text = self.settle(text)
        if self._matches and not self._matches(text):
            raise refuse("pattern")
        return text

    def settle(self, text: str) -> str:
        """The canonical form of a text that is well formed. Raises ValidationError."""
        return text

    @property
    def plain(self) -> Any:
        own = f"(?=(?:{self.pattern})\\Z)" if self.pattern else ""
        trimmed = rf"(?!\s)[{self.signs}]*(?<!\s)"
        return Annotated[str, Meta(max_length=self.max_length, pattern=rf"\A{own}{trimmed}\Z")]

    def describe(self, path: str) -> dict[str, Any]:
        pattern = {"pattern": self.pattern} if self.pattern else {}
        return super().describe(path) | {"max_length": self.max_length} | pattern


class Text(Str):
    """Text of several lines."""

    type = "text"
    form = staticmethod(checks.multiline)
    signs = PLAIN_SIGNS + r"\t\n"

    def __init__(self, *, max_length: int = 20_000, **options: Unpack[Options]) -> None:
        super().__init__(max_length=max_length, **options)


class Checked(Str):
    """A line with a shared check, which gives its canonical form. Soft: what fails is kept as written."""

    canonical: ClassVar[staticmethod[[str], str]]

    def settle(self, text: str) -> str:
        try:
            return self.canonical(text)
        except ValidationError:
            if self.soft:
                return text
            raise

    @property
    def is_told(self) -> bool:
        return False

    def warnings(self, value: Any) -> list[str]:
        try:
            self.canonical(value)
        except ValidationError as error:
            return list(error.messages)
        return []


class Int(Field):
    """A whole number that JSON keeps exactly, from `min` to `max`."""

    type = "integer"

    def __init__(self, *, min: int | None = None, max: int | None = None, **options: Unpack[Options]) -> None:
        options.setdefault("example", min or 0)
        super().__init__(**options)
        self._bounds = _Bounds(min, max)

    def read(self, value: Any) -> int:
        if type(value) is not int:
            raise refuse("type.integer")
        self._bounds.hold(value)
        return value

    @property
    def plain(self) -> Any:
        return Annotated[int, self._bounds.meta]

    def describe(self, path: str) -> dict[str, Any]:
        return super().describe(path) | self._bounds.describe()


class Counter(Int):
    """A counter: an op says by how much it changes."""

    implied = Kind.COUNTER


class Num(Field):
    """A number, whole or not, from `min` to `max`; 5.0 is 5."""

    type = "number"

    def __init__(self, *, min: float | None = None, max: float | None = None, **options: Unpack[Options]) -> None:
        options.setdefault("example", min or 0)
        super().__init__(**options)
        self._bounds = _Bounds(min, max)

    def read(self, value: Any) -> int | float:
        kind = type(value)
        if not (kind is int or (kind is float and math.isfinite(value))):
            raise refuse("type.number")
        self._bounds.hold(value)
        return int(value) if kind is float and value.is_integer() else value

    @property
    def plain(self) -> Any:
        whole = Meta(ge=math.ceil(self._bounds.least), le=math.floor(self._bounds.most))
        return Annotated[int, whole] | Annotated[float, self._bounds.meta]

    def describe(self, path: str) -> dict[str, Any]:
        return super().describe(path) | self._bounds.describe()


class _Bounds:
    """The range of a number: its declared ends, and never more than JSON keeps exactly."""

    def __init__(self, least: float | None, most: float | None) -> None:
        self.declared = {"min": least, "max": most}
        self.least = -MAX_SAFE_INTEGER if least is None else least
        self.most = MAX_SAFE_INTEGER if most is None else most

    def hold(self, value: float) -> None:
        if self.least <= value <= self.most:
            return
        if self.declared["max"] is None and value < self.least:
            raise refuse("range.min", self.least)
        if self.declared["min"] is None and value > self.most:
            raise refuse("range.max", self.most)
        raise refuse("range", self.least, self.most)

    @property
    def meta(self) -> Meta:
        """The same range for msgspec."""
        return Meta(ge=self.least, le=self.most)

    def describe(self) -> dict[str, Any]:
        return {key: value for key, value in self.declared.items() if value is not None}


class Bool(Field):
    """True or false."""

    type = "boolean"
    example = True
    plain = bool

    def read(self, value: Any) -> bool:
        if value is True or value is False:
            return value
        raise refuse("type.boolean")


class Uuid(Field):
    """A UUID in lower case."""

    type = "string"
    check: ClassVar[str | None] = "uuid"
    example = "0198c0de-0000-7000-8000-000000000001"
    plain = UuidText

    def read(self, value: Any) -> str:
        return read_uuid(value)


class Ref(Uuid):
    """The id of a record of the type `to`. Whether there is such a record is asked of the merged whole."""

    type = "ref"
    check = None

    def __init__(self, to: str, **options: Unpack[Options]) -> None:
        super().__init__(**options)
        self.to = to

    def describe(self, path: str) -> dict[str, Any]:
        return super().describe(path) | {"ref": self.to}
