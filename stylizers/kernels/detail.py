"""Detail of a large picture laid over what was drawn small."""

from __future__ import annotations

import cv2
import numpy as np
from numba import njit

from stylizers.kernels.enlarge import places
from stylizers.kernels.samples import samples
from stylizers.kernels.weights import BLUE, GREEN, RED

REACH = 12
"""How many pixels of the small picture one of its pixels is seen in the large one."""
_COARSER = 2
"""How many times smaller still the regression is made, whose window is smooth in any case."""
_RADIUS = 2
_FAINT = 0.02**2
"""Variance of luma, 0..1, below which a picture counts as flat and lends no detail."""


def detailed(drawn: np.ndarray, small: np.ndarray, image: np.ndarray) -> np.ndarray:
    """`drawn` (h, w, 3) float32 0..1 at the size of `image`, R'G'B' uint8 or uint16, and as fine.

    `small` is `image` at the size of `drawn`. What is lost between `image` and `small` is added to
    the luma, as far as the drawing follows the picture there: by the slope of its regression on
    `small` in a window, which is the `a` of the guided filter (He, Sun and Tang 2013, eq. 5), held
    to 0..1 and computed on a smaller picture as in the fast guided filter (He and Sun 2015). Marks
    of the drawing itself are only interpolated, never blurred by the window.
    """
    height, width = image.shape[:2]
    peak = np.float32(np.iinfo(image.dtype).max)
    out = np.empty(image.shape, image.dtype)
    # One plane at a time: OpenCV resizes three interleaved channels four times slower.
    planes = np.ascontiguousarray(drawn.transpose(2, 0, 1))
    if height <= drawn.shape[0] and width <= drawn.shape[1]:
        red, green, blue = (cv2.resize(plane, (width, height), interpolation=cv2.INTER_AREA)
                            for plane in planes)
        _rounded(samples(red), samples(green), samples(blue), peak, out.reshape(-1))
        return out
    tones, inked = (np.empty(drawn.shape[:2], np.float32) for _ in range(2))
    _lumas(samples(small), samples(planes[0]), samples(planes[1]), samples(planes[2]),
           tones.reshape(-1), inked.reshape(-1))
    gain = cv2.resize(_slope(inked, tones), tones.shape[::-1], interpolation=cv2.INTER_LINEAR)
    across = places(width, drawn.shape[1], width / drawn.shape[1])
    down = places(height, drawn.shape[0], height / drawn.shape[0])
    _detailed(samples(image), 1 / peak, np.stack([*planes, tones, gain]), *across, *down, peak,
              out.reshape(height, -1))
    return out


def _slope(drawn: np.ndarray, tones: np.ndarray) -> np.ndarray:
    """The slope of `drawn` on `tones`, (h, w) float32, on a smaller picture."""
    size = tuple(max(side // _COARSER, 1) for side in tones.shape[::-1])
    drawn, tones = (cv2.resize(plane, size, interpolation=cv2.INTER_AREA)
                    for plane in (drawn, tones))

    def mean(plane: np.ndarray) -> np.ndarray:
        side = 2 * _RADIUS + 1
        return cv2.blur(plane, (side, side), borderType=cv2.BORDER_REFLECT)

    average, other = mean(tones), mean(drawn)
    variance = np.maximum(mean(tones * tones) - average * average, 0)
    covariance = mean(tones * drawn) - average * other
    return np.clip(covariance / (variance + np.float32(_FAINT)), 0, 1)


@njit(nogil=True, cache=True)
def _lumas(rgb, red, green, blue, tones, inked):  # type: ignore[no-untyped-def]
    """Of the small picture and of the drawing; a matrix product would start threads of its own."""
    r, g, b = np.float32(RED), np.float32(GREEN), np.float32(BLUE)
    for pixel in range(tones.size):
        i = 3 * pixel
        tones[pixel] = r * rgb[i] + g * rgb[i + 1] + b * rgb[i + 2]
        inked[pixel] = r * red[pixel] + g * green[pixel] + b * blue[pixel]


@njit(nogil=True, cache=True)
def _rounded(red, green, blue, peak, out):  # type: ignore[no-untyped-def]
    zero, one, half = np.float32(0), np.float32(1), np.float32(0.5)
    for pixel in range(red.size):
        i = 3 * pixel
        out[i] = out.dtype.type(min(max(red[pixel], zero), one) * peak + half)
        out[i + 1] = out.dtype.type(min(max(green[pixel], zero), one) * peak + half)
        out[i + 2] = out.dtype.type(min(max(blue[pixel], zero), one) * peak + half)


@njit(nogil=True, cache=True)
def _between(above, below, share, out):  # type: ignore[no-untyped-def]
    for x in range(out.size):
        out[x] = above[x] + (below[x] - above[x]) * share


@njit(nogil=True, cache=True)
def _across(line, first, second, along, out):  # type: ignore[no-untyped-def]
    for x in range(out.size):
        low = line[first[x]]
        out[x] = low + (line[second[x]] - low) * along[x]


@njit(nogil=True, cache=True)
def _laid_on(line, unit, red, green, blue, known, gain, peak, out):  # type: ignore[no-untyped-def]
    r, g, b = np.float32(RED) * unit, np.float32(GREEN) * unit, np.float32(BLUE) * unit
    zero, one, half = np.float32(0), np.float32(1), np.float32(0.5)
    for x in range(red.size):
        tone = (r * np.float32(line[3 * x]) + g * np.float32(line[3 * x + 1])
                + b * np.float32(line[3 * x + 2]))
        detail = gain[x] * (tone - known[x])
        out[3 * x] = out.dtype.type(min(max(red[x] + detail, zero), one) * peak + half)
        out[3 * x + 1] = out.dtype.type(min(max(green[x] + detail, zero), one) * peak + half)
        out[3 * x + 2] = out.dtype.type(min(max(blue[x] + detail, zero), one) * peak + half)


# Row by row, for planes of full size would cost more to allocate than all of this.
@njit(nogil=True, cache=True)
def _detailed(image, unit, planes, first, second, along,  # type: ignore[no-untyped-def]
              top, bottom, down, peak, out):
    height, row = out.shape
    line, wide = np.empty(planes.shape[2], np.float32), np.empty((5, row // 3), np.float32)
    for y in range(height):
        for plane in range(5):
            _between(planes[plane, top[y]], planes[plane, bottom[y]], down[y], line)
            _across(line, first, second, along, wide[plane])
        _laid_on(image[y * row:(y + 1) * row], np.float32(unit), wide[0], wide[1], wide[2], wide[3],
                 wide[4], peak, out[y])
