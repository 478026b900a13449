"""What draws something like our looks elsewhere: plain recipes, FFmpeg's filters, OpenCV's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from core.io.filters import FilterGraph, Step
from scripts.bench import plain

Draw = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, slots=True)
class Rival:
    """One way to draw RGB (H, W, 3) uint8 on one thread; `kind` is plain, FFmpeg or OpenCV."""

    kind: str
    name: str
    draw: Draw


def rivals(look: str, size: tuple[int, int], folder: Path) -> Iterator[Rival]:
    """What there is to measure a look against, for pictures of (width, height).

    `folder` holds the LUT that FFmpeg reads from a file.
    """
    if look in plain.RECIPES:
        yield Rival("plain", "the plain recipe", plain.RECIPES[look])
    if look in _FILTERS:
        steps = [Step(step.filter, step.options.format(lut=_lut(folder)), step.takes)
                 for step in _FILTERS[look]]
        names = " + ".join(step.filter for step in steps if step.filter not in _PLUMBING)
        yield Rival("FFmpeg", names, FilterGraph(steps, *size))
    if look in _OPENCV:
        name, draw = _OPENCV[look]
        yield Rival("OpenCV", name, draw)


_PLUMBING = ("format", "split")

_FILTERS = {
    "pencil": (Step("format", "pix_fmts=gray"), Step("split"), Step("negate", "", (2,)),
               Step("gblur", "sigma=21"), Step("blend", "all_mode=dodge", (4, 2))),
    "cartoon": (Step("bilateral", "sigmaS=9:sigmaR=0.3"),
                Step("elbg", "codebook_length=8:nb_steps=1")),
    "cinematic": (Step("lut3d", "file={lut}:interp=tetrahedral"), Step("gblur", "sigma=20"),
                  Step("noise", "alls=5:allf=t"), Step("vignette", "angle=PI/5")),
    "ink": (Step("edgedetect", "mode=wires"),),
}
"""FFmpeg's nearest, with the same lengths as the looks' defaults."""

_OPENCV: dict[str, tuple[str, Draw]] = {
    "pencil": ("pencilSketch", lambda image: cv2.pencilSketch(image)[1]),
    "cartoon": ("stylization", cv2.stylization),
}


def _lut(folder: Path) -> str:
    """The lattice of the plain recipe as a .cube file, red running fastest; its path escaped."""
    path = folder / "film.cube"
    if not path.exists():
        lattice = plain.film_lattice()
        rows = lattice.transpose(2, 1, 0, 3).reshape(-1, 3)
        lines = [f"LUT_3D_SIZE {len(lattice)}", *("{:.6f} {:.6f} {:.6f}".format(*row)
                                                  for row in rows)]
        path.write_text("\n".join(lines) + "\n", encoding="ascii")
    return path.as_posix().replace(":", r"\:")
