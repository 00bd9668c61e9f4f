"""A slow link between a tablet and a server, as a TCP proxy: so many bits a second each way, a delay, and a cut of all
connections every so many seconds.

Opening a connection costs a round trip, as it does in the field. Bytes count when the link has carried them, whether
or not they arrive before the cut.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from queue import SimpleQueue

PIECE = 1_400  # bytes, a packet


@dataclass(frozen=True, slots=True)
class Kind:
    """``bits`` a second each way, ``round_trip`` and ``cut_every`` in seconds (None: never cut)."""

    bits: float | None = None
    round_trip: float = 0.0
    cut_every: float | None = None

    def faster(self, times: int) -> Kind:
        """The same link, played so many times as fast."""
        cut = self.cut_every and self.cut_every / times
        return Kind(self.bits and self.bits * times, self.round_trip / times, cut)


@dataclass
class Way:
    """One direction of the link: what all connections share. ``carried``: bytes."""

    kind: Kind
    carried: int = 0
    _free_at: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def carry(self, size: int) -> float:
        """Waits until the link has taken so many bytes; returns when the last of them arrives."""
        with self._lock:
            self._free_at = max(self._free_at, time.monotonic()) + (size * 8 / self.kind.bits if self.kind.bits else 0)
            self.carried += size
            free_at = self._free_at
        _sleep_until(free_at)
        return free_at + self.kind.round_trip / 2


class Link:
    """Listens on 127.0.0.1 and hands on to ``port`` until it is closed. ``first_cut``: seconds after it opened."""

    def __init__(self, port: int, kind: Kind, first_cut: float | None = None) -> None:
        self.port, self.kind = port, kind
        self.up, self.down = Way(kind), Way(kind)
        self.connections = self.cuts = 0
        self._open: set[socket.socket] = set()
        self._closed = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        _start(self._listen)
        if kind.cut_every:
            _start(self._cut, kind.cut_every if first_cut is None else first_cut, kind.cut_every)

    def close(self) -> None:
        self._closed.set()
        _close(self._listener)
        self._cut_all()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self.connections += 1
                _start(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        self._open.add(client)
        time.sleep(self.kind.round_trip)  # the handshake
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port)) as server:
            self._open.add(server)
            up = threading.Thread(target=self._pump, args=(client, server, self.up), daemon=True)
            up.start()
            self._pump(server, client, self.down)
            _close(client)
            up.join()
            self._open.discard(server)
        _close(client)
        self._open.discard(client)

    def _pump(self, source: socket.socket, target: socket.socket, way: Way) -> None:
        """Reads as fast as the link carries, and delivers each packet after its delay."""
        under_way: SimpleQueue[tuple[float, bytes]] = SimpleQueue()
        arriving = threading.Thread(target=_deliver, args=(under_way, target), daemon=True)
        arriving.start()
        with suppress(OSError):
            while piece := source.recv(PIECE):
                under_way.put((way.carry(len(piece)), piece))
        under_way.put((0.0, b""))
        arriving.join()

    def _cut(self, first: float, every: float) -> None:
        wait = first
        while not self._closed.wait(wait):
            self.cuts += bool(self._open)
            self._cut_all()
            wait = every

    def _cut_all(self) -> None:
        for end in list(self._open):
            _close(end)


def _deliver(under_way: SimpleQueue[tuple[float, bytes]], target: socket.socket) -> None:
    with suppress(OSError):
        while True:
            at, piece = under_way.get()
            if not piece:
                target.shutdown(socket.SHUT_WR)
                return
            _sleep_until(at)
            target.sendall(piece)


def _sleep_until(at: float) -> None:
    time.sleep(max(0.0, at - time.monotonic()))


def _start(work: Callable[..., None], *args: object) -> None:
    threading.Thread(target=work, args=args, daemon=True).start()


def _close(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
