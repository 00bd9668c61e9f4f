"""Papers as PDF: the pages' own print sheets through WeasyPrint, with the font that comes with the assets. Nothing is
fetched: a sheet may name the files of our own static folder and no others.

WeasyPrint wants the system's Pango; where it is missing, people are told to print from the page (Ctrl+P) instead.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import current_app, render_template

SHEET = "paper.css"


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
    for name in ("weasyprint", "weasyprint.progress", "fontTools"):
        logging.getLogger(name).setLevel(logging.ERROR)
    static = Path(current_app.static_folder or "").resolve()

    class Ours(weasyprint.urls.URLFetcher):
        """Gives the files beside the style sheet, by their own addresses; refuses everything else."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            place = urlsplit(url)
            path = Path(unquote(place.path)).resolve()
            if place.scheme != "file" or static not in path.parents:
                raise ValueError("nothing is fetched")
            return weasyprint.urls.URLFetcherResponse(url, path.read_bytes())

    fonts, ours = weasyprint.text.fonts.FontConfiguration(), Ours()
    sheet = weasyprint.CSS(filename=static / SHEET, font_config=fonts, url_fetcher=ours)
    page = weasyprint.HTML(string=render_template(template, **context), url_fetcher=ours)
    return bytes(page.write_pdf(stylesheets=[sheet], font_config=fonts) or b"")
