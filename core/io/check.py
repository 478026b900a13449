"""A finished file opened once more, before it gets its name."""

from __future__ import annotations

from pathlib import Path

import av
import av.error
import numpy as np

from core.errors import FrameMismatch
from core.io.containers import open_input, reading, time_base_of
from core.io.mux import MuxJob

_TOLERANCE = {"mkv": 0.0011, "webm": 0.0011}
"""Seconds by which timestamps may be off; Matroska counts milliseconds."""


def check_output(job: MuxJob, path: Path) -> None:
    """Compare a muxed file with what it was made from; FrameMismatch names what differs.

    Every picture must be there, at its time up to one shift of the whole file, and the first and
    the last must decode.
    """
    expected = np.concatenate([chunk.pts for chunk in job.chunks]) * float(job.time_base)
    with open_input(path) as container, reading(path):
        stream = container.streams.video[0]
        times = np.sort([float((packet.pts or 0) * packet.time_base)
                         for packet in container.demux(stream) if packet.size])
        if len(times) != len(expected):
            raise FrameMismatch(f"The output holds {len(times)} pictures instead of "
                                f"{len(expected)}.", "Run the same command again.")
        drift = np.abs((times - times[0]) - (expected - expected[0])).max()
        if drift > _TOLERANCE.get(job.container, 1e-6 * max(1.0, float(abs(expected).max()))):
            raise FrameMismatch(f"The output's timestamps are off by {drift * 1000:.3f} ms.",
                                "Choose another container.")
    _decodes(path, stream_end=float(times[-1]))


def _decodes(path: Path, stream_end: float) -> None:
    """Decode the first picture, and the last group of pictures to its end."""
    with open_input(path) as container, reading(path):
        stream = container.streams.video[0]
        _some_picture(container, stream, path)
        container.seek(round(stream_end / time_base_of(stream)), stream=stream,
                       backward=True)
        _some_picture(container, stream, path)


def _some_picture(container: av.container.InputContainer, stream: av.VideoStream,
                  path: Path) -> None:
    try:
        if next(container.decode(stream), None) is not None:
            return
    except av.error.FFmpegError:
        pass
    raise FrameMismatch(f"{path.name} does not decode.", "Choose another codec or container.")
