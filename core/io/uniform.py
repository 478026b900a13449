"""Frames of one size, format and color coding, whatever changes on the way through a file."""

from __future__ import annotations

from fractions import Fraction

import av
import av.filter
from av.video.reformatter import ColorRange, Colorspace, Interpolation

from core.color import ColorTags, Matrix, Primaries, Range
from core.color.resolve import resolve
from core.errors import UnsupportedVideo
from core.io.crop import Shown, shown_of
from core.io.picture import layout_of, planar, planar_format
from core.io.probe import VideoMetadata, color_tags

_QUALITY = Interpolation.BICUBIC | Interpolation.ACCURATE_RND


class Uniform:
    """Makes frames like the first of a source: what a player shows of them, at its size.

    `rescaled` counts frames that came in another size, `recolored` those in another matrix or
    range, `unlike` those in other primaries or another transfer, which no conversion is sure of.
    """

    def __init__(self, first: VideoMetadata) -> None:
        self._first = first
        self._format = planar_format(first.pixel_format)
        self._crop: _Crop | None = None
        self._codings: dict[tuple[str, ColorTags], tuple[Coding, Coding]] = {}
        self.rescaled = self.recolored = self.unlike = 0

    def __call__(self, frame: av.VideoFrame) -> av.VideoFrame:
        """Its timestamps and duration are not of use any more."""
        first, shown = self._first, shown_of(frame, self._first.crop)
        if (shown.width, shown.height) != (frame.width, frame.height):
            if self._crop is None or not self._crop.takes(frame):
                self._crop = _Crop(frame, shown)
            frame = self._crop(frame)
        tags = color_tags(frame)
        frame = planar(frame)
        was, now = codings = self._meant(frame.format.name, tags)
        resized = (frame.width, frame.height) != (first.width, first.height)
        self.rescaled += resized
        self.recolored += was != now
        self.unlike += _unlike(tags, first.tags)
        if resized or was != now or frame.format.name != self._format:
            return _like_first(frame, first, self._format, codings)
        return frame

    def _meant(self, name: str, tags: ColorTags) -> tuple[Coding, Coding]:
        """How a frame is coded, and how the first one is."""
        found = self._codings.get((name, tags))
        if found is None:
            found = self._codings[name, tags] = _codings(name, tags, self._format, self._first)
        return found


def _unlike(tags: ColorTags, first: ColorTags) -> bool:
    """Whether both say which light they mean, and not the same."""
    pairs = (tags.primaries, first.primaries), (tags.transfer, first.transfer)
    return any(one != other and Primaries.UNSPECIFIED not in (one, other) for one, other in pairs)


Coding = tuple[Colorspace | None, ColorRange]
"""A matrix, None for one that swscale lacks, and a range."""


def _like_first(frame: av.VideoFrame, first: VideoMetadata, name: str,
                codings: tuple[Coding, Coding]) -> av.VideoFrame:
    (matrix, level), (first_matrix, first_level) = codings
    made = frame.reformat(
        first.width, first.height, name, src_colorspace=matrix, dst_colorspace=first_matrix,
        src_color_range=level, dst_color_range=first_level, interpolation=_QUALITY)
    made.colorspace, made.color_range = first.tags.matrix, first.tags.range
    return made


def _codings(name: str, tags: ColorTags, first_name: str, first: VideoMetadata
             ) -> tuple[Coding, Coding]:
    theirs, ours = (_coding(layout, meant, first) for layout, meant in (
        (name, tags), (first_name, first.tags)))
    if theirs[0] is None or ours[0] is None:  # a matrix that swscale lacks stays as it is
        return (None, theirs[1]), (None, ours[1])
    return theirs, ours


_MATRICES = {Matrix.BT709: Colorspace.ITU709, Matrix.FCC: Colorspace.FCC,
             Matrix.BT470BG: Colorspace.ITU601, Matrix.SMPTE170M: Colorspace.ITU601,
             Matrix.SMPTE240M: Colorspace.SMPTE240M, Matrix.BT2020_NCL: Colorspace.BT2020}


def _coding(name: str, tags: ColorTags, first: VideoMetadata) -> Coding:
    try:
        found = resolve(layout_of(name), tags, first.width, first.height)
    except UnsupportedVideo:
        return None, ColorRange.JPEG if tags.range == Range.FULL else ColorRange.MPEG
    level = ColorRange.JPEG if found.range == Range.FULL else ColorRange.MPEG
    return _MATRICES.get(found.matrix), level


class _Crop:
    """Cuts frames of one kind without a copy."""

    def __init__(self, frame: av.VideoFrame, shown: Shown) -> None:
        self._kind = frame.width, frame.height, frame.format.name
        self._graph = av.filter.Graph()
        source = self._graph.add_buffer(width=frame.width, height=frame.height,
                                        format=frame.format, time_base=Fraction(1, 25))
        crop = self._graph.add("crop", f"{shown.width}:{shown.height}:{shown.left}:{shown.top}")
        self._graph.link_nodes(source, crop, self._graph.add("buffersink")).configure()

    def takes(self, frame: av.VideoFrame) -> bool:
        return self._kind == (frame.width, frame.height, frame.format.name)

    def __call__(self, frame: av.VideoFrame) -> av.VideoFrame:
        self._graph.vpush(frame)
        made = self._graph.vpull()
        made.color_range, made.colorspace = frame.color_range, frame.colorspace
        made.color_primaries, made.color_trc = frame.color_primaries, frame.color_trc
        return made
