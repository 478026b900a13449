"""Smoothing along the edges of a picture, which joins broken lines and leaves none blurred.

Line integral convolution as of Kang, Lee and Chui 2007, Coherent Line Drawing, with short straight
pieces: two passes of them bend with the flow, and each is one row of a table.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numba import njit

from stylizers.kernels.samples import samples
from stylizers.kernels.tensor import DIRECTIONS

_TAPS, _SPACING = 3, 0.75
"""Samples to either side of a pixel, and sigmas between them."""
_SPAN = 32
"""Samples that are averaged or left out together: enough for vector instructions."""


def along(plane: np.ndarray, directions: np.ndarray, sigma: float, pixel: tuple[float, float],
          wanted: np.ndarray | None = None) -> np.ndarray:
    """`plane` (H, W) float32 averaged along `directions`, with a Gaussian of `sigma`.

    `directions` uint8 (H, W) are as kernels.tensor gives them; `pixel` is the width and height of
    a sample in the unit of `sigma`. Where `wanted`, uint8 (H, W), is 0, the result need not be.
    """
    sigma /= math.sqrt(2)
    first = last = np.ones(plane.shape, np.uint8) if wanted is None else wanted
    if wanted is not None:
        side = 2 * _margin(sigma, pixel) + 1
        first = cv2.dilate(wanted, np.ones((side, side), np.uint8))
    return _pass(_pass(plane, directions, sigma, pixel, first), directions, sigma, pixel, last)


def _margin(sigma: float, pixel: tuple[float, float]) -> int:
    """How many samples a pass reaches at most."""
    return math.ceil(_TAPS * _SPACING * sigma / min(pixel)) + 1


def _pass(plane: np.ndarray, directions: np.ndarray, sigma: float, pixel: tuple[float, float],
          wanted: np.ndarray) -> np.ndarray:
    places = np.arange(1, _TAPS + 1) * _SPACING
    weights = np.exp(-(np.arange(_TAPS + 1) * _SPACING) ** 2 / 2)
    weights /= weights[0] + 2 * weights[1:].sum()
    margin = _margin(sigma, pixel)
    padded = cv2.copyMakeBorder(plane, margin, margin, margin, margin, cv2.BORDER_REFLECT)
    out = np.empty_like(plane)
    _along(samples(padded), samples(directions), samples(wanted), plane.shape[1], margin,
           _offsets(places * sigma, pixel, padded.shape[1]), weights.astype(np.float32),
           out.reshape(-1))
    return out


def _offsets(places: np.ndarray, pixel: tuple[float, float], stride: int) -> np.ndarray:
    """How far on in the samples each place along each direction is, int32, one row per place."""
    angles = np.arange(DIRECTIONS) * (math.pi / DIRECTIONS)
    rows = np.rint(np.outer(places, np.sin(angles)) / pixel[1])
    columns = np.rint(np.outer(places, np.cos(angles)) / pixel[0])
    return (rows * stride + columns).astype(np.int32)


@njit(nogil=True, cache=True, error_model="numpy")
def _along(padded, directions, wanted, width, margin, offsets, weights, out):  # type: ignore[no-untyped-def]
    stride = width + 2 * margin
    near, middle, far = offsets[0], offsets[1], offsets[2]
    for y in range(out.size // width):
        rows = padded[y * stride:(y + 2 * margin + 1) * stride]
        way, line = directions[y * width:(y + 1) * width], out[y * width:(y + 1) * width]
        need, first = wanted[y * width:(y + 1) * width], margin * stride + margin
        for begin in range(0, width, _SPAN):
            end, some = min(begin + _SPAN, width), np.uint8(0)
            for x in range(begin, end):
                some |= need[x]
            if some == 0:
                line[begin:end] = 0
                continue
            for x in range(begin, end):
                # Written out: a loop over the taps is three times slower.
                a, b, c = near[way[x]], middle[way[x]], far[way[x]]
                at = first + x
                line[x] = (weights[0] * rows[at] + weights[1] * (rows[at + a] + rows[at - a])
                           + weights[2] * (rows[at + b] + rows[at - b])
                           + weights[3] * (rows[at + c] + rows[at - c]))
