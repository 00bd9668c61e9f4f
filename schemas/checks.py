"""Pure checks of values: each gives a text's canonical form, or raises ValidationError with a code.

The canonical form is a fixed point: checking it again changes nothing. Rules and vectors: domain, section 4.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from unicodedata import normalize

import phonenumbers
from stdnum import luhn
from stdnum.exceptions import InvalidChecksum
from stdnum.exceptions import ValidationError as StdnumError
from stdnum.ru import inn as stdnum_inn

from schemas.messages import refuse

# --- text ---

_NOT_IN_A_LINE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_NOT_IN_A_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def line(value: Any) -> str:
    """One line of text: NFC, trimmed, without control characters."""
    if type(value) is not str:
        raise refuse("type.string")
    if not value.isprintable():
        _refuse_characters(_NOT_IN_A_LINE, value)
    return _tidy(value)


def multiline(value: Any) -> str:
    """Lines parted by line feeds: NFC, trimmed, without other control characters but tabs."""
    if type(value) is not str:
        raise refuse("type.string")
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    _refuse_characters(_NOT_IN_A_TEXT, text)
    return _tidy(text)


def _tidy(text: str) -> str:
    return text.strip() if text.isascii() else normalize("NFC", text).strip()


def _refuse_characters(forbidden: re.Pattern[str], text: str) -> None:
    found = forbidden.search(text)
    if found is None:
        return
    if found[0] == "\0":
        raise refuse("text.nul")
    raise refuse("text.surrogate" if "\ud800" <= found[0] <= "\udfff" else "text.control")


# --- dates: ISO 8601 text stays text, so that it compares as it sorts ---

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch
_PARTIAL_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}").fullmatch
_DATETIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]{1,6})?([Zz]|[+-][0-9]{2}:[0-5][0-9])"
).fullmatch


def iso_date(value: Any) -> str:
    """A day: `2014-05-03`."""
    if type(value) is str and _DATE(value) and _is_day(value):
        return value
    raise refuse("type.date")


def partial_date(value: Any) -> str:
    """A day, a month or a year: `2014-05-03`, `2014-05`, `2014`."""
    if type(value) is str and _PARTIAL_DATE(value) and _is_day(value + "-01-01"[len(value) - 4 :]):
        return value
    raise refuse("type.partial_date")


def iso_datetime(value: Any) -> str:
    """A moment with its offset (RFC 3339), `2014-05-03T10:00:00+03:00`; UTC is `Z`, an idle fraction goes."""
    parts = _DATETIME(value) if type(value) is str else None
    if parts is None:
        raise refuse("type.datetime")
    day, clock, fraction, offset = parts.groups()
    offset = "Z" if offset in ("z", "+00:00", "-00:00") else offset
    text = f"{day}T{clock}{(fraction or '').rstrip('.0')}{offset}"
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise refuse("type.datetime") from None
    return text


def days_in_order(first: str | None, last: str | None) -> bool:
    """Whether a day may be no later than another, as far as both are known (partial dates, None)."""
    known = min(len(first or ""), len(last or ""))
    return (first or "")[:known] <= (last or "")[:known]


def moments_in_order(first: str | None, last: str | None) -> bool:
    """Whether a moment is no later than another, whatever their offsets. What is missing breaks no order."""
    return not (first and last) or datetime.fromisoformat(first) <= datetime.fromisoformat(last)


def days_between(first: str, last: str) -> int:
    """The whole days from one moment to another, whatever their offsets."""
    return (datetime.fromisoformat(last) - datetime.fromisoformat(first)).days


def years_later(day: str, years: int) -> str:
    """The same day, month or year (a partial date) so many years later."""
    return f"{int(day[:4]) + years:04}{day[4:]}"


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


# --- numbers of the state ---

_SNILS_UNCHECKED = 1_001_998  # numbers up to 001-001-998 were given out before there was a check number
_OKTMO = re.compile(r"[0-9]{8}|[0-9]{11}").fullmatch
_SEPARATORS = re.compile(r"[\s‐‑–—-]+")


def snils(text: str) -> str:
    """Insurance number of a person: 11 digits, the last two a check number."""
    number = _digits(text, 11, "snils.format")
    if not int(number):
        raise refuse("snils.format")
    total = sum(int(digit) * weight for digit, weight in zip(number, range(9, 0, -1), strict=False))
    if int(number[:9]) > _SNILS_UNCHECKED and total % 101 % 100 != int(number[9:]):
        raise refuse("snils.checksum")
    return number


def inn(text: str) -> str:
    """Taxpayer number: 10 digits of an organisation or 12 of a person, with check digits."""
    number = _SEPARATORS.sub("", text)
    try:
        return str(stdnum_inn.validate(number))
    except InvalidChecksum:
        raise refuse("inn.checksum") from None
    except StdnumError:
        raise refuse("inn.format") from None


def oktmo(text: str) -> str:
    """Code of a municipal territory (8 digits) or of a settlement in one (11), without its check digit."""
    code = _SEPARATORS.sub("", text)
    if not _OKTMO(code):
        raise refuse("oktmo.format")
    if len(code) == 8 and code[5:] in ("100", "400"):
        raise refuse("oktmo.heading")
    return code


def oktmo_check_digit(code: str) -> int:
    """The check digit of an OKTMO code: weights 1…10 repeating, modulo 11; on 10 weights from 3; then 0."""
    for first in (0, 2):
        rest = sum(int(digit) * ((place + first) % 10 + 1) for place, digit in enumerate(code)) % 11
        if rest < 10:
            return rest
    return 0


def passport(text: str) -> str:
    """Series and number of an internal passport: 10 digits."""
    return _digits(text.replace("№", ""), 10, "passport.format")


def enp(text: str) -> str:
    """Number of the medical insurance policy: 16 digits, Luhn."""
    number = _digits(text, 16, "enp.format")
    if not int(number):
        raise refuse("enp.format")
    if not luhn.is_valid(number):
        raise refuse("enp.checksum")
    return number


def _digits(text: str, count: int, code: str) -> str:
    number = _SEPARATORS.sub("", text)
    if len(number) != count or not (number.isascii() and number.isdigit()):
        raise refuse(code)
    return number


_TO_LATIN = str.maketrans("ІХУ", "IXV")
_TO_CYRILLIC = str.maketrans("ABCEHKMOPTXY", "АВСЕНКМОРТХУ")
_BIRTH_CERTIFICATE = re.compile(r"(\w+)\s*[-‐‑–—]\s*(\w\w)\s*(?:№|N)?\s*([0-9]{6})").fullmatch
_ROMAN = re.compile(r"(?=.)(X{0,3})(IX|IV|V?I{0,3})").fullmatch
_TWO_CYRILLIC = re.compile(r"[А-Я]{2}").fullmatch


def birth_certificate(text: str) -> str:
    """Birth certificate: `II-АБ № 123456`, with look-alike letters of the other alphabet put right."""
    parts = _BIRTH_CERTIFICATE(text.upper())
    if parts:
        roman, letters = parts[1].translate(_TO_LATIN), parts[2].translate(_TO_CYRILLIC)
        if _ROMAN(roman) and _TWO_CYRILLIC(letters):
            return f"{roman}-{letters} № {parts[3]}"
    raise refuse("birth_certificate.format")


# --- names and phones ---

_NAME = re.compile(r"[Ѐ-ԯ]+(?:[ '-][Ѐ-ԯ]+)*").fullmatch
_HAS_LATIN = re.compile(r"[A-Za-zÀ-ɏ]").search
_HAS_CYRILLIC = re.compile(r"[Ѐ-ԯ]").search
_HYPHEN = re.compile(r"\s*[‐‑–—-]\s*")
_APOSTROPHE = re.compile(r"[’‘ʼ`´′]")


def person_name(text: str) -> str:
    """A surname, given name or patronymic in Cyrillic, as in the document; ё stays."""
    if _NAME(text):
        return text
    name = " ".join(_HYPHEN.sub("-", _APOSTROPHE.sub("'", text)).split())
    if _NAME(name):
        return name
    raise refuse("name.mixed" if _HAS_LATIN(name) and _HAS_CYRILLIC(name) else "name.characters")


@lru_cache(maxsize=1 << 12)
def phone(text: str) -> str:
    """A phone number in E.164; without a country code it is Russian."""
    try:
        number = phonenumbers.parse(text, "RU")
    except phonenumbers.NumberParseException:
        raise refuse("phone.format") from None
    if number.extension:
        raise refuse("phone.extension")
    if not phonenumbers.is_valid_number(number):
        raise refuse("phone.format")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
