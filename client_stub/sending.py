"""The way of files home: small ones first, chunk by chunk, on from where the server stands after every cut.

Every question may be asked again: an upload is found by its file's hash, and where it stands is the server's word. What
the server will not have for good is set aside with its reason, and the next file goes on.
"""

from __future__ import annotations

import logging

from client_stub import identities, photos, tus
from client_stub.pace import Chunks
from client_stub.photos import Photo
from client_stub.problems import Refused, Trouble
from client_stub.report import Tell
from client_stub.store import Store
from client_stub.transport import Server

log = logging.getLogger("vyezd.tablet")

LOST = {"upload-gone", "not-found"}  # begin it anew
ELSEWHERE = {"wrong-offset", "wrong-checksum"}  # ask where it stands and go on
UNFIT = {"file-too-large", "empty-file", "unfit-type", "damaged-file", "wrong-hash"}
FRESH_STARTS = 2


def send(store: Store, server: Server, tell: Tell) -> None:
    """Hands in the files whose records the server has. Raises Trouble when the others have to wait."""
    with store.write():
        photos.renew(store)
    due = photos.due(store)
    tell("photos_due", sum(photo.size for photo in due))
    tokens = {former.device: former.token for former in identities.formers(store)}
    chunks = Chunks(store)
    for photo in due:
        token = tokens.get(photo.device or "")
        _Way(store, server.speaking_for(token) if token else server, photo, chunks, tell).go()
    store.set(chunk=chunks.size)
    photos.forget(store)


class _Way:
    """One file on its way."""

    def __init__(self, store: Store, server: Server, photo: Photo, chunks: Chunks, tell: Tell) -> None:
        self.store, self.server, self.photo, self.chunks, self.tell = store, server, photo, chunks, tell
        self.upload = ""
        self.is_lost = False  # where the server stands has to be asked
        self.offset = self.told = self.failures = self.fresh_starts = 0

    def go(self) -> None:
        """To its end, or until enough is enough. Raises Trouble."""
        try:
            data = photos.read(self.store, self.photo.sha256)
            while self._is_under_way():
                self._step(data)
        except Refused as refused:
            if refused.problem not in UNFIT:
                raise
            photos.refused(self.store, self.photo.sha256, refused.say(self.server.lang))
        except Trouble as gone:
            if gone.code != "photo_gone":
                raise
            photos.refused(self.store, self.photo.sha256, gone.say(self.server.lang))
        else:
            photos.confirmed(self.store, self.photo.sha256)

    def _is_under_way(self) -> bool:
        return not self.upload or self.offset < self.photo.size

    def _step(self, data: bytes) -> None:
        """One question; what goes wrong with it is borne, or raised."""
        try:
            if not self.upload:
                self.upload, at = tus.begin(self.server, self.photo.sha256, self.photo.size, self.photo.keep_exif)
            elif self.is_lost:
                at = tus.stands(self.server, self.upload)
            else:
                chunk = data[self.offset : self.offset + self.chunks.size]
                at = tus.append(self.server, self.upload, self.offset, chunk)
                self.chunks.came(len(chunk))
            self._stand(at)
        except Trouble as trouble:
            self._bear(trouble)

    def _stand(self, at: int) -> None:
        """What gets no further for long is given up for now: only progress makes up for failures."""
        if at > self.offset:
            self.failures = 0
        self.offset, self.is_lost = at, False
        if at > self.told:
            self.tell("photos", at - self.told)
            self.told = at

    def _bear(self, trouble: Trouble) -> None:
        if isinstance(trouble, Refused) and self._begins_anew(trouble.problem):
            return
        if self.upload and not self.is_lost:
            self.chunks.lost()
        self.failures, self.is_lost = self.failures + 1, bool(self.upload)
        if isinstance(trouble, Refused) and trouble.problem in ELSEWHERE and self.failures < self.server.patience.tries:
            return
        self.server.patience.bear(self.failures, trouble)

    def _begins_anew(self, problem: str) -> bool:
        """Whether the upload is no more, or came out wrong though the file is right: from the beginning, not for
        ever."""
        if problem not in LOST and problem != "wrong-hash":
            return False
        self.fresh_starts += 1
        self.upload, self.offset, self.failures, self.is_lost = "", 0, 0, False
        return self.fresh_starts <= FRESH_STARTS
