"""Finished renders measured, for commands and jobs; what cannot be costs no render."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

from core import durable
from core.errors import BrushreelError
from core.render.options import RenderOptions
from scripts.terminal import Step

if TYPE_CHECKING:
    from core.metrics import Quality
    from core.recipe import Recipe


def measuring(source: Path, result: Path, recipe: Recipe, options: RenderOptions,
              place: Path | None = None) -> Generator[Step, None, Quality | str]:
    """Measure a render, write that to `place`, and keep it for watching the look.

    The place is NAME.metrics.json beside it by default. Gives a sentence where that failed.
    """
    import cv2

    from core.io.span import Range
    from core.metrics.moments import measure
    from core.progress import Followed, Pace

    pace = Pace(0)
    try:
        with Followed(measure(source, result, moments=options.metrics or 0,
                              span=Range(options.start, options.end))) as steps:
            for done in steps:
                pace.total = done.total
                pace.step(done.frames - pace.done)
                yield Step("measure", done.frames, done.total, pace.fps, pace.eta)
        _write(source, result, recipe, steps.result, place)
    except BrushreelError as error:
        return f"It was not measured: {error.message}"
    except (MemoryError, OSError, RuntimeError, cv2.error) as error:
        # The video is there: whatever a library stumbles over must not undo that.
        return f"It was not measured: {error}."
    return steps.result


def _write(source: Path, result: Path, recipe: Recipe, quality: Quality, place: Path | None
           ) -> None:
    """`size` tells whether the video beside it is still the one that was measured."""
    from core.metrics.quality import BESIDE
    from feedback.quality import QualityLog, measurement

    document = {"source": source.name, "output": result.name, "style": recipe.name(),
                "size": result.stat().st_size, **quality.document()}
    durable.write(place or result.with_name(result.name + BESIDE),
                  json.dumps(document, indent=2).encode())
    known, log = measurement(recipe, source, result, quality.clip.values), QualityLog()
    # What was thrown away with the cache is measured again, but is no other render.
    if place is None or not any(known.same_as(one) for one in log.read(known.look)):
        log.add(known)


def in_words(quality: Quality) -> str:
    """The figures most asked for, in one line."""
    from core.metrics import METRICS

    values = quality.clip.values
    said = [f"{METRICS[name].title} {values[name]:.3g}" for name in
            ("ssim", "lpips", "edge_coherence", "sharpness", "warp_ratio", "flicker")
            if name in values]
    return f"Measured at {quality.moments} moments: {', '.join(said)}."
