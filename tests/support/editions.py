"""Editions of the OKTMO classifier for tests: the one that the product ships, and newer ones made from it."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from schemas.checks import oktmo_check_digit

EDITION = Path(__file__).parents[2] / "server" / "data" / "oktmo" / "astrakhan.csv"
EDITION_DAY = date(2023, 1, 1)
NEWER_DAY = date(2024, 5, 1)

Row = dict[str, str]


def rows() -> list[Row]:
    """The rows of the shipped edition."""
    with EDITION.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: Iterable[Row]) -> Path:
    """Writes rows as an edition, each with its right check digit."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["oktmo", "check_digit", "kind", "name", "centre", "parent"])
        writer.writeheader()
        writer.writerows(row | {"check_digit": str(oktmo_check_digit(row["oktmo"]))} for row in rows)
    return path


def with_okrug(rows: Iterable[Row], district: str, okrug: str) -> list[Row]:
    """The rows after a district became an okrug: new code, kind and name, no settlements, localities with new
    codes."""
    renewed: list[Row] = []
    localities = 0
    for row in rows:
        if row["oktmo"] == district:
            name = row["name"].replace("муниципальный район", "муниципальный округ")
            renewed.append(row | {"oktmo": okrug, "kind": "municipal_okrug", "name": name})
        elif not row["oktmo"].startswith(district[:5]):
            renewed.append(row)
        elif row["kind"] == "locality":
            localities += 1
            renewed.append(row | {"oktmo": f"{okrug}{100 + localities}", "parent": okrug})
    return renewed
