"""The columns of a table of families: which of our fields each holds, by the names that offices give them, and what a
cell says. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schemas.text import fold

NAMES: dict[str, tuple[str, ...]] = {
    "family_id": ("id семьи", "ид семьи", "код семьи", "номер семьи", "family id", "family_id"),
    "person_id": ("id человека", "ид человека", "id гражданина", "код гражданина", "id получателя", "person_id"),
    "number": ("номер дела", "№ дела", "дело", "number"),
    "territory": ("территория", "октмо", "поселение", "сельсовет", "населенный пункт", "territory"),
    "district": ("район", "муниципальный район", "округ", "district"),
    "address": ("адрес", "адрес проживания", "адрес семьи", "address"),
    "family_phones": ("телефон семьи", "телефоны семьи"),
    "form": ("форма семьи", "вид семьи", "form"),
    "full_name": ("фио", "ф.и.о.", "фамилия имя отчество", "фамилия, имя, отчество", "full_name"),
    "surname": ("фамилия", "surname"),
    "given": ("имя", "given"),
    "patronymic": ("отчество", "patronymic"),
    "sex": ("пол", "sex"),
    "birth_date": ("дата рождения", "д.р.", "др", "год рождения", "birth_date"),
    "snils": ("снилс", "страховой номер", "snils"),
    "phones": ("телефон", "телефоны", "контактный телефон", "phone", "phones"),
    "role": ("кем приходится", "родство", "степень родства", "роль", "role"),
    "disability": ("инвалидность", "ребенок-инвалид", "disability"),
    "school": ("школа", "детский сад, школа", "место учебы", "school"),
}
"""Field → the names of its column, folded. The first is what messages call it."""

LABELS = {name: column for name, (column, *_) in NAMES.items()}
KNOWN = {column: name for name, columns in NAMES.items() for column in columns}
FAMILY_FIELDS = ("number", "address", "form")
PERSON_FIELDS = ("surname", "given", "patronymic", "sex", "birth_date", "snils", "disability", "school")

_SEX = {"ж": "female", "жен": "female", "женский": "female", "f": "female", "female": "female",
        "м": "male", "муж": "male", "мужской": "male", "m": "male", "male": "male"}  # fmt: skip
_ROLES = {
    **dict.fromkeys(("мать", "мама", "mother"), "mother"),
    **dict.fromkeys(("отец", "папа", "father"), "father"),
    **dict.fromkeys(("ребенок", "сын", "дочь", "дети", "child"), "child"),
    **dict.fromkeys(("опекун", "попечитель", "опекун, попечитель", "guardian"), "guardian"),
    **dict.fromkeys(("приемный родитель", "приемная мать", "приемный отец", "foster_parent"), "foster_parent"),
    **dict.fromkeys(("подопечный", "приемный ребенок", "подопечная", "ward"), "ward"),
    **dict.fromkeys(("отчим", "мачеха", "step_parent"), "step_parent"),
    **dict.fromkeys(("бабушка", "дедушка", "grandparent"), "grandparent"),
    **dict.fromkeys(("другое", "иное", "родственник", "other"), "other"),
}
_FORMS = {"кровная": "birth", "опека": "guardianship", "опека или попечительство": "guardianship",
          "опекунская": "guardianship", "приемная": "foster", "усыновительская": "adoptive"}  # fmt: skip
_DISABILITY = {"да": "child", "ребенок-инвалид": "child", "инвалид детства": "child", "нет": "none",
               "1": "1", "i": "1", "2": "2", "ii": "2", "3": "3", "iii": "3"}  # fmt: skip
_NOTHING = {"", "-", "—", "нет данных", "н/д", "не указано", "отсутствует"}
_DAY = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?: ?г\.?)?").fullmatch
_MONTH = re.compile(r"(\d{1,2})[./-](\d{4})").fullmatch
_ENDINGS = (("вна", "female"), ("чна", "female"), ("кызы", "female"), ("ич", "male"), ("оглы", "male"))
_PHONES = re.compile(r"[,;/\n]")


class Unreadable(ValueError):
    """A cell says nothing that its column could mean; the argument is a code of `refusals.REASONS`."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Column number → field; ``idle``: the columns that nothing is taken from."""

    fields: Mapping[int, str]
    idle: list[str]


def assign(headers: Sequence[str], chosen: Mapping[str, str]) -> Columns:
    """Which column is which field: as chosen (field → header), else by its name."""
    by_choice = {fold(header): name for name, header in chosen.items()}
    found: dict[int, str] = {}
    for place, header in enumerate(headers):
        name = by_choice.get(fold(header)) or KNOWN.get(fold(header))
        if name and name not in found.values() and (fold(header) in by_choice or name not in chosen):
            found[place] = name
    return Columns(found, [header for place, header in enumerate(headers) if header and place not in found])


def tidy(cell: str) -> str:
    """A cell without odd spaces; what only says that nothing is known says nothing."""
    text = " ".join(cell.split())
    return "" if fold(text) in _NOTHING else text


def read(name: str, text: str) -> Any:
    """What a tidied cell of a field says, as ops write it. Raises Unreadable."""
    match name:
        case "sex":
            return _one_of(_SEX, text.rstrip("."), "sex")
        case "role":
            return _one_of(_ROLES, text, "role")
        case "form":
            return _one_of(_FORMS, text.removesuffix(" семья"), "form")
        case "disability":
            return _one_of(_DISABILITY, text, "disability")
        case "birth_date":
            return day(text)
        case "snils":
            return _snils(text)
        case "phones" | "family_phones":
            return [each.strip() for each in _PHONES.split(text) if each.strip()]
    return text


def _one_of(values: Mapping[str, str], text: str, reason: str) -> str:
    found = values.get(fold(text))
    if found is None:
        raise Unreadable(reason)
    return found


def day(text: str) -> str:
    """A day, month or year as offices write it, in ISO form; what is not recognised stays for the check to refuse."""
    if found := _DAY(text):
        return f"{found[3]}-{int(found[2]):02d}-{int(found[1]):02d}"
    if found := _MONTH(text):
        return f"{found[2]}-{int(found[1]):02d}"
    return text.removesuffix("г.").removesuffix("г").strip()


def _snils(text: str) -> str:
    """A spreadsheet eats the zeros that a number begins with."""
    return text.zfill(11) if text.isascii() and text.isdigit() and len(text) >= 9 else text


def full_name(text: str) -> dict[str, str]:
    """Surname, given name and the rest of a full name."""
    parts = text.split(" ", 2)
    return dict(zip(("surname", "given", "patronymic"), parts, strict=False))


def sex_of(patronymic: str) -> str | None:
    """The sex that a patronymic tells, None where it tells none."""
    folded = fold(patronymic)
    return next((sex for ending, sex in _ENDINGS if folded.endswith(ending)), None)
