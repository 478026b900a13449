"""The command gallery at work: looks drawn, put on sheets, written."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from core import durable
from core.errors import ModelError
from core.presets import plain, presets
from core.recipe import Layer
from core.render.stack import look_of
from scripts.bench.drawing import Artist, frames_of
from scripts.failures import DONE
from scripts.gallery import SHOWN
from scripts.gallery.sheet import Row, busiest, detail, sheet, whole
from scripts.report import print_json
from scripts.stills import stills
from scripts.targets import OUTPUTS, made
from scripts.terminal import Step, note, progress_shown, say
from stylizers import STYLES, style
from stylizers.composite import mix, recolor

LEFT_OUT = ("identity",)
OVERVIEW = "looks"
"""Name of the sheet with every look on it."""
LARGEST = 210_000
"""Bytes of one sheet, so that all of them stay within one and a half megabytes."""
FACE = (610, 335)
"""Left and top of what is shown in full size of the sample clip's middle picture."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A look as it is by itself, or as one of its presets has it."""

    name: str
    about: str
    layer: Layer

    def drawn(self, image: np.ndarray) -> np.ndarray:
        """The picture by itself, in full detail, as a render delivers it."""
        look = look_of(self.layer)
        artist = Artist(look.stylizer, None)
        [known] = artist.analyzed(frames_of([image]))
        picture = artist.draw(*known)
        if look.keep_colors:
            picture = recolor(picture, image)
        return mix(image, picture, look.strength)


def draw_gallery(args: argparse.Namespace) -> int:
    named = [style(name.strip()).name for name in args.style.split(",")] if args.style else [
        name for name in STYLES if name not in LEFT_OUT]
    pictures = [_eight_bits(picture) for picture in stills(args.input, 3)]
    folder = args.out or (SHOWN if args.input is None else OUTPUTS / "gallery")
    corner = FACE if args.input is None else busiest(pictures[1])
    variants = _variants(named, skip=args.style is None)
    total = sum(map(len, variants.values()))
    written = []
    with made(folder), progress_shown("Drawing the gallery") as advance:
        steps = _Steps(total, advance)
        first = [Row("source", "The clip as it is.", [whole(picture) for picture in pictures])]
        for name, kinds in variants.items():
            rows = [steps.done(_row(kind, pictures, corner)) for kind in kinds]
            written.append(_write(folder / f"{name}.jpg", sheet(rows)))
            first.append(Row(name, kinds[0].about,
                             [whole(kinds[0].drawn(picture)) for picture in pictures]))
        if len(variants) > 1:
            written.append(_write(folder / f"{OVERVIEW}.jpg", sheet(first)))
    if args.json:
        print_json({"sheets": [{"path": str(path), "bytes": path.stat().st_size}
                               for path in written]})
    else:
        for path in written:
            say(f"{path}  {path.stat().st_size / 1000:.0f} kB")
    return DONE


def _variants(named: Sequence[str], *, skip: bool) -> dict[str, list[Variant]]:
    """By look; with `skip` one whose model is not installed is left out, and that is said."""
    found = {}
    for name in named:
        try:
            found[name] = list(variants_of(name))
            for variant in found[name]:
                look_of(variant.layer)
        except ModelError as error:
            if not skip:
                raise
            found.pop(name, None)
            note(f"{name} is left out: {error}")
    return found


def variants_of(name: str) -> Iterator[Variant]:
    """The look with its defaults, then each preset."""
    yield Variant(name, style(name).summary, Layer.model_validate(plain(name)))
    for found in presets(name).values():
        yield Variant(f"{name}:{found.name}", found.about, Layer.model_validate(found.layer))


def _row(variant: Variant, pictures: Sequence[np.ndarray], corner: tuple[int, int]) -> Row:
    """A whole picture, the part of it from `corner` on in full size, and another whole."""
    other, middle, _ = pictures
    drawn = variant.drawn(middle)
    return Row(variant.name, variant.about,
               (whole(drawn), detail(drawn, corner), whole(variant.drawn(other))))


def _eight_bits(picture: np.ndarray) -> np.ndarray:
    return (picture >> 8).astype(np.uint8) if picture.dtype == np.uint16 else picture


def _write(path: Path, picture: np.ndarray) -> Path:
    """As a JPEG of the best quality that stays within LARGEST bytes."""
    bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    for quality in range(90, 20, -5):
        _, encoded = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality,
                                                cv2.IMWRITE_JPEG_PROGRESSIVE, 1,
                                                cv2.IMWRITE_JPEG_OPTIMIZE, 1])
        if len(encoded) <= LARGEST:
            break
    durable.write(path, encoded.tobytes())
    return path


@dataclass(slots=True)
class _Steps:
    total: int
    advance: Callable[[Step], None]
    count: int = 0

    def done(self, row: Row) -> Row:
        self.count += 1
        self.advance(Step("draw", self.count, self.total, unit="looks"))
        return row
