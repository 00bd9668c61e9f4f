"""The written table: every route, who may use it, and what it is about.

A row says which roles get in; who is not among them gets 403. A route about one thing (``about``) gives it where it
lies within the person's scope and is not shielded from them, and 404 where it is not, which is all that a stranger
learns.
"""

from __future__ import annotations

from dataclasses import dataclass

from server.roles import ADMIN, AUDITOR, METHODOLOGIST, OFFICER, SPECIALIST, SYSADMIN

ALL = frozenset({SPECIALIST, OFFICER, ADMIN, METHODOLOGIST, AUDITOR, SYSADMIN})
READERS = frozenset({SPECIALIST, OFFICER, ADMIN})
QUEUE = frozenset({OFFICER, ADMIN})
DECIDERS = frozenset({ADMIN})
TABLETS = frozenset({OFFICER, ADMIN, AUDITOR, SYSADMIN})
AUDITORS = frozenset({AUDITOR})
DEVICES = frozenset({ADMIN, SYSADMIN})
OPEN = "open"
"""Also before sign-in."""
OWNER = "owner"
"""Whoever began the work, and nobody else (test_files.py)."""
TABLET = "tablet"
"""With a tablet's token, and with nothing else: a person's cookie does not help."""


@dataclass(frozen=True, slots=True)
class Row:
    """``who``: roles, OPEN, OWNER or TABLET. ``about``: what the address names. ``lists``: what is within reach
    stands on it."""

    who: frozenset[str] | str
    about: str | None = None
    lists: bool = False


