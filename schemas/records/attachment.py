"""What is known of a photograph or a scan; the bytes come by upload and are found by their SHA-256."""

from __future__ import annotations

from schemas.base import RecordType
from schemas.fields import Code, DateTime, Enum, Int, Ref, Str, Uuid
from schemas.placement import WithParent

LARGEST = 2 * 1024**3


class Attachment(RecordType):
    class Meta:
        name = "attachment"
        title = ("Вложение", "Attachment")
        groups = (("main", "Основное", "Main"), ("file", "Файл", "File"))
        feed = WithParent("family", instead=("person", "visit", "trip"))
        display = ("kind", "taken_at")
        date_field = "taken_at"
        since = 3

    owner = Uuid(
        merge="once",
        required=True,
        indexed=True,
        group="main",
        label=("К чему относится", "Owner"),
        hint=("Запись, к которой приложен файл.", "The record that the file is attached to."),
    )
    owner_type = Enum(
        (
            ("family", "Семья", "Family"),
            ("person", "Человек", "Person"),
            ("visit", "Посещение", "Visit"),
            ("visit_part", "Часть посещения", "Part of a visit"),
            ("trip", "Выезд", "Trip"),
            ("consent", "Согласие", "Consent"),
            ("living_conditions_act", "Акт обследования", "Living conditions act"),
            ("urgent_service_act", "Акт о срочных услугах", "Urgent service act"),
            ("category", "Категория", "Category"),
            ("outcome", "Результат", "Outcome"),
            ("other", "Другое", "Other"),
        ),
        merge="once",
        group="main",
        label=("Вид записи", "Type of the owner"),
    )
    family = Ref("family", merge="once", indexed=True, group="main", label=("Семья", "Family"))
    person = Ref("person", merge="once", indexed=True, group="main", label=("Человек", "Person"))
    visit = Ref("visit", merge="once", indexed=True, group="main", label=("Посещение", "Visit"))
    trip = Ref("trip", merge="once", indexed=True, group="main", label=("Выезд", "Trip"))
    kind = Code("attachment_kinds", merge="latest", indexed=True, group="main", label=("Что это", "Kind"))
    caption = Str(merge="latest", group="main", label=("Подпись", "Caption"), example="Печь требует ремонта")
    sha256 = Str(
        merge="once",
        required=True,
        indexed=True,
        pattern="[0-9a-f]{64}",
        group="file",
        label=("Контрольная сумма", "SHA-256"),
        example="0" * 64,
    )
    mime = Str(
        merge="once",
        required=True,
        pattern="[a-z]+/[a-z0-9][a-z0-9.+-]{0,99}",
        group="file",
        label=("Тип файла", "Media type"),
        example="image/jpeg",
    )
    size = Int(min=1, max=LARGEST, merge="once", required=True, group="file", label=("Размер, байт", "Size, bytes"))
    taken_at = DateTime(
        max="now", merge="once", required=True, indexed=True, group="file", label=("Когда снято", "Taken at")
    )
