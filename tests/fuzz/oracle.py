"""What FFmpeg itself says of a file, through PyAV on one thread."""

from __future__ import annotations

from pathlib import Path

import av
import av.error

_LARGEST = 1 << 20
"""Pixels up to which a mutant that claims to be larger than its seed must still render."""


def frames_of(path: Path, *, sound: bool = True) -> int:
    """Frames of the first video stream; raises what FFmpeg does over anything that is wrong."""
    with av.open(str(path), metadata_errors="replace") as container:
        stream = _video(container)
        if stream is None:
            return 0
        stream.codec_context.thread_count = 1
        frames = sum(1 for _ in container.decode(stream))
    if sound:
        _hear(path)
    return frames


def _hear(path: Path) -> None:
    with av.open(str(path), metadata_errors="replace") as container:
        heard = [stream for stream in container.streams.audio if stream.codec_context is not None]
        for packet in container.demux(heard) if heard else ():
            packet.decode()


def whole(path: Path) -> bool:
    """Whether FFmpeg decodes all of it without an error, and there is something to see."""
    try:
        with av.open(str(path), metadata_errors="replace") as container:
            stream = _video(container)
            if stream is None or stream.width * stream.height > _LARGEST or _still(container):
                return False
        return frames_of(path) > 0
    except (av.error.FFmpegError, IndexError, ValueError, MemoryError, AttributeError):
        return False


def _video(container: av.container.InputContainer) -> av.VideoStream | None:
    return next((stream for stream in container.streams.video if stream.codec_context is not None
                 and not stream.disposition & av.stream.Disposition.attached_pic), None)


def _still(container: av.container.InputContainer) -> bool:
    """What FFmpeg plays though it does not move is refused."""
    name = container.format.name
    return name in ("image2", "tty") or name.endswith("_pipe")
