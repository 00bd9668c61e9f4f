"""HTTP to the server: gzip up, a bearer token, timeouts, and patience with bad links.

Every call may be made again: ops have ids, cursors name places. So a lost, cut or passing bad answer simply
means that the same bytes are sent again, after a pause that grows. What the server refuses for good is raised
with a plain sentence.
"""

from __future__ import annotations

import gzip
import logging
import random
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import requests
from requests import exceptions

from client_stub.clock import local_ms
from client_stub.problems import NoAnswer, Refused, Trouble
from client_stub.words import Lang

log = logging.getLogger("vyezd.tablet")

JSON_TYPES = {"application/json", "application/x-ndjson"}
LONGEST_PAUSE = 60.0  # seconds; a server may ask for more, a person would not wait longer
PIECE = 65_536  # bytes read at a time
PROBLEM = "urn:vyezd:problem:"
TOLD = {"busy", "closed"}  # problems that this client tells in its own words: it knows what it holds


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a call is tried, and how long it waits: seconds. ``pause`` doubles with every failure."""

    tries: int = 5
    pause: float = 1.0
    connect: float = 10.0
    read: float = 60.0

    def bear(self, failures: int, trouble: Trouble) -> None:
        """Wait after the n-th failure in a row, or raise it: it will not pass, or enough is enough.

        A link that broke once is tried again at once; a server that asked for patience is given it.
        """
        if not trouble.passing or failures >= self.tries:
            raise trouble
        log.info("no good answer (%s), failure %d in a row", trouble.code, failures)
        waits = failures - isinstance(trouble, NoAnswer)
        pause = self.pause * 2 ** (waits - 1) * random.uniform(0.5, 1.0) if waits else 0.0
        time.sleep(min(max(pause, trouble.retry_after), LONGEST_PAUSE))


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON answer, and the tablet's own time (Unix ms) when it asked and when it was answered."""

    body: dict[str, Any]
    asked_ms: int
    answered_ms: int


@dataclass(frozen=True, slots=True)
class Page:
    """Changes up to a cursor where a pull may stop and resume; ``more`` is False at the scope's head."""

    changes: list[dict[str, Any]]
    cursor: str
    more: bool


class Server:
    """The server as one tablet reaches it; ``url`` is its address without `/api/v1`. All calls raise
    Trouble.
    """

    def __init__(self, url: str, token: str | None = None, lang: Lang = "ru", patience: Patience | None = None) -> None:
        self.url = url.rstrip("/")
        self.lang = lang
        self.patience = patience or Patience()
        self.http = requests.Session()
        self.http.headers.update({"User-Agent": "vyezd-tablet/1", "Accept-Language": lang})
        if token:
            self.http.headers["Authorization"] = f"Bearer {token}"

    def speaking_for(self, token: str) -> Server:
        """The same server over the same link, met under another of this tablet's identities."""
        server = Server(self.url, token, self.lang, self.patience)
        server.http.adapters = self.http.adapters
        return server

    def enroll(self, body: Mapping[str, Any]) -> Answer:
        """Trade a one-time code for a device and its token: the same again for the same code and key."""
        failures = 0
        while True:
            try:
                return self._post("/devices/enroll", orjson.dumps(body))
            except Trouble as trouble:
                failures += 1
                self.patience.bear(failures, trouble)

    def sync(self, body: bytes) -> Answer:
        """`POST /sync` with a JSON body, once: whoever asks again may ask for less. Raises Refused with status 413 when
        it is too large."""
        return self._post("/sync", body)

    def changes(self, cursor: str) -> Iterator[Page]:
        """Everything from ``cursor`` to the head; after a cut it goes on from the last cursor that came.

        Raises Refused `gone` when the server no longer knows the cursor.
        """
        more, failures = True, 0
        while more:
            try:
                for page in self._pages(cursor):
                    yield page
                    cursor, more, failures = page.cursor, page.more, 0
            except Trouble as trouble:
                failures += 1
                self.patience.bear(failures, trouble)

    def _post(self, path: str, body: bytes) -> Answer:
        headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
        asked = local_ms()
        with self._send("POST", path, data=gzip.compress(body, mtime=0), headers=headers) as response:
            said = _json(_content(response))
        if not isinstance(said, dict) or "server_time" not in said:  # each answer of ours has it
            raise Refused("not_ours", response.status_code)
        return Answer(said, asked, local_ms())

    def _pages(self, cursor: str) -> Iterator[Page]:
        changes: list[dict[str, Any]] = []
        page = None
        with self._send("GET", "/changes", params={"cursor": cursor}) as response:
            for line in map(_json, _lines(response)):
                if "cursor" in line:
                    page = Page(changes, line["cursor"], line.get("more", bool(changes)))
                    yield page
                    changes = []
                else:
                    changes.append(line)
        if changes or not page:
            raise NoAnswer("cut")

    def _send(self, method: str, path: str, **options: Any) -> requests.Response:
        response = self.ask(method, path, stream=True, **options)
        if response.status_code != 200 or _media_type(response) not in JSON_TYPES:
            with response:
                raise refusal(response)
        return response

    def ask(self, method: str, path: str, **options: Any) -> requests.Response:
        """One request and whatever answers it. Raises Trouble where nobody does."""
        timeout = (self.patience.connect, self.patience.read)
        url = f"{self.url}/api/v1{path}"
        try:
            response = self.http.request(method, url, timeout=timeout, allow_redirects=False, **options)
        except exceptions.SSLError as error:
            raise Trouble("certificate", url=self.url) from error
        except (exceptions.InvalidURL, exceptions.MissingSchema, exceptions.InvalidSchema) as error:
            raise Trouble("bad_address", url=self.url) from error
        except exceptions.RequestException as error:
            raise NoAnswer("no_answer", url=self.url) from error
        return response


def refusal(response: requests.Response) -> Refused:
    """The error in an answer, or `not_ours` when something else answered: a proxy, a Wi-Fi's sign-in page."""
    after = response.headers.get("Retry-After", "")
    wait = float(after) if after.isdecimal() else 0.0
    status = response.status_code
    if _media_type(response) != "application/problem+json":
        return Refused("server_failed" if status >= 500 else "not_ours", status, retry_after=wait)
    problem = _json(_content(response))
    code = str(problem.get("type", "")).removeprefix(PROBLEM)
    if code in TOLD:
        return Refused(code, status, code, wait)
    said = ". ".join(str(problem[key]).rstrip(".") for key in ("title", "detail", "error_id") if problem.get(key))
    return Refused("refused", status, code, wait, said=f"{said}.")


def _media_type(response: requests.Response) -> str:
    return response.headers.get("Content-Type", "").partition(";")[0].strip()


def _content(response: requests.Response) -> bytes:
    try:
        return response.content
    except exceptions.RequestException as error:
        raise NoAnswer("cut") from error


def _lines(response: requests.Response) -> Iterator[bytes]:
    try:
        yield from response.iter_lines(PIECE)
    except exceptions.RequestException as error:
        raise NoAnswer("cut") from error


def _json(content: bytes) -> dict[str, Any]:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise NoAnswer("cut") from error
