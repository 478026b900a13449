"""Errors on a page: a sentence, a next step, and the rest of the page as it was.

Two things keep the page usable whatever happens: every callback goes through `safe`, and the body
of every page, fragment and dialog stands inside `part`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec

import streamlit as st

from core.edge import edge
from core.errors import BrushreelError

P = ParamSpec("P")
_PENDING = "problem.pending"


@dataclass(slots=True)
class _Pending:
    """What failed in a callback, and the part of the page that shows it."""

    error: BrushreelError
    shown_by: str = ""


def show(error: BrushreelError | None) -> None:
    """Plain text, since a message may hold names of files.

    The box has no key: the same error may be shown in several places at once.
    """
    if error is not None:
        with st.container(border=True):
            st.html('<i class="problem"></i>')  # what the theme knows the box by
            st.text(error.message)
            if error.hint:
                st.text(error.hint)


@contextmanager
def shown() -> Iterator[None]:
    """What fails inside is said in its place."""
    try:
        yield
    except BrushreelError as error:
        show(error)


@contextmanager
def part(name: str) -> Iterator[None]:
    """The body of a page, a fragment or a dialog; usable as a decorator.

    Whatever fails inside is said there, and so is what failed in a callback, until the next one: by
    the part that is drawn first after it, unless that has no name.
    """
    pending: _Pending | None = st.session_state.get(_PENDING)
    if name and pending is not None and pending.shown_by in ("", name):
        pending.shown_by = name
        show(pending.error)
    with shown(), edge("This page"):
        yield


def safe(act: Callable[P, object]) -> Callable[P, None]:
    """The same as a callback that never raises, as that would end the page's run.

    It draws nothing either: what a callback draws takes the place of an open dialog.
    """
    @wraps(act)
    def called(*args: P.args, **kwargs: P.kwargs) -> None:
        st.session_state.pop(_PENDING, None)
        try:
            with edge("The last action"):
                act(*args, **kwargs)
        except BrushreelError as error:
            st.session_state[_PENDING] = _Pending(error)

    return called


def quiet() -> AbstractContextManager[None]:
    """What fails inside is said elsewhere, or once it is asked for."""
    return suppress(BrushreelError)
