"""One field of every class, and the strategies that feed them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from schemas import fields
from schemas.fields import Field

STEPS = {None: ("draft", "sent"), "draft": ("sent",)}
STATES = (("draft", "Черновик", "Draft"), ("sent", "Отправлено", "Sent"))


def field_of_every_class(**options: Any) -> dict[str, Field]:
    """Class name → a field of it; `test_every_field_class_is_under_test` sees to it that none is left out.

    ``options``: for those whose merge kind their class does not imply.
    """
    parts = {"name": fields.Str(required=True), "count": fields.Int(), "flag": fields.Bool()}
    made: dict[str, Field] = {
        "Enum": fields.Enum(STATES, **options),
        "Code": fields.Code("needs", **options),
        "States": fields.States(STATES, transitions=STEPS),
        "Ref": fields.Ref("family", **options),
        "Obj": fields.Obj(parts, **options),
        "ListOf": fields.ListOf(fields.Str(), **options),
        "LogOf": fields.LogOf(fields.Text()),
        "SetOf": fields.SetOf(fields.PersonName()),
    }
    simple = (
        "BirthCertificate Bool Counter Date DateTime Enp Inn Int Num Oktmo PartialDate Passport PersonName"
        " Phone Snils Str Text Uuid"
    )
    classes = {name: getattr(fields, name) for name in simple.split()}
    return made | {name: each(**({} if each.implied else options)) for name, each in classes.items()}


FIELDS = field_of_every_class()
SINGLE = [name for name in FIELDS if name not in ("Obj", "ListOf", "LogOf", "SetOf", "States")]

# Texts that come near to what some check accepts, so that much of what is drawn gets through one.
_NEAR = st.sampled_from(
    (
        "  Кара - оол ",
        "О’Коннор",
        "Сулейман  оглы",
        "Е\u0308лкина",
        "112-233-445 95",
        "7707083893",
        "12 635 408",
        "12 03 № 123456",
        "5300 0000 0000 0014",
        "iv-бв 123456",
        "СВ 12 345",
        "8 (911) 123-45-67",
        "2014",
        "2014-05",
        "2014-05-03",
        "2014-05-03t10:00:00.500z",
        "2014-05-03T10:00:00-00:00",
        "0198C0DE-0000-7000-8000-00000000000A",
        "legal",
        "draft",
        "одна\r\nдве\rтри\n",
    )
)
_TEXTS = (
    _NEAR
    | st.text(max_size=20)
    | st.text("IVXІХ-АБab№ 0123456789", max_size=20)
    | st.text("абвёЁ'’ -", max_size=12)
    | st.from_regex(r"[0-9]{4}(-[01][0-9](-[0-3][0-9])?)?", fullmatch=True)
    | st.from_regex(r"[0-9 -]{10,16}", fullmatch=True)
)
_SCALARS: st.SearchStrategy[Any] = st.none() | st.booleans() | st.integers() | st.floats() | _TEXTS
JSON = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(("name", "count", "flag", "from", "to")) | _TEXTS, inner, max_size=4)
    ),
    max_leaves=8,
)
