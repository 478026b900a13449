"""The page's error box: a sentence, a next step, and the rest of the page as it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress

import streamlit as st

from core.errors import BrushreelError


def show(error: BrushreelError | None) -> None:
    """Plain text, since a message may hold names of files."""
    if error is not None:
        with st.container(border=True, key=f"problem-{abs(hash(error.message)) % 10**8}"):
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


def quiet() -> AbstractContextManager[None]:
    """What fails inside is said elsewhere, or once it is asked for."""
    return suppress(BrushreelError)
