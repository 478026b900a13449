"""A short look at the pictures to come, no longer than a flash lasts."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, takewhile
from typing import Protocol, TypeVar

from core.scenes.thumbnails import Glimpse

LONGEST_FLASH = Fraction(4004, 24000)
"""Seconds after which a flash is over: four frames of film at NTSC's pace."""
MOST_AHEAD = 8
"""Pictures looked ahead at most, so that high frame rates fill no memory."""


@dataclass(frozen=True, slots=True)
class Decision:
    """`cut`: the picture starts a shot. `flash`: it is lit for a moment, like none around it."""

    cut: bool = False
    flash: bool = False


class _Glimpsed(Protocol):
    @property
    def glimpse(self) -> Glimpse: ...


T = TypeVar("T", bound=_Glimpsed)


def decided(items: Iterable[T], decide: Callable[[Glimpse, Iterable[Glimpse]], Decision]
            ) -> Iterator[tuple[T, Decision]]:
    """Each item with what a CutDetector's `decide` says of it.

    Items are drawn no sooner than a decision needs them, and at most MOST_AHEAD wait.
    """
    waiting: deque[T] = deque()
    source = iter(items)

    def ahead() -> Iterator[Glimpse]:
        yield from [item.glimpse for item in waiting]
        for item in source:
            waiting.append(item)
            yield item.glimpse

    while True:
        item = waiting.popleft() if waiting else next(source, None)
        if item is None:
            return
        yield item, decide(item.glimpse, ahead())


class Coming:
    """The pictures one decision may look at, drawn one by one, and again from the first."""

    def __init__(self, now: Glimpse, ahead: Iterable[Glimpse]) -> None:
        self._more = takewhile(lambda later: later.time - now.time <= LONGEST_FLASH
                               and later.small.shape == now.small.shape,
                               islice(ahead, MOST_AHEAD))
        self._seen: list[Glimpse] = []

    def __iter__(self) -> Iterator[Glimpse]:
        yield from self._seen
        for later in self._more:
            self._seen.append(later)
            yield later
