"""A render beside its source: which frame is which, and how far the clocks are apart."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from core.io.inspection import Inspection, Track
from core.io.listening import Heard, heard
from core.io.span import Range
from core.verify.matching import distances, matched, paired

_MILLISECOND = 0.00101
"""Matroska and WebM count milliseconds."""


@dataclass(frozen=True, eq=False)
class Pair:
    """`span` is the part of the source that the render shows, in seconds after its start."""

    output: Inspection
    source: Inspection
    span: Range = Range()

    @property
    def tolerance(self) -> float:
        """Seconds that a time may be off."""
        return _MILLISECOND if "matroska" in self.output.container else 2e-6

    @cached_property
    def start(self) -> float:
        """Where the span begins on the source's clock, in seconds."""
        frames = self.source.frames.times()[self.shown]
        return float(frames[0]) if len(frames) else 0.0

    @cached_property
    def end(self) -> float | None:
        """Where the span ends on the source's clock; None where it is the source's own end."""
        if self.span.end is None:
            return None
        return min(float(self.span.end + self.source.start), self.source_end)

    @cached_property
    def shown(self) -> np.ndarray:
        """The places of the source's frames that are in the span."""
        times = self.source.frames.times() - float(self.source.start)
        first = 0 if self.span.start is None else int(
            np.searchsorted(times, float(self.span.start) - 1e-9))
        last = len(times) if self.span.end is None else int(
            np.searchsorted(times, float(self.span.end) - 1e-9))
        if self._begins_with_a_standing_frame(first, last):
            first -= 1
        return np.arange(first, max(first, last))

    def _begins_with_a_standing_frame(self, first: int, last: int) -> bool:
        return self.span.start is not None and 0 < first <= last and (
            len(self.output.frames) == last - first + 1)

    @cached_property
    def times(self) -> np.ndarray:
        """When the source shows the frames of the span; the first one not before it begins."""
        times = self.source.frames.times()[self.shown].copy()
        if self.span.start is not None and len(times):
            times[0] = max(times[0], float(self.span.start + self.source.start))
        return times

    @cached_property
    def source_end(self) -> float:
        """When the source's last frame ends, as far as the file tells."""
        return max(ends(self.source)) if len(self.source.frames) else 0.0

    @cached_property
    def matches(self) -> tuple[float, np.ndarray, np.ndarray]:
        """The offset of the output's clock, and the places of frames shown at one time in both."""
        return matched(self.times, self.output.frames.times(), self.tolerance)

    @property
    def offset(self) -> float:
        """Seconds that the output's clock is ahead of the source's."""
        return self.matches[0]

    @cached_property
    def recipe(self) -> dict[str, Any]:
        """What the output says it was rendered with; empty where it does not say."""
        text = next((value for key, value in self.output.tags.items()
                     if key.lower() == "brushreel"), "{}")
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def output_recipe(self) -> dict[str, Any]:
        """Its part on codec, container and sound."""
        found = self.recipe.get("output")
        return found if isinstance(found, dict) else {}

    @cached_property
    def inert(self) -> bool:
        """Whether the picture is the source's own: by the recipe, else by what it looks like."""
        layers = self.recipe.get("layers")
        if layers and isinstance(layers, list) and all(isinstance(one, dict) for one in layers):
            return all(layer.get("style") == "identity" or layer.get("strength") == 0
                       for layer in layers)
        _, theirs, ours = self.matches
        if not len(ours):
            return False
        return bool(np.median(distances(self.source.frames.thumbs[self.shown[theirs]],
                                        self.output.frames.thumbs[ours])) < 3)

    @cached_property
    def sounds(self) -> tuple[tuple[Track, Track | None], ...]:
        """Every sound track of the source with what became of it."""
        return tuple(paired(self.source.of_kind("audio"), self.output.of_kind("audio")))

    def listen(self, theirs: Track, ours: Track) -> tuple[Heard | None, Heard | None]:
        """Both decoded."""
        until = None if self.end is None else self.end + 1
        return (heard(self.source.path, theirs.index, until),
                heard(self.output.path, ours.index))


def ends(file: Inspection) -> list[float]:
    """Where the last frame may end: by its own duration, its neighbor's, and its stream's."""
    frames = file.frames
    times, base = frames.times(), float(frames.time_base)
    found = [times[-1] + frames.durations[-1] * base]
    if len(times) > 1:
        found.append(times[-1] + times[-1] - times[-2])
        found.append(times[-1] + float(np.median(np.diff(times))))
    if file.stream_duration is not None and "mov" in file.container:
        start = float(file.packets.pts.min() * file.packets.time_base)
        found += [start + float(file.stream_duration), times[0] + float(file.stream_duration)]
    return [float(end) for end in found if end > times[-1]] or [float(times[-1])]
