"""Adding a record type is adding one file; a declaration that cannot work stops the start and says where."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import schemas.records
from schemas import registry
from schemas.kinds import FEED, LIFE, Kind
from schemas.registry import SchemaError

README = Path(schemas.records.__file__).parents[1] / "README.md"
HEADER = """
from schemas.base import RecordType
from schemas.fields import *
from schemas.placement import *
"""
META = """
class Meta:
    name = "spare"
    title = ("Запас", "Spare")
    feed = Reference()
    display = ("note",)
"""
NOTE = 'note = Str(merge="latest", label=("Заметка", "Note"))'

AddFile = Callable[[str, str], Path]


@pytest.fixture
def add_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AddFile]:
    """Puts a file beside the record types; afterwards everything is as it was."""
    before = set(sys.modules)
    monkeypatch.setattr(schemas.records, "__path__", [*schemas.records.__path__, str(tmp_path)])

    def add(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    yield add
    monkeypatch.undo()
    for module in set(sys.modules) - before:
        if module.startswith("schemas.records."):
            del sys.modules[module]
            delattr(schemas.records, module.rpartition(".")[2])
    registry.reload()


def body(*lines: str, meta: str = META) -> str:
    """The text of a file that declares the type `spare`."""
    text = "\n".join((meta, *lines)).replace("\n", "\n    ")
    return f"{HEADER}\nclass Spare(RecordType):\n    {text}\n"


def declaration_in_the_readme() -> str:
    return README.read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]


def test_one_new_file_is_a_new_record_type(add_file: AddFile) -> None:
    digest = registry.digest()
    add_file("spare_key.py", declaration_in_the_readme())
    registry.reload()

    declared = registry.types()["spare_key"]
    assert registry.get("spare_key") is declared
    assert registry.rules("spare_key")["keeper"].kind is Kind.GUARDED
    assert {LIFE, FEED} < set(registry.rules("spare_key"))
    described = registry.describe()["types"]["spare_key"]
    assert described["title"] == {"ru": "Запасной ключ", "en": "Spare key"}
    assert described["fields"]["family"]["ref"] == "family"
    assert registry.digest() != digest
    assert declared.check(declared.write(declared.sample()))[1] == {}


def test_a_removed_file_is_a_removed_type(add_file: AddFile) -> None:
    digest = registry.digest()
    path = add_file("spare.py", body(NOTE))
    registry.reload()
    assert registry.get("spare")
    path.unlink()
    registry.reload()
    assert registry.get("spare") is None
    assert registry.digest() == digest


@pytest.mark.parametrize(
    ("lines", "field", "what"),
    [
        ([NOTE, 'x = Str(label=("Икс", "X"))'], "x", "has no merge kind"),
        ([NOTE, 'x = Str(merge="latest")'], "x", "has no label"),
        ([NOTE, 'x = Ref("unicorn", merge="latest", label=("Икс", "X"))'], "x", "unknown type 'unicorn'"),
        ([NOTE, 'x = SetOf(Ref("unicorn"), label=("Икс", "X"))'], "x", "unknown type 'unicorn'"),
        ([NOTE, 'x = Code("moods", merge="latest", label=("Икс", "X"))'], "x", "unknown code list 'moods'"),
        ([NOTE, 'x = Str(merge="max", label=("Икс", "X"))'], "x", "has no order"),
        ([NOTE, 'x = Str(merge="set", label=("Икс", "X"))'], "x", "must be a SetOf"),
        ([NOTE, 'x = Str(merge="latest", group="side", label=("Икс", "X"))'], "x", "unknown group 'side'"),
        ([NOTE, 'x = Str(merge="latest", writer="cat", label=("Икс", "X"))'], "x", "unknown writer 'cat'"),
        ([NOTE, 'x = SetOf(Date(max="now"), label=("Икс", "X"))'], "x", 'max="now" inside a value'),
        (
            [NOTE, 'x = Str(merge="latest", required_if=("y", (1,)), label=("Икс", "X"))'],
            "y",
            "required_if names it",
        ),
        (['x = Str(merge="latest", label=("Икс", "X"))'], "note", "display names it"),
    ],
)
def test_a_flawed_field_is_named_with_its_file(add_file: AddFile, lines: list[str], field: str, what: str) -> None:
    path = add_file("spare.py", body(*lines))
    with pytest.raises(SchemaError) as caught:
        registry.reload()
    message = str(caught.value)
    assert message.startswith(f"{path}: type 'spare', field {field!r}")
    assert what in message


@pytest.mark.parametrize(
    ("feed", "lines", "what"),
    [
        ('InTerritory("place")', [], "field 'place' is missing: the feed rule names it"),
        (
            'InTerritory("place")',
            ['place = Ref("team", merge="latest", label=("М", "P"))'],
            "must be a ref to a territory",
        ),
        ('WithParent("note")', [], "field 'note' must be a ref to a record"),
    ],
)
def test_a_feed_rule_needs_its_field(add_file: AddFile, feed: str, lines: list[str], what: str) -> None:
    add_file("spare.py", body(NOTE, *lines, meta=META.replace("Reference()", feed)))
    with pytest.raises(SchemaError, match=what):
        registry.reload()


def test_a_type_without_a_feed_rule_is_refused(add_file: AddFile) -> None:
    add_file("spare.py", body(NOTE, meta=META.replace("feed = Reference()", "")))
    with pytest.raises(SchemaError, match="type 'spare' has no feed in its Meta"):
        registry.reload()


def test_a_keyword_that_no_field_has_is_refused_by_file(add_file: AddFile) -> None:
    add_file("spare.py", body('note = Str(merge="newest", label=("Заметка", "Note"))'))
    with pytest.raises(SchemaError, match=r"spare\.py.*newest"):
        registry.reload()


def test_two_files_cannot_declare_one_type(add_file: AddFile) -> None:
    first, second = add_file("spare.py", body(NOTE)), add_file("spare_too.py", body(NOTE))
    with pytest.raises(SchemaError) as caught:
        registry.reload()
    assert str(first) in str(caught.value)
    assert str(second) in str(caught.value)


def test_after_a_refused_declaration_the_types_are_as_they_were(add_file: AddFile) -> None:
    before = registry.types()
    add_file("spare.py", body('note = Str(label=("Заметка", "Note"))'))
    with pytest.raises(SchemaError):
        registry.reload()
    assert registry.types() == before


# --- the description that tablets get ---


def test_a_form_can_be_built_from_the_description() -> None:
    described = registry.describe()
    assert described["version"] == registry.VERSION
    fields = described["types"]["visit"]["fields"]
    assert fields["family"] | {"label": None} == {
        "type": "ref",
        "ref": "family",
        "merge": "once",
        "required": True,
        "label": None,
        "group": "main",
        "order": 1,
        "soft": False,
        "writer": "tablet",
    }
    assert fields["needs"]["items"]["codes"] == "needs"
    assert fields["gps"]["items"]["fields"]["lat"] | {"label": None} == {
        "type": "number",
        "required": True,
        "label": None,
        "soft": False,
        "min": -90,
        "max": 90,
    }
    assert fields["review_remark"]["writer"] == "office"
    assert fields["review_remark"]["required_if"] == {"field": "review_state", "values": ["returned"]}
    assert {"from": "accepted", "to": ["returned"]} in fields["review_state"]["transitions"]
    person = described["types"]["person"]["fields"]
    assert (person["snils"]["type"], person["snils"]["check"]) == ("string", "snils")
    assert (person["birth_date"]["type"], person["birth_date"]["max"]) == ("partial_date", "now")


def test_every_list_that_a_field_names_is_in_the_description() -> None:
    described = registry.describe()

    def named(field: dict) -> Iterator[str]:
        if "codes" in field:
            yield field["codes"]
        for inner in (*field.get("fields", {}).values(), *filter(None, [field.get("items")])):
            yield from named(inner)

    names = {name for each in described["types"].values() for field in each["fields"].values() for name in named(field)}
    assert names | {"review_remarks"} == set(described["codes"])  # what the office says often, to be chosen from
    for values in described["codes"].values():
        assert values
        assert all(entry.keys() == {"value", "label", "from", "to"} for entry in values)
