"""The order of a trip's stops: keys between keys, and as few changes as can be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server.stops import between, difference, in_order, numbered

KEYS = st.lists(st.text("0a9zi", min_size=1, max_size=3), unique=True, max_size=8)


@given(keys=KEYS, more=st.integers(0, 4), chance=st.randoms(use_true_random=False))
def test_whatever_the_order_the_keys_sort_as_the_stops_stand(keys: list[str], more: int, chance: object) -> None:
    stops = [{"order": key, "note": key} for key in keys] + [{"note": f"new {n}"} for n in range(more)]
    chance.shuffle(stops)  # type: ignore[attr-defined]
    after = numbered(stops)
    assert [stop["note"] for stop in in_order(after)] == [stop["note"] for stop in stops]
    assert len({stop["order"] for stop in after}) == len(stops)


def test_a_stop_that_moves_changes_alone() -> None:
    stops = [{"order": key} for key in ("a0", "a1", "a2", "a3")]
    after = numbered([stops[3], *stops[:3]])
    said = difference(stops, after)
    assert said["remove"] == {"stops": [{"order": "a3"}]}
    assert len(said["add"]["stops"]) == 1
    assert said["add"]["stops"][0]["order"] < "a0"


def test_a_key_lies_between_its_neighbours() -> None:
    for low, high in (("", None), ("a0", "a1"), ("a0", None), ("", "1"), ("zz", None)):
        key = between(low, high)
        assert low < key
        assert high is None or key < high
