"""Which picture of a render shows which of its source."""

from __future__ import annotations

import numpy as np

from core.errors import InvalidParameter
from core.io.probe import VideoMetadata
from core.io.span import Range
from core.metrics.walk import Walk

_ENOUGH = 0.9
"""Share of a render's pictures that must be found in its source."""
_TICK = 1e-6
"""Seconds that float64 may err by."""


def paired(source: Walk, output: Walk, span: Range) -> np.ndarray:
    """Numbers (N, 2) of pictures in source and output, of what `span` holds of the source.

    A render keeps every picture's time, up to one offset; where damaged ones are missing in it,
    time tells which. Raises InvalidParameter for videos that do not belong together.
    """
    check_sizes(source.metadata, output.metadata)
    shown = np.flatnonzero(_held(source.times, span))
    if len(shown) == len(output):
        return np.stack([shown, np.arange(len(output))], 1)
    times = source.times[shown]
    offsets = [0.0] if span == Range() else []
    found = [_matched(times, output.times - offset) for offset in
             (*offsets, *([output.times[0] - times[0]] if len(times) else []))]
    best = max(found, key=len, default=np.empty((0, 2), np.int64))
    if len(best) < _ENOUGH * len(output):
        raise InvalidParameter(
            f"{output.path.name} does not show the pictures of {source.path.name}.",
            "Give a video and what was rendered from it, with --start and --end for a part of it.")
    return np.stack([shown[best[:, 0]], best[:, 1]], 1)


def check_sizes(first: VideoMetadata, *others: VideoMetadata) -> None:
    """Raises InvalidParameter where the videos are not of one size."""
    for other in others:
        if (other.width, other.height) != (first.width, first.height):
            raise InvalidParameter(
                f"{other.path.name} is {other.width} x {other.height}, but {first.path.name} is "
                f"{first.width} x {first.height}.", "Give a video and what was rendered from it.")


def _held(times: np.ndarray, span: Range) -> np.ndarray:
    """A picture stands until the next one comes, the last one for as long as the one before."""
    ends = np.append(times[1:], times[-1] + (times[-1] - times[-2] if len(times) > 1 else 1.0))
    held = np.ones(len(times), bool)
    if span.start is not None:
        held &= ends > float(span.start) + _TICK
    if span.end is not None:
        held &= times < float(span.end) - _TICK
    return held


def _matched(wanted: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Pairs (N, 2) of places of two sorted rows of times that lie within half a picture."""
    if not len(wanted) or not len(known):
        return np.empty((0, 2), np.int64)
    after = np.clip(np.searchsorted(known, wanted), 1, max(len(known) - 1, 1))
    after = np.minimum(after, len(known) - 1)
    before = np.maximum(after - 1, 0)
    nearest = np.where(wanted - known[before] <= known[after] - wanted, before, after)
    gap = float(np.median(np.diff(known))) if len(known) > 1 else 0.01
    fits = np.abs(known[nearest] - wanted) < gap / 2
    places = np.flatnonzero(fits)
    _, once = np.unique(nearest[places], return_index=True)
    return np.stack([places[once], nearest[places][once]], 1)
