"""Values in words: what a value is called in Russian or English, in the region's time and the usual spelling."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import singledispatchmethod
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent

from schemas import registry
from schemas.clock import unpack
from schemas.codes import lists
from schemas.fields import (
    Bool,
    Code,
    Date,
    DateTime,
    Enum,
    Field,
    Int,
    ListOf,
    Num,
    Obj,
    PartialDate,
    Passport,
    Phone,
    Snils,
    Uuid,
)
from schemas.kinds import LIFE, Kind
from server.reading.reach import EVERYBODY, Reach

DAY = {"ru": "dd.MM.yyyy", "en": "d MMM yyyy"}
MINUTE = {"ru": "dd.MM.yyyy HH:mm", "en": "d MMM yyyy HH:mm"}
PERCENT = {"ru": "0.0\u00a0%", "en": "0.0%"}
MONTH = {"ru": "LLLL yyyy", "en": "MMMM yyyy"}
YES_NO = {"ru": ("нет", "да"), "en": ("no", "yes")}
ALIVE = {"ru": ("есть", "удалена"), "en": ("kept", "deleted")}
LIFE_LABEL = {"ru": "Удаление записи", "en": "Deletion of the record"}


@dataclass(frozen=True, slots=True)
class Name:
    """What a record is called, and its type."""

    type: str
    text: str


@dataclass(frozen=True)
class Words:
    """Says things in ``lang`` ("ru", "en") and local time to who may see what is in ``reach``; ``names`` are the
    records that values may refer to."""

    lang: str
    zone: ZoneInfo
    names: Mapping[str, Name] = field(default_factory=dict)
    reach: Reach = EVERYBODY

    def pick(self, pair: tuple[str, str] | None) -> str:
        """Of (Russian, English) the one."""
        return "" if pair is None else pair[0 if self.lang == "ru" else 1]

    def title(self, type_name: str) -> str:
        """What a record type is called; one that this server no longer knows keeps its own name."""
        known = registry.get(type_name)
        return self.pick(known.title) if known else type_name

    def label(self, type_name: str, name: str) -> str:
        """What a field is called."""
        if name == LIFE:
            return LIFE_LABEL[self.lang]
        known = registry.get(type_name)
        declared = known.fields.get(name) if known else None
        return self.pick(declared.label) if declared else name

    def labels(self, type_name: str, names: Iterable[str]) -> list[str]:
        """What fields are called."""
        return [self.label(type_name, name) for name in names]

    def value(self, type_name: str, name: str, value: Any) -> str:
        """A field's value, or an entry of its list, in words."""
        if name == LIFE:
            return ALIVE[self.lang][bool(value)]
        known = registry.get(type_name)
        declared = known.fields.get(name) if known else None
        return str(value) if declared is None else self.say(declared, value)

    def moment(self, ms: int | None) -> str:
        """Unix ms as local day and minute."""
        return "" if ms is None else self._moment(datetime.fromtimestamp(ms / 1000, UTC))

    def stamp(self, at: str) -> str:
        """A clock stamp as local day and minute."""
        return self.moment(unpack(at)[0])

    def day(self, iso: str | None) -> str:
        """An ISO date as people write it."""
        return format_date(date.fromisoformat(iso), DAY[self.lang], self.lang) if iso else ""

    def month(self, day: date) -> str:
        """The month of a day, with its year, as a heading has it."""
        return format_date(day, MONTH[self.lang], self.lang).capitalize()

    def month_names(self) -> list[str]:
        """The twelve months in short."""
        return [format_date(date(2000, month, 1), "LLL", self.lang).strip(".") for month in range(1, 13)]

    def count(self, number: float) -> str:
        """A number with the language's separators."""
        return format_decimal(number, locale=self.lang)

    def share(self, part: int, whole: int) -> str:
        """A part of a whole in percent."""
        return format_percent(part / whole, PERCENT[self.lang], locale=self.lang)

    def _moment(self, when: datetime) -> str:
        return format_datetime(when.astimezone(self.zone), MINUTE[self.lang], locale=self.lang)

    def _choice(self, values: Mapping[str, str], value: Any) -> str:
        return values.get(value, str(value))

    @singledispatchmethod
    def say(self, declared: Field, value: Any) -> str:
        """A value in words, by the class of its field."""
        return "" if value is None else str(value)

    @say.register
    def _(self, declared: Bool, value: Any) -> str:
        return "" if value is None else YES_NO[self.lang][value]

    @say.register(Int)
    @say.register(Num)
    def _(self, declared: Field, value: Any) -> str:
        return "" if value is None else self.count(value)

    @say.register
    def _(self, declared: Date, value: Any) -> str:
        return self.day(value)

    @say.register
    def _(self, declared: PartialDate, value: Any) -> str:
        if value is None or len(value) == 4:
            return value or ""
        if len(value) == 7:
            return format_date(date.fromisoformat(f"{value}-01"), MONTH[self.lang], self.lang)
        return self.day(value)

    @say.register
    def _(self, declared: DateTime, value: Any) -> str:
        return "" if value is None else self._moment(datetime.fromisoformat(value))

    @say.register
    def _(self, declared: Enum, value: Any) -> str:
        state = value["to"] if isinstance(value, dict) else value
        return "" if state is None else self._choice({each[0]: self.pick(each[1:]) for each in declared.values}, state)

    @say.register
    def _(self, declared: Code, value: Any) -> str:
        labels = {entry["value"]: entry["label"][self.lang] for entry in lists()[declared.codes]}
        return "" if value is None else self._choice(labels, value)

    @say.register
    def _(self, declared: Uuid, value: Any) -> str:
        return "" if value is None else self.names[value].text if value in self.names else value[:8] + "…"

    @say.register
    def _(self, declared: Phone, value: Any) -> str:
        return "" if value is None else self.phone(value)

    @say.register
    def _(self, declared: Snils, value: Any) -> str:
        return f"{value[:3]}-{value[3:6]}-{value[6:9]} {value[9:]}" if value else ""

    @say.register
    def _(self, declared: Passport, value: Any) -> str:
        return f"{value[:2]} {value[2:4]} {value[4:]}" if value else ""

    @say.register
    def _(self, declared: Obj, value: Any) -> str:
        parts = (value or {}).items()
        known = [(declared.fields[key], inner) for key, inner in parts if key in declared.fields]
        return "; ".join(f"{self.pick(each.label)}: {self.say(each, inner)}" for each, inner in known)

    @say.register
    def _(self, declared: ListOf, value: Any) -> str:
        if not isinstance(value, list):  # one element of a set, one entry of a log: how their story is told
            return self.say(declared.inner, value)
        elements = [each["value"] for each in value] if declared.kind is Kind.LOG else value
        return ", ".join(self.say(declared.inner, each) for each in elements)

    def phone(self, number: str | None) -> str:
        """An E.164 number with spaces; anything else as it is."""
        try:
            return phonenumbers.format_number(
                phonenumbers.parse(number or ""), phonenumbers.PhoneNumberFormat.INTERNATIONAL
            )
        except phonenumbers.NumberParseException:
            return number or ""
