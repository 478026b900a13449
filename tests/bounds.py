"""Renders with every compiled kernel run as plain Python, where an index outside is an IndexError.

Run as `NUMBA_DISABLE_JIT=1 python -m tests.bounds FOLDER LOOK…`; the last line that it prints
says what was drawn when it failed.
"""

from __future__ import annotations

import itertools
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from core.color import ColorSpaceManager, ColorTags, PixelLayout
from core.color.tags import ChromaLocation
from core.pipeline import Pipeline
from core.recipe import Recipe
from tests.clips import Film, noise
from tests.stylizers.stack import made

SIZES = ((1, 1), (2, 2), (5, 3), (18, 11))


def convert_all() -> None:
    """Every layout and siting there and back."""
    steps = [(0, 0), (1, 0), (1, 1), (0, 1), (2, 0), (2, 2)]
    layouts = [PixelLayout("yuv", 8, *step) for step in steps] + [
        PixelLayout("yuv", 10, 1, 1), PixelLayout("rgb", 16), PixelLayout("gray", 8)]
    for layout, location, (width, height) in itertools.product(layouts, ChromaLocation, SIZES):
        manager = ColorSpaceManager(layout, ColorTags(chroma_location=location), width, height)
        planes = tuple(noise(0, shape, layout.bits).astype(layout.dtype)
                       for shape in layout.plane_shapes(width, height))
        manager.to_planes(manager.to_rgb(planes).image)


def render(folder: Path, style: str, size: tuple[int, int], temporal: str, mask: Path) -> None:
    name = style.partition(":")[0]
    params: dict[str, Any] = made(style).params.model_dump(mode="json")
    film = Film("yuv420p10le" if size[0] % 2 else "yuv444p", size=size, frames=4, paint=noise,
                codec="rawvideo", options={}, time_base=Fraction(1, 25)).write(folder / "film.nut")
    Pipeline(film, folder / "out.mkv", overwrite=True, recipe=Recipe.build({
        "layers": [{"style": name, "params": params, "mask": str(mask)}],
        "temporal": {"mode": temporal}, "output": {"codec": "h264"}})).process()


def main(folder: Path, styles: list[str]) -> None:
    convert_all()
    mask = folder / "mask.png"
    cv2.imwrite(str(mask), np.random.default_rng(1).integers(0, 256, (7, 3), dtype=np.uint8))
    for style, size, temporal in itertools.product(
            styles, SIZES, ("ema", "flow") if styles == ["comic"] else ("flow",)):
        sys.stdout.write(f"{style} at {size} with {temporal}\n")
        render(folder, style, size, temporal, mask)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
