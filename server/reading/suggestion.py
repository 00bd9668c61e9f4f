"""Which of the values that stand against each other is probably right, and why. A guess for a person, who decides.

Nothing is suggested where nothing speaks for one of them: a guess without a reason would be believed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from schemas import registry
from schemas.clock import unpack
from schemas.fields import Field, Passport, Ref, Snils, States
from schemas.kinds import LIFE
from server.clock import DAY_MS
from server.reading.disputes import Candidate

NAMING = ("person", "external_id")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``op``: of the candidate; ``reason``: spelling, detail, office, next, later; ``days`` by which it is later."""

    op: str
    reason: str
    days: int = 0


def suggest(type_name: str, field: str, candidates: Sequence[Candidate]) -> Suggestion | None:
    """None where nothing speaks for one of them."""
    schema = registry.get(type_name)
    declared = schema.fields.get(field) if schema else None
    if len(candidates) < 2 or field == LIFE or declared is None:
        return None
    for guess in (_spelling, _detail, _office, _next, _later):
        if found := guess(declared, candidates):
            return found
    return None


def identifies(type_name: str, field: str) -> bool:
    """Whether a field can tell who somebody is, or where: such matters are decided one by one."""
    schema = registry.get(type_name)
    declared = schema.fields.get(field) if schema else None
    if declared is None or type_name in NAMING:
        return True
    return declared.searchable or declared.unique or isinstance(declared, Ref | Snils | Passport)


def _spelling(field: Field, candidates: Sequence[Candidate]) -> Suggestion | None:
    """All say the same but for case, spaces and marks: the longest is the most carefully written."""
    texts = _texts(candidates)
    if texts is None or len({_folded(text) for text in texts}) > 1:
        return None
    return Suggestion(_longest(candidates).op, "spelling")


def _detail(field: Field, candidates: Sequence[Candidate]) -> Suggestion | None:
    """One has all words of the others and more."""
    texts = _texts(candidates)
    longest = _longest(candidates) if texts else None
    if texts is None or longest is None:
        return None
    most = set(_words(longest.value))
    others = [set(_words(each.value)) for each in candidates if each is not longest]
    return Suggestion(longest.op, "detail") if all(each < most for each in others) else None


def _office(field: Field, candidates: Sequence[Candidate]) -> Suggestion | None:
    """The office wrote one of them."""
    return _only(candidates, lambda each: each.writer.kind == "office", "office")


def _next(field: Field, candidates: Sequence[Candidate]) -> Suggestion | None:
    """One state may follow every other, and none of them may follow it."""
    if not isinstance(field, States):
        return None

    def comes_last(each: Candidate) -> bool:
        others = [other.value for other in candidates if other is not each]
        after = [each.value in field.transitions.get(other, ()) for other in others]
        back = [other in field.transitions.get(each.value, ()) for other in others]
        return all(after) and not any(back)

    return _only(candidates, comes_last, "next")


def _later(field: Field, candidates: Sequence[Candidate]) -> Suggestion | None:
    """One was written at least a day after the others."""
    before, last = sorted(candidates, key=lambda each: each.at)[-2:]
    days = (unpack(last.at)[0] - unpack(before.at)[0]) // DAY_MS
    return Suggestion(last.op, "later", days) if days else None


def _only(candidates: Sequence[Candidate], is_it: Callable[[Candidate], bool], reason: str) -> Suggestion | None:
    found = [each for each in candidates if is_it(each)]
    return Suggestion(found[0].op, reason) if len(found) == 1 else None


def _texts(candidates: Sequence[Candidate]) -> list[str] | None:
    texts = [each.value for each in candidates]
    return texts if all(isinstance(text, str) for text in texts) else None


def _longest(candidates: Sequence[Candidate]) -> Candidate:
    return max(candidates, key=lambda each: len(each.value))


def _words(text: Any) -> list[str]:
    letters = "".join(sign if sign.isalnum() else " " for sign in text.casefold().replace("ё", "е"))
    return letters.split()


def _folded(text: str) -> str:
    return "".join(_words(text))
