"""Values side by side: the words of one that the other does not have are marked."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from markupsafe import Markup, escape

_WORDS = re.compile(r"\s+|[^\s]+")


def differing(text: str, base: str) -> Markup:
    """The text as HTML, with what is not so in ``base`` marked; whole values that have nothing in common are not."""
    ours, theirs = _WORDS.findall(text), _WORDS.findall(base)
    blocks = SequenceMatcher(None, ours, theirs, autojunk=False)
    if not any(word.strip() for word in ours if word in theirs):
        return escape(text)
    parts = [
        escape("".join(ours[start:end])) if tag == "equal" else _marked("".join(ours[start:end]))
        for tag, start, end, *_ in blocks.get_opcodes()
    ]
    return Markup("").join(parts)


def _marked(text: str) -> Markup:
    return Markup("<mark>{}</mark>").format(text) if text.strip() else escape(text)
