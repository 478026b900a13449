"""One moment of a render: its pictures as the metrics see them, and what they tell alone."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np

from core.metrics.edges import ghost_mask, ghost_sum, gradient
from core.metrics.flicker import block_luma
from core.metrics.lpips import Features, Lpips
from core.metrics.similarity import edge_coherence, psnr, ssim
from core.metrics.unit import unit_luma, unit_rgb

Picture: TypeAlias = np.ndarray


@dataclass(frozen=True, slots=True)
class Moment:
    """`full` are source, output and, where there is one, styled picture, R'G'B' in 0..1; `source`,
    `output`, `luma` (of the source), `blocks` and `seen` are of the reduced ones. `blocks_before`
    are those one picture ago.
    """

    full: tuple[Picture, ...]
    source: Picture
    output: Picture
    luma: np.ndarray
    blocks: tuple[np.ndarray, ...]
    blocks_before: tuple[np.ndarray, ...] | None
    seen: tuple[Features, ...]
    shot: int
    index: int

    def alike(self, other: Moment) -> bool:
        return self.source.shape == other.source.shape

    def light(self) -> Moment:
        """Without what the next moment does not need."""
        return dataclasses.replace(self, full=(), seen=self.seen[:2])


def moment_of(source: Picture, output: Picture, styled: Picture | None, lpips: Lpips | None,
              short_side: int, shot: int, index: int, past: Moment | None) -> Moment:
    """`past` is the last moment measured of the same shot, None at its first."""
    given = (source, output) if styled is None else (source, output, styled)
    full = tuple(unit_rgb(picture) for picture in given)
    small = tuple(_reduced(picture, short_side) for picture in full)
    lumas = [unit_luma(picture) for picture in small[:2]]
    follows = past is not None and past.index + 1 == index and \
        past.source.shape == small[0].shape
    return Moment(
        full, small[0], small[1], lumas[0], tuple(block_luma(luma) for luma in lumas),
        past.blocks if past is not None and follows else None,
        () if lpips is None else tuple(lpips.features(picture) for picture in small),
        shot, index)


def own_figures(now: Moment, lpips: Lpips | None) -> dict[str, float]:
    """What needs no other picture; values that are no numbers among them."""
    lumas = [unit_luma(picture) for picture in now.full]
    slopes = [gradient(luma) for luma in lumas]
    means = [float(slope.mean(dtype=np.float64)) for slope in slopes]
    found = {"ssim": ssim(lumas[0], lumas[1]), "psnr": psnr(now.full[0], now.full[1]),
             "edge_coherence": edge_coherence(lumas[0], lumas[1]),
             "sharpness": ratio(means[1], means[0])}
    if lpips is not None:
        found["lpips"] = lpips.between(now.seen[1], now.seen[0])
    if len(now.full) == 3:
        mask = ghost_mask(slopes[0], slopes[2])
        ghosts = ratio(ghost_sum(slopes[1], mask), float(mask.sum()))
        found |= {"sharpness_kept": ratio(means[1], means[2]),
                  "ghosting": ratio(ghosts, means[2])}
        if lpips is not None:
            found["style_retention"] = lpips.between(now.seen[1], now.seen[2])
    return found


def ratio(one: float, other: float) -> float:
    """Not a number where there is nothing to divide by."""
    return one / other if other else math.nan


def _reduced(picture: Picture, short_side: int) -> Picture:
    scale = short_side / min(picture.shape[:2])
    if scale >= 1:
        return picture
    height, width = (max(1, round(side * scale)) for side in picture.shape[:2])
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
