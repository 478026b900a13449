"""Motion between two source pictures, and where it can be trusted.

Farneback's polynomial expansion: another method than the one that steadies, so that a picture is
not measured by the motion it was made with.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

_COARSEST = 24
"""Short side, in pixels, of the smallest picture of the pyramid."""
_WINDOW, _ITERATIONS, _POLY, _POLY_SIGMA = 15, 3, 5, 1.2


def flow_between(now: np.ndarray, then: np.ndarray) -> np.ndarray:
    """Where each pixel of `now` lies in `then`: (H, W, 2) float32, in pixels.

    Both are luma (H, W) in 0..1.
    """
    levels = max(0, int(math.log2(max(min(now.shape) / _COARSEST, 1))))
    codes = [np.rint(luma * 255).astype(np.uint8) for luma in (now, then)]
    return cv2.calcOpticalFlowFarneback(codes[0], codes[1], None, 0.5, levels, _WINDOW,
                                        _ITERATIONS, _POLY, _POLY_SIGMA, 0)


def warped(picture: np.ndarray, flow: np.ndarray) -> np.ndarray:
    """`picture` fetched along `flow`, bilinearly; float32. Outside it, its edge."""
    rows, columns = np.indices(flow.shape[:2], np.float32)
    return cv2.remap(picture, columns + flow[..., 0], rows + flow[..., 1], cv2.INTER_LINEAR,
                     borderMode=cv2.BORDER_REPLICATE)


def trusted(forward: np.ndarray, backward: np.ndarray) -> np.ndarray:
    """Pixels whose motion `forward` holds: (H, W) bool.

    Not those that leave the picture, that `backward` does not lead back (Sundaram, Brox and
    Keutzer 2010, eq. 5: |w + w'|^2 > 0.01 (|w|^2 + |w'|^2) + 0.5), or where the motion breaks
    (Ruder, Dosovitskiy and Brox 2016, eq. 6: |grad u|^2 + |grad v|^2 > 0.01 |w|^2 + 0.002).
    """
    height, width = forward.shape[:2]
    back = warped(backward, forward)
    size = (forward**2).sum(2)
    hidden = ((forward + back)**2).sum(2) > 0.01 * (size + (back**2).sum(2)) + 0.5
    across = np.diff(forward, axis=1, append=forward[:, -1:])
    down = np.diff(forward, axis=0, append=forward[-1:])
    broken = (across**2).sum(2) + (down**2).sum(2) > 0.01 * size + 0.002
    rows, columns = np.indices((height, width), np.float32)
    x, y = columns + forward[..., 0], rows + forward[..., 1]
    inside = (x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)
    return inside & ~hidden & ~broken
