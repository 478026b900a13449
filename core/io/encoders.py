"""Which encoder a render gets: only one that really takes a frame of it here."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import av
import av.error
from av.codec.codec import find_best_pix_fmt_of_list

from core.color import ColorTags, Matrix, Range
from core.errors import EncodeFailed, InvalidParameter
from core.io.codecs import ALIASES, CODECS, Codec, holds_hdr, options_for, writes_hdr
from core.io.picture import Picture, layout_of, planar_format
from core.io.probe import HdrMetadata
from core.io.scheduling import usual_scheduling


@dataclass(frozen=True, slots=True)
class VideoSpec:
    """Everything that fixes an encoder and so, with the pictures, its output.

    `rate` only spaces the encoder's own clock: real timestamps are put on when muxing.
    """

    codec: str
    pixel_format: str
    width: int
    height: int
    rate: Fraction
    tags: ColorTags = ColorTags()
    sar: Fraction = Fraction(1)
    options: tuple[tuple[str, str], ...] = ()
    display_matrix: tuple[int, ...] | None = None
    threads: int = 0

    @property
    def entry(self) -> Codec:
        return CODECS[self.codec]

    @property
    def field_order(self) -> int:
        """FFmpeg's AVFieldOrder, for the container; 0 says nothing."""
        return int(dict(self.options).get("field_order", 0))

    @property
    def planar(self) -> str:
        """The planar format pictures are prepared in."""
        return planar_format(self.pixel_format)

    def open(self) -> av.VideoCodecContext:
        """An encoder of its own, outside any file."""
        context = av.CodecContext.create(self.entry.encoder, "w")
        assert isinstance(context, av.VideoCodecContext)
        self.apply(context)
        with usual_scheduling():
            context.open()
        return context

    def apply(self, context: av.VideoCodecContext) -> None:
        """Set an unopened encoder up."""
        os.environ.setdefault("SVT_LOG", "1")  # SVT-AV1 greets on stderr otherwise
        context.width, context.height = self.width, self.height
        context.pix_fmt = self.pixel_format
        context.framerate = self.rate
        context.time_base = 1 / self.rate
        context.sample_aspect_ratio = self.sar
        context.colorspace, context.color_range = self.tags.matrix, self.tags.range
        context.color_primaries, context.color_trc = self.tags.primaries, self.tags.transfer
        context.thread_count = self.threads
        context.options = dict(self.options)


_UNSUITED = re.compile(r"^yuvj|^cuda|msb|f16|f32")
"""Deprecated twins, device memory, and sample types we do not make."""


def pixel_formats(codec: str, source: str) -> Iterator[str]:
    """The encoder's formats, the one that loses least of `source` first."""
    planar = planar_format(source)
    offered = av.Codec(CODECS[codec].encoder, "w").video_formats or ()
    names = {fmt.name for fmt in offered}
    left = sorted(name for name in names if not _UNSUITED.search(name)
                  and (planar_format(name) == name or planar_format(name) not in names))
    exact = source if source == "ya8" and source in names else planar
    if exact in names:
        left = [name for name in left if name != exact]
        yield exact
    alpha = planar.startswith(("yuva", "gbrap"))
    like = planar.replace("gray", "yuv420p")  # gray needs no chroma, and no RGB either
    while left:
        best, _ = find_best_pix_fmt_of_list(left, like, alpha)
        if best is None:
            return
        left.remove(best.name)
        yield best.name


def really_opens(spec: VideoSpec) -> bool:
    """Whether the encoder takes one real frame of this kind."""
    return not refusal_of(spec)


