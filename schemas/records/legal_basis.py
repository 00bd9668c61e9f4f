"""On what the processing of data for a purpose rests: a law, a public service, or the consent of the person.

Only what rests on consent stops when consent is withdrawn; protecting a child does not. These are the office's words
for its region; where it says nothing, DEFAULT_BASES holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.base import RecordType
from schemas.checks import days_in_order
from schemas.fields import Code, Date, Enum, Str
from schemas.placement import Reference

DEFAULT_BASES = {
    "social_service": "public_service",
    "child_protection": "law",
    "prevention": "law",
    "escort": "public_service",
}
"""Purpose → basis; every other purpose rests on consent."""


class LegalBasis(RecordType):
    class Meta:
        name = "legal_basis"
        title = ("Правовое основание", "Legal basis")
        groups = (("main", "Основное", "Main"),)
        feed = Reference()
        writer = "office"
        display = ("purpose", "basis")
        since = 3

    purpose = Code("purposes", merge="guarded", required=True, indexed=True, group="main", label=("Цель", "Purpose"))
    basis = Enum(
        (
            ("law", "Закон", "Law"),
            ("public_service", "Государственная услуга", "Public service"),
            ("consent", "Согласие", "Consent"),
        ),
        merge="guarded",
        required=True,
        indexed=True,
        group="main",
        label=("Основание", "Basis"),
    )
    act = Str(
        merge="latest",
        required_if=("basis", ("law", "public_service")),
        group="main",
        label=("Нормативный акт", "Act"),
        hint=("Закон и статья.", "The law and its article."),
        example="120-ФЗ, ст. 9",
    )
    date_from = Date(merge="guarded", indexed=True, group="main", label=("Действует с", "From"))
    date_to = Date(merge="guarded", indexed=True, group="main", label=("Действует по", "To"))

    def breaches(self, fields: Mapping[str, Any]) -> Iterator[str]:
        if not days_in_order(fields.get("date_from"), fields.get("date_to")):
            yield "date_to"
