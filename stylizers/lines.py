"""Lines of an inked drawing: long, of one stroke, swelling with the edge, and steady in time.

Difference of Gaussians smoothed along the edge tangent flow (Kang, Lee and Chui, "Coherent Line
Drawing", NPAR 2007), under two rules of Canny's ("A Computational Approach to Edge Detection", IEEE
TPAMI 1986) made soft, so that noise at a threshold moves the width of a line and not its being
there: a line is drawn from the lower threshold on, and only if enough of it is over the higher one.
What is surrounded by as much that is as dark is texture, not outline (Grigorescu, Petkov and
Westenberg, "Contour detection based on nonclassical receptive field inhibition", IEEE TIP 2003).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from stylizers import coarse

BORDER = 0.5
"""Value of the ink, as a share of 65535, at the border of a line."""
RIM = 0.13
"""How far from there the ink is clear, or full."""
_WIDER = 1.6
"""Ratio of the two blurs at which their difference is nearest to a Laplacian."""
_PEN, _THIN, _FINEST = 0.45, 0.7, 0.8
"""Sigma of the finer blur per width of the pen, less what a line is wide without; and its least."""
_STROKE = 10.0
"""Sigma, in reference pixels, along which a line is evened out."""
_RESPONSE = 1 / 28000
"""Of a step that Canny's threshold just lets pass, per unit of that threshold."""
_EYE = 0.5
"""Luma at which the eye's response is half of what it can be: differences in the dark count for
more than those in the light (Naka and Rushton 1966, S-potentials from colour units)."""
_SURROUND = 18.0
"""Sigma of the surround, in reference pixels."""
_INHIBITION, _COMPETITION = 1.5, 2.2
"""Of a surround where all runs one way; and what is added where all directions are alike."""
_NEAR = 8.0
"""How far around a piece its share holds, in reference pixels."""
_SHORT = 34.0
"""Extent up to which a piece is left out, in reference pixels; it is there whole at 2.5 times."""
_LEAST = 10.0
"""Length of strong line up to which a piece is left out, likewise."""
_FAINT, _BOLD = 0.16, (0.6, 0.88)
"""How much less ink faint lines have, and between which means of ink they grow bold."""


@dataclass(frozen=True, slots=True)
class Pen:
    """How to draw: thresholds as of Canny's on 8-bit luma at 1080p, weight in reference pixels."""

    low: float
    high: float
    weight: float


def planned(luma: np.ndarray, tensor: np.ndarray, scale: tuple[float, float], pen: Pen
            ) -> np.ndarray:
    """Where lines are to be drawn in `luma` (H, W): their share, and the threshold that the
    surround adds, float32 (H, W, 2).

    `luma` is of few samples: what is decided of a whole line needs no more, and serves a finer
    picture. `scale` gives its columns and rows per reference pixel, `tensor` (H, W, 3) its
    smoothed structure tensor.
    """
    from stylizers.kernels import inking

    dark = _response(luma, tensor, scale, pen.weight)
    inhibition = _inhibition(dark, tensor, scale)
    field, mask = np.empty_like(dark), np.empty(dark.shape, np.uint8)
    low, high = pen.low * _RESPONSE, max(pen.high, 1.01 * pen.low) * _RESPONSE
    inking.marked(dark.ravel(), inhibition.ravel(), np.float32(low), np.float32(BORDER - RIM),
                  field.ravel(), mask.ravel())
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, None, None, None, 8,
                                                               cv2.CV_32S)
    strong, mean = inking.totals(field.ravel(), labels.ravel(), count,
                                 np.float32(high / (high + low)))
    share = (_share(strong, stats, scale, pen) * _weight(mean)).astype(np.float32)
    near = [2 * round(_NEAR * part) + 1 for part in scale]
    return np.dstack([cv2.dilate(share[labels], np.ones(near[::-1], np.uint8)), inhibition])


def drawn(luma: np.ndarray, tensor: np.ndarray, plan: np.ndarray, scale: tuple[float, float],
          pen: Pen) -> np.ndarray:
    """Ink (H, W) uint16, over BORDER on a line, of `luma` float32 0..1.

    `tensor` and `plan`, as `planned` gives it, are of the same picture and of any size; `scale`
    gives columns and rows of `luma` per reference pixel.
    """
    from stylizers.kernels import inking

    size = luma.shape[::-1]
    share, inhibition = (cv2.resize(np.ascontiguousarray(plan[..., part]), size,
                                    interpolation=cv2.INTER_LINEAR) for part in range(2))
    # A smaller share comes to no ink at all.
    dark = _response(luma, cv2.resize(tensor, size, interpolation=cv2.INTER_LINEAR), scale,
                     pen.weight, (share > 1 / 65536).view(np.uint8))
    ink = np.empty(luma.shape, np.uint16)
    inking.laid(dark.ravel(), inhibition.ravel(), np.float32(pen.low * _RESPONSE), share.ravel(),
                ink.ravel())
    return ink


def reach(weight: float) -> float:
    """How far a sample of luma reaches in the ink drawn for one plan, in reference pixels."""
    return 4 * (1 + math.sqrt(_WIDER**2 - 1)) * _sigma(weight) + 3.2 * _STROKE + 16


def _sigma(weight: float) -> float:
    return max(_PEN * (weight - _THIN), _FINEST)


def _response(luma: np.ndarray, tensor: np.ndarray, scale: tuple[float, float], weight: float,
              wanted: np.ndarray | None = None) -> np.ndarray:
    """How much darker each place is than its surroundings, evened out along the edges.

    Where `wanted`, uint8 (H, W), is 0, it need not be right.
    """
    from stylizers.kernels.flow import along
    from stylizers.kernels.tensor import directions

    pixel, sigma = (1 / scale[0], 1 / scale[1]), _sigma(weight)
    fine = coarse.blurred((1 + _EYE) * luma / (luma + _EYE), sigma, pixel)
    wide = coarse.blurred(fine, sigma * math.sqrt(_WIDER**2 - 1), pixel)
    return along(wide - fine, directions(tensor), _STROKE, pixel, wanted)


def _inhibition(dark: np.ndarray, tensor: np.ndarray, scale: tuple[float, float]) -> np.ndarray:
    """What the surround of each sample adds to its threshold."""
    from stylizers.kernels.tensor import coherence

    mean = coarse.blurred(np.maximum(dark, 0), _SURROUND, (1 / scale[0], 1 / scale[1]))
    return mean * (_INHIBITION + _COMPETITION * (1 - coherence(tensor)))


def _share(strong: np.ndarray, stats: np.ndarray, scale: tuple[float, float], pen: Pen
           ) -> np.ndarray:
    """How far each piece is drawn, float32: by its extent, and by how much of it is strong."""
    extent = np.hypot(stats[:, cv2.CC_STAT_WIDTH] / scale[0],
                      stats[:, cv2.CC_STAT_HEIGHT] / scale[1])
    length = strong / (math.prod(scale) * pen.weight)
    share = _step(extent, _SHORT, 2.5 * _SHORT) * _step(length, _LEAST, 2.5 * _LEAST)
    share[0] = 0  # what is no piece
    return share


def _weight(mean: np.ndarray) -> np.ndarray:
    """How boldly each piece is drawn, from the mean of its ink: a share of it, float32."""
    return (1 - _FAINT * (1 - _step(mean, *_BOLD))).astype(np.float32)


def _step(value: np.ndarray, low: float, high: float) -> np.ndarray:
    """0 up to `low`, 1 from `high`, smooth between."""
    along = np.clip((value - low) / (high - low), 0, 1)
    return along * along * (3 - 2 * along)
