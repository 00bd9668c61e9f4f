"""Numbers of the state, names and phones: lines with a shared check from `schemas.checks`."""

from __future__ import annotations

from typing import Annotated, Any, Unpack

from msgspec import Meta

from schemas import checks
from schemas.fields.base import Options
from schemas.fields.scalars import Checked
from schemas.text import digits

SNILS_MARK, PHONE_MARK = "#", "<"
NATIONAL = 10  # digits of a phone number without its country code


def phone_term(number: str) -> str:
    """A phone number as it is searched: from its end, so that its last digits will do; without a country code."""
    return PHONE_MARK + digits(number)[-NATIONAL:][::-1]


class Snils(Checked):
    """СНИЛС: 11 digits."""

    check = "snils"
    canonical = staticmethod(checks.snils)
    example = "11223344595"

    def terms(self, value: str) -> list[str]:
        return [SNILS_MARK + value]


class Inn(Checked):
    """ИНН: 10 or 12 digits."""

    check = "inn"
    canonical = staticmethod(checks.inn)
    example = "7707083893"


class Oktmo(Checked):
    """ОКТМО: 8 or 11 digits."""

    check = "oktmo"
    canonical = staticmethod(checks.oktmo)
    example = "12605101"


class Passport(Checked):
    """Internal passport: 10 digits."""

    check = "passport"
    canonical = staticmethod(checks.passport)
    example = "1203123456"


class Enp(Checked):
    """ЕНП, the medical insurance policy: 16 digits."""

    check = "enp"
    canonical = staticmethod(checks.enp)
    example = "5300000000000014"


class BirthCertificate(Checked):
    """Birth certificate, `II-АБ № 123456`. Soft: a foreign one is free text."""

    check = "birth_certificate"
    canonical = staticmethod(checks.birth_certificate)
    normalise = "ident"
    example = "II-АБ № 123456"

    def __init__(self, **options: Unpack[Options]) -> None:
        options.setdefault("soft", True)
        super().__init__(**options)


class PersonName(Checked):
    """A surname, given name or patronymic, in Cyrillic."""

    check = "person_name"
    canonical = staticmethod(checks.person_name)
    normalise = "name"
    example = "Иванова"

    @property
    def plain(self) -> Any:
        if self.pattern:
            return super().plain
        letters = "[А-яЁё]+"
        return Annotated[str, Meta(max_length=self.max_length, pattern=rf"\A{letters}(?:[ '-]{letters})*\Z")]

    @property
    def is_told(self) -> bool:
        return not self.pattern


class Phone(Checked):
    """A phone number in E.164."""

    check = "phone"
    canonical = staticmethod(checks.phone)
    example = "+79111234567"

    def terms(self, value: str) -> list[str]:
        return [phone_term(value)]
