"""Text of users and of files, where Streamlit understands Markdown."""

from __future__ import annotations

_SIGNS = frozenset("\\`*_{}[]()<>#+-.!|$:~&@")


def plain(text: str) -> str:
    """The same letters, with nothing in them meant as Markdown."""
    return "".join(f"\\{sign}" if sign in _SIGNS else sign for sign in text)
