"""The surface of an oil painting: furrows that bristles leave in paint, and the weave of canvas.

Both lie on the screen and never move: what follows the picture is only which furrows are seen.
"""

from __future__ import annotations

import math

import numpy as np

DIRECTIONS = 32
"""Directions of furrows in half a turn; those between are mixed from two."""
_SIDE = 512
_SEED = 22
_FURROW = 5.0
"""Distance of furrows, in reference pixels."""
_LENGTH = 34.0
"""How far a furrow runs on, in reference pixels."""
_LOAD = 60.0
"""Reference pixels over which a brush that was full runs dry."""
_DEVIATION = 0.13
"""What furrows across the light vary by before they are brought to 1."""
_LIGHT = math.radians(-125)
"""Where the light comes from: above, and a little from the left."""
_THREAD = 6.0
"""Distance of threads in the canvas, in reference pixels."""


def furrows(scale: tuple[float, float]) -> np.ndarray:
    """Light and shade on furrows of every direction, float32 (DIRECTIONS, side, side), seamless.

    The deviation of furrows across the light is 1 at one pixel per reference pixel; those that
    pixels cannot show melt into an even surface. Direction k runs at k pi / DIRECTIONS, from
    rightwards to downwards.
    """
    random = np.random.default_rng(_SEED)
    noise, loads = (np.fft.rfft2(random.standard_normal((_SIDE, _SIDE))) for _ in range(2))
    across = np.fft.rfftfreq(_SIDE)[None] * scale[0]
    down = np.fft.fftfreq(_SIDE)[:, None] * scale[1]
    lit = 2 * math.pi * (across * math.cos(_LIGHT) + down * math.sin(_LIGHT))
    planes = np.empty((DIRECTIONS, _SIDE, _SIDE), np.float32)
    for k in range(DIRECTIONS):
        angle = k * math.pi / DIRECTIONS
        along = across * math.cos(angle) + down * math.sin(angle)
        beside = down * math.cos(angle) - across * math.sin(angle)
        height = np.exp(-((np.abs(beside) * _FURROW - 1) / 0.55) ** 2 - (along * _LENGTH) ** 2)
        planes[k] = np.fft.irfft2(noise * 1j * lit * height, (_SIDE, _SIDE))
    load = np.fft.irfft2(loads * np.exp(-(across**2 + down**2) * _LOAD**2), (_SIDE, _SIDE))
    load = np.clip(1 + 0.5 * load / load.std(), 0, 2)
    # Energy is counted per reference area, so that one paint has one relief at every size.
    weight = math.sqrt(scale[0] * scale[1]) / _DEVIATION * _shown(_FURROW, scale)
    return planes * (load * weight).astype(np.float32)


def canvas(width: int, height: int, scale: tuple[float, float]) -> np.ndarray:
    """Light and shade on woven linen, float32 (H, W), of deviation 1 where pixels can show it."""
    across, down = scale[0] * _THREAD, scale[1] * _THREAD
    x = (np.arange(width, dtype=np.float32) + 0.5) / np.float32(across)
    y = (np.arange(height, dtype=np.float32) + 0.5) / np.float32(down)
    random = np.random.default_rng(_SEED)

    warp, warp_stands = _threads(random, x[None])
    weft, weft_stands = _threads(random, y[:, None])
    # Over and under by turns: where the warp is on top its thread arches across, else the weft.
    above = np.cos(weft) * np.cos(warp)
    sheet = warp_stands * np.sin(2 * warp) * (1 + above) \
        + weft_stands * np.sin(2 * weft) * (1 - above)
    return ((sheet - sheet.mean()) * (_shown(_THREAD, scale) / 1.1)).astype(np.float32)


def _threads(random: np.random.Generator, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Phase, pi for each thread, and height at `places`, counted in threads: none is as the next
    is, neither as wide nor as high."""
    count = int(places.max()) + 3
    wavering = places + np.interp(places, np.arange(count),
                                  np.cumsum(random.normal(0, 0.12, count)))
    height = np.interp(places, np.arange(count), random.uniform(0.3, 1.5, count))
    return (math.pi * wavering).astype(np.float32), height.astype(np.float32)


def _shown(pitch: float, scale: tuple[float, float]) -> float:
    """Lines but a few pixels apart would be a screen before the picture: they fade before that."""
    return min(max((min(scale) * pitch - 1.8) / 2.4, 0.0), 1.0)
