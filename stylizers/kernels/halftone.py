"""Four-color printing: separation into inks, a screen for each, and their overprint."""

from __future__ import annotations

import numpy as np
from numba import njit

from stylizers.kernels.samples import samples
from stylizers.kernels.screen import STRIDE
from stylizers.kernels.weights import BLUE, GREEN, RED


def printed(picture: np.ndarray, tile: np.ndarray, lines: np.ndarray, steep: float,
            look: np.ndarray) -> np.ndarray:
    """`picture` R'G'B' (H, W, 3) as inks on paper, a new array like it.

    `tile` holds the screens for C, M, Y, K, as kernels.screen makes them; `lines` uint8 (H, W) is
    the black drawn over everything, 255 for full, once its rims are made `steep` times as steep.
    `look` is float32: paper R'G'B' 0..1, saturation, contrast, black, dots.

    Ink of share a over color p leaves p (1 - a) in the channel it takes away, so that screens in
    different directions, which overlap by chance, print the tone they were given (Demichel).
    """
    out = np.empty(picture.shape, picture.dtype)
    _printed(samples(picture), samples(tile), samples(lines), np.float32(steep),
             picture.shape[1], tile.shape[0], look, np.float32(np.iinfo(picture.dtype).max),
             out.reshape(-1))
    return out


@njit(nogil=True, cache=True, error_model="numpy")
def _clip(value):  # type: ignore[no-untyped-def]
    return min(max(value, np.float32(0)), np.float32(1))


@njit(nogil=True, cache=True, error_model="numpy")
def _curve(value, contrast):  # type: ignore[no-untyped-def]
    return value + contrast * (value * value * (np.float32(3) - value - value) - value)


@njit(nogil=True, cache=True, error_model="numpy")
def _printed(rgb, tile, lines, steep, width, side, look, peak, out):  # type: ignore[no-untyped-def]
    row = tile.size // side
    for y in range(lines.size // width):
        screens = tile[(y % side) * row:(y % side + 1) * row]
        for start in range(y * width, (y + 1) * width, side):
            stop = min(start + side, (y + 1) * width)
            # Slices, because an index that may be negative keeps a loop from vectorizing.
            _span(rgb[3 * start:3 * stop], screens, lines[start:stop], steep, look, peak,
                  out[3 * start:3 * stop])


@njit(nogil=True, cache=True, error_model="numpy")
def _span(rgb, screens, lines, steep, look, peak, out):  # type: ignore[no-untyped-def]
    one, two, half = np.float32(1), np.float32(2), np.float32(0.5)
    red, green, blue = np.float32(RED), np.float32(GREEN), np.float32(BLUE)
    unit, ruled = one / peak, steep / np.float32(255)
    even = half - half * steep
    white_r, white_g, white_b = look[0] * peak, look[1] * peak, look[2] * peak
    vivid, contrast, black, dots = look[3], look[4], look[5], look[6]
    flat = one - dots
    for x in range(lines.size):
        r = np.float32(rgb[3 * x]) * unit
        g = np.float32(rgb[3 * x + 1]) * unit
        b = np.float32(rgb[3 * x + 2]) * unit
        grey = red * r + green * g + blue * b
        r = _curve(_clip(grey + vivid * (r - grey)), contrast)
        g = _curve(_clip(grey + vivid * (g - grey)), contrast)
        b = _curve(_clip(grey + vivid * (b - grey)), contrast)
        # Skeleton black: hardly any in the light tones, all of the darkest.
        dark = one - max(r, g, b)
        key = dark * dark
        key = dark * (black + (one - black) * key * (two - key))
        rest = one / max(one - key, np.float32(1e-6))
        cyan, magenta, yellow = one - r * rest, one - g * rest, one - b * rest
        cyan = flat * cyan + dots * _clip(cyan * screens[x] + screens[x + STRIDE])
        magenta = flat * magenta + dots * _clip(
            magenta * screens[x + 2 * STRIDE] + screens[x + 3 * STRIDE])
        yellow = flat * yellow + dots * _clip(
            yellow * screens[x + 4 * STRIDE] + screens[x + 5 * STRIDE])
        key = flat * key + dots * _clip(key * screens[x + 6 * STRIDE] + screens[x + 7 * STRIDE])
        light = (one - key) * (one - _clip(np.float32(lines[x]) * ruled + even))
        out[3 * x] = out.dtype.type((one - cyan) * light * white_r + half)
        out[3 * x + 1] = out.dtype.type((one - magenta) * light * white_g + half)
        out[3 * x + 2] = out.dtype.type((one - yellow) * light * white_b + half)