TABLE: dict[tuple[str, str], Row] = {
    ("start.page", "GET"): Row(ALL),
    ("visits.log", "GET"): Row(READERS, lists=True),
    ("visits.printed", "GET"): Row(READERS, lists=True),
    ("visits.page", "GET"): Row(READERS, "visit"),
    ("trips.list_page", "GET"): Row(READERS),
    ("trips.calendar", "GET"): Row(READERS),
    ("trips.page", "GET"): Row(READERS, "trip"),
    ("trips.sheet", "GET"): Row(READERS, "trip"),
    ("paper.route_sheet", "GET"): Row(READERS, "trip"),
    ("planning.new_page", "GET"): Row(QUEUE),
    ("planning.make", "POST"): Row(QUEUE),
    ("planning.change", "POST"): Row(QUEUE, "trip"),
    ("families.list_page", "GET"): Row(READERS, lists=True),
    ("families.card", "GET"): Row(READERS, "family"),
    ("families.story", "GET"): Row(READERS, "family"),
    ("photos.small", "GET"): Row(READERS, "photo"),
    ("photos.whole", "GET"): Row(READERS, "photo"),
    ("photos.download", "GET"): Row(READERS, "photo"),
    ("families.counts", "GET"): Row(READERS),
    ("certificates.list_page", "GET"): Row(READERS),
    ("certificates.freeze", "POST"): Row(READERS),
    ("certificates.page", "GET"): Row(READERS, "certificate"),
    ("journals.list_page", "GET"): Row(READERS),
    ("journals.hand_in", "POST"): Row(QUEUE),
    ("journals.page", "GET"): Row(READERS, "journal"),
    ("journals.reopen", "POST"): Row(DECIDERS, "journal"),
    ("openings.page", "GET"): Row(READERS),
    ("openings.open_family", "POST"): Row(READERS),
    ("shields.page", "GET"): Row(DECIDERS, "family"),
    ("shields.shield", "POST"): Row(DECIDERS, "family"),
    ("queue.list_page", "GET"): Row(QUEUE, lists=True),
    ("queue.page", "GET"): Row(QUEUE, "matter"),
    ("queue.decide", "POST"): Row(DECIDERS, "matter"),
    ("queue.decided_page", "GET"): Row(QUEUE),
    ("queue.assign", "POST"): Row(QUEUE),
    ("queue.take_suggested", "POST"): Row(DECIDERS),
    ("queue.ask", "POST"): Row(QUEUE, "matter"),
    ("mending.list_page", "GET"): Row(QUEUE, lists=True),
    ("mending.all_page", "GET"): Row(QUEUE, "mistake"),
    ("mending.decide_all", "POST"): Row(DECIDERS, "mistake"),
    ("mending.page", "GET"): Row(QUEUE, "kept"),
    ("mending.decide", "POST"): Row(DECIDERS, "kept"),
    ("tablets.list_page", "GET"): Row(TABLETS),
    ("tablets.page", "GET"): Row(TABLETS),
    ("tablets.act", "POST"): Row(DEVICES),
    ("tablets.incident_page", "GET"): Row(DECIDERS),
    ("records.types", "GET"): Row(ALL),
    ("records.list_page", "GET"): Row(READERS, "type", lists=True),
    ("records.page", "GET"): Row(READERS, "record"),
    ("reviewing.review", "POST"): Row(QUEUE, "reviewed"),
    ("reviewing.review_many", "POST"): Row(QUEUE),
    ("editing.page", "GET"): Row(QUEUE, "edited"),
    ("editing.write", "POST"): Row(QUEUE, "edited"),
    ("persons.list_page", "GET"): Row(DECIDERS),
    ("persons.add", "POST"): Row(DECIDERS),
    ("persons.page", "GET"): Row(DECIDERS, "account"),
    ("persons.change", "POST"): Row(DECIDERS, "account"),
    ("setup.page", "GET"): Row(ALL),
    ("teams.list_page", "GET"): Row(QUEUE),
    ("teams.add", "POST"): Row(DECIDERS),
    ("teams.page", "GET"): Row(QUEUE, "team"),
    ("teams.change", "POST"): Row(DECIDERS, "team"),
    ("lists.list_page", "GET"): Row(QUEUE),
    ("lists.table", "GET"): Row(QUEUE),
    ("lists.page", "GET"): Row(QUEUE),
    ("lists.write", "POST"): Row(DECIDERS),
    ("imports.page", "GET"): Row(QUEUE),
    ("imports.take", "POST"): Row(QUEUE),
    ("imports.carry_out", "POST"): Row(OWNER),
    ("exports.page", "GET"): Row(READERS),
    ("exports.make", "POST"): Row(READERS),
    ("exports.template", "GET"): Row(READERS),
    ("tasks.page", "GET"): Row(OWNER),
    ("tasks.file", "GET"): Row(OWNER),
    ("trail.page", "GET"): Row(AUDITORS),
    ("trail.check", "POST"): Row(AUDITORS),
    ("tablets.code", "POST"): Row(DEVICES),
    ("account.page", "GET"): Row(ALL),
    ("account.change", "POST"): Row(ALL),
    ("account.code_page", "GET"): Row(ALL),
    ("account.keep_code", "POST"): Row(ALL),
    ("account.act", "POST"): Row(ALL),
    ("language.choose", "POST"): Row(OPEN),
    ("security.login", "GET"): Row(OPEN),
    ("security.login", "POST"): Row(OPEN),
    ("security.logout", "POST"): Row(OPEN),
    ("static", "GET"): Row(OPEN),
    ("tablet_app.entrance", "GET"): Row(OPEN),
    ("tablet_app.file", "GET"): Row(OPEN),
    ("devices.enroll", "POST"): Row(OPEN),
    ("sync.sync", "POST"): Row(TABLET),
    ("changes.changes", "GET"): Row(TABLET),
    ("schemas.schemas", "GET"): Row(TABLET),
    ("uploads.create", "POST"): Row(TABLET),
    ("uploads.patch", "PATCH"): Row(TABLET),
    ("uploads.override", "POST"): Row(TABLET),
    ("uploads.terminate", "DELETE"): Row(TABLET),
    ("blobs.read", "GET"): Row(TABLET),
    ("operators.healthz", "GET"): Row(OPEN),
    ("operators.readyz", "GET"): Row(OPEN),
    ("operators.exposition", "GET"): Row(OPEN),
    ("api-docs.openapi_json", "GET"): Row(OPEN),
    ("api_docs.page", "GET"): Row(OPEN),
}
