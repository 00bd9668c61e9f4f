"""`vyezd-tablet photo`: attach photographs or scans to a visit, without any connection."""

from __future__ import annotations

from pathlib import Path

import click

from client_stub import photos, view
from client_stub.commands import lists
from client_stub.commands.screen import Screen, json_option, options
from client_stub.enrolment import pick_worker
from client_stub.families import TAIL, Families
from client_stub.problems import Trouble
from client_stub.store import Store
from client_stub.visits import choose
from client_stub.words import count


@click.command()
@click.argument("visit")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--kind", help="Что это: фото жилья, документ… / Kind: housing, document…")
@click.option("--caption", help="Подпись. / Caption.")
@click.option(
    "--keep-exif", is_flag=True,
    help="Не убирать место съёмки и устройство. / Keep where and with what it was taken.",
)  # fmt: skip
@click.option("--worker", help="Кто пишет, если не хозяин планшета. / Who writes, if not the tablet's keeper.")
@options
@json_option
@click.pass_obj
def photo(
    screen: Screen, visit: str, files: tuple[Path, ...], kind: str | None, caption: str | None, keep_exif: bool,
    worker: str | None,
) -> None:  # fmt: skip
    """Приложить снимки или сканы (JPEG, PNG, WebP, PDF) к посещению; VISIT — конец его номера или семья.

    Attach pictures or scans to a visit; VISIT is the end of its id, or the family last visited.
    """
    with screen.open_to_read() as store:
        author = pick_worker(store["team"]["workers"], worker) if worker else store["worker"]
        named = choose("attachment", "kind", kind, screen.lang) if kind else None
        at = find_visit(store, visit)
        told = {"kind": named, "caption": caption}
        made = [photos.attach(store, at, file, told, keep_exif, author) for file in files]
        left = photos.standing(store)
        if screen.json:
            return screen.data({"visit": at, "attachments": made, "photos": left})
        screen.say("photo.done", style="bold green", files=count(len(made), "file", screen.lang), visit=at[-TAIL:])
        size = lists.mib(screen.lang, left["waiting_bytes"])
        screen.say("photo.waiting", files=count(left["waiting"], "file", screen.lang), size=size)


def find_visit(store: Store, text: str) -> str:
    """The id of the one visit that is meant. Raises Trouble `no_such_visit`."""
    visits = view.every(store, "visit")
    by_id = [visit.id for visit in visits if len(text) >= TAIL and visit.id.endswith(text.lower())]
    if len(by_id) == 1:
        return by_id[0]
    families = {family.view.id for family in Families(store).find(text)}
    theirs = [visit for visit in visits if visit.fields.get("family") in families]
    if len(families) != 1 or not theirs:
        raise Trouble("no_such_visit", text=text)
    return max(theirs, key=lambda visit: str(visit.fields.get("started_at") or "")).id
