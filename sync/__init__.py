"""The pure merge engine. README.md says what may not enter here; start reading in merge.py."""

from sync.codec import from_state, to_state
from sync.joined import chosen, joined, root
from sync.kinds.life import is_deleted
from sync.lives import carried, carried_revs
from sync.merge import Merged, candidates, disputed, merge, saturated
from sync.replay import judged, replayed, voided
from sync.signing import Signing, Verdict, flags, is_signed, judge, overtaken
from sync.state import Record
from sync.story import Entry, agreed, tell
from sync.versions import Op, Revs, Version, has_seen

__all__ = [
    "Entry",
    "Merged",
    "Op",
    "Record",
    "Revs",
    "Signing",
    "Verdict",
    "Version",
    "agreed",
    "candidates",
    "carried",
    "carried_revs",
    "chosen",
    "disputed",
    "flags",
    "from_state",
    "has_seen",
    "is_deleted",
    "is_signed",
    "joined",
    "judge",
    "judged",
    "merge",
    "overtaken",
    "replayed",
    "root",
    "saturated",
    "tell",
    "to_state",
    "voided",
]
