"""Every check, in the order in which they are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from core.io.inspection import Inspection
from core.verify import beside, colors, frames, integrity, picture, seams, sound
from core.verify.finding import Finding
from core.verify.pair import Pair

Alone = Callable[[Inspection], Iterator[Finding]]
Beside = Callable[[Pair], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Check:
    """`alone` asks the render itself, `beside` compares it with its source; either may lack."""

    title: str
    about: str
    alone: Alone | None = None
    beside: Beside | None = None


CHECKS: Mapping[str, Check] = {
    "packets": Check("Packets", "Everything decodes, with two versions of FFmpeg.",
                     alone=integrity.packets),
    "whole": Check("Whole", "The file goes on to the end that its header claims.",
                   alone=integrity.whole),
    "clocks": Check("Clocks", "Times increase in every stream.", alone=integrity.clocks),
    "streams": Check("Streams", "No stream is empty.", alone=integrity.streams,
                     beside=sound.streams),
    "frames": Check("Frames", "Each frame of the source once, in its place.",
                    beside=frames.frames),
    "times": Check("Times", "Every frame at its time.", beside=frames.times),
    "duration": Check("Duration", "The last frame stands as long as it should.",
                      alone=integrity.tail, beside=frames.duration),
    "rate": Check("Rate", "The rate claimed is the one that frames have.",
                  alone=frames.own_rate, beside=frames.rate),
    "size": Check("Size", "Columns and rows.", alone=picture.own_size, beside=picture.size),
    "sar": Check("Pixel shape", "The sample aspect ratio.", alone=picture.own_sar,
                 beside=picture.sar),
    "rotation": Check("Rotation", "Turned and mirrored as the source.", beside=picture.rotation),
    "crop": Check("Crop", "Borders that are hidden stay hidden.", beside=picture.crop),
    "color": Check("Color tags", "Matrix, primaries, transfer and range, the same in container, "
                   "bitstream and frames.", alone=colors.own_color, beside=colors.color),
    "hdr": Check("HDR", "Mastering display, light levels, dynamic metadata.",
                 beside=colors.hdr),
    "extras": Check("Side data", "Captions, color profiles, projections, views.",
                    beside=colors.extras),
    "depth": Check("Depth", "Bits and color sampling.", beside=picture.depth),
    "alpha": Check("Transparency", "Kept, or said to be lost.", beside=picture.alpha),
    "field_order": Check("Field order", "Interlaced frames are flagged so, or deinterlaced.",
                         beside=picture.field_order),
    "sound": Check("Sound", "Each track byte for byte, or encoded with the reason.",
                   beside=sound.tracks),
    "sync": Check("Sync", "Sound where it belongs, by what is heard.", beside=sound.sync),
    "subtitles": Check("Subtitles", "Each line at its time.", beside=beside.subtitles),
    "chapters": Check("Chapters", "Begin and name.", beside=beside.chapters),
    "attachments": Check("Attachments", "Fonts, files and cover art.",
                         beside=beside.attachments),
    "metadata": Check("Metadata", "Tags of the file and its tracks, timecode.",
                      beside=beside.metadata),
    "data": Check("Data", "Data tracks and further pictures.", beside=beside.data),
    "seams": Check("Seams", "No jump where chunks meet.", alone=seams.own_seams,
                   beside=seams.seams),
}
