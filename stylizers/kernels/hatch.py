"""Pencil strokes: the marks themselves, and tones laid in them."""

from __future__ import annotations

import numpy as np
from numba import njit

from stylizers.kernels.samples import samples

_RIM = 0.9
"""How soft the rim of a stroke is at most, in shares of the order: a lead, not a stencil."""


def rule(strokes: np.ndarray, scale: tuple[float, float], plane: np.ndarray) -> None:
    """Draw `strokes` into `plane`, float32 (H, W), where each sample keeps the largest pressure.

    A stroke is a row of float32: x and y of its middle, cosine and sine of its direction, half its
    length, half its width, its bow (how far its middle stands off the chord) and its pressure
    0..1. Lengths are in reference pixels; `scale` is columns and rows per reference pixel.
    """
    across, down = np.float32(scale[0]), np.float32(scale[1])
    flat = np.abs(strokes[:, 2]) >= np.abs(strokes[:, 3])
    _rule(strokes[flat], across, down, plane)
    _rule(strokes[~flat][:, [1, 0, 3, 2, 4, 5, 6, 7]], down, across, plane.T)


@njit(nogil=True, cache=True, error_model="numpy")
def _rule(strokes, across, down, plane):  # type: ignore[no-untyped-def]
    """Strokes nearer to the axis of the columns: one step along them is one column."""
    height, width = plane.shape
    one, half, lift = np.float32(1), np.float32(0.5), np.float32(2.5)
    for k in range(len(strokes)):
        x, y, cosine, sine, length, wide, bow, pressure = strokes[k]
        run, reach = abs(cosine) * length, wide / abs(cosine)
        slope, rise = sine / cosine, bow / cosine
        first = max(0, int(np.ceil((x - run) * across - half)))
        last = min(width - 1, int(np.floor((x + run) * across - half)))
        for column in range(first, last + 1):
            along = ((np.float32(column) + half) / across - x) / run
            rest = one - along * along
            middle = y + slope * along * run + rise * rest
            # The lead is set down gently and lifted: both ends are faint.
            force = pressure * min(one, lift * rest)
            low = max(0, int(np.ceil((middle - reach) * down - half)))
            high = min(height - 1, int(np.floor((middle + reach) * down - half)))
            for row in range(low, high + 1):
                off = ((np.float32(row) + half) / down - middle) / reach
                plane[row, column] = max(plane[row, column], force * (one - off * off))


def lay(picture: np.ndarray, order: np.ndarray, contrast: float) -> np.ndarray:
    """`picture` (H, W, 3) with its tones laid in strokes, the same on average.

    `order`, uint8 (H, W), spreads evenly over 0..255: in this order graphite comes on the paper as
    a tone darkens. Darkness x = 1 - l is laid as d = x (1 + l + l^2), which black never exceeds,
    on the share m = x / d of the paper that comes first; so lights are few faint strokes, and in
    the darks the gaps close. The rims are soft: over order r in 0..1, the mean of
    d clamp((m - r) / w + 1/2) is x for every w <= 2 min(m, 1 - m). `contrast` 0..1 goes from the
    picture itself to that. The darkest channel says how, for all three alike.
    """
    out = np.empty(picture.shape, picture.dtype)
    _lay(samples(picture), samples(order), np.float32(contrast),
         np.float32(np.iinfo(picture.dtype).max), out.reshape(-1))
    return out


@njit(nogil=True, cache=True, error_model="numpy")
def _lay(picture, order, contrast, peak, out):  # type: ignore[no-untyped-def]
    zero, half, one, two = np.float32(0), np.float32(0.5), np.float32(1), np.float32(2)
    third, unit, step = np.float32(1 / 3), one / peak, np.float32(1 / 256)
    rim, crisp = np.float32(_RIM), np.float32(1e-4)
    for pixel in range(order.size):
        i = 3 * pixel
        red, green, blue = (np.float32(picture[i]), np.float32(picture[i + 1]),
                            np.float32(picture[i + 2]))
        light = min(red, min(green, blue)) * unit
        pressure = one + light + light * light
        share = one / pressure
        width = max(min(rim, two * min(share, one - share)), crisp)
        cover = (share - (np.float32(order[pixel]) + half) * step) / width + half
        cover = min(max(cover, zero), one)
        # Strokes that have grown together in the dark show less.
        ratio = one + contrast * (third + light - third * light) * (pressure * cover - one)
        out[i] = out.dtype.type(max(peak - (peak - red) * ratio, zero) + half)
        out[i + 1] = out.dtype.type(max(peak - (peak - green) * ratio, zero) + half)
        out[i + 2] = out.dtype.type(max(peak - (peak - blue) * ratio, zero) + half)
