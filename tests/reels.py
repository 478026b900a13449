"""Sources and looks that chunking, resuming and joining are tried on."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

import stylizers
from core.pipeline import Pipeline
from core.progress import RenderResult
from core.recipe import Recipe
from stylizers.base import Analysis, StyleParams, Stylizer
from stylizers.frame import Frame
from tests.clips import Film, Paint, Sound, hashes, payloads, times_of
from tests.stylizers.stack import NEEDS

RATE = 10
SECONDS = 6
CUTS = (10, 27, 44)
"""The first is where a chunk of a second begins; the others lie inside chunks."""


def shots(*cuts: int) -> Paint:
    """Half of the picture moves and half stands still in faint noise; cuts change it all."""
    def paint(number: int, shape: tuple[int, int], bits: int) -> np.ndarray:
        shot = bisect_right(cuts, number)
        rows, columns = np.indices(shape)
        moves = columns >= shape[1] // 2
        wave = 30 * np.sin((columns * (1 + shot % 3) + 2 * number * moves) / shape[1] * 6)
        wave += 10 * np.cos(rows / 5 + shot)
        grain = np.random.default_rng((number, *shape)).integers(-3, 4, shape)
        grain = np.where(moves, grain, np.sign(grain) * (np.abs(grain) == 3))
        level = (70, 180, 110, 200)[shot % 4]
        return (np.clip(level + wave + grain, 16, 235).astype(np.int64)) << (bits - 8)
    return paint


FLASHES = (29, 30, 31, 60, 89, 100, 101, 102, 120, 160, 162, 164)
"""Over a border of chunks of a second, first and last in one, in a row, and as a strobe."""
FLASH_CUTS = (75, 140, 178)
"""The last is a flash that is not over when the film is."""


def lit(paint: Paint, *places: int) -> Paint:
    """The same, but white at some places, or black where it is bright itself."""
    def lit_paint(number: int, shape: tuple[int, int], bits: int) -> np.ndarray:
        codes = paint(number, shape, bits)
        if number not in places:
            return codes
        return np.full(shape, (16 if codes.mean() > 128 << (bits - 8) else 235) << (bits - 8))
    return lit_paint


def _x264(words: str, **options: str) -> dict[str, str]:
    return {"preset": "veryfast", "qp": "4",
            "x264-params": f"scenecut=0:threads=1:log-level=-1:{words}", **options}


_UNEVEN = np.cumsum([(1, 3, 2, 1, 8, 2)[n % 6] for n in range(RATE * SECONDS)]) * 20

FILMS: dict[str, tuple[str, Film]] = {
    "b-frames": ("b.mp4", Film(codec="libx264", options=_x264("keyint=5:bframes=3"))),
    "open gop": ("open.mp4", Film(codec="libx264", options=_x264(
        "open-gop=1:keyint=8:min-keyint=8:bframes=3:b-adapt=0:b-pyramid=normal"))),
    "x265 open gop": ("open.mkv", Film(codec="libx265", options={"preset": "ultrafast", "crf": "18",
        "x265-params": "open-gop=1:keyint=8:min-keyint=8:bframes=3:b-adapt=0:scenecut=0:"
                       "pools=1:frame-threads=1:log-level=none"})),
    "vfr": ("vfr.mp4", Film(codec="libx264", options=_x264("keyint=6:bframes=2"),
                            time_base=Fraction(1, 600), pts=_UNEVEN.tolist())),
    "vfr mkv": ("vfr.mkv", Film(codec="libx264", options=_x264("keyint=6:bframes=2"),
                                time_base=Fraction(1, 1000), pts=_UNEVEN.tolist())),
    "mpeg-ts": ("b.ts", Film(codec="libx264", options=_x264("keyint=7:bframes=2"))),
    "mpeg-2": ("m2.ts", Film(codec="mpeg2video", time_base=Fraction(1, 25),
                             options={"g": "12", "bf": "2", "b": "900000"})),
    "intra": ("intra.mkv", Film(codec="ffv1")),
    "deep": ("deep.mkv", Film("yuv420p10le", codec="ffv1")),
    "refresh": ("refresh.mp4", Film(codec="libx264", options=_x264(
        "intra-refresh=1:keyint=10:bframes=0"))),
    "vp9": ("alt.webm", Film(codec="libvpx-vp9", options={
        "g": "12", "deadline": "good", "cpu-used": "5", "crf": "20", "b": "0",
        "auto-alt-ref": "1", "lag-in-frames": "10"})),
    "long gop": ("long.mp4", Film(codec="libx264", options=_x264("keyint=999:bframes=2"),
                                  time_base=Fraction(1), frames=280)),
    "flashes": ("flashes.mp4", Film(
        codec="libx264", options=_x264("keyint=10:bframes=2"), time_base=Fraction(1, 30),
        frames=180, paint=lit(shots(*FLASH_CUTS[:2]), *FLASHES, 178, 179))),
}
"""By name: the file, and what is in it. Where nothing is said, six seconds at ten a second."""
FEW = ("open gop", "vfr", "mpeg-ts", "vp9", "flashes")
"""Those that stand for the others where minutes count."""


def source(name: str, folder: Path) -> Path:
    """The file of that name in `folder`, made if it is not there."""
    file, film = FILMS[name]
    if (folder / file).is_file():
        return folder / file
    base = film.time_base if film.time_base != Film.time_base else Fraction(1, RATE)
    count = film.frames if film.frames != Film.frames else RATE * SECONDS
    sounds = (Sound(seconds=SECONDS, clicks=(0.5, 3.1)),) if file == "b.mp4" else ()
    paint = shots(*CUTS) if film.paint is Film.paint else film.paint
    return dataclasses.replace(film, time_base=base, frames=count, sounds=sounds,
                               paint=paint).write(folder / file)


class AfterglowParams(StyleParams):
    """No parameters."""


@dataclass(frozen=True, slots=True)
class Glow(Analysis):
    mean: np.ndarray
    seen: int


class Afterglow(Stylizer[AfterglowParams]):
    """Fades every shot in from its own past, and prints the number of shot and frame."""

    name = "afterglow"
    summary = "For tests: depends on every frame of the shot so far."
    revision = 1
    Params = AfterglowParams
    Analysis = Glow
    stateful = True

    def analyze(self, frame: Frame, previous: Glow | None) -> Glow:
        image = frame.image.astype(np.float32)
        if previous is None:
            return Glow(image, 1)
        return Glow(previous.mean + (image - previous.mean) * np.float32(0.2), previous.seen + 1)

    def render(self, frame: Frame, analysis: Glow) -> np.ndarray:
        picture = np.rint(analysis.mean).astype(frame.image.dtype)
        for place, value in enumerate((frame.shot, frame.index, analysis.seen)):
            picture[:8, 8 * place:8 * place + 8] = 30 + value * 3 % 200
        return picture


class Numbers(Stylizer[AfterglowParams]):
    """Prints the number of the shot, of the frame, and whether it is lit; at last the number of the
    frame once more, and a part of the picture drawn from. Keeps nothing."""

    name = "numbers"
    summary = "For tests: depends on where a frame stands."
    revision = 1
    Params = AfterglowParams

    def render(self, frame: Frame, analysis: Analysis) -> np.ndarray:  # noqa: ARG002
        picture = frame.image.copy()
        code = np.iinfo(picture.dtype).max // 255
        picture[:8, :8] = code * (30 + frame.shot * 40)
        picture[:8, 8:16] = code * (30 + frame.index * 3 % 200)
        picture[:8, 16:24] = 230 if frame.flash else 30
        return picture

    def finish(self, frame: Frame, picture: np.ndarray, analysis: Analysis  # noqa: ARG002
               ) -> np.ndarray:
        picture = picture.copy()
        picture[:8, 24:32] = 30 + frame.index * 3 % 200
        picture[:8, 32:] = frame.image[:8, 32:]
        return picture


@contextmanager
def extra_looks() -> Iterator[None]:
    """The looks above among the others, for as long as this lasts."""
    table = stylizers.STYLES
    stylizers.STYLES = MappingProxyType({**table, "afterglow": Afterglow, "numbers": Numbers})
    try:
        yield
    finally:
        stylizers.STYLES = table


LOOKS: dict[str, tuple[list[dict[str, Any]], str]] = {
    "identity": ([{"style": "identity"}], "off"),
    "pencil": ([{"style": "pencil"}], "off"),
    "pencil, steady": ([{"style": "pencil"}], "ema"),
    "pencil, along motion": ([{"style": "pencil"}], "flow"),
    "textured": ([{"style": "pencil", "params": {"use_texture": True}}], "ema"),
    "half": ([{"style": "pencil", "strength": 0.5, "keep_colors": True}], "ema"),
    "stack": ([{"style": "identity"}, {"style": "pencil", "strength": 0.7}], "ema"),
    "masked": ([{"style": "pencil", "mask": "mask.mkv"}], "ema"),
    "afterglow": ([{"style": "afterglow"}], "off"),
    "afterglow, steady": ([{"style": "pencil", "strength": 0.5}, {"style": "afterglow"}], "ema"),
    "numbers": ([{"style": "numbers"}], "off"),
}
"""By name: the layers, and the temporal mode. The mask is made beside the source."""
HOLDS = {"numbers, on twos": 2, "afterglow, on threes": 3, "half, on twos": 2,
         "masked, on threes": 3, "stack, on twos": 2}
"""Those of them that do not draw every frame."""
LOOKS |= {
    "numbers, on twos": LOOKS["numbers"],
    "afterglow, on threes": LOOKS["afterglow, steady"],
    "half, on twos": LOOKS["half"],
    "masked, on threes": ([{"style": "pencil", "mask": "mask.mkv", "keep_colors": True}], "off"),
    "stack, on twos": LOOKS["stack"],
}


EVERY_LOOK: dict[str, tuple[list[dict[str, Any]], str]] = {
    f"{stack}, {mode}": ([{"style": style} for style in stack.split("+")], mode)
    for stack in (*stylizers.STYLES, "ink+cartoon", "oil+comic+cinematic") if stack != "identity"
    for mode in ("off", "ema", "flow")}
"""Every look there is, and stacks of those that carry the most along, however steadied."""


def recipe(look: str, folder: Path, codec: str = "ffv1") -> Recipe:
    layers, mode = (LOOKS | EVERY_LOOK)[look]
    placed = []
    for layer in layers:
        if "mask" in layer:
            mask = folder / layer["mask"]
            if not mask.is_file():
                Film(frames=RATE * SECONDS, time_base=Fraction(1, RATE), pixel_format="gray",
                     size=(32, 24), paint=shots(15, 30)).write(mask)
            layer = {**layer, "mask": str(mask)}
        if layer["style"] in NEEDS:
            layer = {**layer, "params": NEEDS[layer["style"]]()}
        placed.append(layer)
    return Recipe.build({"layers": placed, "temporal": {"mode": mode}, "output": {"codec": codec},
                         "preset": "speed", "hold": HOLDS.get(look, 1)})


def pipeline(path: Path, target: Path, look: str, *, codec: str = "ffv1", chunk: float | None = 1,
             **options: Any) -> Pipeline:
    return Pipeline(path, target, recipe=recipe(look, path.parent, codec), chunk_duration=chunk,
                    **options)


def render(path: Path, target: Path, look: str, **options: Any) -> RenderResult:
    return pipeline(path, target, look, **options).process()


def shown(path: Path) -> list[tuple[str, Any]]:
    """Every decoded picture by a hash of its samples, with its time."""
    return list(zip(hashes(path), times_of(path), strict=True))


def packets(path: Path) -> list[str]:
    """Every packet of the picture by a hash of what it holds, in the order of the file."""
    return payloads(path, 0)


def file_hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def entries(target: Path) -> dict[int, dict[str, Any]]:
    """The ledger of the unfinished work for an output."""
    found = target.with_name(target.name + ".render").glob("*/chunk-*.json")
    return {int(path.stem.removeprefix("chunk-")): json.loads(path.read_text()) for path in found}


def job_folder(target: Path) -> Path:
    """Where the unfinished work for an output lies; there must be one."""
    folder, = (path for path in target.with_name(target.name + ".render").iterdir()
               if path.is_dir())
    return folder
