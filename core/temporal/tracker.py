"""How the source moved since the frame that was drawn last, for looks built on that frame."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np

from core.temporal.motion import SMALLEST, reduced
from stylizers.sequence import Motion

_APART = 1.5
"""Of trust, what is left where the ways there and back end apart by nothing."""
_SLACK, _GROWING = 0.5, 0.1
"""Reduced pixels that they may end apart by, and how much more for each pixel of motion."""
_ALIKE, _CHANGED = 1.6, 20.0
"""Of trust, what is left where colors agree, and the change of color, in 8-bit codes, per unit."""
_AROUND = 5
"""Reduced pixels a change of color is averaged over."""


class Tracker:
    """Follows one source in presentation order; every shot starts afresh.

    Trust falls where the way there and the way back do not end in the same place, as Sundaram, Brox
    and Keutzer, "Dense point trajectories" (2010), section 3.2, tell occlusion, where colors do not
    agree, and outside the frame before.
    """

    def __init__(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Goes on as the one that gave `arrays` would have."""
        self._finder = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
        self._finder.setFinestScale(1)
        self._colors: np.ndarray | None = arrays.get("colors")

    def step(self, image: np.ndarray, *, starts_shot: bool, flash: bool) -> Motion | None:
        """Since the last frame that was no flash; None where there is none in this shot."""
        colors = np.rint(reduced(image)).astype(np.uint8)
        before = None if starts_shot else self._colors
        if starts_shot or not flash:
            self._colors = None if flash else colors
        if before is None or before.shape != colors.shape:
            return None
        return self._between(colors, before)

    def _between(self, now: np.ndarray, before: np.ndarray) -> Motion:
        rows, columns = now.shape[:2]
        if min(rows, columns) < SMALLEST:
            return Motion(np.zeros((rows, columns, 2), np.float32),
                          np.zeros((rows, columns), np.float32))
        # Both ways equally well: where they differ, patches would be found anew without need.
        gray, past = (cv2.cvtColor(colors, cv2.COLOR_RGB2GRAY) for colors in (now, before))
        flow = self._finder.calc(gray, past, None)
        back = self._finder.calc(past, gray, None)
        across = flow[..., 0] + np.arange(columns, dtype=np.float32)
        down = flow[..., 1] + np.arange(rows, dtype=np.float32)[:, None]
        apart = np.linalg.norm(flow + cv2.remap(back, across, down, cv2.INTER_LINEAR), axis=2)
        trust = _APART - apart / (_SLACK + _GROWING * np.linalg.norm(flow, axis=2))
        led = cv2.remap(before, across, down, cv2.INTER_LINEAR)
        change = cv2.absdiff(led, now).max(2).astype(np.float32)
        likeness = _ALIKE - cv2.blur(change, (_AROUND, _AROUND)) / np.float32(_CHANGED)
        trust = np.clip(trust, 0, 1) * np.clip(likeness, 0, 1)
        trust[(across < 0) | (down < 0) | (across > columns - 1) | (down > rows - 1)] = 0
        return Motion(flow, trust.astype(np.float32))

    def to_arrays(self) -> dict[str, np.ndarray]:
        """All that the coming frames depend on."""
        return {} if self._colors is None else {"colors": self._colors}
