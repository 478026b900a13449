"""Sentences about this machine, which hold for every file of a batch and are said but once."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache


class Once:
    """What was said so far. Whatever is of one file, a loss above all, is said for every file."""

    def __init__(self) -> None:
        self._told: set[str] = set()

    def fresh(self, sentences: Iterable[str]) -> list[str]:
        """Those that are to be said."""
        return [each for each in sentences
                if each not in _of_the_machine() or self._first(each)]

    def choice(self, sentence: str) -> str:
        """What `auto` took, with the reason after its colon the first time alone."""
        taken, colon, reason = sentence.partition(": ")
        return sentence if not colon or self._first(reason) else f"{taken}."

    def _first(self, words: str) -> bool:
        new = words not in self._told
        self._told.add(words)
        return new


@cache
def _of_the_machine() -> frozenset[str]:
    from core.io.codecs import CODECS
    from core.io.encoders import about_replacing

    return frozenset(about_replacing(asked, entry.software)
                     for asked, entry in CODECS.items() if entry.software)
