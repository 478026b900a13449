"""Lines of an inked drawing: Canny's edges, smooth in width and place, and steady in time.

Three things differ from the textbook. A gradient is inhibited by those around it (Grigorescu,
Petkov and Westenberg, "Contour detection based on nonclassical receptive field inhibition", IEEE
TIP 2003), so that outlines stay and the texture of leaves does not turn black. Hysteresis is a soft
step, so that noise at a threshold moves the width of a line and not its being there. And a line's
width grows with its gradient, as under a brush.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from stylizers.scratch import Scratch

BORDER = 0.5
"""Value of the ink at the border of a line."""
PEAK = 2.0
"""Ink is held to this."""
_GAIN = 800.0
"""Makes gradients of smoothed luma 0..1 per reference pixel those that Canny's thresholds mean:
255, and more for what is lost to the reduction."""
_BLUR = 1.0
"""Sigma of the smoothing before the gradient, in reference pixels."""
_SURROUND = 22.0
"""Half the side of the square whose gradients inhibit the one at its center."""
_INHIBITION = 1.5
_SHORT = 12.0
"""Length under which an edge is left out, in reference pixels."""
_ROUND = 1.8
"""Sigma of the least blur that makes points a line, in reference pixels."""
_COARSE = 4
"""The surround is summed on a picture reduced by this."""
_ASIDE = 0.7
"""How far a line lies on the dark side of its edge, in half its width."""


@dataclass(frozen=True, slots=True)
class Pen:
    """How to draw: thresholds as of Canny's on 8-bit luma at 1080p, weight in reference pixels."""

    low: float
    high: float
    weight: float


@dataclass(frozen=True, slots=True)
class _Edges:
    """Points (N,) on edges: places in samples, gradient, direction to the light (N, 2), and the
    number of the edge that each belongs to."""

    columns: np.ndarray
    rows: np.ndarray
    strength: np.ndarray
    light: np.ndarray
    edge: np.ndarray
    count: int


def border(weight: float, scale: tuple[float, float]) -> tuple[float, float]:
    """Values of the ink between which a line's border is drawn, about one pixel wide."""
    sigma = math.sqrt(math.prod(_spread(weight, scale)) / math.prod(scale))
    half = min(max(BORDER * weight / 2 / sigma ** 2 * 0.6, 0.08), 0.35)
    return BORDER - half, BORDER + half


def drawn(luma: np.ndarray, scale: tuple[float, float], pen: Pen, scratch: Scratch) -> np.ndarray:
    """Ink (H, W) float32, over BORDER on a line, of `luma` float32 0..1.

    `scale` gives columns and rows of `luma` per reference pixel. The ink lies in `scratch`.
    """
    from stylizers.kernels.inking import splat

    ink = scratch.array("ink", luma.shape)
    ink[:] = 0
    edges = _edges(luma, scale, pen.low, scratch)
    if edges is None:
        return ink
    sigma = _spread(pen.weight, scale)
    half, share = _brush(edges, scale, pen)
    # A line of points one apart, blurred, has this crest if it is to be `half` wide to each side.
    values = share * BORDER * np.exp(half ** 2 * math.prod(scale) / math.prod(sigma) / 2)
    # A slanted line has one point per column or row, fewer per length.
    values *= (math.sqrt(2 * math.pi * math.prod(sigma))
               / np.maximum(np.abs(edges.light).max(axis=1), 0.5))
    aside = _ASIDE * half[:, None] * edges.light * np.array(scale, np.float32)
    splat(edges.columns - aside[:, 0], edges.rows - aside[:, 1], values.astype(np.float32), ink)
    return cv2.GaussianBlur(ink, (0, 0), sigma[0], scratch.array("soft", luma.shape), sigma[1],
                            cv2.BORDER_REFLECT)


def _spread(weight: float, scale: tuple[float, float]) -> tuple[float, float]:
    """Sigmas in samples, across and down, that points are blurred with into lines."""
    sigma = max(_ROUND, 0.45 * weight)
    return max(sigma * scale[0], 0.7), max(sigma * scale[1], 0.7)


def _edges(luma: np.ndarray, scale: tuple[float, float], least: float,
           scratch: Scratch) -> _Edges | None:
    """The thin edges of `luma` whose gradients are over `least`; None if there are none."""
    from stylizers.kernels.thinning import crests, steepness

    height, width = luma.shape
    if min(height, width) < 3:
        return None
    steep = scratch.array("steep", luma.shape)
    steepness(luma, (_BLUR * scale[0], _BLUR * scale[1]), (_GAIN * scale[0], _GAIN * scale[1]),
              steep)
    mask = scratch.array("mask", luma.shape, np.uint8)
    indices, vectors = crests(luma, steep, least, mask,
                              scratch.array("vectors", (luma.size // 2 + 1, 4)))
    rows, columns = np.divmod(indices, np.int32(width))
    strength = steep.ravel()[indices] - _INHIBITION * _around(steep, scale, columns, rows)
    seen = strength > least
    mask.ravel()[indices[~seen]] = 0
    if not seen.any():
        return None
    count, labels = cv2.connectedComponents(
        mask, scratch.array("labels", luma.shape, np.int32), 8, cv2.CV_32S)
    vectors = vectors[seen]
    return _Edges(columns[seen] + vectors[:, 0], rows[seen] + vectors[:, 1], strength[seen],
                  vectors[:, 2:], labels.ravel()[indices[seen]], count)


def _around(steep: np.ndarray, scale: tuple[float, float], columns: np.ndarray,
            rows: np.ndarray) -> np.ndarray:
    """The mean gradient in the surround of each point."""
    height, width = steep.shape
    down, across = max(height // _COARSE, 1), max(width // _COARSE, 1)
    whole = steep[:down * _COARSE, :across * _COARSE]
    coarse = cv2.resize(whole, (across, down), interpolation=cv2.INTER_AREA)
    size = [2 * round(_SURROUND * unit / _COARSE) + 1 for unit in scale]
    coarse = cv2.blur(coarse, size, borderType=cv2.BORDER_REFLECT)
    return coarse[np.minimum(rows // _COARSE, down - 1),
                  np.minimum(columns // _COARSE, across - 1)]


def _brush(edges: _Edges, scale: tuple[float, float], pen: Pen) -> tuple[np.ndarray, np.ndarray]:
    """Half the line's width at each point, in reference pixels, and how far its edge is drawn."""
    from stylizers.kernels.inking import totals

    most, total, number = totals(edges.strength, edges.edge, edges.count)
    share = (_step(most, 0.75 * pen.high, 1.25 * pen.high)
             * _step(number / math.sqrt(math.prod(scale)), _SHORT, 2.5 * _SHORT))
    mean = (total / np.maximum(number, 1))[edges.edge]
    bold = _step((edges.strength + mean) / 2, pen.low, 1.3 * pen.high)
    return pen.weight / 2 * (0.4 + 0.6 * bold), share[edges.edge]


def _step(value: np.ndarray, low: float, high: float) -> np.ndarray:
    """0 up to `low`, 1 from `high`, smooth between."""
    along = np.clip((value - low) / max(high - low, 1e-6), 0, 1)
    return along * along * (3 - 2 * along)
