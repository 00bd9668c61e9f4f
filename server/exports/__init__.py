"""What goes out as files: lists as CSV and XLSX, a row at a time, so that a region fits into memory; papers as DOCX,
XLSX and PDF from templates that a region may replace by its own.

`records.py` and `visitlog.py` say what stands in the cells, `sheets.py` writes them, `papers.py` fills templates,
`orders.py` does what was asked for on a page. Who asked, and how much went out, is in the audit (`taken`).
"""

from __future__ import annotations

from typing import Any

from server import audit


def taken(who: str, subject: str, **details: Any) -> None:
    """Notes that data went out: ``details``: shape, rows, filter."""
    audit.record("export", who=who, subject=subject, **details)
