"""All temporal metrics of one video in one pass, nothing kept but the pictures before."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from core.metrics.edges import ghost_mask, ghost_sum, gradient
from core.metrics.flicker import FlickerSums, block_luma, second_difference
from core.metrics.flow import flow_between, trusted
from core.metrics.unit import unit_luma, unit_rgb
from core.metrics.warp_error import pair_error


@dataclass(frozen=True, slots=True)
class Readings:
    """What was measured of one of the videos; each the mean over its pictures.

    `warp_error`: see core.metrics.warp_error. `flicker`: see core.metrics.flicker. `sharpness`:
    mean gradient of luma over the styled video's, 1 at best, less where it was blurred. `ghosting`:
    gradient where neither source nor styled picture has an edge, over the styled video's mean
    gradient; compare it with that of the styled video, higher is worse. Not a number where nothing
    could be measured.
    """

    warp_error: float
    flicker: float
    sharpness: float
    ghosting: float


@dataclass(frozen=True, slots=True)
class Steadiness:
    """The source, what the look made of each picture alone, and what was delivered."""

    source: Readings
    styled: Readings
    output: Readings

    @property
    def excess_left(self) -> float:
        """Share of the warping error added by the look that is left in the output."""
        added = self.styled.warp_error - self.source.warp_error
        return (self.output.warp_error - self.source.warp_error) / added if added else math.nan


@dataclass(slots=True)
class _Past:
    pictures: list[np.ndarray]
    luma: np.ndarray
    blocks: list[list[np.ndarray]]
    shot: int


class SteadinessMeter:
    """Fed with pictures in order; pairs across a cut do not count."""

    def __init__(self) -> None:
        self._errors: list[list[float]] = [[], [], []]
        self._edges: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
        self._flicker: list[FlickerSums | None] = [None, None, None]
        self._past: _Past | None = None

    def update(self, source: np.ndarray, styled: np.ndarray, output: np.ndarray,
               shot: int = 0) -> None:
        """R'G'B' (H, W, 3), uint8 or uint16, all of one size; `shot` changes at a cut."""
        pictures = [unit_rgb(picture) for picture in (source, styled, output)]
        lumas = [unit_luma(picture) for picture in pictures]
        self._measure_edges(lumas)
        blocks = [block_luma(luma) for luma in lumas]
        past = self._past
        if past is None or past.shot != shot or past.luma.shape != lumas[0].shape:
            self._past = _Past(pictures, lumas[0], [[block] for block in blocks], shot)
            return
        self._measure_pair(past, pictures, lumas[0])
        self._measure_flicker(past.blocks, blocks)
        self._past = _Past(pictures, lumas[0], [[*old[-1:], block] for old, block in
                                                zip(past.blocks, blocks, strict=True)], shot)

    def _measure_edges(self, lumas: list[np.ndarray]) -> None:
        gradients = [gradient(luma) for luma in lumas]
        mask = ghost_mask(gradients[0], gradients[1])
        for i, slopes in enumerate(gradients):
            self._edges["all"][i] += float(slopes.sum(dtype=np.float64))
            self._edges["ghosts"][i] += ghost_sum(slopes, mask)
        self._edges["size"][0] += mask.size
        self._edges["free"][0] += float(mask.sum())

    def _measure_pair(self, past: _Past, pictures: list[np.ndarray], luma: np.ndarray) -> None:
        forward = flow_between(past.luma, luma)
        mask = trusted(forward, flow_between(luma, past.luma))
        for errors, now, then in zip(self._errors, past.pictures, pictures, strict=True):
            errors.append(pair_error(now, then, forward, mask))

    def _measure_flicker(self, past: list[list[np.ndarray]], now: list[np.ndarray]) -> None:
        if len(past[0]) < 2:
            return
        second = [second_difference((old[0], old[1]), block)
                  for old, block in zip(past, now, strict=True)]
        for i, block in enumerate(second):
            sums = FlickerSums.of(block, second[0])
            known = self._flicker[i]
            self._flicker[i] = sums if known is None or known.pp.shape != sums.pp.shape \
                else known.plus(sums)

    def result(self) -> Steadiness:
        """What was measured so far."""
        return Steadiness(*(self._readings(i) for i in range(3)))

    def _readings(self, i: int) -> Readings:
        styled, size = self._edges["all"][1], self._edges["size"][0]
        free, flicker = self._edges["free"][0], self._flicker[i]
        ghosts = self._edges["ghosts"][i] / free if free else math.nan
        return Readings(
            warp_error=float(np.mean(self._errors[i])) if self._errors[i] else math.nan,
            flicker=math.nan if flicker is None else flicker.index(),
            sharpness=self._edges["all"][i] / styled if styled else math.nan,
            ghosting=ghosts / (styled / size) if styled else math.nan)
