"""What an admin says with a decision: it goes to the tablets whose writing was decided about, and stays with it."""

from __future__ import annotations

from collections.abc import Iterable

from flask import request

from server import notices

LENGTH = 1_000


def remark() -> str:
    """What the form says."""
    return request.form.get("remark", "").strip()[:LENGTH]


def send(tablets: Iterable[str], what: str, record: str | None) -> None:
    """Sends the form's remark, if there is any, to these tablets. ``what`` it is about."""
    said = remark()
    for tablet in tablets if said else ():
        notices.send(tablet, "decided", f"{what}. {said}", record)
