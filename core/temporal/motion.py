"""How a source moves from one picture to the next, found on reduced pictures."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

_SHORT_SIDE = 270
"""What pictures are reduced to, at most: a quarter of 1080p, where motion costs 2 ms."""
SMALLEST = 16
"""Side, in pixels, below which no motion is looked for."""
_NEAR = 5
"""Side, in reduced pixels, of what is about a pixel at the least."""


@dataclass(frozen=True, slots=True)
class Reduced:
    """What the next picture must know of this one to be told how it moved.

    In 8-bit codes, of the reduced size: `colors` (H, W, 3) float32 is the source, `gray` (H, W)
    uint8 its luma. `means` (H, W, 3) float32 are means of luma: of the source about a pixel, of the
    source as far as the look reaches, and of the styled picture about a pixel.
    """

    colors: np.ndarray
    gray: np.ndarray
    means: np.ndarray

    @classmethod
    def of(cls, source: np.ndarray, styled: np.ndarray, reach: tuple[float, float]) -> Reduced:
        """`reach` of the look in columns and rows of pixels."""
        colors = reduced(source)
        luma = cv2.cvtColor(colors, cv2.COLOR_RGB2GRAY)
        drawn = cv2.cvtColor(reduced(styled), cv2.COLOR_RGB2GRAY)
        factors = np.array(luma.shape[::-1]) / styled.shape[1::-1]
        # Two thirds of the reach on either side hold nearly all the weight of a Gaussian.
        wide = [_NEAR + 2 * int(np.ceil(length / 2)) for length in reach * factors]
        means = np.dstack([_mean(luma, [_NEAR, _NEAR]), _mean(luma, wide),
                           _mean(drawn, [_NEAR, _NEAR])])
        return cls(colors, np.rint(luma).astype(np.uint8), means)


def _mean(plane: np.ndarray, size: list[int]) -> np.ndarray:
    return cv2.blur(plane, size, borderType=cv2.BORDER_REFLECT)


def reduced(picture: np.ndarray) -> np.ndarray:
    """R'G'B' of uint8 or uint16 as float32 in 8-bit codes, at the size motion is found at."""
    height, width = picture.shape[:2]
    factor = -(-min(height, width) // _SHORT_SIDE)
    while factor % 2 == 0 and height % 2 == 0 and width % 2 == 0:
        # Halving is much faster than any other reduction, and halves of halves are quarters.
        height, width, factor = height // 2, width // 2, factor // 2
        picture = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    if factor > 1:
        size = (-(-width // factor), -(-height // factor))
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return picture.astype(np.float32) * np.float32(255 / np.iinfo(picture.dtype).max)


class Finder:
    """Flow by Kroeger, Timofte, Dai and Van Gool, "Fast Optical Flow using Dense Inverse Search"
    (2016); for one thread at a time."""

    def __init__(self, fine: bool = False) -> None:
        """`fine`: on every second pixel instead of every fourth, at more cost."""
        presets = cv2.DISOPTICAL_FLOW_PRESET_FAST, cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST
        # The way back only says whether the way there was right, and may be half as good.
        self._there, self._back = (cv2.DISOpticalFlow.create(preset) for preset in presets)
        if fine:
            self._there.setFinestScale(1)
            # So many steps and patches that it costs 1 ms more at 1080p, not 7.
            self._there.setVariationalRefinementIterations(1)
            self._there.setGradientDescentIterations(6)
            self._there.setPatchStride(6)

    def find(self, now: np.ndarray, before: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """From each pixel of `now` to where it was `before`, and the other way round.

        From luma (H, W) uint8; (H, W, 2) float32, columns and rows.
        """
        if min(now.shape) < SMALLEST:
            still = np.zeros((*now.shape, 2), np.float32)
            return still, still
        return self._there.calc(now, before, None), self._back.calc(before, now, None)
