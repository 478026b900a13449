"""A small H.264 copy of a video, for players that cannot show the video itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path

import numpy as np

from core.io import VideoReader, VideoWriter
from core.io.reader import TimedPicture
from core.render.detail import reduced
from core.viewing.display import displayed, upright
from stylizers.frame import Frame

SHORT_SIDE = 720


def write_proxy(source: Path, target: Path, short_side: int = SHORT_SIDE) -> Iterator[float]:
    """Write the pictures alone, upright and in standard range; yields the share done, 0..1.

    Pictures come at the nominal rate, so a variable one is only followed about. Nothing stands
    under the target's name until it is whole. Raises InputError or RenderError.
    """
    with ExitStack() as open_files:
        reader = open_files.enter_context(VideoReader(source))
        found, writer = reader.metadata, None
        total = found.frames or int((found.duration or 0) * found.rate) or 1
        for number, timed in enumerate(reader.pictures(), 1):
            picture = _shown(reader, timed, short_side)
            if writer is None:
                height, width = picture.shape[:2]
                rate = found.rate if 1 <= found.rate <= 240 else Fraction(25)
                writer = open_files.enter_context(VideoWriter(
                    target, width, height, rate, codec="h264", effort="speed", crf=23))
            writer.write_frame(picture)
            yield min(number / total, 1.0)


def _shown(reader: VideoReader, timed: TimedPicture, short_side: int) -> np.ndarray:
    """R'G'B' uint8 of even sides, as H.264's 4:2:0 has them."""
    found = reader.metadata
    small = reduced(Frame(reader.image(timed), timed.pts, timed.duration, found.time_base, 0, 0,
                          sar=found.sar), short_side).image
    picture = upright(displayed(small, found.tags), found)
    height, width = picture.shape[:2]
    return np.ascontiguousarray(picture[:max(height & ~1, 2), :max(width & ~1, 2)])
