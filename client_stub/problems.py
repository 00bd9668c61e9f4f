"""What can go wrong between a tablet and its server, each told in one plain sentence with what to do next."""

from __future__ import annotations

from client_stub.words import Lang, say

PASSING = {429, 500, 502, 503, 504}
LASTING = {"closed"}  # an operator has to see to it


class Trouble(Exception):
    """Something a person must be told. ``code`` names a sentence of words.py, which ``details`` fill.

    ``passing``: the same request may be answered well in a moment, in ``retry_after`` seconds if the server
    said so.
    """

    passing = False
    retry_after = 0.0

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details = details

    def say(self, lang: Lang) -> str:
        """What happened and what to do next."""
        return say(f"trouble.{self.code}", lang, **self.details)


class NoAnswer(Trouble):
    """No answer, or one that was cut: nobody knows whether the server heard. Asking again is always right."""

    passing = True


class Refused(Trouble):
    """The server said no. ``status`` is HTTP's, ``problem`` the stable code of its problem+json."""

    def __init__(self, code: str, status: int, problem: str = "", retry_after: float = 0.0, **details: object) -> None:
        super().__init__(code, status=status, **details)
        self.status = status
        self.problem = problem
        self.retry_after = retry_after
        self.passing = status in PASSING and problem not in LASTING
