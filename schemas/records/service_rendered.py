"""One service given to one person: what, when, in which form, how much, by whom. Totals are sums over these."""

from __future__ import annotations

from schemas.base import RecordType
from schemas.fields import Code, Date, Enum, LogOf, Num, Ref, Str, Text
from schemas.placement import WithParent


class ServiceRendered(RecordType):
    class Meta:
        name = "service_rendered"
        title = ("Оказанная услуга", "Service rendered")
        groups = (("main", "Основное", "Main"), ("more", "Дополнительно", "More"))
        feed = WithParent("family", instead=("recipient",))
        display = ("kind", "date")
        date_field = "date"
        since = 3

    family = Ref("family", merge="once", indexed=True, group="main", label=("Семья", "Family"))
    recipient = Ref(
        "person", merge="once", required=True, indexed=True, group="main", label=("Получатель", "Recipient")
    )
    kind = Code("services", merge="once", required=True, indexed=True, group="main", label=("Вид услуги", "Kind"))
    line = Str(
        merge="once",
        indexed=True,
        group="main",
        label=("Услуга", "Service"),
        hint=("Название или номер строки ИППСУ.", "Its name, or the line of the programme of services."),
        example="Доставка лекарств",
    )
    date = Date(max="now", merge="once", required=True, indexed=True, group="main", label=("Дата", "Date"))
    form = Code("service_forms", merge="once", required=True, group="main", label=("Форма", "Form"))
    volume = Num(
        min=0.001, max=100_000, merge="once", required=True, group="main", label=("Объём", "Volume"), example=1
    )
    unit = Code("service_units", merge="once", required=True, group="main", label=("Единица", "Unit"))
    performer = Ref(
        "worker", merge="once", required=True, indexed=True, group="main", label=("Кто оказал", "Performer")
    )
    visit = Ref("visit", merge="once", indexed=True, group="more", label=("Посещение", "Visit"))
    paid = Enum(
        (("free", "Бесплатно", "Free"), ("partly", "За частичную плату", "Partly paid"), ("full", "Платно", "Paid")),
        merge="latest",
        group="more",
        label=("Оплата", "Payment"),
    )
    notes = LogOf(Text(max_length=2000), group="more", label=("Примечания", "Notes"))
