"""The field classes are strict: nothing is guessed, and a canonical value is its own canonical form."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from marshmallow import ValidationError

from schemas import fields
from schemas.kinds import Kind, identity
from tests.schemas.examples import FIELDS, JSON, SINGLE, STATES, STEPS

BROKEN_TEXTS = ("a\0b", "a\ud800b", "a\x07b")
NEVER_A_NUMBER = (float("nan"), float("inf"), float("-inf"), 2**63, -(2**63), 2**53, 1e300)


def accepts(field: fields.Field, value: Any) -> bool:
    try:
        field.deserialize(value)
    except ValidationError:
        return False
    return True


def codes(field: fields.Field, value: Any) -> Any:
    with pytest.raises(ValidationError) as caught:
        field.deserialize(value)
    return caught.value.messages


def test_every_field_class_is_under_test() -> None:
    classes = {name for name in fields.__all__ if isinstance(getattr(fields, name), type)}
    assert set(FIELDS) == classes - {"Field"}


@pytest.mark.parametrize("name", FIELDS)
@given(value=JSON)
def test_a_canonical_value_is_a_fixed_point(name: str, value: Any) -> None:
    try:
        canonical = FIELDS[name].deserialize(value)
    except ValidationError:
        return
    assert FIELDS[name].deserialize(canonical) == canonical


@pytest.mark.parametrize("name", FIELDS)
def test_the_example_of_a_field_is_good_and_canonical(name: str) -> None:
    field = FIELDS[name]
    assert field.deserialize(field.example) == field.example


@pytest.mark.parametrize("name", SINGLE)
@pytest.mark.parametrize("text", BROKEN_TEXTS)
def test_no_field_takes_a_broken_text(name: str, text: str) -> None:
    assert not accepts(FIELDS[name], text)


@pytest.mark.parametrize("text", BROKEN_TEXTS)
def test_no_broken_text_hides_inside_a_value(text: str) -> None:
    assert not accepts(FIELDS["Obj"], {"name": text})
    assert not accepts(FIELDS["ListOf"], ["good", text])
    assert not accepts(FIELDS["LogOf"], [text])
    assert not accepts(FIELDS["SetOf"], [text])


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("number", NEVER_A_NUMBER)
def test_no_field_takes_a_number_that_json_cannot_keep(name: str, number: float) -> None:
    assert not accepts(FIELDS[name], number)


@pytest.mark.parametrize("value", ["yes", "true", "on", "", 1, 0, 1.0, None])
def test_only_true_and_false_are_booleans(value: Any) -> None:
    assert not accepts(FIELDS["Bool"], value)


@pytest.mark.parametrize("value", [5.7, 5.0, "5", True, False, None, [5]])
@pytest.mark.parametrize("name", ["Int", "Counter"])
def test_only_integers_are_integers(name: str, value: Any) -> None:
    assert not accepts(FIELDS[name], value)


@pytest.mark.parametrize("value", ["5.7", True, None])
def test_only_numbers_are_numbers(value: Any) -> None:
    assert not accepts(FIELDS["Num"], value)


def test_a_number_without_a_fraction_is_an_integer() -> None:
    assert repr(FIELDS["Num"].deserialize(5.0)) == "5"
    assert repr(FIELDS["Num"].deserialize(-0.0)) == "0"
    assert repr(FIELDS["Num"].deserialize(5.7)) == "5.7"


@pytest.mark.parametrize("name", [name for name in FIELDS if name != "States"])
def test_nothing_but_a_cleared_field_is_null(name: str) -> None:
    assert codes(FIELDS[name], None) == ["null"]


def test_a_line_is_trimmed_composed_and_has_no_line_breaks() -> None:
    line = fields.Str(max_length=5)
    assert line.deserialize("  е\u0308ж ") == "ёж"
    assert codes(line, "две\nстроки") == ["text.control"]
    assert codes(line, "длинно") == ["too_long|5"]
    assert line.deserialize("длинн  ") == "длинн"


def test_text_has_lines_and_one_kind_of_line_end() -> None:
    assert fields.Text().deserialize("одна\r\nдве\rтри\t.\n") == "одна\nдве\nтри\t."


def test_a_pattern_is_for_the_whole_canonical_text() -> None:
    legal_entity = fields.Inn(pattern="[0-9]{10}")
    assert legal_entity.deserialize("7707083893") == "7707083893"
    assert codes(legal_entity, "500100732259") == ["pattern"]
    assert legal_entity.deserialize("77 0708 3893") == "7707083893"


def test_ranges_say_which_end_is_there() -> None:
    assert codes(fields.Int(min=0, max=100), 101) == ["range|0|100"]
    assert codes(fields.Int(min=0), -1) == ["range.min|0"]
    assert codes(fields.Num(max=2.5), 2.6) == ["range.max|2.5"]
    assert codes(fields.Date(min="2000-01-01"), "1999-12-31") == ["range|2000-01-01|2200"]


def test_a_soft_check_keeps_what_was_written_and_warns() -> None:
    paper = fields.BirthCertificate()
    foreign = paper.deserialize(" AB 123 Дамаск ")
    assert foreign == "AB 123 Дамаск"
    assert paper.warnings(foreign) == ["birth_certificate.format"]
    assert paper.warnings(paper.deserialize("ii-аб 123456")) == []
    assert codes(fields.BirthCertificate(soft=False), "AB 123 Дамаск") == ["birth_certificate.format"]


def test_a_state_changes_by_legal_steps_only() -> None:
    states = fields.States(STATES, transitions=STEPS)
    assert states.deserialize({"from": None, "to": "sent"}) == {"from": None, "to": "sent"}
    assert codes(states, {"from": "sent", "to": "draft"}) == ["transition|sent|draft"]
    assert codes(states, {"from": "draft", "to": "draft"}) == ["transition|draft|draft"]
    assert codes(states, {"from": "lost", "to": "sent"}) == ["not_listed"]
    assert codes(states, {"from": "draft", "to": None}) == ["not_listed"]
    assert codes(states, {"to": "sent"}) == ["type.step"]
    assert codes(states, "sent") == ["type.step"]


def test_an_object_has_its_own_keys_and_the_required_ones() -> None:
    thing = FIELDS["Obj"]
    assert thing.deserialize({"count": 2, "name": " имя ", "flag": None}) == {"name": "имя", "count": 2}
    assert codes(thing, {"count": "2", "colour": "red"}) == {
        "name": ["missing"],
        "count": ["type.integer"],
        "colour": ["unknown_field"],
    }


def test_a_list_says_which_item_is_wrong() -> None:
    assert codes(fields.ListOf(fields.Int()), [1, "2", None]) == {1: ["type.integer"], 2: ["null"]}
    assert codes(fields.ListOf(fields.Int(), max_items=2), [1, 2, 3]) == ["too_many|2"]


def test_equal_elements_of_a_set_are_one() -> None:
    names = fields.SetOf(fields.PersonName())
    assert names.deserialize(["Семёнова", "Иванова", "Семенова", "Иванова"]) == ["Семёнова", "Иванова"]


def test_elements_that_are_objects_compare_by_their_normal_form() -> None:
    children = fields.SetOf(fields.Obj({"name": fields.PersonName(), "age": fields.Int()}))
    assert children.deserialize([{"name": "Пётр", "age": 5}, {"age": 5, "name": "Петр"}, {"age": 6}]) == [
        {"name": "Пётр", "age": 5},
        {"age": 6},
    ]


@pytest.mark.parametrize(
    ("name", "kind"),
    [("SetOf", Kind.SET), ("LogOf", Kind.LOG), ("Counter", Kind.COUNTER), ("States", Kind.STATES)],
)
def test_some_classes_imply_their_merge_kind(name: str, kind: Kind) -> None:
    assert FIELDS[name].kind is kind


def test_guarded_values_agree_by_their_normal_form() -> None:
    address = fields.Str(merge="guarded", normalise="street").rule
    assert address.kind is Kind.GUARDED
    assert address.normalise("улица Ленина, дом 5") == address.normalise("ул. Ленина, 5")
    assert address.normalise(None) is None
    assert fields.Snils(merge="guarded").rule.normalise is identity


def test_a_keyword_that_no_field_knows_is_refused() -> None:
    with pytest.raises(TypeError):
        fields.Str(lable=("Имя", "Name"))  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="no normal form"):
        fields.Str(normalise="soundex")
    with pytest.raises(ValueError, match="newest"):
        fields.Str(merge="newest")
