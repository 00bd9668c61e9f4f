"""Every record type there is, those of later files too: samples, merge rules, agreement with marshmallow."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError

from schemas import registry
from schemas.base import Changes, RecordType
from schemas.clock import stamp_of
from schemas.digest import canonical
from schemas.kinds import FEED, LIFE, Kind
from tests.schemas.examples import JSON

TYPES = registry.types()
MAY_2014 = stamp_of(1_399_111_200_000)
every_type = pytest.mark.parametrize("name", TYPES)
few = settings(max_examples=max(10, settings().max_examples * 10 // len(TYPES)))  # the sum stays as types come


def check(name: str, **parts: Any) -> tuple[Changes, dict[str, list[str]]]:
    return TYPES[name].check({"at": MAY_2014, **parts})


def merged(declared: RecordType, changes: Changes) -> dict[str, Any]:
    """The record that one op makes."""
    steps = {name: step for name, step in changes.set.items() if declared.fields[name].kind is Kind.STATES}
    states = {name: step and step["to"] for name, step in steps.items()}
    return {**changes.set, **states, **changes.add, **changes.inc}


def test_the_types_of_the_first_release_are_all_here() -> None:
    assert set(TYPES) >= {
        "territory",
        "institution",
        "team",
        "worker",
        "program",
        "trip",
        "family",
        "person",
        "membership",
        "visit",
        "visit_part",
    }


@every_type
def test_a_sample_of_every_type_is_good_canonical_and_whole(name: str) -> None:
    declared = TYPES[name]
    sample = declared.sample()
    changes, errors = check(name, **declared.write(sample))
    assert errors == {}
    assert {**changes.set, **changes.add, **changes.inc} == sample
    assert declared.whole(merged(declared, changes)) == []
    assert declared.warnings(merged(declared, changes)) == {}


@every_type
def test_an_empty_record_breaks_no_code_and_lacks_what_is_required(name: str) -> None:
    required = [field for field, each in TYPES[name].fields.items() if each.required or each.required_without]
    assert TYPES[name].whole({}) == required


@every_type
def test_every_field_merges_by_a_rule(name: str) -> None:
    rules = registry.rules(name)
    assert set(rules) == {*TYPES[name].fields, LIFE, FEED}
    for field, value in TYPES[name].sample().items():
        elements = value if rules[field].kind is Kind.SET else [value]
        normal_forms = [rules[field].normalise(element) for element in elements]
        assert [rules[field].normalise(form) for form in normal_forms] == normal_forms
        assert canonical(normal_forms)
        assert rules[field].normalise(None) is None


@every_type
def test_null_clears_where_values_replace_each_other_and_nowhere_else(name: str) -> None:
    fields = TYPES[name].fields
    changes, errors = check(name, set={field: None for field, each in fields.items() if each.part == "set"})
    extremes = {field for field, each in fields.items() if each.kind in (Kind.MAX, Kind.MIN)}
    assert errors == {field: ["null"] for field in extremes}
    assert set(changes.set.values()) <= {None}


@every_type
def test_every_label_is_russian_and_english(name: str) -> None:
    described = registry.describe()["types"][name]
    labels = [described["title"], *(group["label"] for group in described["groups"])]
    labels += [field["label"] for field in described["fields"].values()]
    for label in labels:
        assert any("А" <= letter <= "я" for letter in label["ru"])
        assert not any("А" <= letter <= "я" for letter in label["en"])


def load(declared: RecordType, values: dict[str, Any]) -> tuple[Any, set[str]]:
    """What marshmallow makes of the values, and the fields that it refuses."""
    try:
        return declared.load(values), set()
    except ValidationError as error:
        return None, set(error.messages_dict)


@every_type
@few
@given(data=st.data())
def test_the_lean_check_agrees_with_marshmallow(name: str, data: st.DataObject) -> None:
    sample = TYPES[name].sample()
    values: dict[str, Any] = data.draw(st.fixed_dictionaries({}, optional=dict.fromkeys(sample, JSON)))
    kept = {field: sample[field] for field in data.draw(st.sets(st.sampled_from(sorted(sample))))}
    values = values | kept
    changes, errors = check(name, **TYPES[name].write(values))
    loaded, refused = load(TYPES[name], values)
    assert refused == {path.split(".")[0] for path, codes in errors.items() if codes != ["future"]}
    assert refused or {**changes.set, **changes.add, **changes.inc} == loaded


@every_type
@few
@given(parts=st.fixed_dictionaries({}, optional=dict.fromkeys(("set", "add", "remove", "inc"), JSON)))
def test_nothing_that_arrives_breaks_a_check(name: str, parts: dict[str, Any]) -> None:
    changes, errors = check(name, **parts)
    assert set(changes.set) <= set(TYPES[name].fields)
    assert all(codes and all(isinstance(code, str) for code in codes) for codes in errors.values())


@every_type
@few
@given(data=st.data())
def test_no_record_that_ops_can_make_breaks_the_rules_of_the_whole(name: str, data: st.DataObject) -> None:
    declared = TYPES[name]
    near = {field: JSON | st.just(value) for field, value in declared.sample().items()}
    changes, _ = check(name, **declared.write(data.draw(st.fixed_dictionaries({}, optional=near))))
    record = {field: value for field, value in merged(declared, changes).items() if value is not None}
    assert set(declared.whole(record)) <= set(declared.fields)
    assert set(declared.warnings(record)) <= set(record)


# --- what an op may write ---


def test_an_op_gets_canonical_changes() -> None:
    changes, errors = check(
        "person",
        set={"surname": " О’Коннор ", "snils": "112-233-445 95", "birth_date": "2014", "school": None},
        add={"phones": ["8 (911) 123-45-67", "+79111234567"]},
        remove={"phones": ["8 911 123 45 68"]},
    )
    assert errors == {}
    assert changes.set == {
        "surname": "О'Коннор",
        "snils": "11223344595",
        "birth_date": "2014",
        "school": None,
    }
    assert changes.add == {"phones": ["+79111234567"]}
    assert changes.remove == {"phones": ["+79111234568"]}


def test_a_bad_value_is_named_and_its_neighbours_are_read() -> None:
    changes, errors = check("person", set={"snils": "112-233-445 96", "given": "Я", "colour": "red"})
    assert errors == {"snils": ["snils.checksum"], "colour": ["unknown_field"]}
    assert changes.set == {"given": "Я"}


def test_each_merge_kind_is_written_in_its_part() -> None:
    _, errors = check(
        "visit",
        set={"needs": ["legal"], "notes": ["…"]},
        add={"purpose": "…"},
        remove={"notes": ["…"]},
        inc={"needs": 1},
    )
    assert errors == {"needs": ["wrong_part|add"], "notes": ["wrong_part|add"], "purpose": ["wrong_part|set"]}


def test_an_error_inside_a_value_is_named_by_its_path() -> None:
    _, errors = check("visit", add={"gps": [{"lat": 46.3, "lon": 48.0}, {"lat": 91, "height": 3}]})
    assert errors == {
        "gps.1.lat": ["range|-90|90"],
        "gps.1.lon": ["missing"],
        "gps.1.height": ["unknown_field"],
    }


@pytest.mark.parametrize("part", ["set", "add", "remove", "inc"])
def test_a_part_that_is_no_object_is_refused(part: str) -> None:
    assert check("visit", **{part: ["purpose"]})[1] == {part: ["type.object"]}
    assert check("visit", **{part: None})[1] == {part: ["type.object"]}


def test_a_birth_date_is_judged_by_the_day_of_its_own_op() -> None:
    assert check("person", set={"birth_date": "2014-05-04"})[1] == {}
    assert check("person", set={"birth_date": "2014-05"})[1] == {}
    assert check("person", set={"birth_date": "2014-05-05"})[1] == {"birth_date": ["future"]}
    assert check("person", set={"birth_date": "2015"})[1] == {"birth_date": ["future"]}


# --- what a merged record must have ---


def whole(name: str, **changes: Any) -> list[str]:
    declared = TYPES[name]
    record = merged(declared, check(name, **declared.write(declared.sample()))[0])
    return declared.whole(record | changes)


@pytest.mark.parametrize(
    ("name", "changes", "breach"),
    [
        ("trip", {"date_from": "2024-05-04", "date_to": "2024-05-03"}, "date_to"),
        ("trip", {"status": "cancelled", "cancel_reason": ""}, "cancel_reason"),
        ("trip", {"odometer_start": 200, "odometer_end": 100}, "odometer_end"),
        ("visit", {"ended_at": "2014-05-03T09:59:00+03:00"}, "ended_at"),
        ("visit", {"review_state": "returned", "review_remark": None}, "review_remark"),
        ("family", {"income_per_head": 0, "income_as_of": None}, "income_as_of"),
        ("family", {"first_contact": "2024-05-04", "last_contact": "2024-05-03"}, "last_contact"),
        ("family", {"territory": None}, "territory"),
        ("person", {"birth_date": "1990-06", "died": "1990-05-03"}, "died"),
        ("person", {"birth_date": "2000-05-04", "passport_issued_on": "2014-05-03"}, "passport_issued_on"),
        ("membership", {"periods": []}, "periods"),
        ("membership", {"periods": [{"from": "2024-05-04", "to": "2024-05-03"}]}, "periods"),
        (
            "membership",
            {"is_legal_representative": True, "representative_basis": None},
            "representative_basis",
        ),
        ("territory", {"valid_from": "2024-05-04", "valid_to": "2024-05-03"}, "valid_to"),
        ("program", {"date_from": "2024-05-04", "date_to": "2024-05-03"}, "date_to"),
    ],
)
def test_a_merged_record_names_what_it_breaks(name: str, changes: dict[str, Any], breach: str) -> None:
    assert whole(name, **changes) == [breach]


def test_what_is_not_asked_for_may_be_missing() -> None:
    assert whole("trip", status="planned", cancel_reason=None) == []
    assert whole("membership", is_legal_representative=False, representative_basis=None) == []
    assert whole("person", birth_date="2000", passport_issued_on="2014-05-03") == []


def test_a_soft_check_marks_the_merged_record() -> None:
    assert TYPES["person"].warnings({"birth_certificate": "AB 123 Дамаск"}) == {
        "birth_certificate": ["birth_certificate.format"]
    }
