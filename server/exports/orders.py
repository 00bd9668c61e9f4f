"""An export as it was ordered on a page: what, in which form, for whom; carried out as a task (server/tasks.py)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from flask_babel import force_locale

from schemas import registry
from server import exports, reference, tasks
from server.exports import papers, pdf, records, sheets, visitlog
from server.people import Person
from server.reading import visitlog as log
from server.reading.reach import Reach
from server.reading.visitlog import Filter
from server.reading.words import Words
from server.tasks import Outcome, Progress, Refused

LOG_SHAPES = ("xlsx", "docx", "pdf", "csv")
LIST_SHAPES = ("xlsx", "csv")
KINDS = ("export.log", "export.list")
MOST_IN_PDF = 1_500


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asked, as the thread needs it: what is in ``reach`` goes out, in these words. ``today``: the local day."""

    person: Person
    reach: Reach
    words: Words
    today: date


def start_log(asker: Asker, wanted: Filter, shape: str) -> str:
    """Orders the visit log of a filter. Returns the task's id."""
    told = {name: str(value) for name, value in asdict(wanted).items() if value}

    def work(progress: Progress) -> Outcome:
        with force_locale(asker.words.lang):
            return _log(asker, wanted, shape, progress, told)

    return tasks.start(asker.person.id, "export.log", {"shape": shape} | told, work)


def start_list(asker: Asker, type_name: str, shape: str) -> str:
    """Orders all records of a type within reach. Returns the task's id."""

    def work(progress: Progress) -> Outcome:
        with force_locale(asker.words.lang):
            return _list(asker, type_name, shape, progress)

    return tasks.start(asker.person.id, "export.list", {"shape": shape, "type": type_name}, work)


def _list(asker: Asker, type_name: str, shape: str, progress: Progress) -> Outcome:
    total = records.count(type_name, asker.reach)
    headers = records.headers(registry.types()[type_name], asker.words)
    rows = records.rows(type_name, asker.reach, asker.words)
    name = asker.words.title(type_name)
    return _sheet(asker, shape, name, headers, rows, lambda done: progress(done, total), {"type": type_name})


def _log(asker: Asker, wanted: Filter, shape: str, progress: Progress, told: dict[str, str]) -> Outcome:
    total = log.totals(wanted, asker.reach).visits
    title = asker.words.pick(visitlog.TITLE)

    def tell(done: int) -> None:
        progress(done, total)

    if shape == "csv" or (shape == "xlsx" and not papers.own(papers.LOG, "xlsx")):
        rows = visitlog.rows(wanted, asker.reach, asker.words)
        return _sheet(asker, shape, title, visitlog.headers(asker.words), rows, tell, told)
    if total > (most := MOST_IN_PDF if shape == "pdf" else papers.MOST_LINES):
        raise Refused(f"too_many|{total}|{most}")
    values, entries = _log_values(asker, wanted, tell)
    out = tasks.new_file(f".{shape}")
    try:
        FILL[shape](values, entries, asker, out)
    except papers.BadTemplate as error:
        raise Refused(f"template|{error}") from error
    except pdf.NoPdf as error:
        raise Refused("no_pdf") from error
    exports.taken(asker.person.id, papers.LOG, shape=shape, rows=len(entries), **told)
    return Outcome({"rows": len(entries)}, out, _file_name(title, wanted, shape))


def _log_values(
    asker: Asker, wanted: Filter, tell: Callable[[int], None]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    totals = log.totals(wanted, asker.reach)
    entries = []
    for entry in visitlog.entries(wanted, asker.reach, asker.words):
        entries.append(asdict(entry))
        tell(entry.n)
    values = {
        "since": wanted.since,
        "until": wanted.until,
        "team": str(reference.current().teams.get(wanted.team or "", {}).get("name", "")),
        "organisation": "",
        "total": totals.visits,
        "families": totals.families,
        "made_by": asker.person.name,
        "made_on": asker.today,
    }
    return values, entries


def _fill_docx(values: dict[str, Any], entries: list[dict[str, Any]], asker: Asker, out: Any) -> None:
    papers.fill_docx(papers.LOG, values | {"rows": entries}, out)


def _fill_xlsx(values: dict[str, Any], entries: list[dict[str, Any]], asker: Asker, out: Any) -> None:
    papers.fill_xlsx(papers.LOG, values, entries, out)


def _fill_pdf(values: dict[str, Any], entries: list[dict[str, Any]], asker: Asker, out: Any) -> None:
    pdf.write(
        out, "pdf/visit_log.html", rows=entries, headers=visitlog.headers(asker.words), known=asker.words, **values
    )


FILL: dict[str, Callable[[dict[str, Any], list[dict[str, Any]], Asker, Any], None]] = {
    "docx": _fill_docx,
    "xlsx": _fill_xlsx,
    "pdf": _fill_pdf,
}


def _sheet(
    asker: Asker,
    shape: str,
    title: str,
    headers: list[str],
    rows: sheets.Rows,
    tell: Callable[[int], object],
    told: dict[str, str],
) -> Outcome:
    out = tasks.new_file(f".{shape}")
    try:
        if shape == "csv":
            count = sheets.write_csv(out, headers, rows, tell)
        else:
            count = sheets.write_xlsx(out, title, headers, rows, tell)
    except sheets.TooManyRows as error:
        raise Refused("sheet_full") from error
    exports.taken(asker.person.id, told.get("type", papers.LOG), shape=shape, rows=count, **told)
    return Outcome({"rows": count}, out, f"{title} {asker.today.isoformat()}.{shape}")


def _file_name(title: str, wanted: Filter, shape: str) -> str:
    return f"{title} {wanted.since.isoformat()} – {wanted.until.isoformat()}.{shape}"
