"""What a check finds, and whether a report has said it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum


class Result(IntEnum):
    """From best to worst, so that the worst of several is their maximum."""

    NOT_APPLICABLE = 0
    KEPT = 1
    CONVERTED = 2
    DROPPED = 3
    WRONG = 4

    @property
    def words(self) -> str:
        return self.name.lower().replace("_", " ")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. A loss is right only where the report says it.

    `topics` are words that one sentence of the report holds all of, if it says this; any one of
    several such sets will do.
    """

    result: Result
    detail: str = ""
    topics: tuple[tuple[str, ...], ...] = ()


def kept(detail: str = "") -> Finding:
    return Finding(Result.KEPT, detail)


def wrong(detail: str) -> Finding:
    return Finding(Result.WRONG, detail)


def absent(detail: str = "") -> Finding:
    return Finding(Result.NOT_APPLICABLE, detail)


def converted(detail: str, *topics: tuple[str, ...]) -> Finding:
    return Finding(Result.CONVERTED, detail, topics)


def dropped(detail: str, *topics: tuple[str, ...]) -> Finding:
    return Finding(Result.DROPPED, detail, topics)


@dataclass(frozen=True, slots=True)
class Said:
    """The sentences of a render's report."""

    sentences: Sequence[str]

    def judge(self, finding: Finding) -> Finding:
        """The finding, or that it is wrong because nobody was told."""
        if finding.result not in (Result.CONVERTED, Result.DROPPED):
            return finding
        if any(self._mentions(words) for words in finding.topics):
            return finding
        return replace(finding, result=Result.WRONG,
                       detail=f"{finding.detail}; the report does not say so")

    def _mentions(self, words: tuple[str, ...]) -> bool:
        return any(all(word.lower() in sentence.lower() for word in words)
                   for sentence in self.sentences)
