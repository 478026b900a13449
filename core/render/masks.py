"""Masks: where a layer shows, from a still or a video."""

from __future__ import annotations

from collections.abc import Generator
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from core.edge import edge
from core.errors import BrushreelError, UnreadableImage
from core.io import VideoReader
from core.io.orientation import DisplayMatrix, as_stored, display_matrix, upright
from core.io.picture import Picture
from core.io.still import read_still

_LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)  # BT.709, on whatever the mask's RGB is


class Mask:
    """White is styled, as far as it is opaque; a video plays along and holds its last picture.

    Raises UnreadableImage at the first use where the file is neither a still nor a video.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._still: np.ndarray | None = None
        self._moving: Generator[tuple[Fraction, np.ndarray], None, None] | None = None
        self._now: np.ndarray | None = None
        self._next: tuple[Fraction, np.ndarray] | None = None
        self._clock: Fraction | None = None

    def at(self, time: Fraction, width: int, height: int,
           matrix: DisplayMatrix | None = None) -> np.ndarray:
        """The mask `time` seconds after the source begins, (H, W) float32 in 0..1.

        It is painted upright, over the picture as it is shown; `matrix` tells how that is turned.
        """
        with edge(self.path):
            picture = np.ascontiguousarray(as_stored(self._picture(time), matrix))
        if picture.shape == (height, width):
            return picture
        shrinks = picture.shape[0] > height
        return cv2.resize(picture, (width, height),
                          interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)

    def _picture(self, time: Fraction) -> np.ndarray:
        if self._still is None and self._moving is None:
            self._still = _read_still(self.path)
        if self._still is not None:
            return self._still
        if self._moving is None or self._clock is None or time < self._clock:
            self.close()
            self._moving = _read_video(self.path)
            self._next = next(self._moving, None)
        self._clock = time
        while self._next is not None and (self._now is None or self._next[0] <= time):
            self._now = self._next[1]
            self._next = next(self._moving, None)
        if self._now is None:
            raise UnreadableImage(f"The mask {self.path.name} shows nothing.",
                                  "Give a picture or a video.")
        return self._now

    def close(self) -> None:
        """Let go of the file; `at` opens it again."""
        if self._moving is not None:
            self._moving.close()
        self._moving = self._now = self._next = self._clock = None


def _read_still(path: Path) -> np.ndarray | None:
    try:
        data = np.frombuffer(path.read_bytes(), np.uint8)  # imread cannot open every Windows path
    except OSError as error:
        raise UnreadableImage(f"The mask {path} cannot be read.", "Check the path.") from error
    stored = _decoded(data, cv2.IMREAD_UNCHANGED)
    if stored is None:
        return _read_rare_still(path)
    alpha = stored[..., 3] if stored.ndim == 3 and stored.shape[2] == 4 else None
    if stored.dtype.kind == "f":
        light = stored if stored.ndim == 2 else stored[..., 2::-1] @ _LUMA.astype(stored.dtype)
    else:  # with alpha as it is stored, as that is never turned
        turned = 0 if alpha is None else cv2.IMREAD_IGNORE_ORIENTATION
        light = _decoded(data, cv2.IMREAD_GRAYSCALE | cv2.IMREAD_ANYDEPTH | turned)
    if light is None:
        return None
    return _unit(light) if alpha is None else _unit(light) * _unit(alpha)


def _decoded(data: np.ndarray, flags: int) -> np.ndarray | None:
    try:
        return cv2.imdecode(data, flags) if len(data) else None
    except cv2.error:
        return None


def _read_rare_still(path: Path) -> np.ndarray | None:
    """What only FFmpeg reads, OpenEXR above all."""
    try:
        found = read_still(path)
    except BrushreelError:
        return None
    return None if found is None else _light(*found)


def _unit(values: np.ndarray) -> np.ndarray:
    """Codes, or floats as they are, as float32 in 0..1."""
    top = 1.0 if values.dtype.kind == "f" else float(np.iinfo(values.dtype).max)
    known = np.nan_to_num(values.astype(np.float32) / np.float32(top), nan=0.0)
    return np.clip(known, np.float32(0), np.float32(1))


def _light(image: np.ndarray, picture: Picture) -> np.ndarray:
    """Luma of R'G'B' (H, W, 3), less where the picture is transparent."""
    light = image @ (_LUMA / np.float32(np.iinfo(image.dtype).max))
    if picture.layout.has_alpha:
        light = light * (picture.planes[-1] / np.float32(picture.layout.max_code))
    return light


def _read_video(path: Path) -> Generator[tuple[Fraction, np.ndarray], None, None]:
    try:
        with VideoReader(path) as reader:
            info = reader.metadata
            matrix = display_matrix(info)
            for timed in reader.pictures():
                shown = upright(_light(reader.image(timed), timed.picture), matrix)
                yield timed.pts * info.time_base - info.start, shown
    except BrushreelError as error:
        raise UnreadableImage(f"The mask {path.name} is neither a picture nor a video.",
                              "Give a PNG or JPEG, or a video.") from error
