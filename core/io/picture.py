"""FFmpeg frames as NumPy planes, without a copy."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import av
import av.error
import numpy as np
from av.video.plane import VideoPlane

from core.color import PixelLayout
from core.errors import UnsupportedVideo


@lru_cache
def planar_format(name: str) -> str:
    """The planar, native-endian format that holds every sample of format `name` unchanged.

    yuvj420p and nv12 become yuv420p, bgra becomes gbrap, pal8 becomes gbrap, and so on. Of floats
    and whole numbers deeper than 16 bits the upper 16 remain, and XYZ becomes RGB.
    """
    source = av.VideoFormat(name)
    if source.has_palette:
        return "gbrap"
    if name.startswith("xyz12"):
        return "gbrp12le"
    parts = source.components
    bits = 16 if is_float(name) else min(16, max(part.bits for part in parts))
    suffix = "" if bits <= 8 else f"{_stored_bits(bits)}le"
    alpha = any(part.is_alpha for part in parts)
    if source.is_rgb:
        return ("gbrap" if alpha else "gbrp") + suffix
    if len(parts) - alpha < 3:
        return "gray" + suffix if not alpha else "yuva444p" + suffix
    sampling = _sampling(source)
    return f"yuv{'a' if alpha else ''}{sampling}p{suffix}"


def is_float(name: str) -> bool:
    """Whether samples of this format are floating-point numbers."""
    return name.endswith(("f16le", "f16be", "f32le", "f32be"))


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
        native = planar(native)
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


def planar(native: av.VideoFrame) -> av.VideoFrame:
    """The frame itself where it is planar, else one of its planar format.

    Raises UnsupportedVideo where FFmpeg cannot convert it.
    """
    name = native.format.name
    wanted = planar_format(name)
    if wanted == name:
        return native
    if is_float(name) or native.format.components[0].bits == 32:
        return _in_16_bits(native, wanted)
    if name.startswith("bayer") and (native.width % 2 or native.height % 2):
        raise _unsupported(name)  # FFmpeg ends the whole process over some of these
    try:
        return repacked(native, wanted)
    except av.error.OSError as error:
        raise _unsupported(name) from error


def _unsupported(name: str) -> UnsupportedVideo:
    return UnsupportedVideo(f"Frames of the pixel format {name} cannot be read here.",
                            "Convert the video to another format first.")


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


def _in_16_bits(native: av.VideoFrame, wanted: str) -> av.VideoFrame:
    """Floats clipped to 0..1 and rounded, of 32 bits the upper half: FFmpeg has no way for all."""
    result = Picture.blank(native.width, native.height, wanted)
    parts = [_deep_samples(native, number) for number in range(len(native.format.components))]
    if len(parts) == 2:  # gray and its alpha, which travel as YUV
        neutral = np.full(parts[0].shape, 0x8000, np.uint16)
        parts[1:1] = neutral, neutral
    for plane, part in zip(result.planes, parts, strict=True):
        plane[:] = part
    made = result.native
    made.pts, made.color_range, made.colorspace = native.pts, native.color_range, native.colorspace
    made.color_primaries, made.color_trc = native.color_primaries, native.color_trc
    if native.time_base is not None:
        made.time_base = native.time_base
    return made


def _deep_samples(native: av.VideoFrame, number: int) -> np.ndarray:
    """One component as uint16 (H, W)."""
    name, parts = native.format.name, native.format.components
    beside = [index for index, part in enumerate(parts) if part.plane == parts[number].plane]
    kind = "f2" if "f16" in name else "f4" if is_float(name) else "u4"
    dtype = np.dtype((">" if name.endswith("be") else "<") + kind)
    rows = _rows(native.planes[parts[number].plane], dtype, native.width * len(beside))
    values = rows[:, beside.index(number)::len(beside)]
    if kind == "u4":
        return (values >> 16).astype(np.uint16)
    known = np.nan_to_num(values.astype(np.float32), nan=0.0)
    return (np.clip(known, 0, 1) * np.float32(65535) + np.float32(0.5)).astype(np.uint16)


def _rows(plane: VideoPlane, dtype: np.dtype, columns: int) -> np.ndarray:
    """(H, W) samples of a plane, the top row first; the view ends with the last of them."""
    per_row = abs(plane.line_size)
    last = per_row * (plane.height - 1) + columns * dtype.itemsize
    flat = np.frombuffer(memoryview(plane)[:last], np.uint8)
    rows = np.ndarray((plane.height, columns), dtype, flat, strides=(per_row, dtype.itemsize))
    return rows[::-1] if plane.line_size < 0 else rows


def _views(native: av.VideoFrame) -> tuple[np.ndarray, ...]:
    planar = native.format
    order = (2, 0, 1, 3) if planar.is_rgb else (0, 1, 2, 3)
    dtype = np.dtype(np.uint8 if planar.components[0].bits <= 8 else np.uint16)
    views = []
    for index in order[:len(native.planes)]:
        plane = native.planes[index]
        views.append(_rows(plane, dtype, plane.width))
    return tuple(views)
