"""The lists that a tired person reads after a sync: what waits, what to mend, what waits for a decision, what
the office says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from client_stub.commands.screen import Screen
from client_stub.families import TAIL
from client_stub.words import Lang, count, say, when

TITLES_SHOWN = 20  # of each list; the rest is counted


def show(screen: Screen, overview: Mapping[str, list[Any]]) -> None:
    """Print the lists that are not empty."""
    for name, show_one in (
        ("waiting", _waiting),
        ("to_mend", _to_mend),
        ("disputed", _disputed),
        ("settled", _settled),
        ("notices", _notice),
    ):
        entries = overview.get(name, [])
        if entries:
            screen.line()
            screen.say(f"list.{name}", style="bold")
        for entry in entries[:TITLES_SHOWN]:
            show_one(screen, entry)
        if len(entries) > TITLES_SHOWN:
            screen.say("list.more", style="dim", number=len(entries) - TITLES_SHOWN)


def _waiting(screen: Screen, entry: Mapping[str, Any]) -> None:
    screen.line(f"  {entry['title']} — {count(entry['edits'], 'edit', screen.lang)}, {when(entry['since'])}")


def _to_mend(screen: Screen, entry: Mapping[str, Any]) -> None:
    screen.line(f"  {entry['title']}  …{entry['op'][-TAIL:]}")
    for label, sentences in entry["errors"].items():
        screen.line(f"    {label}: {' '.join(sentences)}", style="yellow")
    for label, value in entry["values"].items():
        screen.line(f"    {label}: {value}", style="dim")


def _disputed(screen: Screen, entry: Mapping[str, Any]) -> None:
    screen.line(f"  {entry['title']}")
    for label, candidates in entry["fields"].items():
        either = say("list.or", screen.lang)
        told = either.join(_candidate(screen, candidate) for candidate in candidates)
        screen.line(f"    {label}: {told}", style="magenta")


def _candidate(screen: Screen, candidate: Mapping[str, Any]) -> str:
    signed = ", ".join(part for part in (candidate["by"], when(candidate["at"])) if part)
    return f"«{candidate['value']}» ({signed})"


def _settled(screen: Screen, entry: Mapping[str, Any]) -> None:
    screen.line(f"  {entry['title']} — {entry['text']}", style="cyan")


def _notice(screen: Screen, notice: Mapping[str, Any]) -> None:
    due = say("list.due", screen.lang, date=when(notice["due"])) if notice["due"] else ""
    screen.line(f"  {notice['text']}{due}")


def photos(screen: Screen, standing: Mapping[str, Any]) -> None:
    """Whether the photographs are handed in, which is another fact than that of the records."""
    if not (standing["waiting"] or standing["handed_in"] or standing["refused"]):
        return
    for each in standing["refused"]:
        screen.say("photos.refused", style="bold red", id=each["id"][-TAIL:], text=each["text"])
    files = count(standing["waiting"] or standing["handed_in"], "file", screen.lang)
    if standing["waiting"]:
        screen.say("photos.left", style="bold yellow", files=files, size=mib(screen.lang, standing["waiting_bytes"]))
    elif not standing["refused"]:
        screen.say("photos.handed_in", style="bold green", files=files)


def mib(lang: Lang, size: int) -> str:
    """Bytes as people say them."""
    return say("photo.mib", lang, number=f"{size / (1 << 20):.1f}")
