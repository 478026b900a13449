"""Pictures and moments as the stabilizers keep them."""

from __future__ import annotations

from fractions import Fraction

import numpy as np


def rows(picture: np.ndarray) -> np.ndarray:
    """(H, W, 3) as (H, 3 W), read-only, and no copy where its samples lie in order."""
    flat = np.ascontiguousarray(picture).reshape(len(picture), -1)
    # Numba would compile the loops once more for every mixture of read-only and other arrays.
    flat.flags.writeable = False
    return flat


def clock(time: Fraction, shot: int) -> np.ndarray:
    return np.array([time.numerator, time.denominator, shot], np.int64)


def time_and_shot(clock: np.ndarray) -> tuple[Fraction, int]:
    numerator, denominator, shot = clock.tolist()
    return Fraction(numerator, denominator), shot
