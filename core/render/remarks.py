"""What the user should know before the render starts."""

from __future__ import annotations

from collections.abc import Sequence

from core.io.codecs import CODECS
from core.io.index import PacketIndex
from core.io.orientation import display_matrix, turns_by_quarters
from core.io.picture import is_float
from core.io.probe import VideoMetadata
from core.render.stack import CallableStylizer, Stack


def resumable(stack: Stack) -> bool:
    """Whether every look can be recognized in a later process."""
    return all(look.stylizer.version is not None for look in stack.looks
               if isinstance(look.stylizer, CallableStylizer))


def about_auto(asked: str, codec: str, remarks: Sequence[str], hdr: bool) -> str:
    """A sentence on what `auto` took and why; empty where a codec was asked for.

    `remarks` are what was said already, such as that a hardware encoder failed on the way.
    """
    hardware = next((name for name, entry in CODECS.items() if entry.software == codec), None)
    if asked != "auto" or any(str(hardware) in said for said in remarks):
        return ""
    if CODECS[codec].software:
        return f"auto took {codec}, which encodes on the GPU."
    if hardware is None:
        return f"auto took {codec}, which fits this source and container."
    if hdr:
        return f"auto took {codec}, as {hardware} would leave out the HDR metadata."
    return (f"auto took {codec}, which encodes on the processor: {hardware} needs an NVIDIA GPU "
            "with its driver, and does not open here.")


def about_making(source: VideoMetadata, stack: Stack) -> tuple[str, ...]:
    """How it will be made, of looks that are ready; nothing of this is a loss."""
    said = [f"{look.stylizer.name} runs on {look.stylizer.device}."
            for look in stack.looks if look.stylizer.device and not look.inert]
    if source.interlaced:
        said.append("The source is interlaced and stays so." if stack.inert else
                    "The source is interlaced; it is drawn deinterlaced.")
    return tuple(dict.fromkeys(said))


def about_clock(index: PacketIndex) -> tuple[str, ...]:
    """Where times come from that are not the source's own."""
    if not index.jumps:
        return ()
    times = "once" if index.jumps == 1 else f"{index.jumps} times"
    return (f"The clock of the source jumps {times} on the way; what comes after goes on without "
            "a gap.",)


def about_source(source: VideoMetadata, stack: Stack) -> list[str]:
    """What of the source will not come through as it is."""
    said = []
    if source.is_hdr:
        said += [f"{look.stylizer.name} is made for standard dynamic range; on this HDR source "
                 "its whites are as bright as the signal allows."
                 for look in stack.looks if look.stylizer.sdr_only and not look.inert]
    dropped = {"DOVI_METADATA": "Dolby Vision metadata", "DYNAMIC_HDR_PLUS": "HDR10+ metadata",
               "DYNAMIC_HDR_VIVID": "HDR Vivid metadata", "ICC_PROFILE": "The ICC profile",
               "AMBIENT_VIEWING_ENVIRONMENT": "The ambient viewing environment",
               "SPHERICAL": "The spherical projection", "STEREO3D": "The 3D arrangement",
               "VIEW_ID": "The second view", "LCEVC": "The LCEVC enhancement"}
    said += [f"{words} of the source is not carried over."
             for kind, words in dropped.items() if kind in source.extras]
    said += [sentence for sentence, applies in _conversions(source).items() if applies]
    if not resumable(stack):
        said.append("A function without a version attribute cannot be recognized again, so this "
                    "render cannot be resumed.")
    return said


def _conversions(source: VideoMetadata) -> dict[str, bool]:
    """What is made of frames that no look and no encoder takes as they are."""
    return {
        "The floating-point frames of the source are rounded to 16 bits; what lies below 0 or "
        "above 1 is clipped.": is_float(source.pixel_format),
        "The XYZ colors of the source are converted to RGB with the primaries of BT.709; what "
        "lies beyond these is clipped.": source.pixel_format.startswith("xyz"),
        "A tag turns the source, though not by quarters; it is kept, and masks and previews show "
        "the frames as they are stored.": not turns_by_quarters(display_matrix(source)),
        "The source is cropped by its container inside a chroma sample; the crop was rounded to "
        "whole ones.": source.crop_rounded,
    }
