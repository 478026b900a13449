"""A few pictures of a clip, to measure or to show looks with."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np


def stills(source: Path | None, count: int) -> list[np.ndarray]:
    """`count` pictures spread evenly over a video, R'G'B' (H, W, 3); None for the sample clip.

    uint8 for 8-bit sources, else uint16. Raises InputError for what is no video.
    """
    if source is None:
        from scripts.sample import frames
        from scripts.sample.shots import FADE

        step = FADE[0] // count
        return list(frames(range(step // 2, step * count, step)))
    from core.io import VideoProbe
    from core.preview import render_still
    from core.recipe import Recipe

    length = VideoProbe.probe(source).duration or Fraction(1)
    plain = Recipe.build({"layers": [{"style": "identity"}]})
    return [render_still(source, plain, length * (2 * number + 1) / (2 * count))
            for number in range(count)]
