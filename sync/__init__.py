"""The pure merge engine. README.md says what may not enter here; start reading in merge.py."""

from sync.codec import from_state, to_state
from sync.kinds.life import is_deleted
from sync.merge import Merged, candidates, disputed, merge
from sync.state import Record
from sync.story import Entry, agreed, tell
from sync.versions import Op, Revs, Version, has_seen

__all__ = [
    "Entry",
    "Merged",
    "Op",
    "Record",
    "Revs",
    "Version",
    "agreed",
    "candidates",
    "disputed",
    "from_state",
    "has_seen",
    "is_deleted",
    "merge",
    "tell",
    "to_state",
]
