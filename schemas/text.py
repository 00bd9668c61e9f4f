"""Text as people compare, sort and search it in Russian, without the help of any database's collation.

Engines differ: SQLite's `lower` leaves Cyrillic alone, `Ё` sorts before `А`, and a PostgreSQL may have no
`ru` collation. So comparison, sort keys and stems are made here, and a tablet makes the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from unicodedata import normalize

import snowballstemmer  # type: ignore[import-untyped]

# ё goes where ж is and the letters from ж on move up by one, so that ё sorts straight after е.
_AFTER_YE = {ord("ё"): "ж"} | {code: chr(code + 1) for code in range(ord("ж"), ord("ё"))}
_WORD = re.compile(r"\w+")
_SURNAMES = ("ов", "ев", "ин", "ын")  # a man's surname is no inflected form


def fold(text: str) -> str:
    """The text as it is compared: NFC, no case, е for ё, single spaces."""
    folded = normalize("NFC", normalize("NFC", text).casefold())
    return " ".join(folded.replace("ё", "е").split())


def sort_key(text: str) -> str:
    """A key of hex digits that sorts by letters, ё straight after е, case ignored, under any collation."""
    folded = " ".join(normalize("NFC", text).casefold().split())
    return folded.translate(_AFTER_YE).encode("utf-16-be", "surrogatepass").hex()


def stems(text: str) -> list[str]:
    """The distinct stems of a text's words in order (Snowball, Russian): what search compares."""
    return list(dict.fromkeys(map(_stem, _WORD.findall(fold(text)))))


@lru_cache(maxsize=1 << 14)  # the same names come again and again
def words(text: str) -> tuple[str, ...]:
    """The distinct words of a text, folded, in order; «15-Б/2026» has three."""
    return tuple(dict.fromkeys(_WORD.findall(fold(text))))


def form(word: str) -> str:
    """What the inflected forms of a folded word share: «ивановой», «иванова» and «иванов» have one form, and «иван»
    another, which a stem alone would mix up with them."""
    return word if word.endswith(_SURNAMES) else _stem(word)


@lru_cache(maxsize=1 << 15)
def _stem(word: str) -> str:
    stem: str = snowballstemmer.stemmer("russian").stemWord(word)  # a stemmer keeps state: one a call
    return stem


# --- normal forms of guarded values: two values agree when their normal forms are equal ---

_ADDRESS_WORD = re.compile(r"[^\W\d]+(?:-[^\W\d]+)*\.?|\d+")
_HOUSE_LETTER = re.compile(r"(\d) ([а-яa-z])(?= |$)(?! \d)")
_HOUSE_MARK = re.compile(r"\bд (?=\d)")
ADDRESS_WORDS = {
    short: words[0]
    for words in (
        ("ул", "улица"),
        ("пер", "переулок"),
        ("пр", "проспект", "просп", "пр-кт", "пр-т"),
        ("проезд", "пр-д"),
        ("пл", "площадь"),
        ("б-р", "бульвар", "бул"),
        ("наб", "набережная"),
        ("ш", "шоссе"),
        ("туп", "тупик"),
        ("мкр", "микрорайон", "мкрн", "м-н"),
        ("кв", "квартира"),
        ("к", "корпус", "корп"),
        ("стр", "строение"),
        ("д", "дом", "деревня", "дер"),
        ("с", "село"),
        ("п", "поселок", "пос"),
        ("г", "город", "гор"),
        ("р-н", "район"),
        ("обл", "область"),
    )
    for short in words
}


def ident(text: str) -> str:
    """A number or code: only its letters and digits, no case."""
    return "".join(filter(str.isalnum, fold(text)))


def digits(text: str) -> str:
    """Only the digits."""
    return "".join(filter(str.isdigit, text))


def name(text: str) -> str:
    """A person's name: folded; «Кара-оол» and «Кара оол» agree."""
    return fold(text.replace("-", " "))


def street(text: str) -> str:
    """A street address: «улица Ленина, дом 5 А» and «ул. Ленина 5а» agree."""
    words = (found.rstrip(".") for found in _ADDRESS_WORD.findall(fold(text)))
    words = (ADDRESS_WORDS.get(word, word) for word in words)
    return _HOUSE_LETTER.sub(r"\1\2", _HOUSE_MARK.sub("", " ".join(words)))


NORMALISERS: dict[str, Callable[[str], str]] = {
    "digits": digits,
    "fold": fold,
    "ident": ident,
    "name": name,
    "street": street,
}
