"""Studio: pictures of sources, drawn as drafts say, ready for the browser."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.media import PictureStore
from core.errors import BrushreelError
from core.io import VideoMetadata, orientation
from core.recipe import Recipe
from core.render.detail import reduced
from core.render.stack import Stack
from core.viewing import FrameStrip, displayed, draw, upright

THUMBNAIL = 180
"""Short side of a look's card, in pixels."""
POSTERS = 8
"""Stretches of a video that cards have pictures of their own for."""
_OPEN = 3
"""Sources that are kept open."""
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
        self._strips: OrderedDict[tuple[Path, int, int], FrameStrip] = OrderedDict()
        self._stacks: OrderedDict[str, tuple[Stack, threading.Lock]] = OrderedDict()
        self._cards: OrderedDict[tuple[object, ...], Future[str]] = OrderedDict()
        self._lock = threading.Lock()
        self._ready = 0
        self._press = ThreadPoolExecutor(1, "thumbnails")

    @property
    def ready(self) -> int:
        """How many cards were drawn so far."""
        return self._ready

    @property
    def busy(self) -> bool:
        """Whether cards are being drawn."""
        with self._lock:
            return any(not work.done() for work in self._cards.values())

    def strip(self, path: Path) -> FrameStrip:
        """The open source; InputError where it is none, or no longer there."""
        with self._lock:
            key = (path, *_stamp(path))
            found = self._strips.get(key)
            if found is None:
                found = self._strips[key] = FrameStrip(path)
            self._strips.move_to_end(key)
            given_up = [self._strips.popitem(last=False)[1]
                        for _ in range(len(self._strips) - _OPEN)]
        for old in given_up:
            old.close()
        return found

    def close(self) -> None:
        """Let go of the sources; what is being drawn is finished first."""
        self._press.shutdown(wait=True, cancel_futures=True)
        with self._lock:
            strips = list(self._strips.values())
            self._strips.clear()
        for strip in strips:
            strip.close()

    def source(self, path: Path, number: int) -> Seen:
        """A picture of the source as it is."""
        strip = self.strip(path)
        return self._shown(strip.frame(number).image, strip.metadata)

    def styled(self, path: Path, number: int, recipe: Recipe) -> Seen:
        """The same picture drawn. Raises BrushreelError where the look cannot be drawn."""
        strip = self.strip(path)
        frame = strip.frame(number)
        begun = time.perf_counter()
        stack, turn = self._stack(recipe)
        with turn:
            picture = draw(frame, stack, strip.metadata.start,
                           orientation.display_matrix(strip.metadata))
            stack.close()
        spent = (time.perf_counter() - begun) * 1000
        return self._shown(picture, strip.metadata, spent)

    def card(self, path: Path, number: int, recipe: Recipe) -> str | None:
        """The address of a small drawing, or None while it is being made; "" where it fails.

        It shows a picture near the one of that number, so that a step along the video does not
        draw all of them anew; what nobody looks at any more is not begun.
        """
        number = self._poster(path, number)
        at = (path, _stamp(path), number)
        key = (*at, recipe.model_dump_json(include={"layers", "preset"}))
        with self._lock:
            work = self._cards.get(key)
            if work is None or work.cancelled():
                for other, waiting in self._cards.items():
                    if other[:3] != at:
                        waiting.cancel()
                work = self._cards[key] = self._press.submit(self._small, path, number, recipe)
            self._cards.move_to_end(key)
            while len(self._cards) > 400:
                self._cards.popitem(last=False)[1].cancel()
        return work.result() if work.done() and not work.cancelled() else None

    def _poster(self, path: Path, number: int) -> int:
        """The middle of the stretch that picture lies in."""
        length = len(self.strip(path))
        stretch = max(length // POSTERS, 1)
        return min(number // stretch * stretch + stretch // 2, length - 1)

    def _small(self, path: Path, number: int, recipe: Recipe) -> str:
        try:
            strip = self.strip(path)
            frame = reduced(strip.frame(number), THUMBNAIL)
            stack = Stack.of(recipe)
            picture = draw(frame, stack, strip.metadata.start,
                           orientation.display_matrix(strip.metadata))
            stack.close()
        except BrushreelError:
            return ""  # said in full once the look is chosen
        finally:
            self._ready += 1  # by this one thread alone
        return self._shown(picture, strip.metadata).address

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

    def _shown(self, picture: np.ndarray, source: VideoMetadata, spent: float = 0.0) -> Seen:
        eight = upright(displayed(picture, source.tags), source)
        height, width = eight.shape[:2]
        return Seen(self._pictures.put(jpeg(eight)), width, height, spent)


def jpeg(picture: np.ndarray, quality: int = 92) -> bytes:
    """RGB (H, W, 3) uint8, colors at full resolution so that they can be judged."""
    import cv2

    _, data = cv2.imencode(".jpg", cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2BGR), [
        cv2.IMWRITE_JPEG_QUALITY, quality,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444])
    return data.tobytes()


def _stamp(path: Path) -> tuple[int, int]:
    """What changes when the file does; zeros where it is gone, which opening it then says."""
    try:
        status = path.stat()
    except OSError:
        return 0, 0
    return status.st_size, status.st_mtime_ns
