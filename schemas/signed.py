"""What every record that a specialist signs and the office reviews has: visits and acts.

Signing it locks a record: a tablet's later edits become proposals until the office returns it. The office accepts, or
returns with a remark, a day and a phone; who mends signs again.
"""

from __future__ import annotations

from schemas.base import RecordType
from schemas.fields import Date, DateTime, LogOf, Obj, Phone, Ref, States, Str, Text

REVIEW_GROUP = ("review", "Проверка", "Review")
SIGNING = ("signed_at", "review_state")


class Signed(RecordType):
    """The fields of signing and review; a type of them has `REVIEW_GROUP` among its groups and `signing = SIGNING`."""

    signed_at = DateTime(
        merge="latest",
        indexed=True,
        group="review",
        label=("Подписано", "Signed"),
        hint=("После подписи правки становятся предложениями.", "Once signed, edits become proposals."),
    )
    review_state = States(
        (
            ("submitted", "На проверке", "Submitted"),
            ("accepted", "Принято", "Accepted"),
            ("returned", "Возвращено", "Returned"),
        ),
        transitions={
            None: ("submitted", "accepted", "returned"),
            "submitted": ("accepted", "returned"),
            "returned": ("submitted", "accepted", "returned"),
            "accepted": ("returned",),
        },
        steps_of_tablet=("submitted",),
        writer="office",
        indexed=True,
        group="review",
        label=("Проверка", "Review"),
    )
    review_remark = Text(
        merge="latest",
        writer="office",
        required_if=("review_state", ("returned",)),
        group="review",
        label=("Замечание", "Remark"),
    )
    review_due = Date(merge="latest", writer="office", indexed=True, group="review", label=("Исправить до", "Mend by"))
    review_phone = Phone(
        merge="latest", writer="office", group="review", label=("Телефон для вопросов", "Phone of who asks")
    )
    by_phone = LogOf(
        Obj(
            {
                "said_by": Ref("worker", label=("Со слов", "As told by")),
                "fields": Str(required=True, label=("Что исправлено", "What was corrected"), example="Цель"),
                "note": Text(max_length=2000, label=("Примечание", "Note")),
            }
        ),
        writer="office",
        since=3,
        group="review",
        label=("Исправлено по телефону", "Corrected by phone"),
        hint=("Офис пишет со слов специалиста.", "The office writes what the specialist says."),
    )
