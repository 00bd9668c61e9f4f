"""Property: no order of edits, syncs, cuts and power cuts loses an op or doubles one."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from client_stub import mending
from client_stub.store import Store
from client_stub.transport import Patience
from tests.client_stub.fake_http import serving
from tests.client_stub.fake_server import Database, FakeServer
from tests.client_stub.field import Tablet, family

HOMES = 3
IMPATIENT = Patience(tries=2, pause=0.0)
FAULTS = ["deaf", "lost", "cut", "busy"]


def step(what: str, detail: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[str, object]]:
    return st.tuples(st.just(what), detail)


HOME = st.integers(0, HOMES - 1)
BAD_LINK = st.builds(
    lambda fine, fault, often: [""] * fine + [fault] * often,
    st.integers(0, 1),
    st.sampled_from(FAULTS),
    st.integers(0, 3),
)
STEPS = st.one_of(
    step("edit", HOME),
    step("visit", HOME),
    step("sync", BAD_LINK),
    step("sync", BAD_LINK),
    step("pull", BAD_LINK),
    step("office edits", HOME),
    step("record leaves", HOME),
    step("power cut in sync", st.integers(0, 6)),
    step("backup", st.none()),
    step("server restored", st.booleans()),
    step("new code", st.none()),
    step("unfit edit", HOME),
    step("mend", st.none()),
)


def judge(op: dict[str, Any]) -> dict[str, Any]:
    """Takes everything but a question mark."""
    wrong = op.get("set", {}).get("household") == "?"
    return {"outcome": "quarantined", "errors": {"household": ["Не годится."]}} if wrong else {"outcome": "applied"}


class PowerCut(BaseException):
    """The tablet is off."""


class Story:
    """One tablet, one server, and everything that was ever written on the tablet."""

    def __init__(self, folder: Path, fake: FakeServer) -> None:
        self.fake = fake
        fake.page = 2
        fake.judge = judge
        self.homes = [family(fake, f"ул. Мира, д. {house}") for house in range(HOMES)]
        self.tablet = Tablet(folder / "tablet.db", fake, patience=IMPATIENT)
        self.tablet.comes_home()
        self.written: list[str] = []
        self.backup = fake.backs_up()

    def happens(self, what: str, detail) -> None:  # type: ignore[no-untyped-def]
        if what == "edit" and self.tablet.sees(self.homes[detail]):
            self.tablet.corrects(self.homes[detail], household=f"правка {len(self.written)}")
        elif what == "unfit edit" and self.tablet.sees(self.homes[detail]):
            self.tablet.corrects(self.homes[detail], household="?")
        elif what == "mend" and self.tablet.store.to_mend():
            mending.mend(self.tablet.store, self.tablet.store.to_mend()[0], {"household": "исправлено"})
        elif what == "visit":
            self.tablet.visits(self.homes[detail], "заметка")
        elif what == "office edits":
            self.fake.office_writes("family", {"address": f"ул. Мира, д. {detail}"}, self.homes[detail])
        elif what == "record leaves" and self.homes[detail] in self.fake.records:
            self.fake.takes_away(self.homes[detail])
        elif what in ("sync", "pull"):
            self.fake.faults = list(detail)
            self.tablet.comes_home(push=what == "sync")
        elif what == "power cut in sync":
            self._loses_power_in_sync(detail)
        elif what == "backup":
            self.backup = self.fake.backs_up()
        elif what == "server restored":
            self._restores(self.backup if detail else None)
        elif what == "new code":
            self._enrols_again()
        self.written += [op for op in self.tablet.outbox() if op not in self.written]

    def _loses_power_in_sync(self, after_writes: int) -> None:
        """The process dies at the n-th step of storing an answer."""
        left = after_writes

        def dying(table: object, *args: object, **options: object) -> object:
            nonlocal left
            left -= 1
            if left < 0:
                raise PowerCut
            return whole(table, *args, **options)

        whole = Store.set
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Store, "set", dying)
            with suppress(PowerCut):
                self.tablet.comes_home()
        self.tablet.loses_power()

    def _restores(self, backup: Database | None) -> None:
        """From a backup, what was enrolled since comes back with the journal; or the epoch alone is lost."""
        self.fake.restores(backup)
        self.fake.held.devices |= {token: device for _, token, device in self.fake.enrolled.values()}

    def _enrols_again(self) -> None:
        code = f"CODE-{len(self.fake.codes)}"
        self.fake.codes.add(code)
        self.fake.faults = []
        self.tablet.enrolls(code)

    def nothing_is_lost_or_doubled(self) -> None:
        waiting, acknowledged = self.tablet.outbox(), self.tablet.acknowledged()
        assert sorted(waiting + list(acknowledged)) == sorted(self.written), "each op is in one place"
        assert acknowledged.keys() == self.tablet.kept().keys(), "what was acknowledged is kept sealed"

    def ends_well(self) -> None:
        self.fake.faults = []
        report = self.tablet.comes_home()
        assert report.trouble is None
        assert self.tablet.outbox() == []
        assert report.to_offer == 0
        assert sorted(self.fake.ops) == sorted(self.written), "what was acknowledged is on the server, also a restored"
        assert self.fake.held.forked == set()
        for id, record in self.fake.records.items():
            assert self.tablet.sees(id) == ({} if record.get("gone") else record["fields"])
        assert self.tablet.comes_home().is_all_handed_in
        assert self.fake.agreed[-1]


@pytest.mark.proof
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEPS, min_size=6, max_size=18))
def test_no_order_of_edits_syncs_and_cuts_loses_or_doubles_an_op(steps) -> None:  # type: ignore[no-untyped-def]
    with serving() as fake, tempfile.TemporaryDirectory() as folder:
        story = Story(Path(folder), fake)
        for what, detail in steps:
            story.happens(what, detail)
            story.nothing_is_lost_or_doubled()
        story.ends_well()
