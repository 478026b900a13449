"""Studio: pictures of sources, drawn as drafts say, ready for the browser."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.footage import stamped
from app.media import PictureStore
from core.io import VideoMetadata, orientation
from core.recipe import Recipe
from core.render.detail import reduced
from core.render.stack import Stack
from core.viewing import PREVIEW, FrameStrip, displayed, draw, upright
from stylizers.frame import Frame

THUMBNAIL = 180
"""Short side of a look's card, in pixels."""
POSTERS = 8
"""Stretches of a video that cards have pictures of their own for."""
ACTUAL = None
"""In place of a short side: pictures as large as they are."""
_OPEN = 4
"""Sources that are kept open, each size apart."""
_LARGE = 64 * 2**20
"""Bytes of decoded pictures at full size that are kept of a source."""
_STACKS = 24


@dataclass(frozen=True, slots=True)
class Seen:
    """A picture for the browser, and how long drawing took in milliseconds."""

    address: str
    width: int
    height: int
    milliseconds: float = 0.0


class Studio:
    """Draws for all pages of this process. Safe for several threads."""

    def __init__(self, pictures: PictureStore) -> None:
        self._pictures = pictures
        self._strips: OrderedDict[tuple[Path, int | None, int, int], FrameStrip] = OrderedDict()
        self._stacks: OrderedDict[str, tuple[Stack, threading.Lock]] = OrderedDict()
        self._lock = threading.Lock()

    def strip(self, path: Path, side: int | None = PREVIEW) -> FrameStrip:
        """The open source; InputError where it is none, or no longer there."""
        with self._lock:
            key = (path, side, *stamped(path))
            found = self._strips.get(key)
            if found is None:
                found = self._strips[key] = (FrameStrip(path, side, _LARGE) if side is ACTUAL
                                             else FrameStrip(path, side))
            self._strips.move_to_end(key)
            given_up = [self._strips.popitem(last=False)[1]
                        for _ in range(len(self._strips) - _OPEN)]
        for old in given_up:
            old.close()
        return found

    def close(self) -> None:
        """Let go of the sources."""
        with self._lock:
            strips = list(self._strips.values())
            self._strips.clear()
        for strip in strips:
            strip.close()

    def source(self, path: Path, number: int, side: int | None = PREVIEW) -> Seen:
        """A picture of the source as it is, with a short side of at most `side`, or ACTUAL."""
        strip, frame = self._frame(path, number, side)
        return self._shown(frame.image, strip.metadata, side=side)

    def styled(self, path: Path, number: int, recipe: Recipe, side: int | None = PREVIEW) -> Seen:
        """The same picture drawn. Raises BrushreelError where the look cannot be drawn."""
        strip, frame = self._frame(path, number, side)
        begun = time.perf_counter()
        stack, turn = self._stack(recipe)
        with turn:
            picture = draw(frame, stack, strip.metadata.start,
                           orientation.display_matrix(strip.metadata), recipe.quality.detail)
            stack.close()
        spent = (time.perf_counter() - begun) * 1000
        return self._shown(picture, strip.metadata, spent, side)

    def small(self, path: Path, number: int, recipe: Recipe) -> Seen:
        """A drawing of card size of a picture near that number, for who does not stay there."""
        strip = self.strip(path)
        frame = reduced(strip.glance(poster(number, len(strip))), THUMBNAIL)
        stack = Stack.of(recipe)
        picture = draw(frame, stack, strip.metadata.start,
                       orientation.display_matrix(strip.metadata))
        stack.close()
        return self._shown(picture, strip.metadata)

    def _frame(self, path: Path, number: int, side: int | None) -> tuple[FrameStrip, Frame]:
        """Large pictures are too many to decode those around them as well."""
        strip = self.strip(path, side)
        return strip, strip.glance(number) if side is ACTUAL else strip.frame(number)

    def _stack(self, recipe: Recipe) -> tuple[Stack, threading.Lock]:
        """Looks ready to draw, kept because some lay paper or load networks first."""
        key = recipe.model_dump_json(include={"layers", "preset"})
        with self._lock:
            if key not in self._stacks:
                self._stacks[key] = (Stack.of(recipe), threading.Lock())
            self._stacks.move_to_end(key)
            while len(self._stacks) > _STACKS:
                self._stacks.popitem(last=False)
            return self._stacks[key]

    def _shown(self, picture: np.ndarray, source: VideoMetadata, spent: float = 0.0,
               side: int | None = PREVIEW) -> Seen:
        eight = upright(displayed(picture, source.tags), source)
        height, width = eight.shape[:2]
        encoded = jpeg(eight, 98 if side is ACTUAL else 92)
        return Seen(self._pictures.put(encoded), width, height, spent)


def poster(number: int, length: int) -> int:
    """The middle of the stretch a picture lies in, so that a step draws no card anew."""
    stretch = max(length // POSTERS, 1)
    return min(number // stretch * stretch + stretch // 2, length - 1)


def jpeg(picture: np.ndarray, quality: int) -> bytes:
    """RGB (H, W, 3) uint8, colors at full resolution so that they can be judged."""
    import cv2

    _, data = cv2.imencode(".jpg", cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2BGR), [
        cv2.IMWRITE_JPEG_QUALITY, quality,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444])
    return data.tobytes()
