"""MetricsCollector: every figure of a render, picture by picture, with nothing kept of the clip."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from core.metrics.definitions import METRICS
from core.metrics.drift import drift, tint
from core.metrics.flicker import FlickerSums, momentary, second_difference
from core.metrics.flow import flow_between, trusted
from core.metrics.lpips import Lpips
from core.metrics.moment import Moment, Picture, moment_of, own_figures, ratio
from core.metrics.warp_error import pair_error

SHORT_SIDE = 540
"""Pixels of the short side beyond which motion, LPIPS, flicker and drift are measured reduced."""

_FROM_THE_FIRST = "color_drift"


@dataclass(frozen=True, slots=True)
class FrameMetrics:
    """What was measured of one picture, by the names in METRICS; what could not be is left out."""

    index: int
    time: Fraction
    shot: int
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Worst:
    """Where a figure is worst."""

    index: int
    time: Fraction
    value: float


@dataclass(frozen=True, slots=True)
class ClipMetrics:
    """A clip in figures: means over `frames` pictures, and the worst moment of each.

    `flicker` is regressed over the clip and `warp_ratio` is of the means, since a single picture's
    can be divided by next to nothing. `unavailable` says why a figure is missing.
    """

    frames: int
    values: Mapping[str, float]
    worst: Mapping[str, Worst]
    unavailable: Mapping[str, str]
    short_side: int


class MetricsCollector:
    """Fed with pictures in order; what is measured of pairs needs neighbors within one shot.

    Without `lpips` what it is needed for is left out, for the reason `no_lpips`; where `whole` is
    not true, since it is shown moments of a clip, what is measured from the first picture of a
    shot on.
    """

    def __init__(self, lpips: Lpips | None = None, *, no_lpips: str = "LPIPS was not asked for.",
                 short_side: int = SHORT_SIDE, whole: bool = True) -> None:
        self._lpips, self._no_lpips, self._short_side = lpips, no_lpips, short_side
        self._whole = whole
        self._past: Moment | None = None
        self._first_tint = np.zeros(3)
        self._flicker: FlickerSums | None = None
        self._sums: defaultdict[str, float] = defaultdict(float)
        self._counts: defaultdict[str, int] = defaultdict(int)
        self._worst: dict[str, Worst] = {}
        self._frames = 0
        self._styled = False

    def update(self, source: Picture, output: Picture, styled: Picture | None = None, *,
               shot: int = 0, index: int | None = None, time: Fraction = Fraction(0)
               ) -> FrameMetrics:
        """R'G'B' (H, W, 3), uint8 or uint16, of one size; `index` counts the clip's pictures.

        `shot` changes at a cut. Pictures may be left out: then neighbors have no pairs.
        """
        index = self._frames if index is None else index
        past = self._past if self._past is not None and self._past.shot == shot else None
        now = moment_of(source, output, styled, self._lpips, self._short_side, shot, index, past)
        values = own_figures(now, self._lpips)
        if self._whole:
            seen = tint(now.source, now.output)
            self._first_tint = seen if past is None else self._first_tint
            values[_FROM_THE_FIRST] = drift(seen, self._first_tint)
        if past is not None and past.index + 1 == index and past.alike(now):
            values |= self._pair(past, now) | self._triple(past, now)
        self._frames, self._past = self._frames + 1, now.light()
        self._styled |= styled is not None
        return self._entered(FrameMetrics(index, time, shot, values))

    def result(self) -> ClipMetrics:
        """What was measured so far."""
        values = {name: self._sums[name] / self._counts[name] for name in METRICS
                  if self._counts[name]}
        if self._flicker is not None:
            values["flicker"] = self._flicker.index()
        if values.get("warp_error_source"):
            values["warp_ratio"] = ratio(values["warp_error"], values["warp_error_source"])
        return ClipMetrics(self._frames, _known(values), dict(self._worst),
                           self._unavailable(values), self._short_side)

    def _unavailable(self, values: Mapping[str, float]) -> dict[str, str]:
        said = {}
        for name, metric in METRICS.items():
            if name in values:
                continue
            if metric.lpips and self._lpips is None:
                said[name] = self._no_lpips
            elif metric.styled and not self._styled:
                said[name] = "It needs each picture styled alone."
            elif name == _FROM_THE_FIRST and not self._whole:
                said[name] = "It needs whole shots, not moments of them."
            else:
                said[name] = "Nothing it could be measured on was shown."
        return said

    def _pair(self, past: Moment, now: Moment) -> dict[str, float]:
        forward = flow_between(past.luma, now.luma)
        mask = trusted(forward, flow_between(now.luma, past.luma))
        own, made = (pair_error(then, picture, forward, mask) for then, picture in
                     ((past.source, now.source), (past.output, now.output)))
        found = {"warp_error": made, "warp_error_source": own, "warp_ratio": ratio(made, own)}
        if self._lpips is not None:
            changes = [self._lpips.between(then, picture) for then, picture in
                       zip(past.seen[:2], now.seen[:2], strict=True)]
            found["tlpips"] = 100 * abs(changes[1] - changes[0])
        return found

    def _triple(self, past: Moment, now: Moment) -> dict[str, float]:
        if past.blocks_before is None:
            return {}
        source, output = (second_difference((before, then), block) for before, then, block in
                          zip(past.blocks_before, past.blocks, now.blocks, strict=True))
        sums = FlickerSums.of(output, source)
        self._flicker = sums if self._flicker is None else self._flicker.plus(sums)
        return {"flicker": momentary(output, source)}

    def _entered(self, frame: FrameMetrics) -> FrameMetrics:
        known = _known(frame.values)
        for name, value in known.items():
            self._sums[name] += value
            self._counts[name] += 1
            sign = {"higher": -1, "lower": 1, "neither": 0}[METRICS[name].better]
            before = self._worst.get(name)
            if sign and (before is None or sign * value > sign * before.value):
                self._worst[name] = Worst(frame.index, frame.time, value)
        return FrameMetrics(frame.index, frame.time, frame.shot, known)


def _known(values: Mapping[str, float]) -> dict[str, float]:
    return {name: values[name] for name in METRICS
            if name in values and math.isfinite(values[name])}