def refusal_of(spec: VideoSpec) -> str:
    """Why the encoder takes no real frame of this kind, in FFmpeg's words; empty where it does."""
    try:
        context = spec.open()
        picture = Picture.blank(spec.width, spec.height, spec.planar)
        for plane in picture.planes:
            plane[:] = 0
        frame = picture.native
        if frame.format.name != spec.pixel_format:
            frame = frame.reformat(format=spec.pixel_format)
        frame.pts, frame.time_base = 0, 1 / spec.rate
        packets = context.encode(frame) + context.encode(None)
    except (av.error.FFmpegError, ValueError) as error:
        return getattr(error, "strerror", None) or str(error)
    return "" if packets else "it gives nothing back"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be encoded, before an encoder is chosen.

    `pixel_format` is the source's; the encoder's nearest that opens is taken. `crf` is on the
    x264 scale, None for the effort's own.
    """

    pixel_format: str
    width: int
    height: int
    rate: Fraction
    codec: str = "auto"
    effort: str = "balanced"
    crf: int | None = None
    tags: ColorTags = ColorTags()
    sar: Fraction = Fraction(1)
    hdr: HdrMetadata = HdrMetadata()
    display_matrix: tuple[int, ...] | None = None
    threads: int = 0
    fields: str = ""
    """tff or bff where frames stay interlaced: the top or the bottom field comes first."""
    container: str | None = None
    """Where it is to go: `auto` chooses among the codecs that go there; None for anywhere."""


def choose_encoder(wish: Wish) -> tuple[VideoSpec, tuple[str, ...]]:
    """The first encoder that takes a real frame of `wish`, and what should be said about it.

    Raises InvalidParameter for an unknown codec, EncodeFailed where nothing opens.
    """
    tried = list(_codecs_to_try(wish))
    for name in tried:
        if CODECS[name].software and not _hardware_answers(CODECS[name].encoder):
            continue
        for pixel_format in pixel_formats(name, wish.pixel_format):
            for fields in dict.fromkeys((wish.fields, "")):
                spec = _spec(replace(wish, fields=fields), name, pixel_format)
                if really_opens(spec):
                    return spec, tuple(_remarks(wish, spec))
    raise EncodeFailed(
        f"{wish.codec} cannot encode {wish.width}x{wish.height} pictures here.",
        "Try --codec ffv1, which takes any size.")


def _codecs_to_try(wish: Wish) -> Iterator[str]:
    if wish.codec == "auto":
        # H.264 deeper than 8 bits plays almost nowhere, HEVC Main 10 almost everywhere.
        deep = layout_of(planar_format(wish.pixel_format)).bits > 8
        family, web = ("hevc", "av1") if deep else ("h264", "vp9")
        hardware = () if wish.hdr else (f"{family}_nvenc",)  # NVENC would leave that out
        for name in (*hardware, family, "h264", "ffv1", web):
            if wish.container in (None, *CODECS[name].containers):
                yield name
        return
    if wish.codec not in CODECS:
        here = ALIASES.get(wish.codec.lower())
        meant = f"It is called '{here}' here. " if here else ""
        raise InvalidParameter(f"There is no codec '{wish.codec}'.",
                               f"{meant}Choose auto or one of {', '.join(CODECS)}.")
    yield wish.codec
    if CODECS[wish.codec].software:
        yield CODECS[wish.codec].software


def _hardware_answers(encoder: str) -> bool:
    """Whether the device behind an encoder is there at all; saves trying every pixel format."""
    return really_opens(VideoSpec(encoder, "yuv420p", 320, 240, Fraction(25)))


def _spec(wish: Wish, codec: str, pixel_format: str) -> VideoSpec:
    crf = wish.crf if CODECS[codec].crf or wish.codec != "auto" else None
    return VideoSpec(
        codec=codec, pixel_format=pixel_format, width=wish.width, height=wish.height,
        rate=wish.rate, tags=_delivered(wish, codec, pixel_format), sar=wish.sar,
        options=options_for(codec, wish.effort, crf, wish.hdr, pixel_format, wish.fields),
        display_matrix=wish.display_matrix, threads=wish.threads)


def _delivered(wish: Wish, codec: str, pixel_format: str) -> ColorTags:
    """The source's tags, as far as the delivered kind of samples can mean them."""
    tags = wish.tags
    was, now = (layout_of(planar_format(name)).model for name in (wish.pixel_format, pixel_format))
    if now == "gray" and tags.range == Range.UNSPECIFIED and codec != "ffv1":
        tags = replace(tags, range=Range.FULL)  # as it is meant; in H.264 silence means limited
    if was == "rgb" and now != "rgb":
        tags = replace(tags, matrix=Matrix.BT709, range=Range.LIMITED)
    if now == "rgb" and was != "rgb":
        tags = replace(tags, matrix=Matrix.IDENTITY, range=Range.FULL)
    if tags.range == Range.FULL and not CODECS[codec].full_range:
        tags = replace(tags, range=Range.LIMITED)
    return tags


def about_replacing(asked: str, taken: str) -> str:
    """That a hardware encoder is not to be had; the same sentence for every file."""
    return f"{asked} does not open on this machine; {taken} is used instead."


def _remarks(wish: Wish, spec: VideoSpec) -> Iterator[str]:
    if wish.codec not in ("auto", spec.codec):
        yield about_replacing(wish.codec, spec.codec)
    was = layout_of(planar_format(wish.pixel_format))
    now = layout_of(planar_format(spec.pixel_format))
    if was.has_alpha and not now.has_alpha:
        yield (f"{spec.codec} cannot hold the transparency of the source, which is left out; "
               "ffv1 and prores can.")
    if wish.fields and ("flags", "+ildct") not in spec.options:
        yield (f"{spec.codec} cannot mark these frames as interlaced, so some players will show "
               "them with combs.")
    if writes_hdr(spec.codec) and not holds_hdr(spec.codec, wish.hdr):
        yield "The mastering display metadata of the source is incomplete and is left out."
    elif not holds_hdr(spec.codec, wish.hdr):
        yield (f"{spec.codec} cannot hold the mastering and light level metadata of the source, "
               "which are left out; hevc, av1 and h264 can.")
    if now.bits < was.bits:
        yield (f"{spec.codec} holds {now.bits} bits here, so the {was.bits} of the source are "
               "rounded.")
    if now.model == "yuv" and was.model != "gray" and (
            now.subsampling_x > was.subsampling_x or now.subsampling_y > was.subsampling_y):
        yield f"{spec.codec} holds less color detail ({spec.pixel_format}) than the source."
    if now.model == "yuv" and "444" in spec.pixel_format and not wish.pixel_format.startswith(
            ("yuv444", "yuvj444", "yuva444")) and spec.codec in ("h264", "hevc"):
        yield ("This picture needs 4:4:4 to keep its exact size and color, which some players do "
               "not show.")
