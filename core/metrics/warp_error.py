"""Warping error: how far pictures are from moving as their source does.

Lai, Huang, Wang, Shechtman, Yumer and Yang, "Learning Blind Video Temporal Consistency" (2018),
eq. 9 and 10. Range 0..1, lower is steadier; 0 for a constant video too, so it says nothing alone:
read it beside the sharpness ratio.
"""

from __future__ import annotations

import numpy as np

from core.metrics.flow import warped


def pair_error(now: np.ndarray, then: np.ndarray, forward: np.ndarray,
               mask: np.ndarray) -> float:
    """Mean squared difference per sample of `now` and `then` led back along `forward`.

    Pictures are R'G'B' (H, W, 3) float32 in 0..1; `mask` (H, W) bool says what counts. Where that
    is nothing, everything does, as in the published code.
    """
    square = ((now - warped(then, forward))**2).mean(2, dtype=np.float64)
    return float(square[mask].mean() if mask.any() else square.mean())
