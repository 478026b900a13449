"""A recipe's layers over one picture of any size, outside of a render."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from core.io.orientation import DisplayMatrix
from core.render.detail import enlarged, reduced
from core.render.stack import Stack, Weights
from stylizers.composite import mix, recolor
from stylizers.frame import Frame


def draw(frame: Frame, stack: Stack, start: Fraction = Fraction(0),
         matrix: DisplayMatrix | None = None, detail: int | None = None) -> np.ndarray:
    """The picture drawn by itself, R'G'B' like `frame.image`, which it may be.

    A render lays a single layer on in planes; here it is laid on in R'G'B', which differs by
    rounding. `start` is when the source begins, in seconds, for masks that move; `detail` the short
    side beyond which a quality preset has looks draw reduced.
    """
    if stack.inert:
        return frame.image
    height, width = frame.image.shape[:2]
    weights = stack.weights(frame.time - start, width, height, matrix)
    small = reduced(frame, detail)
    analyses = stack.analyze(small, None)
    drawn = enlarged(stack.render(small, analyses, weights), frame)
    drawn = stack.finish(frame, drawn, analyses, weights)
    return _laid_on(frame.image, drawn, stack, weights) if len(stack.looks) == 1 else drawn


def _laid_on(source: np.ndarray, drawn: np.ndarray, stack: Stack, weights: Weights) -> np.ndarray:
    if stack.looks[0].keep_colors:
        drawn = recolor(drawn, source)
    return mix(source, drawn, weights[0])
