"""Why a row of a table of families is refused, in words that say what to mend."""

from __future__ import annotations

from schemas import messages, registry
from server.imports.columns import LABELS

REASONS = {
    "columns": ("в строке не столько ячеек, сколько столбцов", "the row has not as many cells as there are columns"),
    "family_key": ("нет ни ID семьи, ни номера дела", "neither a family id nor a case number"),
    "territory": ("территория не найдена: укажите код ОКТМО", "unknown territory: give its OKTMO code"),
    "territory_twice": (
        "территорий с таким названием несколько: укажите район или код ОКТМО",
        "several territories have this name: give the district or the OKTMO code",
    ),
    "sex": ("пол не распознан: ж или м", "the sex is not recognised: ж or м"),
    "role": ("не распознано, кем приходится", "the role in the family is not recognised"),
    "form": ("форма семьи не распознана", "the form of family is not recognised"),
    "disability": ("инвалидность не распознана", "the disability is not recognised"),
    "repeated": ("этот человек в этой семье уже есть в строке {0}", "line {0} has this person in this family already"),
    "family_differs": (
        "сведения о семье не такие, как в строке {0}: {1}",
        "what it says of the family is not what line {0} says: {1}",
    ),
    "person_differs": (
        "сведения о человеке не такие, как в строке {0}: {1}",
        "what it says of the person is not what line {0} says: {1}",
    ),
}


def say(field: str, code: str, lang: str) -> str:
    """A reason in words: of our own, or what the record's check says of a field."""
    name, *arguments = code.split("|")
    if name in REASONS:
        return REASONS[name][lang != "ru"].format(*arguments)
    return f"{_label(field, lang)}: {messages.say(code, lang)}"


def _label(field: str, lang: str) -> str:
    for type_name in ("person", "family"):
        found = registry.types()[type_name].fields.get(field.partition(".")[0])
        if found is not None and found.label:
            return found.label[lang != "ru"]
    return LABELS.get(field, field)
