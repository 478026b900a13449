"""Film grain: a seamless sheet of it, and where it lies in each frame."""

from __future__ import annotations

import cv2
import numpy as np

from stylizers.once import once

SIDE = 1152
"""Side of the sheet in reference pixels."""
DEVIATION = 32
"""Standard deviation of the sheet's values at reference size."""
_STRIDE = 36
"""The sheet moves by multiples of this many reference pixels, which are whole pixels in pictures
of every usual height: so a preview has the grain of the render, made smaller."""
_SEED = 35
_CLUMPS = (1.0, 2.4, 0.45)
"""Grains, then clumps of them: how much wider, and how strong."""


@once
def sheet(size: float, color: float, scale: tuple[float, float]) -> np.ndarray:
    """Grain int8 (rows, columns, 3) that repeats without a seam, for pictures of `scale`.

    `size` is the width of a grain at half its height, in reference pixels; `color` 0..1 is how
    much the three layers of the film differ. Smaller pictures average the grain of larger ones.
    """
    random = np.random.default_rng(_SEED)
    shared = _clumped(random, size)
    layers = [shared * (1 - color) + _clumped(random, size) * color if color else shared
              for _ in range(3)]
    norm = DEVIATION / np.hypot(1 - color, color)
    grain = cv2.merge([layer * np.float32(norm) for layer in layers])
    across, down = (max(1, round(SIDE * factor)) for factor in scale)
    way = cv2.INTER_AREA if min(scale) < 1 else cv2.INTER_CUBIC
    if (across, down) != (SIDE, SIDE):
        grain = _resized(grain, across, down, way)
    return np.clip(np.rint(grain), -127, 127).astype(np.int8)


def _resized(grain: np.ndarray, across: int, down: int, way: int) -> np.ndarray:
    """Seamless still: the sheet is resized with its own continuation around it."""
    if way == cv2.INTER_AREA:
        return cv2.resize(grain, (across, down), interpolation=way)
    wide = cv2.copyMakeBorder(grain, SIDE // 8, SIDE // 8, SIDE // 8, SIDE // 8, cv2.BORDER_WRAP)
    columns = ((np.arange(across) + 0.5) * (SIDE / across) - 0.5 + SIDE // 8).astype(np.float32)
    rows = ((np.arange(down) + 0.5) * (SIDE / down) - 0.5 + SIDE // 8).astype(np.float32)
    return cv2.remap(wide, *np.meshgrid(columns, rows), way)


def _clumped(random: np.random.Generator, size: float) -> np.ndarray:
    """One layer, (SIDE, SIDE) float32 with deviation 1."""
    noise = random.standard_normal((SIDE, SIDE), np.float32)
    fine, wider, strength = _CLUMPS
    grain = _smoothed(noise, fine * size) + strength * _smoothed(noise.T, wider * size)
    return grain / grain.std()


def _smoothed(noise: np.ndarray, width: float) -> np.ndarray:
    """Blurred by a Gaussian `width` pixels wide at half its height; deviation 1."""
    sigma = width / 2.355
    edge = int(np.ceil(4 * sigma)) + 1
    wide = cv2.copyMakeBorder(noise, edge, edge, edge, edge, cv2.BORDER_WRAP)
    blurred = cv2.GaussianBlur(wide, (2 * edge - 1, 2 * edge - 1), sigma)[edge:-edge, edge:-edge]
    return blurred / blurred.std()


def place(shot: int, index: int, scale: tuple[float, float], sheet: np.ndarray
          ) -> tuple[tuple[int, int], int]:
    """Column and row of the sheet under the first pixel of a frame, and the sign it is laid with.

    Scattered by the finalizer of SplitMix64 (Steele, Lea and Flood 2014, figure 17), so that it
    depends on nothing but the shot and the frame.
    """
    mask = (1 << 64) - 1
    mixed = ((shot + 1) * 0x9E3779B97F4A7C15 + index * 0xD1B54A32D192ED03) & mask
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = ((mixed ^ mixed >> shift) * factor) & mask
    mixed ^= mixed >> 31
    steps = SIDE // _STRIDE
    column = round(mixed % steps * _STRIDE * scale[0]) % sheet.shape[1]
    row = round((mixed >> 16) % steps * _STRIDE * scale[1]) % sheet.shape[0]
    return (column, row), 1 if mixed >> 40 & 1 else -1
