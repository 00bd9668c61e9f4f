"""Consents to the processing of personal data: a document of its own for one purpose (152-ФЗ, art. 9).

Nothing here is replaced: a withdrawal is an entry that stays, and it wins whatever the clocks say. Who consents again
gives a new document, which is a new record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.base import RecordType
from schemas.checks import days_in_order
from schemas.fields import Code, Date, Enum, LogOf, Obj, Ref, Str
from schemas.placement import WithParent

METHODS = (
    ("paper", "На бумаге", "On paper"),
    ("e_signature", "Электронной подписью", "By an e-signature"),
    ("esia", "Через Госуслуги (ЕСИА)", "By Gosuslugi (ESIA)"),
)


class Consent(RecordType):
    class Meta:
        name = "consent"
        title = ("Согласие на обработку данных", "Consent to data processing")
        groups = (("main", "Основное", "Main"), ("paper", "Документ", "Document"), ("end", "Отзыв", "Withdrawal"))
        feed = WithParent("subject")
        display = ("purpose", "date_from")
        date_field = "date_from"
        since = 3

    subject = Ref("person", merge="once", required=True, indexed=True, group="main", label=("Чьи данные", "Whose data"))
    given_by = Ref(
        "person",
        merge="once",
        required=True,
        indexed=True,
        group="main",
        label=("Кто дал согласие", "Given by"),
        hint=("Сам человек или законный представитель.", "The person or a legal representative."),
    )
    purpose = Code("purposes", merge="once", required=True, indexed=True, group="main", label=("Цель", "Purpose"))
    date_from = Date(
        max="now", merge="once", required=True, indexed=True, group="main", label=("Дата согласия", "Given on")
    )
    until = Date(
        merge="once",
        indexed=True,
        group="main",
        label=("Действует по", "Until"),
        hint=("Пусто: до отзыва.", "Empty: until it is withdrawn."),
    )
    method = Enum(METHODS, merge="once", required=True, group="paper", label=("Как дано", "Method"))
    text_version = Str(
        merge="once",
        max_length=60,
        group="paper",
        label=("Редакция текста", "Version of the text"),
        example="2025-09",
    )
    text_hash = Str(
        merge="once",
        pattern="[0-9a-f]{64}",
        group="paper",
        label=("Контрольная сумма текста", "Hash of the text"),
        example="0" * 64,
    )
    scans = LogOf(Ref("attachment"), group="paper", label=("Скан", "Scan"))
    withdrawals = LogOf(
        Obj(
            {
                "date": Date(required=True, label=("Дата отзыва", "Withdrawn on")),
                "by": Ref("person", label=("Кто отозвал", "By")),
                "method": Enum(METHODS, label=("Как", "Method")),
            }
        ),
        group="end",
        label=("Отзыв согласия", "Withdrawal"),
        hint=("Отзыв не отменяется: новое согласие даётся заново.", "Final: a new consent is a new document."),
    )

    def breaches(self, fields: Mapping[str, Any]) -> Iterator[str]:
        if not days_in_order(fields.get("date_from"), fields.get("until")):
            yield "until"
