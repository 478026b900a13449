"""Jumps where chunks meet: the seam score of a border (docs/verify.md).

A chunk begins with a key frame, so every key frame may be a border. There the frame must not differ
from the one before by more than frames do around it; a cut of the source is no seam.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.io.framefacts import Frames
from core.io.inspection import Inspection
from core.verify.finding import Finding, absent, kept, wrong
from core.verify.pair import Pair

_PASSED = 1.2
"""The most that the step at a border may be, in steps around it."""
_REACH = 12
_VISIBLE = 1.5 / 255
"""A step below this, on average over the picture, is not seen."""
_CUT = 14.0
"""Mean difference of small pictures, in codes, from which on it is another shot."""


def own_seams(file: Inspection) -> Iterator[Finding]:
    yield from _judged(file.frames, None)


def seams(pair: Pair) -> Iterator[Finding]:
    """Steps at key frames that the source does not have there."""
    if len(pair.times) != len(pair.output.frames):
        yield from own_seams(pair.output)
        return
    yield from _judged(pair.output.frames, pair.source.frames.changes[pair.shown])


def _judged(frames: Frames, source: np.ndarray | None) -> Iterator[Finding]:
    borders = [int(place) for place in np.flatnonzero(frames.keys) if place > 0]
    if not borders or len(borders) > len(frames) // 2:
        yield absent("no borders to tell" if not borders else "every frame is a key frame")
        return
    worst = 0.0
    for place in borders:
        score = _score(frames, place, source)
        worst = max(worst, score)
        if score > _PASSED:
            times = frames.times()
            yield wrong(f"a jump at {times[place] - times[0]:.3f} s, {score:.1f} times what the "
                        "frames around it change")
    yield kept(f"{len(borders)} borders, the worst {worst:.2f}")


def _score(frames: Frames, place: int, source: np.ndarray | None) -> float:
    """The step at a place against the largest around it; 0 where it is none or not seen."""
    step = frames.changes[place]
    around = _near(frames.changes, place)
    if step < _VISIBLE or not len(around) or _is_cut(frames, place):
        return 0.0
    usual = max(float(around.max()), _VISIBLE / 2)
    allowed = usual
    if source is not None:
        theirs = _near(source, place)
        moved = source[place] / max(float(theirs.max()), 1e-6) if len(theirs) else 1.0
        allowed = usual * max(1.0, float(moved))
    return float(step) / allowed


def _near(values: np.ndarray, place: int) -> np.ndarray:
    found: np.ndarray = np.r_[values[max(1, place - _REACH):place],
                              values[place + 1:place + 1 + _REACH]]
    return found


def _is_cut(frames: Frames, place: int) -> bool:
    before, after = (frames.thumbs[place + step].astype(np.float32) for step in (-1, 0))
    shifted = after - after.mean() - (before - before.mean())
    return float(np.abs(shifted).mean()) > _CUT
