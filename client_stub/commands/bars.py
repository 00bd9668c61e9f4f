"""Progress bars: ops and records are counted; of files the bytes, and how long it will still take."""

from __future__ import annotations

from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, ProgressColumn, SpinnerColumn, Task, TextColumn
from rich.text import Text

from client_stub.words import Lang, say

ENOUGH_SECONDS = 3.0
"""Before so much time has passed nobody can say how long the rest takes."""


def bars_of(lang: Lang) -> tuple[ProgressColumn, ...]:
    """What a line shows."""
    return SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), Amount(), TimeLeft(lang)


class Amount(MofNCompleteColumn):
    """How much of how much."""

    def render(self, task: Task) -> Text:
        return DownloadColumn(binary_units=True).render(task) if task.fields.get("bytes") else super().render(task)


class TimeLeft(ProgressColumn):
    """By the pace of the whole way so far, pauses and broken links included: while nothing comes through, it grows."""

    def __init__(self, lang: Lang) -> None:
        super().__init__()
        self.lang = lang

    def render(self, task: Task) -> Text:
        if not task.fields.get("bytes"):
            return Text("")
        seconds = time_left(task.completed, task.total or 0, task.elapsed or 0.0)
        return Text("" if seconds is None else say("progress.left", self.lang, time=spoken(seconds, self.lang)))


def time_left(done: float, total: float, elapsed: float) -> float | None:
    """Seconds; None while it cannot be told."""
    if done <= 0 or total <= 0 or elapsed < ENOUGH_SECONDS:
        return None
    return (total - done) * elapsed / done


def spoken(seconds: float, lang: Lang) -> str:
    """Seconds, or minutes from two on, rounded up."""
    if seconds < 120:
        return say("progress.seconds", lang, number=-(-int(seconds) // 5) * 5)
    return say("progress.minutes", lang, number=-(-int(seconds) // 60))
