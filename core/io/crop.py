"""What a container crops: how much, and what is left of a decoded frame."""

from __future__ import annotations

import io
from typing import NamedTuple

import av
import av.error

from core.io.matroska import SEGMENT, TRACK, TRACKS, VIDEO, elements, find
from core.io.picture import layout_of, planar_format

_CROP = {0x54CC: "left", 0x54DD: "right", 0x54BB: "top", 0x54AA: "bottom"}


class Crop(NamedTuple):
    """Rows and columns at the edges that a player does not show."""

    left: int = 0
    right: int = 0
    top: int = 0
    bottom: int = 0


def crop_of(stream: av.VideoStream) -> Crop:
    """What the container cuts off: PixelCrop of Matroska, `clap` of QuickTime and MP4.

    FFmpeg keeps it beside the stream, where PyAV does not reach; a header written from the stream
    tells it.
    """
    if stream.container.format.name not in ("matroska,webm", "mov,mp4,m4a,3gp,3g2,mj2"):
        return Crop()
    data = _header_of(stream)
    video = find(data, SEGMENT, TRACKS, TRACK, VIDEO)
    if video is None:
        return Crop()
    return Crop(**{_CROP[part.id]: int.from_bytes(data[part.content:part.end], "big")
                   for part in elements(data, video.content, video.end) if part.id in _CROP})


def _header_of(stream: av.VideoStream) -> bytes:
    buffer = io.BytesIO()
    try:
        with av.open(buffer, "w", format="matroska") as target:
            target.add_stream_from_template(stream, opaque=True)
            target.start_encoding()
            return buffer.getvalue()
    except (av.error.FFmpegError, ValueError):
        return b""  # a codec that Matroska does not hold


class Shown(NamedTuple):
    """The part of a decoded frame that a player shows, in its samples."""

    left: int
    top: int
    width: int
    height: int


def shown_of(picture: av.VideoFrame, crop: Crop) -> Shown:
    """The crop as FFmpeg rounds it, to whole chroma samples."""
    layout = layout_of(planar_format(picture.format.name))
    across, down = 1 << layout.subsampling_x, 1 << layout.subsampling_y
    exact, whole = exact_crop(picture, crop), Shown(0, 0, picture.width, picture.height)
    if exact == whole or exact.width < across or exact.height < down:
        return whole
    return Shown(exact.left // across * across, exact.top // down * down,
                 exact.width // across * across, exact.height // down * down)


def exact_crop(picture: av.VideoFrame, crop: Crop) -> Shown:
    """As the container has it; all of a frame that is too small to be cut."""
    width = picture.width - crop.left - crop.right
    height = picture.height - crop.top - crop.bottom
    if not any(crop) or width <= 0 or height <= 0:
        return Shown(0, 0, picture.width, picture.height)
    return Shown(crop.left, crop.top, width, height)
