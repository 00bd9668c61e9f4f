"""Days and moments. They stay ISO 8601 texts, which compare as they sort."""

from __future__ import annotations

from typing import Any, ClassVar, Unpack

from schemas import checks
from schemas.fields.base import Field, Options
from schemas.messages import refuse

NOW = "now"
"""As `max`: not after the op was written."""


class Date(Field):
    """A day, `2014-05-03`, from `min` to `max` (ISO texts; `max` may be "now": see `RecordType.check`)."""

    type = "date"
    example = "2014-05-03"
    form: ClassVar[staticmethod[[Any], str]] = staticmethod(checks.iso_date)

    def __init__(self, *, min: str = "1800", max: str = "2200", **options: Unpack[Options]) -> None:
        super().__init__(**options)
        self.min, self.max = min, max
        self.until_now = max == NOW
        self._most = "2200" if self.until_now else max

    def read(self, value: Any) -> str:
        text = self.form(value)
        if self.min <= text <= self._most:
            return text
        raise refuse("range", self.min, self._most)

    def describe(self, path: str) -> dict[str, Any]:
        return super().describe(path) | {"min": self.min, "max": self.max}


class PartialDate(Date):
    """What is known of a day: the day, the month or only the year."""

    type = "partial_date"
    form = staticmethod(checks.partial_date)


class DateTime(Date):
    """A moment with its offset from UTC (RFC 3339)."""

    type = "datetime"
    example = "2014-05-03T10:00:00+03:00"
    form = staticmethod(checks.iso_datetime)
