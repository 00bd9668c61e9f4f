"""A record type that nobody has heard of yet: one file, as a region would add it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import schemas.records
from schemas import registry

GARDEN = '''
"""Gardens of families."""
from schemas.base import RecordType
from schemas.fields import Bool, Int, Ref, Str
from schemas.placement import WithParent


class Garden(RecordType):
    class Meta:
        name = "garden"
        title = ("Огород", "Garden")
        groups = (("main", "Основное", "Main"),)
        feed = WithParent("family")
        display = ("name",)

    family = Ref("family", merge="once", required=True, indexed=True, group="main", label=("Семья", "Family"))
    name = Str(merge="guarded", required=True, indexed=True, group="main", label=("Название", "Name"))
    beds = Int(min=1, merge="guarded", indexed=True, group="main", label=("Грядок", "Beds"))
    fenced = Bool(merge="latest", group="main", label=("Огорожен", "Fenced"))
'''


@contextmanager
def planted(folder: Path) -> Iterator[None]:
    """The register knows the type as long as this lasts."""
    folder.mkdir()
    (folder / "garden.py").write_text(GARDEN, encoding="utf-8")
    schemas.records.__path__.append(str(folder))
    registry.reload()
    try:
        yield
    finally:
        schemas.records.__path__.remove(str(folder))
        sys.modules.pop("schemas.records.garden")
        registry.reload()
