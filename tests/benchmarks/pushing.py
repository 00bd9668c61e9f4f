"""Many tablets of different teams that push at once: what the push rows have in common."""

from __future__ import annotations

from dataclasses import dataclass

from tests.benchmarks.bench import Bench
from tests.benchmarks.scene import Op, Scene, dumped
from tests.benchmarks.senders import PAGE, Sender, Sent, added, together
from tests.benchmarks.serving import Serving


@dataclass(frozen=True, slots=True)
class Pushed:
    """The ops that went in, how many a second, and what came of them."""

    ops: list[Op]
    per_second: float
    sent: Sent


def push(bench: Bench, scene: Scene, serving: Serving, connections: int, page: int = PAGE) -> Pushed:
    """A tablet a connection, each of another team, all at once. Raises AssertionError when an op is not applied."""
    writers = [scene.writer(crew) for crew in scene.crews[:connections]]
    ops = [writer.visits(bench.scale.ops // connections) for writer in writers]
    senders = [
        Sender(serving.url, writer, dumped(mine), bench.scale.batch, page)
        for writer, mine in zip(writers, ops, strict=True)
    ]
    for sender in senders:
        sender.catch_up()
    seconds, sent = together(sender.send for sender in senders)
    total, every = added(sent), [op for mine in ops for op in mine]
    assert total.outcomes == {"applied": len(every)}, (total.outcomes, total.errors)
    return Pushed(every, len(every) / seconds, total)
