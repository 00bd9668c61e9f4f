"""Papers as PDF: the pages' own print sheets through WeasyPrint, with the font that comes with the assets. Nothing is
fetched: a sheet may name the files of our own static folder and no others.

WeasyPrint wants the system's Pango; where it is missing, people are told to print from the page (Ctrl+P) instead.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from flask import current_app, render_template

FONT = "vendor/PTSans.ttf"


class NoPdf(RuntimeError):
    """This machine lacks what PDF needs (libpango)."""


def write(out: Path, template: str, **context: Any) -> None:
    """Writes a template's page as PDF. Raises NoPdf."""
    out.write_bytes(pages(template, **context))


def pages(template: str, **context: Any) -> bytes:
    """The same as bytes. Raises NoPdf."""
    try:
        import weasyprint  # late: without Pango the import itself fails
    except OSError as error:
        raise NoPdf from error
    for name in ("weasyprint", "fontTools", "fontTools.subset"):
        logging.getLogger(name).setLevel(logging.ERROR)
    static = Path(current_app.static_folder or "")
    fonts = weasyprint.text.fonts.FontConfiguration()
    sheets = [
        weasyprint.CSS(filename=static / "paper.css", font_config=fonts, url_fetcher=_only_ours),
    ]
    page = weasyprint.HTML(string=render_template(template, **context), url_fetcher=_only_ours)
    return bytes(page.write_pdf(stylesheets=sheets, font_config=fonts) or b"")


def _only_ours(url: str) -> dict[str, Any]:
    """The files beside the style sheet, by their own addresses; everything else is refused."""
    static = Path(current_app.static_folder or "").resolve()
    path = Path(url.removeprefix("file://")).resolve()
    if not url.startswith("file://") or static not in path.parents:
        raise ValueError("nothing is fetched")
    return {"string": path.read_bytes()}
