"""What is known of a frame before it is painted, followed through a shot so that nothing pulses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from stylizers import pace
from stylizers.frame import Frame
from stylizers.inference.sizes import reduced
from stylizers.paint.painter import Painter

Tones = Callable[[np.ndarray], np.ndarray]
"""What is to be known of the colors of R'G'B' (H, W, 3) float32 0..1: numbers of any shape."""
_SIDE = 144
"""Short side, in pixels, of the picture of which statistics are taken: they are means."""
_FOLLOWS = 0.06
"""Share of each new frame, at 30 a second: strokes take about half a second to follow the light,
which the eye takes to get used to it, too."""


@dataclass(frozen=True, slots=True)
class Manner(pace.Dated):
    """`mean` and `deviation` (channels,) are of what the network sees, averaged in time; painted by
    those, a frame has its own mean moved by `shift` and its deviation times `gain`.

    `own` is the code of the picture itself, averaged too, where it is painted half in its own
    manner, and `tones` what `Tones` tells of its colors, where they are wanted; else they are
    empty. `code` is what the frame is painted by.
    """

    mean: np.ndarray
    deviation: np.ndarray
    shift: np.ndarray
    gain: np.ndarray
    code: np.ndarray
    own: np.ndarray
    tones: np.ndarray


def learned(frame: Frame, previous: Manner | None, painter: Painter, code: np.ndarray,
            strength: float, tones: Tones) -> Manner:
    """What `frame` is painted by, `strength` of the way from its own manner to that of `code`.

    `previous` is that of the frame before in the same shot.
    """
    small = reduced(frame, _SIDE)
    mean, deviation = painter.statistics(small)
    own = painter.code(small) if strength < 1 else np.empty(0, np.float32)
    now = (mean, deviation, own, tones(small))
    if previous is not None:
        stays = np.float32(previous.stays(frame, _FOLLOWS))
        before = (previous.mean, previous.deviation, previous.own, previous.tones)
        now = tuple(new + stays * (old - new) for old, new in zip(before, now, strict=True))
    average, spread, own, shades = now
    if strength < 1:
        code = own + np.float32(strength) * (code - own)
    return Manner(frame.time.numerator, frame.time.denominator, average, spread, average - mean,
                  spread / deviation, code, own, shades)
