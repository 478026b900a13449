"""Color dodge as a draughtsman reads it: where a tone falls under its surroundings, a line is due.

The plain recipe divides a grey picture by its own blur, min(1, grey / blur): it leaves white paper
with the falls of tone drawn in. Here the fall, 1 - grey / blur, is taken from a shaded tone.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from stylizers.kernels.samples import samples

_DEPTH = 0.25
"""Light towards which the quotient's divisor bends in the dark, so that noise there is magnified by
no more than its inverse."""
_PAPER = 0.22
"""Half the darkness under which shading eases off to bare paper; above it shading is linear."""
_DEAD = 0.02
"""Falls that draw nothing: compression blocks and camera noise stay under them."""
_BROAD_ZONE, _FINE_ZONE = 0.04, 0.06
"""Further falls that draw half of what they would."""
_BROAD, _FINE = 1.5, 4.0
"""How heavily a fall is drawn: the form's broad shadow, and the contour."""


def shade(soft: np.ndarray, wide: np.ndarray, shading: float, line: float) -> np.ndarray:
    """Tone 0..1 of the shading under broad shadow, float32 (H, W).

    `soft` and `wide` are luma 0..1, float32 (H, W), under a small and a large blur; `shading` is
    the slope of darkness to darkness, `line` the weight of what falls away from `wide`.
    """
    out = np.empty(soft.shape, np.float32)
    _shade(samples(soft), samples(wide), np.float32(shading), np.float32(line * _BROAD),
           out.reshape(-1))
    return out


def contour(grey: np.ndarray, soft: np.ndarray, shaded: np.ndarray, line: float,
            dtype: np.dtype) -> np.ndarray:
    """`shaded` with contours where `grey` falls under `soft`, as R'G'B' (H, W, 3) of `dtype`.

    All three are 0..1, float32 (H, W).
    """
    picture = np.empty((*grey.shape, 3), dtype)
    _contour(samples(grey), samples(soft), samples(shaded), np.float32(line * _FINE),
             np.float32(np.iinfo(dtype).max), picture.reshape(-1))
    return picture


# No divisor is zero; Python's error model would check each and keep the loops from vectorizing.
@njit(nogil=True, cache=True, error_model="numpy")
def _fall(tone, light, zone):  # type: ignore[no-untyped-def]
    """How far `tone` falls under `light`, as a share of it, with a soft dead zone."""
    depth = np.float32(_DEPTH)
    bent = depth + light * light * (np.float32(0.25) / depth)
    fall = (light - tone) / (light if light > depth + depth else bent) - np.float32(_DEAD)
    fall = max(fall, np.float32(0))
    return fall * fall / (fall + zone)


@njit(nogil=True, cache=True, error_model="numpy")
def _shade(soft, wide, shading, line, out):  # type: ignore[no-untyped-def]
    one, paper, zone = np.float32(1), np.float32(_PAPER), np.float32(_BROAD_ZONE)
    toe = np.float32(0.25) / paper
    for i in range(out.size):
        dark = one - soft[i]
        dark = dark * dark * toe if dark < paper + paper else dark - paper
        out[i] = (one - shading * dark) / (one + line * _fall(soft[i], wide[i], zone))


@njit(nogil=True, cache=True, error_model="numpy")
def _contour(grey, soft, shaded, line, peak, out):  # type: ignore[no-untyped-def]
    one, half, zone = np.float32(1), np.float32(0.5), np.float32(_FINE_ZONE)
    for i in range(grey.size):
        drawn = shaded[i] / (one + line * _fall(grey[i], soft[i], zone))
        tone = out.dtype.type(drawn * peak + half)
        out[3 * i] = tone
        out[3 * i + 1] = tone
        out[3 * i + 2] = tone
