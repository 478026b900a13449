"""A finished render measured at a few moments, spread over it: cheap however long it is.

A moment is BURST neighbors of source and output, so that motion and flicker are seen. Between them
nothing is decoded that a key frame can be leapt to over.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np

from core.io.reader import TimedPicture
from core.io.span import Range
from core.metrics.collector import FrameMetrics
from core.metrics.compare import BURST, WHOLE, Measured, collector_for
from core.metrics.pairing import paired
from core.metrics.quality import Quality
from core.metrics.walk import Walk
from core.scenes.ahead import decided
from core.scenes.cuts import CutDetector
from core.scenes.thumbnails import Glimpse

AUTO = 0
"""Stands for as many moments as the length of a clip asks for."""
FEWEST, MOST, EVERY = 5, 40, 300
"""Moments that AUTO stands for: one in EVERY pictures, within these bounds."""


def moments_of(pictures: int, asked: int = AUTO) -> list[range]:
    """The numbers of the pictures measured, of so many: bursts spread evenly, none twice."""
    count = asked or min(max(pictures // EVERY, FEWEST), MOST)
    count = max(1, min(count, pictures // BURST))
    middles = [(2 * i + 1) * pictures // (2 * count) for i in range(count)]
    starts = [max(middle - BURST // 2, 0) for middle in middles]
    return [range(start, min(start + BURST, pictures)) for start in starts]


def measure(source: Path, output: Path, *, moments: int = AUTO, span: Range = WHOLE,
            backbones: Path | None = None, with_lpips: bool = True
            ) -> Generator[Measured, None, Quality]:
    """Measure a render of what `span` holds of a source, at so many `moments`.

    Raises InputError for what cannot be read, and InvalidParameter for videos that do not belong
    together.
    """
    with ExitStack() as open_:
        walks = [open_.enter_context(Walk(path)) for path in (source, output)]
        pairs = paired(walks[0], walks[1], span)
        places = moments_of(len(pairs), moments)
        numbers = [number for place in places for number in place]
        collector = collector_for(backbones, with_lpips, whole=False)
        pictures: list[FrameMetrics] = []
        for one, shot in _shown(walks, pairs, numbers):
            known = collector.update(
                *(walk.image(timed) for walk, timed in zip(walks, one.timed, strict=True)),
                shot=shot, index=one.number, time=one.glimpse.time)
            pictures.append(known)
            yield Measured(one.number + 1, len(pairs), known)
    return Quality(collector.result(), len(places), tuple(pictures))


@dataclass(frozen=True, slots=True)
class _Shown:
    number: int
    timed: tuple[TimedPicture, TimedPicture]
    glimpse: Glimpse


def _shown(walks: list[Walk], pairs: np.ndarray, numbers: list[int]
           ) -> Iterator[tuple[_Shown, int]]:
    """Pictures with the shot they lie in; whatever does not follow on begins another."""
    shot = -1
    for _, run in groupby(enumerate(numbers), lambda entry: entry[1] - entry[0]):
        decisions = decided(_read(walks, pairs, [number for _, number in run]),
                            CutDetector().decide)
        for place, (one, decision) in enumerate(decisions):
            shot += decision.cut or place == 0
            yield one, shot


def _read(walks: list[Walk], pairs: np.ndarray, numbers: list[int]) -> Iterator[_Shown]:
    for number in numbers:
        mine, made = (walk.at(int(at)) for walk, at in zip(walks, pairs[number], strict=True))
        if mine is not None and made is not None:
            yield _Shown(int(pairs[number, 1]), (mine, made), walks[0].glimpse(mine))
