"""The codecs we deliver in, in one table, and the words their encoders want."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from core.errors import InvalidParameter
from core.io.fields import CODES
from core.io.probe import HdrMetadata

MUXERS: Mapping[str, str] = {"mp4": "mp4", "mov": "mov", "mkv": "matroska", "webm": "webm"}
"""FFmpeg's muxer for each container suffix we write."""

EFFORTS = ("speed", "balanced", "quality")


@dataclass(frozen=True, slots=True)
class Codec:
    """How one codec is asked for.

    `crf` maps the x264 scale to the encoder's own by linear interpolation between these points;
    empty where the codec has no quality setting. `efforts` are the encoder's options for speed,
    balanced and quality.
    """

    encoder: str
    containers: tuple[str, ...]
    quality_option: str = "crf"
    crf: tuple[tuple[int, int], ...] = ()
    efforts: tuple[Mapping[str, str], ...] = ({}, {}, {})
    fixed: Mapping[str, str] = field(default_factory=dict)
    chunk_container: str = "mp4"
    full_range: bool = True
    fields: bool = False
    """Whether the encoder marks frames as interlaced."""
    software: str = ""
    """The codec that stands in where this one does not open."""

    def native_quality(self, crf: int) -> int:
        """The encoder's own value for `crf` on the x264 scale."""
        theirs, ours = zip(*self.crf, strict=True)
        return round(float(np.interp(crf, theirs, ours)))


def _efforts(option: str, speed: str, balanced: str, quality: str) -> tuple[dict[str, str], ...]:
    return ({option: speed}, {option: balanced}, {option: quality})


def _nvenc(software: str, *containers: str) -> Codec:
    return Codec(f"{software}_nvenc", containers, quality_option="cq", crf=((0, 1), (51, 51)),
                 efforts=_efforts("preset", "p3", "p5", "p7"), fixed={"rc": "vbr", "b": "0"},
                 software=software, fields=software == "h264")


CODECS: Mapping[str, Codec] = {
    "h264": Codec("libx264", ("mp4", "mov", "mkv"), crf=((0, 0), (51, 51)),
                  efforts=_efforts("preset", "veryfast", "medium", "slow"), fields=True),
    "hevc": Codec("libx265", ("mp4", "mov", "mkv"), crf=((0, 0), (15, 17), (23, 27), (51, 51)),
                  efforts=_efforts("preset", "superfast", "fast", "slow")),
    "av1": Codec("libsvtav1", ("mp4", "mkv", "webm"), crf=((0, 1), (15, 20), (23, 35), (51, 63)),
                 efforts=_efforts("preset", "10", "8", "5")),
    "vp9": Codec("libvpx-vp9", ("webm", "mp4", "mkv"), crf=((0, 0), (15, 18), (23, 31), (51, 63)),
                 efforts=_efforts("cpu-used", "5", "3", "1"),
                 fixed={"b": "0", "row-mt": "1", "deadline": "good"},
                 # Alone in keeping alpha; it rounds times, but those of chunks are not used.
                 chunk_container="mkv"),
    "ffv1": Codec("ffv1", ("mkv",), fixed={"level": "3", "slicecrc": "1", "g": "1"},
                  chunk_container="nut", fields=True),
    "prores": Codec("prores_ks", ("mov", "mkv"), fixed={"vendor": "apl0"},
                    chunk_container="mov", full_range=False, fields=True),
    "h264_nvenc": _nvenc("h264", "mp4", "mov", "mkv"),
    "hevc_nvenc": _nvenc("hevc", "mp4", "mov", "mkv"),
    "av1_nvenc": _nvenc("av1", "mp4", "mkv", "webm"),
}

ALIASES: Mapping[str, str] = {
    "x264": "h264", "libx264": "h264", "avc": "h264", "h.264": "h264",
    "h265": "hevc", "x265": "hevc", "libx265": "hevc", "h.265": "hevc", "svtav1": "av1",
    "libsvtav1": "av1", "libvpx": "vp9", "libvpx-vp9": "vp9", "prores_ks": "prores",
    "nvenc": "h264_nvenc", "h265_nvenc": "hevc_nvenc",
}
"""What codecs are called elsewhere, and what they are called here."""

