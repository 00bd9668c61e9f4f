"""Signals that a family may need help, before anybody has been there («Круг заботы»)."""

from __future__ import annotations

from schemas.base import RecordType
from schemas.fields import Code, Date, DateTime, LogOf, Phone, Ref, States, Str, Text
from schemas.placement import WithParent


class NeedSignal(RecordType):
    class Meta:
        name = "need_signal"
        title = ("Сигнал о нуждаемости", "Signal of need")
        groups = (("main", "Основное", "Main"), ("work", "Ход работы", "Progress"))
        feed = WithParent("family")
        display = ("source", "received_at")
        date_field = "received_at"
        since = 3

    source = Code("signal_sources", merge="once", required=True, indexed=True, group="main", label=("Откуда", "Source"))
    received_at = DateTime(
        max="now", merge="once", required=True, indexed=True, group="main", label=("Получен", "Received at")
    )
    text = Text(merge="once", required=True, group="main", label=("Что сообщили", "What was said"))
    informant = Str(merge="latest", group="main", label=("Кто сообщил", "Who said so"), example="Классный руководитель")
    phone = Phone(merge="latest", group="main", label=("Телефон", "Phone"))
    territory = Ref("territory", merge="guarded", indexed=True, group="main", label=("Территория", "Territory"))
    place = Str(merge="latest", group="main", label=("Где", "Where"), example="с Образцовое, ул. Ленина, д. 5")
    family = Ref(
        "family",
        merge="guarded",
        indexed=True,
        group="main",
        label=("Семья", "Family"),
        hint=("Если она уже известна.", "If it is known already."),
    )
    owner = Ref("worker", merge="latest", indexed=True, group="work", label=("Кто занимается", "Owner"))
    due = Date(merge="latest", indexed=True, group="work", label=("Проверить до", "Check by"))
    status = States(
        (
            ("received", "Получен", "Received"),
            ("checking", "Проверяется", "Being checked"),
            ("confirmed", "Подтвердился", "Confirmed"),
            ("rejected", "Не подтвердился", "Not confirmed"),
            ("handed_over", "Передан", "Handed over"),
            ("closed", "Закрыт", "Closed"),
        ),
        transitions={
            None: ("received", "checking"),
            "received": ("checking", "confirmed", "rejected", "handed_over"),
            "checking": ("confirmed", "rejected", "handed_over"),
            "confirmed": ("handed_over", "closed"),
            "handed_over": ("checking", "closed"),
            "rejected": ("checking",),
            "closed": ("checking",),
        },
        indexed=True,
        group="work",
        label=("Состояние", "Status"),
    )
    notes = LogOf(Text(max_length=4000), group="work", label=("Заметки", "Notes"))
