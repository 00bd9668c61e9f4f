"""A TCP proxy between tablets and a server: it cuts connections at any byte, loses answers, and lets requests come
again, later.

It knows nothing of HTTP but where the head of a request ends. What a connection shall suffer is drawn when it opens.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

PIECE = 65_536
LONGEST_REQUEST, LONGEST_ANSWER = 6_000, 30_000  # bytes before which a connection is cut
FATES = ("good", "good", "good", "cut up", "cut down", "cut down", "lost", "again")


@dataclass
class Proxy:
    """Listens on 127.0.0.1 and hands on to ``port``. Once ``is_good`` is set, new connections suffer nothing."""

    port: int
    random: Random
    is_good: bool = False
    suffered: dict[str, int] = field(default_factory=dict)
    _again: list[bytes] = field(default_factory=list)
    _open: set[socket.socket] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def clears(self) -> None:
        """From now on all is good; the requests that were to come again come now, and nobody hears their answers."""
        self.is_good = True
        for client in list(self._open):
            _close(client)
        while self._again:
            self._repeat(self._again.pop())

    def close(self) -> None:
        _close(self._listener)
        for client in list(self._open):
            _close(client)

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                what = "good" if self.is_good else self.random.choice(FATES)
                self.suffered[what] = self.suffered.get(what, 0) + 1
                limits = self.random.randint(1, LONGEST_REQUEST), self.random.randint(1, LONGEST_ANSWER)
                threading.Thread(target=self._serve, args=(client, what, *limits), daemon=True).start()

    def _serve(self, client: socket.socket, what: str, up_limit: int, down_limit: int) -> None:
        self._open.add(client)
        if self._again and up_limit % 2:
            self._repeat(self._again.pop())
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port)) as server:
            heard = bytearray()
            up = up_limit if what == "cut up" else None
            pump = threading.Thread(target=_pump, args=(client, server, up, heard), daemon=True)
            pump.start()
            if what == "lost":
                server.recv(PIECE)
            else:
                _pump(server, client, down_limit if what == "cut down" else None, bytearray())
            _close(client)
            pump.join()
            if what == "again":
                self._again.append(bytes(heard))
        _close(client)
        self._open.discard(client)

    def _repeat(self, requests: bytes) -> None:
        """The same bytes once more, to their end."""
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=10) as server:
            server.sendall(requests)
            server.shutdown(socket.SHUT_WR)
            while server.recv(PIECE):
                pass


def _pump(source: socket.socket, target: socket.socket, limit: int | None, heard: bytearray) -> None:
    """Hands on what comes until the end, or until so many bytes; then the way on is closed."""
    with suppress(OSError):
        while piece := source.recv(PIECE):
            if limit is not None and len(heard) + len(piece) >= limit:
                target.sendall(piece[: limit - len(heard)])
                break
            heard += piece
            target.sendall(piece)
    _close(target) if limit is not None else _half_close(target)


def _half_close(way: socket.socket) -> None:
    with suppress(OSError):
        way.shutdown(socket.SHUT_WR)


def _close(way: socket.socket) -> None:
    with suppress(OSError):
        way.shutdown(socket.SHUT_RDWR)
    way.close()
