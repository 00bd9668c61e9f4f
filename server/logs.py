"""Logs: one JSON line an event on stderr, ids and codes only.

The text of an error may quote what somebody wrote. So of an exception the log keeps its kind and where it happened,
never what it says.
"""

from __future__ import annotations

import logging
import sys
import traceback
from typing import Any

import structlog
from structlog.typing import EventDict


def configure() -> None:
    """Sets structlog up for this process. A line is one write, so that those of several threads do not mix."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            without_words,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )


def without_words(_logger: Any, _name: str, event: EventDict) -> EventDict:
    """``exc_info`` as ``error``: the kinds of the exception and its causes, and ``at``: file, line and function of each
    frame."""
    told = event.pop("exc_info", None)
    error = sys.exc_info()[1] if told is True else told
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["error"] = [type(each).__name__ for each in _causes(error)]
        frames = traceback.extract_tb(error.__traceback__)
        event["at"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return event


class WithoutWords(logging.Filter):
    """For loggers that are not ours (Flask's, gunicorn's): kinds of errors alone, addresses without what was asked."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and record.exc_info[1]:
            kinds = " < ".join(type(each).__name__ for each in _causes(record.exc_info[1]))
            record.msg, record.args = f"{record.getMessage().partition('?')[0]}: {kinds}", ()
            record.exc_info = record.exc_text = None
        return True


def _causes(error: BaseException | None) -> list[BaseException]:
    chain: list[BaseException] = []
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__ or error.__context__
    return chain
