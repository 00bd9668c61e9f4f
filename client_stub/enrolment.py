"""How a tablet joins a team: a one-time code from the office is traded for a device of its own."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client_stub import clock, identities
from client_stub.problems import Trouble
from client_stub.store import Store
from client_stub.transport import Server

PLATFORM = "python"


def enroll(store: Store, server: Server, code: str, name: str, worker: str | None = None) -> Mapping[str, Any]:
    """Enrol this store and return the team: {id, code, name, territories, workers}.

    The key is kept before the server is asked, so a lost answer can be asked for again with the same code.
    Enrolling again keeps what waits in the outbox, the sealed copies and the numbering of ops (identities.py tells
    what goes out under which device), and pulls the scope afresh.
    ``worker`` is a part of the name of whoever carries the tablet. Raises Trouble.
    """
    body = {"code": code, "name": name, "platform": PLATFORM, "public_key": _public_key(store)}
    answer = server.enroll(body)
    said = answer.body
    keeper = pick_worker(said["team"]["workers"], worker)
    with store.write():
        identities.change(store, said["device"], said["server_keys"]["seal"])
        kept = ("device", "token", "epoch", "server_keys", "team", "lease_until")
        store.set(server_url=server.url, worker=keeper, **{key: said[key] for key in kept})
        store.set(revoked=None, erased=None)
        store.start_afresh()
        clock.learn(store, said["server_time"], answer.asked_ms, answer.answered_ms)
    return said["team"]


def pick_worker(workers: Iterable[Mapping[str, str]], text: str | None) -> str | None:
    """The id of the one worker whose name has ``text`` in it; without a text the only worker, or nobody.

    Raises Trouble `no_such_worker` when none or several fit.
    """
    known = list(workers)
    fitting = [worker["id"] for worker in known if text is None or text.casefold() in worker["name"].casefold()]
    if len(fitting) == 1:
        return fitting[0]
    if text is None:
        return None
    raise Trouble("no_such_worker", text=text, names=", ".join(worker["name"] for worker in known))


def _public_key(store: Store) -> str:
    """This tablet's Ed25519 public key (32 bytes, base64url). The private one never leaves the store."""
    if not store["key"]:
        store.set(key=Ed25519PrivateKey.generate().private_bytes_raw().hex())
    public = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(store["key"])).public_key()
    return base64.urlsafe_b64encode(public.public_bytes_raw()).rstrip(b"=").decode()
