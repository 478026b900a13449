"""Opening files with PyAV, its errors translated here and nowhere else."""

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.error
import av.logging

from core.durable import DISK_FULL
from core.edge import edge
from core.errors import DiskFull, EncodeFailed, InputError, UnreadableVideo

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
        except PermissionError as error:
            raise InputError(f"{path} may not be read.", "Check its permissions.") from error
        except (av.error.FFmpegError, EOFError) as error:
            raise UnreadableVideo(
                f"{path.name} cannot be read as a video ({_reason(error)}).",
                "Check that it plays elsewhere; a damaged or unfinished file must be repaired "
                "first.") from error


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """The edge around output: what FFmpeg raises is DiskFull or EncodeFailed."""
    with edge(path):
        try:
            yield
        except MemoryError:
            raise
        except OSError as error:
            if error.errno in DISK_FULL:
                raise DiskFull(f"There is no room left to write {path.name}.",
                               "Free some space and run the same command again; it resumes."
                               ) from error
            raise EncodeFailed(f"{path.name} cannot be written ({_reason(error)}).",
                               "Check the folder, or choose another codec or container."
                               ) from error
        except av.error.FFmpegError as error:
            raise EncodeFailed(f"{path.name} cannot be written ({_reason(error)}).",
                               "Choose another codec or container.") from error


def _reason(error: BaseException) -> str:
    text = getattr(error, "strerror", None) or str(error)
    return text[:1].lower() + text[1:]


def open_input(path: Path, **options: Any) -> av.container.InputContainer:
    """An open input; raises as `reading` does. Tags in odd encodings are kept as far as legible."""
    with reading(path):
        if not path.is_file():
            raise FileNotFoundError(path)
        return av.open(str(path.resolve()), metadata_errors="replace", **options)


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
