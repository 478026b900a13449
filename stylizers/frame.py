"""The value that travels through the engine: one picture with its place in time."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

REFERENCE_SHORT_SIDE = 1080
"""Spatial parameters of every look are given in pixels of a picture whose short side is this."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One decoded picture.

    `image` is read-only R'G'B' (H, W, 3), uint8, or uint16 on the full 16-bit scale; `alpha` is
    (H, W) of the same dtype where the source has one. `pts` and `duration` count ticks of
    `time_base` seconds. `shot` counts from 0 and changes at every cut; `index` counts frames
    from the start of the render. `sar` is the width of a pixel over its height. `flash` tells of
    a moment's light, after which the shot goes on as it was before.
    """

    image: np.ndarray
    pts: int
    duration: int
    time_base: Fraction
    shot: int
    index: int
    alpha: np.ndarray | None = None
    sar: Fraction = Fraction(1)
    flash: bool = False

    @property
    def time(self) -> Fraction:
        """Presentation time in seconds."""
        return self.pts * self.time_base

    @property
    def scale(self) -> tuple[float, float]:
        """Columns and rows of this picture per reference pixel.

        A length of `n` reference pixels spans `n * scale[0]` columns and `n * scale[1]` rows,
        which differ only where pixels are not square.
        """
        height, width = self.image.shape[:2]
        unit = min(width * float(self.sar), float(height)) / REFERENCE_SHORT_SIDE
        return unit / float(self.sar), unit
