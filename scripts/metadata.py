"""VideoMetadata for people and for programs: exact times, color tags by name."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from scripts.terminal import duration

if TYPE_CHECKING:
    from core.color import ColorTags
    from core.io import VideoMetadata
    from core.io.probe import StreamInfo

_FFMPEG_NAMES = {
    "BT2020_NCL": "bt2020nc", "BT2020_CL": "bt2020c", "IDENTITY": "gbr", "PQ": "smpte2084",
    "HLG": "arib-std-b67", "SRGB": "iec61966-2-1", "IEC61966_2_4": "iec61966-2-4",
    "CHROMA_DERIVED_NCL": "chroma-derived-nc", "CHROMA_DERIVED_CL": "chroma-derived-c",
    "BT2020_10": "bt2020-10", "BT2020_12": "bt2020-12", "BT1361": "bt1361e",
    "LOG": "log100", "LOG_SQRT": "log316",
    "YCGCO_RE": "ycgco-re", "YCGCO_RO": "ycgco-ro", "IPT_C2": "ipt-c2",
    "TOP_LEFT": "topleft", "BOTTOM_LEFT": "bottomleft",
}
"""Where FFmpeg's name of a color tag is not simply ours in small letters."""


def as_document(found: VideoMetadata) -> dict[str, Any]:
    """Everything known about a file. Times and rates are {"exact": "num/den", "decimal": ...}."""
    hdr = found.hdr
    return {
        "path": str(found.path), "container": found.container, "codec": found.codec,
        "width": found.width, "height": found.height, "pixel_format": found.pixel_format,
        "bits": found.bits, "has_alpha": found.has_alpha, "interlaced": found.interlaced,
        "sar": _ratio(found.sar), "rotation": found.rotation,
        "rate": exact(found.rate), "time_base": exact(found.time_base),
        "start": exact(found.start), "container_start": exact(found.container_start),
        "duration": exact(found.duration), "frames": found.frames or None,
        "bit_rate": found.bit_rate or None, "color": color_names(found.tags),
        "hdr": {
            "is_hdr": found.is_hdr,
            "primaries": [[exact(value) for value in point] for point in hdr.primaries],
            "luminance": [exact(value) for value in hdr.luminance] if hdr.luminance else None,
            "light_level": list(hdr.light_level) if hdr.light_level else None,
        },
        "extras": list(found.extras), "streams": [_stream(one) for one in found.streams],
        "chapters": found.chapters, "tags": dict(found.tags_text),
    }


def color_names(tags: ColorTags) -> dict[str, str]:
    """The color tags by FFmpeg's names; codes without a name as numbers."""
    from core.color import ChromaLocation, Matrix, Primaries, Range, Transfer

    kinds: dict[str, type[IntEnum]] = {
        "matrix": Matrix, "primaries": Primaries, "transfer": Transfer, "range": Range,
        "chroma_location": ChromaLocation}
    return {name: _color_name(kind, getattr(tags, name)) for name, kind in kinds.items()}


def _color_name(kind: type[IntEnum], code: int) -> str:
    if code not in list(kind):
        return str(code)
    name = kind(code).name
    return _FFMPEG_NAMES.get(name, name.lower())


def exact(value: Fraction | None) -> dict[str, Any] | None:
    """A number for programs that count exactly, and for those that do not."""
    if value is None:
        return None
    return {"exact": f"{value.numerator}/{value.denominator}", "decimal": float(value)}


def _ratio(value: Fraction) -> str:
    return f"{value.numerator}:{value.denominator}"


def _stream(stream: StreamInfo) -> dict[str, Any]:
    sound = ({"channels": stream.channels, "sample_rate": stream.sample_rate}
             if stream.kind == "audio" else {})
    return {"index": stream.index, "kind": stream.kind, "codec": stream.codec,
            "start": exact(stream.start), "language": stream.language, "title": stream.title,
            **sound}


def as_rows(found: VideoMetadata) -> Iterator[tuple[str, str]]:
    """What matters most of a file, as names and words."""
    color = color_names(found.tags)
    sar = f", pixels {_ratio(found.sar)}" if found.sar != 1 else ""
    turned = f", turned {found.rotation}°" if found.rotation else ""
    yield "Picture", f"{found.width}x{found.height}{sar}{turned}"
    alpha = ", with transparency" if found.has_alpha else ""
    scan = ", interlaced" if found.interlaced else ""
    yield "Codec", f"{found.codec}, {found.pixel_format}, {found.bits} bits{alpha}{scan}"
    hdr = ", HDR" if found.is_hdr else ""
    yield "Color", (f"matrix {color['matrix']}, primaries {color['primaries']}, "
                    f"transfer {color['transfer']}, range {color['range']}{hdr}")
    yield "Rate", f"{float(found.rate):.6g} frames per second ({found.rate})"
    length = duration(float(found.duration)) if found.duration is not None else "not said"
    count = f", {found.frames} frames" if found.frames else ""
    yield "Length", f"{length}{count}"
    rate = f", {found.bit_rate / 1000:.0f} kb/s" if found.bit_rate else ""
    yield "Container", f"{found.path.suffix.lstrip('.')} ({found.container}){rate}"
    for stream in found.streams:
        yield stream.kind.capitalize(), _described(stream)
    if found.chapters:
        yield "Chapters", str(found.chapters)
    if found.extras:
        yield "Also", ", ".join(found.extras)


def _described(stream: StreamInfo) -> str:
    parts = [stream.codec or "unknown"]
    if stream.channels:
        parts.append(f"{stream.channels} channels, {stream.sample_rate} Hz")
    parts += [word for word in (stream.language, stream.title) if word and word != "und"]
    return ", ".join(parts)
