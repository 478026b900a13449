"""What is remembered of decoded frames: when they are shown, what they hold, how they are tagged.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import av
import cv2
import numpy as np

from core.color import ColorTags
from core.io.picture import Picture
from core.io.sidedata import side_data_of

THUMB = (24, 14)
"""Width and height of the small gray picture that is kept of each frame."""


@dataclass(frozen=True, slots=True)
class Form:
    """How a frame is stored and tagged."""

    width: int
    height: int
    pixel_format: str
    tags: ColorTags
    interlaced: bool

    @property
    def parts(self) -> tuple[av.video.format.VideoFormatComponent, ...]:
        return av.VideoFormat(self.pixel_format).components

    @property
    def bits(self) -> int:
        palette = av.VideoFormat(self.pixel_format).has_palette
        return 8 if palette else max(part.bits for part in self.parts)

    @property
    def has_alpha(self) -> bool:
        palette = av.VideoFormat(self.pixel_format).has_palette
        return palette or any(part.is_alpha for part in self.parts)

    @property
    def is_rgb(self) -> bool:
        known = av.VideoFormat(self.pixel_format)
        return known.is_rgb or known.has_palette

    @property
    def chroma(self) -> str:
        """How chroma is sampled, empty for RGB and gray."""
        known = av.VideoFormat(self.pixel_format)
        if self.is_rgb or len([part for part in self.parts if not part.is_alpha]) < 3:
            return ""
        across, down = 64 // known.chroma_width(64), 64 // known.chroma_height(64)
        return {(1, 1): "4:4:4", (2, 1): "4:2:2", (2, 2): "4:2:0"}.get(
            (across, down), f"{across}x{down}")


@dataclass(frozen=True, slots=True)
class Frames:
    """Decoded frames in the order they are shown, as arrays of one length.

    `pts` and `durations` count ticks of `time_base`; `mended` is how many times were missing or
    out of order. `changes` are mean absolute differences to the frame before, 0..1 of full scale;
    `thumbs` are codes 0..255 of full range. `forms` come with how many frames have them.
    """

    time_base: Fraction
    pts: np.ndarray
    durations: np.ndarray
    digests: np.ndarray
    thumbs: np.ndarray
    changes: np.ndarray
    keys: np.ndarray
    forms: Mapping[Form, int]
    mended: int
    corrupt: int
    matrix: tuple[int, ...] | None
    mastering: tuple[Fraction, ...]
    light_level: tuple[Fraction, ...]
    extras: frozenset[str]

    def __len__(self) -> int:
        return len(self.pts)

    def times(self) -> np.ndarray:
        """In seconds."""
        return self.pts * float(self.time_base)

    @property
    def form(self) -> Form:
        """The first frame's."""
        return next(iter(self.forms))


class FrameFacts:
    """Takes frames as the decoder gives them."""

    def __init__(self) -> None:
        self._pts: list[int | None] = []
        self._dts: list[int | None] = []
        self._durations: list[int] = []
        self._digests: list[int] = []
        self._thumbs: list[np.ndarray] = []
        self._changes: list[float] = []
        self._keys: list[bool] = []
        self._forms: dict[Form, int] = {}
        self._corrupt = 0
        self._side_data: dict[str, bytes] = {}
        self._before: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self._pts)

    def add(self, frame: av.VideoFrame) -> None:
        form = _form(frame)
        self._forms[form] = self._forms.get(form, 0) + 1
        self._pts.append(frame.pts)
        self._dts.append(frame.dts)
        self._durations.append(frame.duration)
        self._keys.append(bool(frame.key_frame))
        self._corrupt += bool(frame.is_corrupt)
        self._side_data = side_data_of(frame) | self._side_data
        planes = Picture.of(frame).planes
        self._digests.append(_digest(planes))
        self._thumbs.append(_thumb(planes, form))
        luma = planes[1 if form.is_rgb and len(planes) > 2 else 0]
        self._changes.append(_change(self._before, luma))
        self._before = luma.copy()

    def frames(self, time_base: Fraction, usual: int) -> Frames:
        pts, mended = settled(self._pts, self._dts, usual)
        return Frames(
            time_base, pts, np.array(self._durations, np.int64),
            np.array(self._digests, np.int64),
            np.array(self._thumbs, np.uint8).reshape(-1, THUMB[1], THUMB[0]),
            np.array(self._changes), np.array(self._keys, bool), self._forms, mended,
            self._corrupt, _matrix(self._side_data), _mastering(self._side_data),
            _light_level(self._side_data), frozenset(self._side_data))


