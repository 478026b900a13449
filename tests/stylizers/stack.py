"""Looks run as the engine runs them: analysis of the source, chained renders, chained finishes."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache, partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from skimage import data

from stylizers import STYLES, Frame, Stylizer
from stylizers.neural.inspection import inspect
from tests.networks import Network, painter

LOOKS = [*STYLES, "neural:statistics"]
"""Every look, and those that are drawn in more than one way."""
STACKS = [*LOOKS, "pencil+identity", "identity+pencil", "pencil+pencil", "pencil+cinematic",
          "neural+pencil"]

ASSETS = {("pencil", "texture_path"): ({"use_texture": True}, "paper.png"),
          ("cinematic", "lut_path"): ({}, "negative.cube"),
          ("neural", "model_path"): ({}, "other.onnx"),
          ("paint", "model_path"): ({}, "bright-painter.onnx"),
          **{("paint", f"style_image{number}"): ({}, "paper.png")
             for number in ("", "_2", "_3", "_4")}}
"""For every parameter that names a file: what it goes with, and the file `write_asset` writes."""


@cache
def network(**what: Any) -> Path:
    """A network with its card, made once and kept as long as the tests run."""
    folder = _MADE / str(len(list(_MADE.iterdir())))
    folder.mkdir()
    path = Network(**what).write(folder / "style.onnx")
    says = inspect(path).conventions
    path.with_suffix(".json").write_text(f'{{"conventions": {says.model_dump_json()}}}')
    return path


@cache
def paint_network() -> Path:
    """One that paints, kept as long as the tests run."""
    return _paint_network(_MADE / "painter.onnx")


@cache
def painting(name: str) -> Path:
    """A picture of that name, unlike others."""
    chance = np.random.default_rng(len(name) + ord(name[0]))
    blocks = chance.integers(0, 256, (6, 8, 3), dtype=np.uint8)
    blocks[..., ord(name[0]) % 3] //= 3
    path = _MADE / name
    path.write_bytes(cv2.imencode(".png", cv2.resize(blocks, (96, 72)))[1].tobytes())
    return path


def two_paintings(number: str, other: str) -> dict[str, Any]:
    return {f"style_image{number}": painting("one.png"), f"style_image{other}": painting("two.png")}


def _paint_network(path: Path, seed: float = 0.0) -> Path:
    path.write_bytes(painter(seed).SerializeToString())
    return path


_MADE = Path(tempfile.mkdtemp(prefix="networks-"))
atexit.register(shutil.rmtree, _MADE, ignore_errors=True)

NEEDS: Mapping[str, Callable[[], dict[str, Any]]] = {
    "neural": lambda: {"model_path": network()},
    "neural:statistics": lambda: {"model_path": network(statistics=True)},
    "paint": lambda: {"model_path": paint_network()},
}
"""What a look cannot be made without."""

COMPANY: Mapping[tuple[str, str], Callable[[], dict[str, Any]]] = {
    # Tiles show only where a network sees farther than they reach.
    ("neural", "tile_size"): lambda: {"model_path": network(spread=50)},
    ("neural", "overlap"): lambda: {"model_path": network(spread=50), "tile_size": 128},
    # Weights tell only between two paintings.
    **{("paint", f"weight{number}"): partial(two_paintings, number, other)
       for number, other in (("", "_2"), ("_2", ""), ("_3", ""), ("_4", "_3"))},
}
"""Parameters that only show in the company of others."""


def made(name: str, **values: Any) -> Stylizer[Any]:
    """The look with these parameters and what it needs."""
    given = NEEDS.get(name, dict)() | {key: value for key, value in values.items()
                                       if value is not None}
    return STYLES[name.partition(":")[0]](**given)


def looks(stack: str) -> list[Stylizer[Any]]:
    return [made(name) for name in stack.split("+")]


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
    if "painter" in name:
        return _paint_network(path, 0.25)
    if path.suffix == ".onnx":
        return Network(seed=5, blurs=4).write(path)
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
