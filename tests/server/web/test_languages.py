"""No word on a page lacks its translation, and no translation lacks a part of its original."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import server.web
from server.web.languages import CATALOGUES, catalogue

WEB = Path(server.web.__file__).parent
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]


def said() -> set[str]:
    """Every text that code and templates say, the singular of those with two forms."""
    found = extract_from_dir(WEB, METHODS, keywords=KEYWORDS, strip_comment_tags=True)
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}


def russian() -> dict[str, Message]:
    with (CATALOGUES / "ru.po").open("rb") as file:
        return {_first(message.id): message for message in read_po(file, locale="ru") if message.id}


def _first(text: str | tuple[str, ...]) -> str:
    return text if isinstance(text, str) else text[0]


def test_every_text_has_its_russian_and_every_russian_its_text() -> None:
    assert said() == set(russian())


def test_no_translation_is_empty_doubtful_or_lacks_a_plural_form() -> None:
    for message in russian().values():
        forms = [message.string] if isinstance(message.string, str) else message.string
        assert all(forms), message.id
        assert len(forms) == (3 if message.pluralizable else 1), message.id
        assert not message.fuzzy, message.id


def test_translations_name_the_same_values_as_their_originals() -> None:
    for text, message in russian().items():
        forms = [message.string] if isinstance(message.string, str) else message.string
        assert {frozenset(_values(form)) for form in forms} == {frozenset(_values(text))}, text


def _values(text: str) -> list[str]:
    return re.findall(r"%\(\w+\)s|%%", text)


def test_russian_counts_as_russian_does() -> None:
    visits = [catalogue("ru").ngettext("%(num)s visit", "%(num)s visits", number) for number in (1, 3, 5, 11, 21)]
    assert [form.split()[1] for form in visits] == ["посещение", "посещения", "посещений", "посещений", "посещение"]