def settled(pts: Sequence[int | None], dts: Sequence[int | None], usual: int
            ) -> tuple[np.ndarray, int]:
    """Increasing times for frames in the order they are shown, and how many had to be changed.

    Where the times of showing go back more often than those of decoding, the latter are the better
    guess (FFmpeg's best_effort_timestamp).
    """
    given = dts if _steps_back(pts) > _steps_back(dts) else pts
    known: list[int] = []
    for time in given:
        known.append(time if time is not None else known[-1] + usual if known else 0)
    times = np.sort(np.array(known, np.int64))
    for place in np.flatnonzero(np.diff(times) <= 0) + 1:
        times[place] = max(times[place], times[place - 1] + 1)
    missing = sum(time is None for time in given)
    return times, max(missing, int((times != np.array(known, np.int64)).sum()))


def _steps_back(given: Sequence[int | None]) -> int:
    known = [time for time in given if time is not None]
    return sum(after <= before for before, after in pairwise(known))


def _form(frame: av.VideoFrame) -> Form:
    name = frame.format.name
    tags = ColorTags(
        matrix=int(frame.colorspace), range=2 if name.startswith("yuvj") else
        int(frame.color_range), primaries=int(frame.color_primaries),
        transfer=int(frame.color_trc))
    return Form(frame.width, frame.height, name, tags, frame.interlaced_frame)


def _digest(planes: tuple[np.ndarray, ...]) -> int:
    digest = 0
    for plane in planes:
        digest = zlib.crc32(np.ascontiguousarray(plane).data, digest)
    return digest


def _thumb(planes: tuple[np.ndarray, ...], form: Form) -> np.ndarray:
    small = [cv2.resize(plane, THUMB, interpolation=cv2.INTER_AREA).astype(np.float32)
             * (255 / (256 if plane.dtype == np.uint8 else 65536)) *
             (1 if plane.dtype == np.uint8 else 65536 / (1 << form.bits))
             for plane in planes[:3]]
    if form.is_rgb and len(small) == 3:
        gray = small[0] * 0.2126 + small[1] * 0.7152 + small[2] * 0.0722
    else:
        gray = small[0]
    if not form.is_rgb and form.tags.range != 2:
        gray = (gray - 16) * (255 / 219)
    return np.clip(np.round(gray), 0, 255).astype(np.uint8)


def _change(before: np.ndarray | None, luma: np.ndarray) -> float:
    if before is None or before.shape != luma.shape:
        return 0.0
    full = 255.0 if luma.dtype == np.uint8 else 65535.0
    return float(cv2.norm(before, luma, cv2.NORM_L1)) / (luma.size * full)


def _mastering(side_data: Mapping[str, bytes]) -> tuple[Fraction, ...]:
    """Of SMPTE ST 2086: x and y of red, green, blue and white, least and most luminance."""
    data = side_data.get("MASTERING_DISPLAY_METADATA")
    if not data:
        return ()
    *numbers, has_primaries, has_luminance = struct.unpack("=22i", data)
    values = [Fraction(top, bottom or 1)
              for top, bottom in zip(numbers[::2], numbers[1::2], strict=True)]
    return tuple(values) if has_primaries and has_luminance else ()


def _light_level(side_data: Mapping[str, bytes]) -> tuple[Fraction, ...]:
    """MaxCLL and MaxFALL of CTA-861.3."""
    data = side_data.get("CONTENT_LIGHT_LEVEL")
    return tuple(map(Fraction, struct.unpack("=2I", data[:8]))) if data else ()


def _matrix(side_data: Mapping[str, bytes]) -> tuple[int, ...] | None:
    data = side_data.get("DISPLAYMATRIX")
    return tuple(int(value) for value in np.frombuffer(data, "<i4")) if data else None
