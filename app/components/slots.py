"""A place on the page whose content is replaced as a whole.

Streamlit keeps the children of a block from one run to the next and removes those that were not
drawn again only after a run that was not interrupted. Until then widgets of the previous content
stay below the new ones. Here new content gets a block that was not there before, and an empty
element takes the place of the previous block, with everything inside.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager

import streamlit as st


@contextmanager
def slot(key: str, content: Hashable) -> Iterator[None]:
    """Draw inside; another value of `content` than the last time replaces all that was drawn."""
    before, turn = st.session_state.get(f"slot.{key}", (content, 0))
    turn = turn if content == before else 1 - turn
    st.session_state[f"slot.{key}"] = content, turn
    if turn:
        st.empty()
    with st.container():
        yield
    if not turn:
        st.empty()
