"""How the samples of a picture lie in planes."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.errors import InvalidParameter

Planes = tuple[np.ndarray, ...]
"""2-D arrays in the order Y, Cb, Cr[, A] or R, G, B[, A] or Y[, A]."""


@dataclass(frozen=True, slots=True)
class PixelLayout:
    """Planar samples of one depth.

    `bits` (8..16) are used of each sample, in its low bits; a sample is uint8 at 8 bits, native
    uint16 above. `subsampling_x` and `subsampling_y` are the base-2 logarithms (0..2) of how many
    luma columns and rows share a chroma sample: (1, 1) is 4:2:0, (1, 0) 4:2:2, (2, 0) 4:1:1.
    """

    model: Literal["yuv", "rgb", "gray"]
    bits: int = 8
    subsampling_x: int = 0
    subsampling_y: int = 0
    has_alpha: bool = False

    def __post_init__(self) -> None:
        steps = self.subsampling_x, self.subsampling_y
        if self.model not in ("yuv", "rgb", "gray"):
            raise InvalidParameter(f"No color model is called {self.model!r}.")
        if not 8 <= self.bits <= 16:
            raise InvalidParameter(f"Samples have 8 to 16 bits, not {self.bits}.")
        if not all(0 <= step <= 2 for step in steps) or (self.model != "yuv" and any(steps)):
            raise InvalidParameter(f"{self.model} planes cannot be subsampled by 2^{steps}.")

    @property
    def dtype(self) -> np.dtype:
        """Type of a sample in the planes; pictures use the same (uint16 on the full scale)."""
        return np.dtype(np.uint8 if self.bits == 8 else np.uint16)

    @property
    def max_code(self) -> int:
        return (1 << self.bits) - 1

    @property
    def picture_max(self) -> int:
        """White in R'G'B' pictures: 255 for 8-bit layouts, 65535 for deeper ones."""
        return 255 if self.bits == 8 else 65535

    def plane_shapes(self, width: int, height: int) -> tuple[tuple[int, int], ...]:
        """(rows, columns) of each plane, alpha last; chroma sizes are rounded up."""
        full = height, width
        chroma = -(-height >> self.subsampling_y), -(-width >> self.subsampling_x)
        color = [full] if self.model == "gray" else [full, chroma, chroma]
        return tuple(color + [full] * self.has_alpha)