USUAL_CRF = {"speed": 20, "balanced": 18, "quality": 16}


def options_for(codec: str, effort: str, crf: int | None, hdr: HdrMetadata,
                pixel_format: str, fields: str = "") -> tuple[tuple[str, str], ...]:
    """The encoder's options; `crf` on the x264 scale, None for the effort's own.

    `fields`, tff or bff, are those of frames that stay interlaced.

    Raises InvalidParameter for a crf where the codec has none or out of 0..51.
    """
    entry = CODECS[codec]
    options = dict(entry.fixed) | dict(entry.efforts[EFFORTS.index(effort)])
    if crf is not None and not entry.crf:
        raise InvalidParameter(f"{codec} has no crf: its quality is fixed.",
                               "Leave --crf out, or choose h264, hevc, av1 or vp9.")
    if crf is not None and not 0 <= crf <= 51:
        raise InvalidParameter(f"crf={crf} is refused: it must be 0 to 51.",
                               "15 to 23 is visually lossless; lower is better and larger.")
    if entry.crf:
        chosen = USUAL_CRF[effort] if crf is None else crf
        options[entry.quality_option] = str(entry.native_quality(chosen))
    options |= _library_parameters(codec, hdr)
    if codec == "prores":
        options["profile"] = "4444" if "444" in pixel_format else "hq"
    if fields:
        options["field_order"] = str(CODES[fields])
    if fields and CODECS[codec].fields:
        options["flags"] = "+ildct"
    if fields and codec == "h264":
        options["x264-params"] += f":{fields}=1"
    return tuple(sorted(options.items()))


def _library_parameters(codec: str, hdr: HdrMetadata) -> dict[str, str]:
    """Options of x264, x265 and SVT-AV1 that FFmpeg passes on as text, HDR metadata among them."""
    if codec not in _HDR_WORDS:
        return {}
    option, mastering, light, units = _HDR_WORDS[codec]
    words = list(_ALWAYS.get(codec, ()))
    if len(hdr.primaries) == 4 and hdr.luminance:
        words.append(f"{mastering}={_mastering(hdr.primaries, hdr.luminance, *units)}")
        words += ["hdr10=1"] if codec == "hevc" else []
    if hdr.light_level:
        words.append("{}={},{}".format(light, *hdr.light_level))
    return {option: ":".join(words)} if words else {}


_ALWAYS = {
    # For some widths, 64 and 320 among them, x264's AVX-512 lookahead reads memory nobody wrote and
    # gives other packets every time; the portable code takes no longer.
    "h264": ("cpu-independent=1",),
    "hevc": ("log-level=none",),
}
_HDR_WORDS = {
    "h264": ("x264-params", "mastering-display", "cll", (50000, 10000)),
    "hevc": ("x265-params", "master-display", "max-cll", (50000, 10000)),
    "av1": ("svtav1-params", "mastering-display", "content-light", (1, 1)),
}
"""Per codec: FFmpeg's option, the encoder's two words, and the units it counts in."""


def writes_hdr(codec: str) -> bool:
    """Whether the encoder writes static HDR metadata at all."""
    return codec in _HDR_WORDS


def holds_hdr(codec: str, hdr: HdrMetadata) -> bool:
    """Whether the encoder writes all of this metadata."""
    whole = not (hdr.primaries or hdr.luminance) or (len(hdr.primaries) == 4 and hdr.luminance)
    return not hdr or (codec in _HDR_WORDS and bool(whole))


def _mastering(primaries: Sequence[tuple[Fraction, Fraction]], luminance: tuple[Fraction, Fraction],
               chroma: int, light: int) -> str:
    """x264 and x265 count in 0.00002 and 0.0001 cd/m², SVT-AV1 in plain decimals."""
    def number(value: Fraction, unit: int) -> str:
        return str(round(value * unit)) if unit > 1 else f"{float(value):.5f}"

    red, green, blue, white = (f"({number(x, chroma)},{number(y, chroma)})"
                               for x, y in primaries)
    low, high = luminance
    return f"G{green}B{blue}R{red}WP{white}L({number(high, light)},{number(low, light)})"
