"""Every vector of the domain's validation table, good and bad."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from marshmallow import ValidationError

from schemas import checks

OKTMO_FILE = Path(__file__).parents[2] / "server" / "data" / "oktmo" / "astrakhan.csv"


def refusal(check: Callable[[str], str], text: str) -> str:
    with pytest.raises(ValidationError) as caught:
        check(text)
    return str(caught.value.messages[0])


GOOD = [
    (checks.snils, "112-233-445 95", "11223344595"),
    (checks.snils, "087-654-303 00", "08765430300"),
    (checks.snils, "104-161-451 00", "10416145100"),
    (checks.snils, "222-313-058 00", "22231305800"),
    (checks.snils, "200-000-000 18", "20000000018"),
    (checks.snils, "001-001-998 77", "00100199877"),
    (checks.inn, "7707083893", "7707083893"),
    (checks.inn, "500100732259", "500100732259"),
    (checks.inn, "5001 0073 2259", "500100732259"),
    (checks.oktmo, "12635408", "12635408"),
    (checks.oktmo, "12 605 101 001", "12605101001"),
    (checks.birth_certificate, "II-АБ № 123456", "II-АБ № 123456"),
    (checks.birth_certificate, "ii-аб 123456", "II-АБ № 123456"),
    (checks.birth_certificate, "ІІ-AB №123456", "II-АВ № 123456"),
    (checks.birth_certificate, "XXIX – МЮ № 000001", "XXIX-МЮ № 000001"),
    (checks.passport, "12 03 123456", "1203123456"),
    (checks.passport, "1203 № 123456", "1203123456"),
    (checks.enp, "5300000000000014", "5300000000000014"),
    (checks.enp, "5800 8408 5312 3453", "5800840853123453"),
    (checks.phone, "8 (911) 123-45-67", "+79111234567"),
    (checks.phone, "+7 911 123 45 67", "+79111234567"),
    (checks.person_name, "О'Коннор", "О'Коннор"),
    (checks.person_name, "О’Коннор", "О'Коннор"),
    (checks.person_name, "Я", "Я"),
    (checks.person_name, "Сулейман оглы", "Сулейман оглы"),
    (checks.person_name, "Сулейман  оглы", "Сулейман оглы"),
    (checks.person_name, "Кара – оол", "Кара-оол"),
    (checks.person_name, "Семёнова", "Семёнова"),
    (checks.iso_date, "2016-02-29", "2016-02-29"),
    (checks.partial_date, "2014", "2014"),
    (checks.partial_date, "2014-05", "2014-05"),
    (checks.partial_date, "2014-05-03", "2014-05-03"),
    (checks.iso_datetime, "2014-05-03T10:00:00+03:00", "2014-05-03T10:00:00+03:00"),
    (checks.iso_datetime, "2014-05-03t10:00:00.500z", "2014-05-03T10:00:00.5Z"),
    (checks.iso_datetime, "2014-05-03T10:00:00.000-00:00", "2014-05-03T10:00:00Z"),
]

BAD = [
    (checks.snils, "112-233-445 96", "snils.checksum"),
    (checks.snils, "001-001-999 00", "snils.checksum"),
    (checks.snils, "000-000-000 00", "snils.format"),
    (checks.snils, "112-233-445", "snils.format"),
    (checks.snils, "١١٢٢٣٣٤٤٥٩٥", "snils.format"),
    (checks.inn, "123456789012", "inn.checksum"),
    (checks.inn, "381115055505", "inn.checksum"),
    (checks.inn, "77070838931", "inn.format"),
    (checks.inn, "слово", "inn.format"),
    (checks.oktmo, "1263540", "oktmo.format"),
    (checks.oktmo, "12635408a", "oktmo.format"),
    (checks.oktmo, "12605100", "oktmo.heading"),
    (checks.oktmo, "12605400", "oktmo.heading"),
    (checks.birth_certificate, "IIII-АБ 123456", "birth_certificate.format"),
    (checks.birth_certificate, "-АБ 123456", "birth_certificate.format"),
    (checks.birth_certificate, "II-АБ 12345", "birth_certificate.format"),
    (checks.birth_certificate, "II-ЖQ 123456", "birth_certificate.format"),
    (checks.passport, "1203 12345", "passport.format"),
    (checks.enp, "0000000000000000", "enp.format"),
    (checks.enp, "530000000000001", "enp.format"),
    (checks.enp, "5300000000000015", "enp.checksum"),
    (checks.phone, "7123", "phone.format"),
    (checks.phone, "позвонить соседке", "phone.format"),
    (checks.phone, "8 (911) 123-45-67 доб. 12", "phone.extension"),
    (checks.person_name, "Иванoва", "name.mixed"),
    (checks.person_name, "Ivanova", "name.characters"),
    (checks.person_name, "Иванова-", "name.characters"),
    (checks.person_name, "Иванова 2", "name.characters"),
    (checks.person_name, "", "name.characters"),
    (checks.iso_date, "2015-02-29", "type.date"),
    (checks.iso_date, "20140503", "type.date"),
    (checks.iso_date, "2014-W01-1", "type.date"),
    (checks.partial_date, "2014-13", "type.partial_date"),
    (checks.partial_date, "0000", "type.partial_date"),
    (checks.partial_date, "14", "type.partial_date"),
    (checks.iso_datetime, "2014-05-03T10:00:00", "type.datetime"),
    (checks.iso_datetime, "2014-05-03 10:00:00Z", "type.datetime"),
    (checks.iso_datetime, "2014-05-03T25:00:00Z", "type.datetime"),
    (checks.iso_datetime, "2014-05-03T10:00:00+14:99", "type.datetime"),
]


@pytest.mark.parametrize(("check", "text", "canonical"), GOOD)
def test_a_good_value_gets_its_canonical_form(check: Callable[[str], str], text: str, canonical: str) -> None:
    assert check(text) == canonical
    assert check(canonical) == canonical


@pytest.mark.parametrize(("check", "text", "code"), BAD)
def test_a_bad_value_is_refused_with_its_code(check: Callable[[str], str], text: str, code: str) -> None:
    assert refusal(check, text) == code


@pytest.mark.parametrize(("code", "digit"), [("12605000", 4), ("12635408", 5), ("79615445", 4), ("79600000", 0)])
def test_the_check_digit_of_an_oktmo_code(code: str, digit: int) -> None:
    assert checks.oktmo_check_digit(code) == digit


def test_the_oktmo_rules_hold_for_a_whole_region() -> None:
    with OKTMO_FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 610
    for row in rows:
        assert checks.oktmo(row["oktmo"]) == row["oktmo"]
        assert checks.oktmo_check_digit(row["oktmo"]) == int(row["check_digit"])


@pytest.mark.parametrize(
    ("first", "last", "in_order"),
    [
        ("2014-05-03", "2014-05-03", True),
        ("2014-05-04", "2014-05-03", False),
        ("2014", "2014-05-03", True),
        ("2014-06", "2014-05-03", False),
        ("2014-06", "2014", True),
        (None, "2014", True),
        ("2014", None, True),
    ],
)
def test_days_are_in_order_as_far_as_they_are_known(first: str, last: str, in_order: bool) -> None:
    assert checks.days_in_order(first, last) is in_order


def test_moments_are_compared_whatever_their_offsets() -> None:
    noon_in_astrakhan, noon_in_moscow = "2024-05-03T12:00:00+04:00", "2024-05-03T12:00:00+03:00"
    assert checks.moments_in_order(noon_in_astrakhan, noon_in_moscow)
    assert not checks.moments_in_order(noon_in_moscow, noon_in_astrakhan)
    assert checks.moments_in_order(noon_in_moscow, None)
