"""The pictures whose manner is taken: read, brought to one size, or made up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np

from core.errors import InvalidParameter, UnreadableImage
from stylizers.inference.sizes import SMALLEST, resized
from stylizers.once import once
from stylizers.pictures import read_picture

SHORT = 288
"""Short side, in pixels, at which a painting is looked at: about that of training."""
_LONGEST = 4
"""Times the short side, beyond which a painting shows its middle."""
_PALETTE = ((16, 28, 74), (28, 74, 140), (74, 142, 178), (236, 214, 150), (226, 158, 44),
            (186, 60, 32), (58, 24, 40))
"""R'G'B' of the marbled paper, from one band to the next."""


def seen(path: Path | None) -> np.ndarray:
    """The painting in a file, or marbled paper where there is none, R'G'B' (H, W, 3) float32 0..1.

    Raises UnreadableImage.
    """
    if path is None:
        return marbled()
    try:
        state = path.stat()
    except OSError as error:
        raise UnreadableImage(f"The painting {path} is not there.",
                              "Check the path.") from error
    return _kept(path, state.st_mtime_ns, state.st_size)


def mixed(paintings: Sequence[tuple[np.ndarray, float]], code: Callable[[np.ndarray], np.ndarray]
          ) -> np.ndarray:
    """The code between those of several paintings, each with its weight, as Huang and Belongie
    2017, section 7.3, mix styles; `code` gives that of one.

    Raises InvalidParameter where no painting has any weight.
    """
    total = sum(weight for _, weight in paintings)
    if total <= 0:
        raise InvalidParameter("None of the paintings has any weight.",
                               "Give one of them a weight above 0.")
    parts = [np.float32(weight / total) * code(painting)
             for painting, weight in paintings if weight > 0]
    return np.asarray(np.sum(parts, axis=0), np.float32)


def _read(path: Path, _changed: int, _size: int) -> np.ndarray:
    image = read_picture(path)
    height, width = image.shape[:2]
    longest = _LONGEST * min(height, width)
    top, left = max(height - longest, 0) // 2, max(width - longest, 0) // 2
    image = image[top:top + longest, left:left + longest]
    factor = SHORT / min(image.shape[:2])
    rows, columns = (max(round(side * factor), SMALLEST) for side in image.shape[:2])
    return resized(image, rows, columns)


_kept = once(_read, kept=8)


@once
def marbled(short: int = SHORT) -> np.ndarray:
    """Bands of color drawn through each other with a comb, as on the endpapers of old books.

    Waves that are moved by waves (domain warping); always the same.
    """
    down, across = np.mgrid[0:short, 0:short * 4 // 3] / short
    for turn, (count, far) in enumerate(((1.3, 0.16), (2.9, 0.075), (6.1, 0.026), (13.0, 0.009))):
        angle = 0.7 + 2.4 * turn
        along = np.cos(angle) * across + np.sin(angle) * down
        beside = np.cos(angle) * down - np.sin(angle) * across
        wave = far * np.sin(2 * np.pi * (count * along + 0.6 * np.sin(2.1 * count * beside)))
        across, down = across - np.sin(angle) * wave, down + np.cos(angle) * wave
    place = (3.2 * (down + 0.35 * across)) % 1 * len(_PALETTE)
    step = np.minimum(place.astype(np.int64), len(_PALETTE) - 1)
    share = np.clip((place - step - 0.72) / 0.28, 0, 1)[..., None]
    colors = np.array(_PALETTE, np.float32) / 255
    flat = colors[step] * (1 - share) + colors[(step + 1) % len(_PALETTE)] * share
    # Each band is brushed: fine furrows of light and dark along it.
    furrows = 1 + 0.09 * np.sin(2 * np.pi * 6 * place) + 0.05 * np.sin(2 * np.pi * 17 * place)
    return np.asarray(cv2.GaussianBlur(np.clip(flat * furrows[..., None], 0, 1), (0, 0), 0.6),
                      np.float32)
