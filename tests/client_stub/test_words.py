"""Every sentence is there in Russian and in English, and both say the same things."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

import client_stub
from client_stub.words import WORDS, count, say

SOURCES = "\n".join(path.read_text() for path in Path(client_stub.__file__).parent.rglob("*.py"))


@pytest.mark.parametrize("key", WORDS)
def test_both_languages_fill_in_the_same_values(key: str) -> None:
    russian, english = ({name for _, name, _, _ in Formatter().parse(text) if name} for text in WORDS[key])
    assert russian == english


def test_every_trouble_that_is_raised_has_its_sentence() -> None:
    raised = re.findall(r'(?:Trouble|NoAnswer)\("(\w+)"|Refused\(\s*"(\w+)"', SOURCES)
    codes = {code for pair in raised for code in pair if code}
    assert codes
    assert {f"trouble.{code}" for code in codes} <= WORDS.keys()


@pytest.mark.parametrize(
    ("number", "ru", "en"),
    [
        (0, "0 правок", "0 edits"),
        (1, "1 правка", "1 edit"),
        (2, "2 правки", "2 edits"),
        (5, "5 правок", "5 edits"),
        (11, "11 правок", "11 edits"),
        (21, "21 правка", "21 edits"),
        (112, "112 правок", "112 edits"),
    ],
)
def test_numbers_agree_with_their_nouns(number: int, ru: str, en: str) -> None:
    assert count(number, "edit", "ru") == ru
    assert count(number, "edit", "en") == en


def test_a_sentence_that_is_missing_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        say("no.such.key", "ru")
