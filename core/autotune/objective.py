"""What settings are worth on a clip, by metrics alone: how well a look keeps what it draws.

A few moments of the clip are drawn small, three neighbors each, every picture by itself as before
flicker removal; what is measured of them makes one number, MetricsWorth's. It knows nothing of
taste: of two sets of settings it prefers the one that keeps edges and lies still.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from core.metrics import ClipMetrics, MetricsCollector
from core.metrics.compare import BURST
from core.recipe import Layer
from core.render.stack import Stack, look_of
from core.viewing import FrameStrip, draw

SHORT_SIDE = 360
"""Pixels of the short side at which settings are tried."""
MOMENTS = 3
"""Places of the clip that are looked at, spread evenly."""


class MetricsWorth:
    """An objective for AutoTuner: edge coherence, less what was added to the source's flicker and
    warping error; 1 at best.

    >>> with MetricsWorth(path, "pencil") as objective:
    ...     for trial in AutoTuner("pencil", objective).run(): ...
    """

    def __init__(self, path: Path, look: str) -> None:
        """Raises InputError for what is no video."""
        self._look = look
        with FrameStrip(path, SHORT_SIDE) as strip:
            last = max(len(strip) - BURST, 0)
            starts = sorted({round(last * (1 + 2 * i) / (2 * MOMENTS)) for i in range(MOMENTS)})
            numbers = sorted({start + i for start in starts for i in range(BURST)
                              if start + i < len(strip)})
            self._frames = [(number, strip.glance(number)) for number in numbers]
        self.last: ClipMetrics | None = None
        """What was measured of the settings judged last."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._frames = []

    def __call__(self, values: Mapping[str, Any]) -> float:
        stack = Stack([look_of(Layer(style=self._look, params=dict(values)))])
        collector = MetricsCollector()
        for number, frame in self._frames:
            collector.update(frame.image, draw(frame, stack), index=number, time=frame.time)
        self.last = collector.result()
        return worth(self.last.values)


def worth(values: Mapping[str, float]) -> float:
    """One number for what MetricsCollector gives; not a number where no edges were compared."""
    unsteady = max(math.log(values["warp_ratio"]), 0.0) if values.get("warp_ratio") else 0.0
    return (values.get("edge_coherence", math.nan) - 0.1 * unsteady
            - 0.01 * values.get("flicker", 0.0))
