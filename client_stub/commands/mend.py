"""`vyezd-tablet mend`: what the server could not take as it was written, and writing it right."""

from __future__ import annotations

import click

from client_stub import mending
from client_stub.commands import lists
from client_stub.commands.screen import Screen, json_option, options
from client_stub.families import Families
from client_stub.overview import to_mend
from client_stub.store import Store
from client_stub.words import count


@click.command()
@click.argument("edit", required=False)
@click.option(
    "--set", "values", nargs=2, multiple=True, metavar="FIELD VALUE",
    help="Поле и верное значение; можно несколько раз. / A field and its right value; may repeat.",
)  # fmt: skip
@click.option("--drop", multiple=True, metavar="FIELD", help="Поле, без которого обойтись. / A field to leave out.")
@options
@json_option
@click.pass_obj
def mend(screen: Screen, edit: str | None, values: tuple[tuple[str, str], ...], drop: tuple[str, ...]) -> None:
    """Показать, что требует исправления, или исправить; EDIT — конец номера правки из списка.

    List what needs mending, or mend it; EDIT is the end of an edit's id in the list.
    """
    with screen.open_to_read() as store:
        if edit is None:
            return _show(screen, store, None)
        copy = mending.find(store, edit)
        if not (values or drop):
            return _show(screen, store, copy["op"])
        texts: dict[str, list[str]] = {}
        for name, text in values:
            texts.setdefault(mending.field_of(copy, name, screen.lang), []).append(text)
        meant = {name: mending.value_of(copy, name, each, screen.lang) for name, each in texts.items()}
        op = mending.mend(store, copy, meant, [mending.field_of(copy, name, screen.lang) for name in drop])
        if screen.json:
            return screen.data({"op": op["op"], "mends": op["mends"], "waiting": store.waiting()})
        screen.say("mend.done", style="bold green", title=Families(store).title(op["type"], op["id"], screen.lang))
        screen.say("visit.waiting", edits=count(store.waiting(), "edit", screen.lang))


def _show(screen: Screen, store: Store, op: str | None) -> None:
    """All that needs mending, or one of it."""
    copies = [copy for copy in to_mend(store, Families(store), screen.lang) if op in (None, copy["op"])]
    if screen.json:
        return screen.data(copies)
    if not copies:
        return screen.say("mend.nothing", style="bold green")
    lists.show(screen, {"to_mend": copies})
    screen.line()
    screen.say("mend.how", style="dim")
