"""One family found twice: scenarios, and the law of joining."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

import sync
from tests.support.runs import Run
from tests.sync.desk import Server
from tests.sync.families import JOINABLE, definition, families, register_of, shown, view
from tests.sync.histories import RULES
from tests.sync.orders import another_order


class Office:
    """Two records of one family, each found by a tablet of its own, and the office that joins them."""

    def __init__(self) -> None:
        self.families = {"A": Server(JOINABLE), "B": Server(JOINABLE)}
        self.anna, self.boris = self.families["A"].tablet("anna"), self.families["B"].tablet("boris")

    def join(self, into: str | None, **choices: str) -> None:
        """Retires B; None takes that back."""
        office = self.families["B"].office().open()
        office.save(set={"merged_into": into, "merge_choices": choices or None})

    def view(self) -> dict[str, Any]:
        return view({id: server.record for id, server in self.families.items() if server.record})["A"]


@pytest.fixture
def office() -> Office:
    return Office()


def test_two_records_of_one_family_are_seen_as_one_under_both_ids(office: Office) -> None:
    office.anna.save(set={"title": "Ивановы"}, add={"needs": ["food"], "notes": ["one"]}, inc={"attended": 2})
    office.boris.save(set={"address": "Мира, 2"}, add={"needs": ["legal"], "notes": ["two"]}, inc={"attended": 3})
    office.join("A")
    seen = office.view()
    assert {name: seen[name] for name in ("title", "address", "needs", "attended")} == {
        "title": "Ивановы",
        "address": "Мира, 2",
        "needs": ["food", "legal"],
        "attended": 5,
    }
    assert [entry["value"] for entry in seen["notes"]] == ["one", "two"]


def test_the_root_shows_its_value_unless_the_office_chose_the_others(office: Office) -> None:
    office.anna.save(set={"title": "Ивановы", "address": "Ленина, 1"})
    office.boris.save(at=99, set={"title": "Ивановы-Петровы", "address": "Мира, 2"})
    office.join("A", address="B")
    assert office.view() == {"title": "Ивановы", "address": "Мира, 2"}


def test_edits_of_either_record_go_on_after_the_join(office: Office) -> None:
    office.anna.save(set={"last_contact": "2026-04-01"}, add={"phones": ["x"]})
    office.boris.save(set={"last_contact": "2026-03-01"}, add={"phones": ["Y"]})
    office.join("A")
    office.boris.save(set={"last_contact": "2026-05-03"}, add={"phones": ["X"]})
    office.anna.open().save(remove={"phones": ["x"]})
    assert office.view() == {"last_contact": "2026-05-03", "phones": ["Y", "X"]}


def test_taking_back_a_join_leaves_both_as_they_were(office: Office) -> None:
    office.anna.save(set={"title": "Ивановы"}, add={"needs": ["food"]})
    office.boris.save(set={"title": "Петровы"}, add={"needs": ["legal"]})
    before = office.view()
    office.join("A", title="B")
    assert office.view() != before
    office.join(None)
    assert office.view() == before
    assert office.families["B"].fields == {"title": "Петровы", "needs": ["legal"]}


def test_a_deleted_record_adds_nothing_to_the_other(office: Office) -> None:
    office.anna.save(set={"title": "Ивановы"}, add={"needs": ["food"]})
    office.boris.save(add={"needs": ["legal"]})
    office.join("A")
    office.boris.open().save(delete=True)
    assert office.view() == {"title": "Ивановы", "needs": ["food"]}
    office.anna.save(delete=True)
    assert office.view()["title"] == "Ивановы"


@pytest.mark.parametrize(
    ("id", "merged_into", "expected"),
    [
        ("a", {}, "a"),
        ("a", {"a": "b"}, "b"),
        ("a", {"a": "b", "b": "c"}, "c"),
        ("b", {"a": "b", "b": "a"}, "a"),
        ("a", {"a": "c", "c": "d", "d": "b", "b": "c"}, "b"),
        ("a", {"a": "a"}, "a"),
    ],
)
def test_the_root_is_the_end_of_the_chain_or_the_smallest_of_the_circle(
    id: str, merged_into: dict[str, str], expected: str
) -> None:
    assert sync.root(id, merged_into) == expected


# The law


def first_difference_in_joining(seed: int, count: int) -> str | None:
    """The first histories of which people see something else than by definition."""
    return next((name for name, records in families(seed, count) if shown(records) != definition(records)), None)


@pytest.mark.proof
def test_people_see_of_joined_records_what_is_defined(run: Run) -> None:
    assert first_difference_in_joining(run.seed, run.histories) is None


@pytest.mark.proof
def test_people_see_the_same_in_whatever_order_edits_and_joins_come(run: Run) -> None:
    for name, records in families(run.seed, run.histories // 5):
        others = {id: another_order(Random(f"{name}/{id}"), history) for id, history in records.items()}
        assert shown(others) == shown(records), f"histories {name}"


@pytest.mark.proof
def test_a_record_that_is_not_joined_shows_its_own_fields(run: Run) -> None:
    for name, records in families(run.seed, run.histories // 5):
        for id, history in records.items():
            if record := register_of(history).record:
                alone = {field: value for field, value in record.fields.items() if field in RULES}
                assert sync.joined({id: record}, {}, JOINABLE) == alone, f"histories {name}"
