"""Widgets that show a value kept elsewhere, and tell what they are changed to.

The browser sends with every message what all widgets stand at. A widget whose value was changed
here, by a reset or an undo, still stands where it was until the browser has heard of it, and a
message sent meanwhile says that old value once more, which nobody asked for. Nor may a value be
sent to a widget that its user has moved: it would take back what has been set since. So a widget is
left alone for as long as it shows what was said with it, and where that is no longer the value,
another takes its place, under a key of its own: what the first still says is known as its.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from app.components import problem

_STANDING = "standing"


@dataclass(slots=True)
class _Standing:
    """What the widget in its place stands at, how many came before it, and where the last stood."""

    value: Any
    turn: int = 0
    before: Any = None

    def told(self, value: Any, turn: int) -> bool:
        """Whether somebody changed the widget of that turn to this value."""
        if turn == self.turn:
            self.value, new = value, value != self.value
        elif turn == self.turn - 1:  # the browser has not heard yet of the one in its place
            self.before, new = value, value != self.before
        else:
            new = False
        return bool(new)


def bound(key: str, value: Any, change: Callable[[Any], object], given: str = "value"
          ) -> dict[str, Any]:
    """Arguments of a widget that shows `value` and calls `change` with what it is changed to.

    `given` is what the widget calls the value that it begins with.
    """
    all_: dict[str, _Standing] = st.session_state.setdefault(_STANDING, {})
    here = all_.setdefault(key, _Standing(value))
    if value != here.value:
        here.before, here.value, here.turn = here.value, value, here.turn + 1
    turn = here.turn
    own = f"{key}~{turn}" if turn else key

    def changed() -> None:
        if own in st.session_state and here.told(st.session_state[own], turn):
            change(st.session_state[own])

    return {"key": own, "on_change": problem.safe(changed), given: value}


def bound_choice(key: str, value: Any, choices: Sequence[Any], change: Callable[[Any], object]
                 ) -> dict[str, Any]:
    """The same for a list to choose from, which counts its choices.

    A browser that has not heard yet of other choices may name one that is gone: it is ignored.
    """
    def known(new: Any) -> None:
        if new in choices:
            change(new)

    arguments = bound(key, value, known, "index")
    return {**arguments, "index": choices.index(value)}


def bound_number(key: str, value: float | None, change: Callable[[Any], object]
                 ) -> dict[str, Any]:
    """The same for a number that may be empty.

    Streamlit lets a field be emptied only if it began empty, so the number is put in afterwards.
    """
    arguments = bound(key, value, change)
    if value is not None and arguments["key"] not in st.session_state:
        st.session_state[arguments["key"]] = value
    return {**arguments, "value": None}


def chosen(change: Callable[[Any], object]) -> Callable[[Any], object]:
    """For choices that can be clicked away: nothing chosen leaves it as it was."""
    return lambda value: None if value is None else change(value)
