"""Small pictures, all that decisions about shots are made from."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from fractions import Fraction

import cv2
import numpy as np

from core.color import ColorSpaceManager, ColorTags, PixelLayout
from core.io.picture import Picture, layout_of, planar_format

LONGEST_SIDE = 256
"""The longest a thumbnail's long side may be, in pixels."""


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What is looked at of a picture: its thumbnail, which nobody writes to, and its time.

    `small` is R'G'B' (H, W, 3) uint8; `time` is in seconds.
    """

    small: np.ndarray
    time: Fraction


class Thumbnailer:
    """Thumbnails of one stream's pictures, made from their planes; threads may share it.

    Planes are made small before they are made R'G'B', which costs a third of the other way round,
    so that cuts can be found without converting any picture.
    """

    def __init__(self, pixel_format: str, tags: ColorTags, width: int, height: int) -> None:
        """`pixel_format` is FFmpeg's name; sizes are in pixels."""
        layout = layout_of(planar_format(pixel_format))
        self._factor = _factor(layout, width, height)
        self._size = width // self._factor, height // self._factor
        chroma = layout.subsampling_x, layout.subsampling_y
        self._steps = [(0, 0)] if layout.model == "gray" else [(0, 0), chroma, chroma]
        # A small picture must not be taken for an old one, whose matrix was another.
        resolved = ColorSpaceManager(layout, tags, width, height).resolved
        tags = dataclasses.replace(tags, matrix=resolved.matrix, range=resolved.range)
        self._colors = ColorSpaceManager(
            dataclasses.replace(layout, subsampling_x=0, subsampling_y=0, has_alpha=False),
            tags, *self._size)

    def of(self, picture: Picture) -> np.ndarray:
        """R'G'B' uint8, at most LONGEST_SIDE long; pure."""
        small = self._colors.to_rgb(tuple(
            self._shrunk(plane, *steps)
            for plane, steps in zip(picture.planes, self._steps, strict=False))).image
        return small if small.dtype == np.uint8 else cv2.convertScaleAbs(small, alpha=1 / 257)

    def _shrunk(self, plane: np.ndarray, step_x: int, step_y: int) -> np.ndarray:
        columns, rows = self._size
        across, down = self._factor >> step_x, self._factor >> step_y
        if across and down:
            plane = plane[:rows * down, :columns * across]
        return cv2.resize(plane, self._size, interpolation=cv2.INTER_AREA)


def _factor(layout: PixelLayout, width: int, height: int) -> int:
    """How many pixels become one on each side: so that those of chroma are whole too.

    OpenCV averages whole numbers of pixels three times as fast as others; the few rows and columns
    left over say nothing about cuts.
    """
    step = 1 << max(layout.subsampling_x, layout.subsampling_y)
    factor = -(-max(width, height) // LONGEST_SIDE)
    if factor > 1:
        factor = -(-factor // step) * step
    return min(factor, width, height)
