"""Days and moments. They stay ISO 8601 texts, which compare as they sort."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Unpack

from msgspec import Meta

from schemas import checks
from schemas.fields.base import Field, Options
from schemas.messages import refuse

NOW = "now"
"""As `max`: not after the op was written."""

FIRST, LAST = "1800", "2200"

# Within FIRST and LAST, and days that every month and year has: the others are read.
_YEAR, _MONTH, _DAY = r"(?:1[89]|2[01])[0-9]{2}", r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|1[0-9]|2[0-8])"
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{0,5}[1-9])?"
_OFFSET = r"(?:Z|[+-](?!00:00)(?:0[0-9]|1[0-4]):[0-5][0-9])"


class Date(Field):
    """A day, `2014-05-03`, from `min` to `max` (ISO texts; `max` may be "now": see `RecordType.check`)."""

    type = "date"
    example = "2014-05-03"
    form: ClassVar[staticmethod[[Any], str]] = staticmethod(checks.iso_date)
    written: ClassVar[str] = f"{_YEAR}-{_MONTH}-{_DAY}"

    def __init__(self, *, min: str = FIRST, max: str = LAST, **options: Unpack[Options]) -> None:
        super().__init__(**options)
        self.min, self.max = min, max
        self.until_now = max == NOW
        self._most = LAST if self.until_now else max

    def read(self, value: Any) -> str:
        text = self.form(value)
        if self.min <= text <= self._most:
            return text
        raise refuse("range", self.min, self._most)

    @property
    def plain(self) -> Any:
        return Annotated[str, Meta(pattern=rf"\A(?:{self.written})\Z")]

    @property
    def is_told(self) -> bool:
        return (self.min, self._most) == (FIRST, LAST)

    def stands(self, value: Any) -> bool:
        return bool(self.min <= value <= self._most)

    def describe(self, path: str) -> dict[str, Any]:
        return super().describe(path) | {"min": self.min, "max": self.max}


class PartialDate(Date):
    """What is known of a day: the day, the month or only the year."""

    type = "partial_date"
    form = staticmethod(checks.partial_date)
    written = f"{_YEAR}(?:-{_MONTH}(?:-{_DAY})?)?"


class DateTime(Date):
    """A moment with its offset from UTC (RFC 3339)."""

    type = "datetime"
    example = "2014-05-03T10:00:00+03:00"
    form = staticmethod(checks.iso_datetime)
    written = f"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_OFFSET}"
