"""One picture of a video, drawn as a render would draw it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np

from core.errors import InvalidParameter
from core.hardware.execution import ExecutionPlan
from core.io import VideoReader
from core.io.encoders import VideoSpec
from core.io.index import index_packets
from core.io.picture import planar_format
from core.progress import StageTimings
from core.recipe import Recipe
from core.render.composite import Compositor
from core.render.engine import Engine
from core.render.stack import Stack


def render_still(input_path: str | Path, recipe: Recipe, time: Fraction) -> np.ndarray:
    """The picture shown `time` seconds after the source begins, R'G'B' (H, W, 3).

    uint8 for 8-bit sources, else uint16; upright is the player's business, as in a render.
    Raises InvalidParameter where the source shows nothing at that time.
    """
    path = Path(input_path)
    stack = Stack.of(recipe)
    with VideoReader(path, deinterlace=not stack.inert) as reader:
        source = reader.metadata
        index = index_packets(source)
        at = int((time + source.container_start) / source.time_base)
        shown = index.shown_pts()
        place = int(np.searchsorted(shown, at, side="right")) - 1
        start = int(shown[max(place, 0)]) if len(shown) else None
        timed = next(reader.pictures(start, None, index.access()), None)
        if timed is None or time < 0 or at >= index.end:
            raise InvalidParameter(f"{path.name} shows nothing at {float(time):g} s.",
                                   "Choose a time within its length.")
        planar = planar_format(source.pixel_format)
        spec = VideoSpec("ffv1", planar, source.width, source.height, source.rate, source.tags,
                         source.sar)
        engine = Engine(source, stack, recipe.steadiness, Compositor(source, spec, stack.looks),
                        detail=recipe.quality.detail, execution=ExecutionPlan(workers=1),
                        timings=StageTimings())
        return engine.still(timed)
