"""Looks run as the engine runs them: analysis of the source, chained renders, chained finishes."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from skimage import data

from stylizers import STYLES, Frame, Stylizer

STACKS = [*STYLES, "pencil+identity", "identity+pencil", "pencil+pencil",
          "pencil+cinematic"]

ASSETS = {("pencil", "texture_path"): ({"use_texture": True}, "paper.png"),
          ("cinematic", "lut_path"): ({}, "negative.cube")}
"""For every parameter that names a file: what it goes with, and the file `write_asset` writes."""


def looks(stack: str) -> list[Stylizer[Any]]:
    return [STYLES[name]() for name in stack.split("+")]


def frame_of(image: np.ndarray, sar: Fraction = Fraction(1)) -> Frame:
    return Frame(image, pts=0, duration=1, time_base=Fraction(1, 25), shot=0, index=0, sar=sar)


def run(stack: list[Stylizer[Any]], frame: Frame) -> np.ndarray:
    analyses = [look.analyze(frame, None) for look in stack]
    picture = frame.image
    for look, analysis in zip(stack, analyses, strict=True):
        layer = Frame(picture, frame.pts, frame.duration, frame.time_base, frame.shot, frame.index,
                      sar=frame.sar)
        picture = look.render(layer, analysis)
    for look, analysis in zip(stack, analyses, strict=True):
        picture = look.finish(frame, picture, analysis)
    return picture


def write_asset(folder: Path, name: str) -> Path:
    path = folder / name
    if path.suffix == ".cube":
        path.write_text("LUT_1D_SIZE 2\n1 1 1\n0 0 0\n")
        return path
    sheet = np.random.default_rng(3).integers(180, 256, (40, 60, 3), dtype=np.uint8)
    path.write_bytes(cv2.imencode(path.suffix, sheet)[1].tobytes())
    return path


def photo(height: int = 256, width: int = 256, dtype: type = np.uint8) -> np.ndarray:
    """A portrait of that size, read-only; at 16 bits every code times 257, the same tone."""
    image = cv2.resize(data.astronaut(), (width, height), interpolation=cv2.INTER_AREA)
    if dtype == np.uint16:
        image = image.astype(np.uint16) * np.uint16(257)
    image.flags.writeable = False
    return image


def difference(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.abs(one.astype(np.int64) - other.astype(np.int64))
