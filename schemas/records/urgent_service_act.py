"""Acts on urgent social services (442-ФЗ, art. 21): what was given at once, to whom, by whom. Signed."""

from __future__ import annotations

from schemas.fields import Code, Date, Num, Obj, Ref, SetOf, Str, Text
from schemas.placement import WithParent
from schemas.signed import REVIEW_GROUP, SIGNING, Signed


class UrgentServiceAct(Signed):
    class Meta:
        name = "urgent_service_act"
        title = ("Акт о предоставлении срочных услуг", "Urgent service act")
        groups = (("main", "Основное", "Main"), ("services", "Услуги", "Services"), REVIEW_GROUP)
        feed = WithParent("family", instead=("recipient",))
        display = ("number", "date")
        date_field = "date"
        signing = SIGNING
        standing = ("stage",)
        since = 3

    family = Ref("family", merge="once", required=True, indexed=True, group="main", label=("Семья", "Family"))
    visit = Ref("visit", merge="once", indexed=True, group="main", label=("Посещение", "Visit"))
    recipient = Ref(
        "person", merge="once", required=True, indexed=True, group="main", label=("Получатель", "Recipient")
    )
    number = Str(merge="guarded", normalise="ident", max_length=60, group="main", label=("Номер", "Number"))
    date = Date(max="now", merge="latest", required=True, indexed=True, group="main", label=("Дата", "Date"))
    circumstance = Code("circumstances", merge="latest", group="main", label=("Обстоятельство", "Circumstance"))
    performer = Ref(
        "worker", merge="once", required=True, indexed=True, group="main", label=("Кто оказал", "Performer")
    )
    services = SetOf(
        Obj(
            {
                "service": Str(required=True, label=("Услуга", "Service"), example="Продуктовый набор"),
                "volume": Num(min=0.001, required=True, label=("Объём", "Volume"), example=1),
                "unit": Code("service_units", required=True, label=("Единица", "Unit")),
            }
        ),
        required=True,
        group="services",
        label=("Что предоставлено", "What was given"),
    )
    note = Text(merge="latest", group="services", label=("Примечание", "Note"))
