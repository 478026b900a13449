"""Opening files with PyAV, its errors translated here and nowhere else."""

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.error
import av.logging

from core.durable import DISK_FULL, LOST, PARTIAL, WORK, no_room
from core.edge import edge
from core.errors import CheckpointError, EncodeFailed, InputError, UnreadableVideo

# FFmpeg's complaints reach the user as our errors. Any other level would have its threads wait for
# Python's lock to log with, which a thread that waits for them to end may be holding.
av.logging.set_level(None)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """The edge around input: what FFmpeg raises is UnreadableVideo, a missing file InputError."""
    with edge(path):
        try:
            yield
        except MemoryError:
            raise
        except (FileNotFoundError, IsADirectoryError) as error:
            raise InputError(f"{path} is not a file.", "Check the path.") from error
        except (av.error.FFmpegError, EOFError) as error:
            raise UnreadableVideo(
                f"{path.name} cannot be read as a video ({_reason(error)}).",
                "Check that it plays elsewhere; a damaged or unfinished file must be repaired "
                "first.") from error


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """The edge around output: what FFmpeg raises is DiskFull, CheckpointError or EncodeFailed."""
    with edge(path):
        try:
            yield
        except MemoryError:
            raise
        except OSError as error:
            if error.errno in DISK_FULL:
                raise no_room(path.parent) from error
            if error.errno in LOST:
                raise CheckpointError(
                    f"{path.parent} cannot be written to any more ({_reason(error)}).",
                    "Check that folder and its disk, and run the same command again.") from error
            raise EncodeFailed(f"{_users_name(path)} cannot be written ({_reason(error)}).",
                               "Check the folder, or choose another codec or container."
                               ) from error
        except av.error.FFmpegError as error:
            raise EncodeFailed(f"{_users_name(path)} cannot be written ({_reason(error)}).",
                               "Choose another codec or container.") from error


def _users_name(path: Path) -> str:
    """What the user calls a file that is written under another name first, or in parts."""
    part_of = next((folder.name for folder in path.parents if folder.suffix == WORK), None)
    return (part_of or path.name).removesuffix(WORK).removesuffix(PARTIAL)


def _reason(error: BaseException) -> str:
    text = getattr(error, "strerror", None) or str(error)
    return text[:1].lower() + text[1:]


def open_input(path: Path, **options: Any) -> av.container.InputContainer:
    """An open input; raises as `reading` does. Tags in odd encodings are kept as far as legible."""
    _check_readable(path)
    with reading(path):
        return av.open(str(path.resolve()), format=_NAMED.get(path.suffix.lower()),
                       metadata_errors="replace", **options)


_NAMED = {".mjpeg": "mjpeg", ".mjpg": "mjpeg"}
"""FFmpeg's formats for what its content alone would have taken for a still."""
_ANALYZED = {"probesize": "64000000", "analyzeduration": "600000000", "scan_all_pmts": "1"}
"""Bytes and microseconds in which every stream is looked for, some ten times FFmpeg's own."""


def open_fully(path: Path) -> av.container.InputContainer:
    """An open input of which the streams are known that begin, or can be decoded, only later on.

    The indices of those that `open_input` finds are the same. Broadcasts and DVDs have such.
    """
    container = open_input(path)
    sounds = [stream.codec_context for stream in container.streams.audio]
    unknown = any(sound is not None and not (sound.channels and sound.sample_rate)
                  for sound in sounds)
    if unknown or container.format.name in _ADDS_STREAMS:
        thorough = open_input(path, options=_ANALYZED)
        # Sound that changes on the way is described as it begins only by the short look.
        if unknown or len(thorough.streams) > len(container.streams):
            container.close()
            return thorough
        thorough.close()
    return container


_ADDS_STREAMS = ("mpegts", "mpeg", "flv", "live_flv", "nuv", "wtv")
"""FFmpeg's names for formats that tell of a stream only where it begins."""


def _check_readable(path: Path) -> None:
    """Raises InputError; FFmpeg has the same errors for much that has nothing to do with files."""
    try:
        if path.is_file():
            path.open("rb").close()
            return
    except PermissionError as error:
        raise InputError(f"{path} may not be read.", "Check its permissions.") from error
    except OSError as error:
        raise InputError(f"{path} cannot be opened ({_reason(error)}).",
                         "Check the path.") from error
    raise InputError(f"{path} is not a file.", "Check the path.")


def time_base_of(stream: av.stream.Stream) -> Fraction:
    """Seconds per tick of a stream that was read or has been set up: only a new one has none."""
    assert stream.time_base is not None
    return stream.time_base


def first_packet(path: Path, index: int) -> av.Packet | None:
    """The first packet of a stream that holds anything."""
    with open_input(path) as container:
        packets = container.demux(container.streams[index])
        return next((packet for packet in packets if packet.size), None)


def open_output(path: Path, container: str, **options: Any) -> av.container.OutputContainer:
    """An open output of the FFmpeg muxer `container`; raises as `writing` does."""
    with writing(path):
        # FFmpeg takes what stands before a colon for a protocol, but in absolute paths.
        return av.open(str(path.absolute()), "w", format=container, **options)
