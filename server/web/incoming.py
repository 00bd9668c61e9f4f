"""What comes in as files: families, a plan of trips, code lists, an edition of the classifier. Each is tried first and
written when who sent it has seen what it would do."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from server import clock, tasks
from server.imports import orders
from server.imports.columns import LABELS
from server.imports.orders import Order
from server.people import Person
from server.roles import Right
from server.web.forms import day
from server.web.guard import person
from server.web.languages import language
from server.web.show import my_reach, words

pages = Blueprint("imports", __name__, url_prefix="/imports")
SUFFIXES = {".csv", ".txt", ".xlsx", ".xlsm"}
LONGEST = 120


@pages.get("")
def page() -> ResponseReturnValue:
    """What can be imported, and what was in the last day."""
    return _page()


@pages.post("")
def take() -> ResponseReturnValue:
    """Takes a file in and tries it; nothing is written yet."""
    kind, sent = request.form.get("kind", ""), request.files.get("file")
    if not may(person(), kind):
        return _page(_("This is imported by an administrator of the whole region."), 422)
    if sent is None or not sent.filename:
        return _page(_("Choose a file."), 422)
    suffix = Path(sent.filename).suffix.lower()
    if suffix not in SUFFIXES:
        return _page(_("A table is wanted: CSV or XLSX. Save it from your program in one of these forms."), 422)
    path = tasks.new_file(f".in{suffix}")
    sent.save(path)
    system = request.form.get("system", "").strip()[:60] or orders.SYSTEM
    return _start(_order(kind, path, sent.filename[-LONGEST:], day("day", clock.today()), system=system))


@pages.post("/<id>")
def carry_out(id: str) -> ResponseReturnValue:
    """The file of a trial once more: in earnest, or as another trial with columns chosen by hand."""
    trial = tasks.find(id, person().id) or abort(404)
    told = trial.params
    path = tasks.folder() / Path(told.get("path", "")).name
    if not may(person(), told.get("kind", "")):
        abort(403)
    if not trial.result.get("dry") or not path.is_file():
        flash(_("The file is no longer kept: send it once more."))
        return redirect(url_for("imports.page"))
    typed = {name: request.form.get(f"column-{name}", "").strip() for name in LABELS}
    dry = bool(request.form.get("dry"))
    chosen: dict[str, str] = {name: header for name, header in typed.items() if header} if dry else told["columns"]
    day = date.fromisoformat(told["day"])
    return _start(_order(told["kind"], path, told["name"], day, dry, told["system"], chosen))


def may(who: Person, kind: str) -> bool:
    """Whether somebody may import this: whoever plans trips a plan; who decides for the whole region the rest."""
    if kind == orders.PLAN:
        return who.may(Right.TRIPS)
    return kind in orders.WORK and who.may(Right.DECIDE) and who.is_unbounded


def _order(
    kind: str,
    path: Path,
    name: str,
    day: date,
    dry: bool = True,
    system: str = orders.SYSTEM,
    columns: dict[str, str] | None = None,
) -> Order:
    zone = current_app.config["VYEZD"].timezone
    return Order(kind, path, name, dry, language(), day, zone, system, columns or {})


def _start(order: Order) -> ResponseReturnValue:
    return redirect(url_for("tasks.page", id=orders.start(person(), my_reach(), order)))


def _page(warning: str | None = None, status: int = 200) -> ResponseReturnValue:
    kinds = [kind for kind in orders.WORK if may(person(), kind)]
    done = tasks.latest(person().id, [f"import.{kind}" for kind in orders.WORK])
    context = {"kinds": kinds, "tasks": done, "known": words(), "labels": LABELS, "today": clock.today()}
    return render_template("imports.html", **context, warning=warning, system=orders.SYSTEM), status
