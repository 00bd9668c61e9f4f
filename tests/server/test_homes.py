"""What a record hangs on, as the index of deleted records asks it."""

from __future__ import annotations

import pytest

from schemas import registry
from schemas.base import RecordType
from schemas.placement import WithParent
from server.homes import LINKS

BESIDE_FAMILIES = {"trip"}
HANGING = [each for each in registry.types().values() if isinstance(each.feed, WithParent)]


@pytest.mark.parametrize("declared", HANGING, ids=lambda each: each.name)
def test_the_index_looks_at_the_links_of_each_type_in_its_own_order(declared: RecordType) -> None:
    assert isinstance(declared.feed, WithParent)
    own = [name for name in declared.feed.fields if name not in BESIDE_FAMILIES]
    assert [link for link in LINKS if link in own] == own
