"""What patches are compared by: color, and what stands out from its surroundings."""

from __future__ import annotations

import cv2
import numpy as np

from stylizers.kernels.patches import CHANNELS, REACH

_SOFT = 1.5
"""Sigma, in pixels, of the blur that takes brushwork out of the colors compared."""
_GAIN = 1.5
_STANDING_OUT = 0.866
"""Root of the weight of what stands out against that of a color."""
_DETAILED = 10.0
"""Mean deviation, in 8-bit codes, from which a place is full of detail: eyes, a mouth, letters."""
_AROUND = 15
"""Pixels over which that is averaged."""


def guides(image: np.ndarray) -> np.ndarray:
    """(H, W, 4) uint8 of R'G'B' (H, W, 3) uint8: soft colors, and a difference of Gaussians."""
    luma = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    apart = cv2.GaussianBlur(luma, (0, 0), 1) - cv2.GaussianBlur(luma, (0, 0), 6)
    stands_out = np.clip(128 + _GAIN * apart, 0, 255) * np.float32(_STANDING_OUT)
    return np.dstack([cv2.GaussianBlur(image, (0, 0), _SOFT), stands_out.astype(np.uint8)])


def detailed(of: np.ndarray) -> np.ndarray:
    """Where what `guides` gave is full of detail: (H, W) uint8, 0 or 1."""
    middle = round(128 * _STANDING_OUT)
    deviation = cv2.absdiff(of[..., 3], np.full(of.shape[:2], middle, np.uint8))
    mean = cv2.blur(deviation, (_AROUND, _AROUND))
    return (mean > _DETAILED).astype(np.uint8)


def padded(image: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8 as (H + 4, W + 4, 4), mirrored at its borders, for voting."""
    four = np.dstack([image, np.zeros(image.shape[:2], np.uint8)])
    return _mirrored(four)


def features(image: np.ndarray, of: np.ndarray) -> np.ndarray:
    """Style and guides together as stylizers.kernels.patches compares them."""
    rows, columns = image.shape[:2]
    joined = np.zeros((rows, columns, CHANNELS), np.uint8)
    joined[..., :3] = image
    joined[..., 4:] = of
    out = np.empty((rows + 2 * REACH, columns + 2 * REACH, CHANNELS), np.uint8)
    out[..., :4], out[..., 4:] = _mirrored(joined[..., :4]), _mirrored(joined[..., 4:])
    return out


def _mirrored(four: np.ndarray) -> np.ndarray:
    return cv2.copyMakeBorder(four, REACH, REACH, REACH, REACH, cv2.BORDER_REFLECT_101)
