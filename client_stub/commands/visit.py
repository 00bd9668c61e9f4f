"""`vyezd-tablet visit`: write down a visit, without any connection."""

from __future__ import annotations

import click

from client_stub import clock, edits
from client_stub.commands.screen import Screen, json_option, options
from client_stub.enrolment import pick_worker
from client_stub.families import TAIL, Families, Family
from client_stub.problems import Trouble
from client_stub.visits import choose, visit_change
from client_stub.words import count
from schemas.ids import new_id


@click.command()
@click.argument("family")
@click.option("--kind", default="repeat", show_default=True, help="Вид: первичное, повторное… / Kind: initial, repeat…")
@click.option("--result", default="held", show_default=True, help="Результат: состоялось… / Result: held…")
@click.option("--planned/--unplanned", default=None, help="Плановое или нет. / Planned or not.")
@click.option("--started", help="Начало, ГГГГ-ММ-ДДTчч:мм:сс+04:00; без него — сейчас. / Start; now without it.")
@click.option("--ended", help="Окончание, так же. / End, the same way.")
@click.option("--purpose", help="Цель. / Purpose.")
@click.option("--need", "needs", multiple=True, help="Потребность; можно несколько раз. / A need; may repeat.")
@click.option("--service", "services", multiple=True, help="Оказанная услуга. / A service given; may repeat.")
@click.option("--note", "notes", multiple=True, help="Заметка; можно несколько раз. / A note; may repeat.")
@click.option("--next", "next_visit_due", help="Следующее посещение до, ГГГГ-ММ-ДД. / Next visit due.")
@click.option("--worker", help="Кто пишет, если не хозяин планшета. / Who writes, if not the tablet's keeper.")
@options
@json_option
@click.pass_obj
def visit(
    screen: Screen, family: str, kind: str, result: str, needs: tuple[str, ...], services: tuple[str, ...],
    notes: tuple[str, ...], worker: str | None, started: str | None, **told: str | bool | None,
) -> None:  # fmt: skip
    """Записать посещение; FAMILY — часть фамилии, номера дела, адреса или конец номера записи.

    Write a visit; FAMILY is a part of a surname, case number or address, or the end of the id.
    """
    with screen.open_to_read() as store:
        at = _find(screen, Families(store), family)
        author = pick_worker(store["team"]["workers"], worker) if worker else store["worker"]
        meant = {
            "kind": choose("visit", "kind", kind, screen.lang),
            "started_at": started or clock.now(store).isoformat(timespec="seconds"),
            **told,
        }
        added = {
            "needs": [choose("visit", "needs", need, screen.lang) for need in needs],
            "services": [choose("visit", "services", service, screen.lang) for service in services],
            "notes": notes,
            "participants": [author] if author else [],
        }
        change = visit_change(at.view.id, meant, choose("visit", "result", result, screen.lang), added)
        op = edits.write(store, "visit", new_id(), change, by=author)
        if screen.json:
            return screen.data({"op": op["op"], "visit": op["id"], "family": at.view.id, "waiting": store.waiting()})
        screen.say("visit.done", style="bold green", family=at.title(screen.lang))
        screen.say("visit.waiting", edits=count(store.waiting(), "edit", screen.lang))


def _find(screen: Screen, families: Families, text: str) -> Family:
    """The one family that answers to a text. Raises Trouble after listing those that do."""
    found = families.find(text)
    if len(found) == 1:
        return found[0]
    if not found:
        raise Trouble("no_such_family", text=text)
    listed = "\n".join(f"  {each.title(screen.lang)}  …{each.view.id[-TAIL:]}" for each in found)
    raise Trouble("many_families", text=text, listed=listed)
