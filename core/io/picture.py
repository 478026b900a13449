"""FFmpeg frames as NumPy planes, without a copy."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import av
import numpy as np

from core.color import PixelLayout


@lru_cache
def planar_format(name: str) -> str:
    """The planar, native-endian format that holds every sample of format `name` unchanged.

    yuvj420p and nv12 become yuv420p, bgra becomes gbrap, pal8 becomes gbrap, and so on.
    """
    source = av.VideoFormat(name)
    if source.has_palette:
        return "gbrap"
    parts = source.components
    bits = max(part.bits for part in parts)
    suffix = "" if bits <= 8 else f"{_stored_bits(bits)}le"
    alpha = any(part.is_alpha for part in parts)
    if source.is_rgb:
        return ("gbrap" if alpha else "gbrp") + suffix
    if len(parts) - alpha < 3:
        return "gray" + suffix if not alpha else "yuva444p" + suffix
    sampling = _sampling(source)
    return f"yuv{'a' if alpha else ''}{sampling}p{suffix}"


def _stored_bits(bits: int) -> int:
    return next(depth for depth in (9, 10, 12, 14, 16) if depth >= bits)


def _sampling(source: av.VideoFormat) -> str:
    wide, tall = 64, 64
    columns = wide // source.chroma_width(wide)
    rows = tall // source.chroma_height(tall)
    return {(1, 1): "444", (2, 1): "422", (2, 2): "420", (1, 2): "440",
            (4, 1): "411", (4, 4): "410"}[columns, rows]


@lru_cache
def layout_of(name: str) -> PixelLayout:
    """The layout of the planar format `name`."""
    planar = av.VideoFormat(name)
    parts = planar.components
    alpha = any(part.is_alpha for part in parts)
    model: Literal["rgb", "gray", "yuv"]
    if planar.is_rgb:
        model = "rgb"
    else:
        model = "gray" if len(parts) - alpha == 1 else "yuv"
    return PixelLayout(
        model=model, bits=parts[0].bits,
        subsampling_x=(64 // planar.chroma_width(64)).bit_length() - 1 if model == "yuv" else 0,
        subsampling_y=(64 // planar.chroma_height(64)).bit_length() - 1 if model == "yuv" else 0,
        has_alpha=alpha)


@dataclass(frozen=True, slots=True)
class Picture:
    """One frame of planar samples; `planes` are views into `native`.

    `planes` come in the order of PixelLayout (Y, Cb, Cr or R, G, B, then alpha), 2-D, uint8 for
    8 bits, else uint16. `native` is FFmpeg's frame and travels to the encoder untouched.
    """

    native: av.VideoFrame
    planes: tuple[np.ndarray, ...]

    @classmethod
    def of(cls, native: av.VideoFrame) -> "Picture":
        """Wrap a frame, converting packed formats to planar ones; samples stay as they are."""
        planar = planar_format(native.format.name)
        if planar != native.format.name:
            native = repacked(native, planar)
        return cls(native, _views(native))

    @classmethod
    def blank(cls, width: int, height: int, planar: str) -> "Picture":
        """A new frame of undefined content to write into."""
        native = av.VideoFrame(width, height, planar)
        return cls(native, _views(native))

    def writable(self) -> "Picture":
        """The same frame, side data and all, with samples of its own that may be written.

        The views of this Picture must not be used afterwards.
        """
        self.native.make_writable()
        return Picture(self.native, _views(self.native))

    @property
    def format(self) -> str:
        return self.native.format.name

    @property
    def layout(self) -> PixelLayout:
        return layout_of(self.native.format.name)


def repacked(native: av.VideoFrame, name: str) -> av.VideoFrame:
    """The same samples in another format, its range as it was."""
    # swscale must not touch the range: 'j' formats and gray are full by name, others by tag.
    full = (native.format.name.startswith("yuvj") or int(native.color_range) == 2
            or name.startswith("ya") or native.format.name.startswith("ya"))
    level = "JPEG" if full else "MPEG"
    result = native.reformat(format=name, src_color_range=level, dst_color_range=level,
                             interpolation="BICUBIC")
    result.pts = native.pts
    if native.time_base is not None:
        result.time_base = native.time_base
    return result


def _views(native: av.VideoFrame) -> tuple[np.ndarray, ...]:
    planar = native.format
    order = (2, 0, 1, 3) if planar.is_rgb else (0, 1, 2, 3)
    dtype = np.dtype(np.uint8 if planar.components[0].bits <= 8 else np.uint16)
    views = []
    for index in order[:len(native.planes)]:
        plane = native.planes[index]
        rows = np.frombuffer(memoryview(plane), dtype).reshape(plane.height, -1)
        if plane.line_size < 0:
            rows = rows[::-1]
        views.append(rows[:, :plane.width])
    return tuple(views)
