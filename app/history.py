"""Undo and redo over drafts, each a whole value."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from app.draft import Draft

_MOST = 200
_SAME = 1.5
"""Seconds within which changes of one thing are one step: a slider dragged is one."""
PLACES = frozenset({"number", "shown", "active"})
"""What is looked at, not made: moving there is no step to take back."""


@dataclass(slots=True)
class History:
    """The draft as it is, with all that it was. `now` tells the time; tests bring their own."""

    draft: Draft
    now: Callable[[], float] = time.monotonic
    past: list[Draft] = field(default_factory=list)
    future: list[Draft] = field(default_factory=list)
    _touched: tuple[str, float] = ("", float("-inf"))

    def put(self, draft: Draft, what: str = "") -> bool:
        """Go on with another draft; `what` names the thing changed. Tells whether it differs."""
        before = self.draft
        if draft == before:
            return False
        self.draft = draft
        if {name for name, value in draft if value != getattr(before, name)} <= PLACES:
            return True
        same = what and what == self._touched[0] and self.now() - self._touched[1] < _SAME
        if not same:
            self.past = [*self.past, before][-_MOST:]
        self._touched = what, self.now()
        self.future.clear()
        return True

    @property
    def drafts(self) -> list[Draft]:
        """All that can be come back to."""
        return [*self.past, self.draft, *self.future]

    def undo(self) -> bool:
        return self._step(self.past, self.future)

    def redo(self) -> bool:
        return self._step(self.future, self.past)

    def _step(self, taken: list[Draft], left: list[Draft]) -> bool:
        if not taken:
            return False
        left.append(self.draft)
        self.draft = taken.pop()
        self._touched = "", float("-inf")
        return True
