"""Large pictures drawn reduced and enlarged again, where a quality preset says so."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from stylizers.frame import Frame


def reduced(frame: Frame, detail: int | None) -> Frame:
    """The frame with a short side of at most `detail` pixels; itself where it has no more."""
    height, width = frame.image.shape[:2]
    if detail is None or min(height, width) <= detail:
        return frame
    factor = detail / min(height, width)
    small = cv2.resize(frame.image, (round(width * factor), round(height * factor)),
                       interpolation=cv2.INTER_AREA)
    small.flags.writeable = False
    return replace(frame, image=small)


def enlarged(drawn: np.ndarray, frame: Frame) -> np.ndarray:
    """A picture drawn reduced at the size of `frame`, read-only; itself where it has that size."""
    if drawn.shape == frame.image.shape:
        return drawn
    large = cv2.resize(drawn, frame.image.shape[1::-1], interpolation=cv2.INTER_CUBIC)
    large.flags.writeable = False
    return large
