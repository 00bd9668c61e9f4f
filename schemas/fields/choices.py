"""Values from a list: the field's own, a code list that a region may change, or states with legal steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Unpack

from schemas.codes import CODES, code_list, holds, values_of
from schemas.fields.base import Field, Options
from schemas.kinds import Kind
from schemas.messages import refuse

Value = tuple[str, str, str]
"""A value of a list: itself, its Russian and its English label."""


class Enum(Field):
    """One of a fixed list of values."""

    type = "enum"

    def __init__(self, values: Sequence[Value], **options: Unpack[Options]) -> None:
        options.setdefault("example", values[0][0])
        super().__init__(**options)
        self.values = tuple(values)
        self._allowed = frozenset(value for value, _, _ in values)

    def read(self, value: Any) -> Any:
        if type(value) is str and value in self._allowed:
            return value
        raise refuse("not_listed")

    @property
    def plain(self) -> Any:
        return Literal[tuple(self._allowed)]

    def choices(self) -> list[dict[str, Any]] | None:
        return code_list(self.values)


class Code(Field):
    """A value of a code list: data that a region changes, so it is looked up in the list as it is now.

    A value's validity dates do not refuse it: an op is written long before it comes home. The `reserved` values are
    the office's: a tablet's op with one of them, or in a record that has one, is a proposal.
    """

    type = "enum"

    def __init__(self, codes: str, *, reserved: Sequence[str] = (), **options: Unpack[Options]) -> None:
        options.setdefault("example", next(iter(values_of(codes)), None))
        super().__init__(**options)
        self.codes = codes
        self.reserved = tuple(reserved)

    def read(self, value: Any) -> Any:
        if type(value) is str and holds(self.codes, value):
            return value
        raise refuse("not_listed")

    def is_reserved(self, value: Any) -> bool:
        return value in self.reserved

    @property
    def plain(self) -> Any:
        """The list as it is delivered, which is in force whatever a region lays over it."""
        return Literal[tuple(entry["value"] for entry in CODES.get(self.codes, ()))]

    def describe(self, path: str) -> dict[str, Any]:
        reserved = {"reserved": list(self.reserved)} if self.reserved else {}
        return super().describe(path) | {"codes": self.codes} | reserved


class States(Enum):
    """A state that changes by legal steps: an op writes `{"from", "to"}`, the record shows the last `to`.

    `transitions` gives, for each state and for None (no state yet), the states that may follow. In a field that the
    office writes, a tablet may still step to `steps_of_tablet`.
    """

    implied = Kind.STATES

    def __init__(
        self,
        values: Sequence[Value],
        transitions: Mapping[str | None, Sequence[str]],
        *,
        steps_of_tablet: Sequence[str] = (),
        **options: Unpack[Options],
    ) -> None:
        options.setdefault("example", {"from": None, "to": transitions[None][0]})
        super().__init__(values, **options)
        self.transitions = {state: tuple(following) for state, following in transitions.items()}
        self.steps_of_tablet = tuple(steps_of_tablet)

    def read(self, value: Any) -> dict[str, Any]:
        if type(value) is not dict or value.keys() != {"from", "to"}:
            raise refuse("type.step")
        before, after = value["from"], value["to"]
        super().read(after)
        if before is not None:
            super().read(before)
        if after not in self.transitions.get(before, ()):
            raise refuse("transition", before or "—", after)
        return {"from": before, "to": after}

    @property
    def plain(self) -> Any:
        return dict[str, str | None]

    @property
    def is_told(self) -> bool:
        return False

    def describe(self, path: str) -> dict[str, Any]:
        steps = [{"from": state, "to": list(following)} for state, following in self.transitions.items()]
        own = {"steps_of_tablet": list(self.steps_of_tablet)} if self.steps_of_tablet else {}
        return super().describe(path) | {"transitions": steps} | own
