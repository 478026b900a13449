"""What a video is, in the few words an editor reads."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from core.color import Matrix, Primaries, Transfer
from core.io import VideoMetadata

_CODECS = {"h264": "H.264", "hevc": "HEVC", "av1": "AV1", "vp9": "VP9", "vp8": "VP8",
           "prores": "ProRes", "ffv1": "FFV1", "mpeg2video": "MPEG-2", "mpeg4": "MPEG-4",
           "dnxhd": "DNxHD", "mjpeg": "Motion JPEG", "cfhd": "CineForm"}
_CHANNELS = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1"}


def facts_of(found: VideoMetadata) -> list[str]:
    """Size, rate, length, codec, color, sound: one short phrase each."""
    facts = [f"{found.width}×{found.height}", f"{rate(found.rate)} fps"]
    if found.duration:
        facts.append(clock(found.duration))
    facts.append(f"{_CODECS.get(found.codec, found.codec)} {found.bits}-bit")
    facts.append(_color(found))
    facts += [word for word, so in (
        ("alpha", found.has_alpha), ("interlaced", found.interlaced),
        (f"turned {found.rotation}°", bool(found.rotation)),
        (f"{len(found.audio)} sound tracks", len(found.audio) > 1)) if so]
    if len(found.audio) == 1:
        [track] = found.audio
        facts.append(f"{track.codec.upper()} {_CHANNELS.get(track.channels, track.channels)}")
    if not found.audio:
        facts.append("no sound")
    return facts


def rate(value: Fraction) -> str:
    return f"{float(value):.3f}".rstrip("0").rstrip(".")


def clock(seconds: Fraction | float) -> str:
    """1:05, or 1:02:03 from an hour on."""
    whole = int(seconds + Fraction(1, 2))
    hours, minutes = divmod(whole // 60, 60)
    tail = f"{minutes}:{whole % 60:02}" if not hours else f"{minutes:02}:{whole % 60:02}"
    return tail if not hours else f"{hours}:{tail}"


def took(milliseconds: float) -> str:
    """15 ms, or 2.4 s from a second on."""
    return f"{milliseconds:.0f} ms" if milliseconds < 999.5 else f"{milliseconds / 1000:.1f} s"


def counted(count: int, what: str) -> str:
    """1 part, 2 parts."""
    return f"{count} {what}{'' if count == 1 else 's'}"


def distinct_labels(names: Sequence[str]) -> list[str]:
    """The same names, with a number after each that occurred before.

    Streamlit identifies the options of a list by their labels.
    """
    found: list[str] = []
    for name in names:
        number, label = 1, name
        while label in found:
            number += 1
            label = f"{name} ({number})"
        found.append(label)
    return found


def size(count: float) -> str:
    """Bytes in words: 1.4 GB."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit in ("bytes", "kB") else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


def _color(found: VideoMetadata) -> str:
    tags = found.tags
    if tags.transfer == Transfer.PQ:
        return "HDR PQ"
    if tags.transfer == Transfer.HLG:
        return "HDR HLG"
    if tags.matrix == Matrix.BT709 or tags.primaries == Primaries.BT709:
        return "BT.709"
    if tags.primaries == Primaries.BT2020:
        return "BT.2020"
    if tags.matrix in (Matrix.BT470BG, Matrix.SMPTE170M):
        return "BT.601"
    return "color untagged" if tags.matrix == Matrix.UNSPECIFIED else "RGB" if (
        tags.matrix == Matrix.IDENTITY) else "own matrix"
