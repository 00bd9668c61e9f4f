"""Russian text as people compare, sort and search it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.text import NORMALISERS, fold, sort_key, stems

RUSSIAN = st.text("абвгдеёжзийклмнопрстуфхцчшщъыьэюяАЕЁЖЯ -", max_size=12)


def test_folding_forgets_case_yo_and_spaces() -> None:
    assert fold("  Семёнова\tАЛЁНА ") == "семенова алена"
    assert fold("Е\u0308лка") == "елка"


def test_yo_sorts_straight_after_ye() -> None:
    names = ["Жуков", "Ёлкин", "Елисеев", "Ежов", "яков", "Абрамов", "Ё", "Её", "Ее", "Яков-младший"]
    in_order = ["Абрамов", "Ее", "Её", "Ежов", "Елисеев", "Ё", "Ёлкин", "Жуков", "яков", "Яков-младший"]
    assert sorted(names, key=sort_key) == in_order


@given(RUSSIAN, RUSSIAN)
def test_sort_keys_are_hex_and_ignore_case(one: str, other: str) -> None:
    assert set(sort_key(one)) <= set("0123456789abcdef")
    assert sort_key(one) == sort_key(one.upper())
    assert sort_key(one.strip() + other.strip()).startswith(sort_key(one.strip()))


def test_search_finds_a_word_in_any_form() -> None:
    assert stems("Пособие") == stems("пособия") == stems("ПОСОБИЙ")
    assert stems("Оформление пособий, пособия!") == [*stems("оформление"), *stems("пособие")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("улица Ленина, дом 5", "ул. Ленина, д. 5"),
        ("ул Ленина 5", "УЛ.ЛЕНИНА,Д.5"),
        ("переулок Зелёный, 5 А", "пер. Зеленый, д.5а"),
        ("пр-кт Мира, д. 7, корп. 2, кв. 10", "проспект Мира, 7, корпус 2, квартира 10"),
        ("село Образцовое, 2-я Степная ул.", "с. Образцовое 2-я Степная улица"),
        ("б-р Победы 1", "бульвар Победы, д.1"),
    ],
)
def test_one_address_in_two_spellings_agrees(one: str, other: str) -> None:
    assert NORMALISERS["street"](one) == NORMALISERS["street"](other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ул. Ленина, д. 5", "пер. Ленина, д. 5"),
        ("ул. Ленина, д. 5", "ул. Ленина, д. 15"),
        ("ул. Ленина, д. 5", "ул. Ленина, д. 5а"),
        ("ул. Ленина, д. 5, к. 2", "ул. Ленина, д. 5, кв. 2"),
        ("ул. Мира, 7 к 2", "ул. Мира, 7к"),
    ],
)
def test_two_addresses_do_not_agree(one: str, other: str) -> None:
    assert NORMALISERS["street"](one) != NORMALISERS["street"](other)


@pytest.mark.parametrize(
    ("name", "text", "normal"),
    [
        ("digits", "№ 15/2014", "152014"),
        ("fold", "Зелёный  Дом", "зеленый дом"),
        ("ident", "МБ – 1 / а", "мб1а"),
        ("name", "Кара-Оол", "кара оол"),
    ],
)
def test_normal_forms(name: str, text: str, normal: str) -> None:
    assert NORMALISERS[name](text) == normal


@pytest.mark.parametrize("name", NORMALISERS)
@given(text=RUSSIAN | st.text("улд.пер-кт 0123456789аб,", max_size=20))
def test_a_normal_form_is_its_own(name: str, text: str) -> None:
    normal = NORMALISERS[name](text)
    assert NORMALISERS[name](normal) == normal
