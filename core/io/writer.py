"""VideoWriter: pictures in, a finished video file out."""

from __future__ import annotations

import logging
from fractions import Fraction
from pathlib import Path
from typing import Self

import numpy as np

from core import durable
from core.color import ColorSpaceManager, ColorTags, Matrix, Primaries, Range, Transfer
from core.errors import InputError, InvalidParameter
from core.io.codecs import CODECS, MUXERS
from core.io.containers import writing
from core.io.encode import Encoder
from core.io.encoders import Wish, choose_encoder
from core.io.picture import Picture

logger = logging.getLogger("brushreel")

_REC709 = ColorTags(Matrix.BT709, Range.LIMITED, Primaries.BT709, Transfer.BT709)


class VideoWriter:
    """Writes RGB pictures at a constant rate, BT.709 limited range and tagged so.

    >>> with VideoWriter("output.mp4", width, height, fps, codec="h264_nvenc") as writer:
    ...     writer.write_frame(frame)                 # RGB (H, W, 3), uint8

    The file appears under its name only when it is complete. A codec that does not open here is
    replaced by the matching CPU encoder, which is logged and found in `remarks`. `pixel_format`
    chooses the samples (`yuv420p`); `sample_rate` opens a stereo sound track for `write_sound`.
    An existing file is replaced only on success.
    """

    def __init__(self, path: str | Path, width: int, height: int, fps: float | Fraction, *,
                 codec: str = "auto", crf: int | None = None, effort: str = "balanced",
                 pixel_format: str = "yuv420p", sample_rate: int | None = None) -> None:
        self.path = Path(path)
        container = self.path.suffix.lstrip(".").lower()
        if container not in MUXERS:
            raise InvalidParameter(f"{self.path.name} has no known video suffix.",
                                   f"Use one of {', '.join(MUXERS)}.")
        if not self.path.parent.is_dir():
            raise InputError(f"{self.path.parent} is not a folder.", "Make it first.")
        rate = Fraction(fps).limit_denominator(1001)
        self.spec, self.remarks = choose_encoder(Wish(
            pixel_format, width, height, rate, codec, effort, crf, _REC709))
        if container not in CODECS[self.spec.codec].containers:
            raise InvalidParameter(
                f"{self.spec.codec} does not go into .{container}.",
                f"Use .{' or .'.join(CODECS[self.spec.codec].containers)}.")
        for remark in self.remarks:
            logger.warning(remark)
        self._partial = durable.partial(self.path)
        self._encoder = Encoder(self._partial, self.spec, MUXERS[container], sample_rate)
        blank = Picture.blank(width, height, self.spec.planar)
        self._colors = ColorSpaceManager(blank.layout, self.spec.tags, width, height)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.close()
        else:
            self.abandon()

    def write_frame(self, frame: np.ndarray) -> None:
        """Write an RGB picture (H, W, 3): uint8, or uint16 for deeper pixel formats."""
        picture = Picture.blank(self.spec.width, self.spec.height, self.spec.planar)
        self._colors.to_planes(frame, out=picture.planes)
        self._encoder.write(picture)

    def write_sound(self, samples: np.ndarray) -> None:
        """Write stereo samples (N, 2), float32 in -1..1; needs `sample_rate`."""
        self._encoder.write_sound(samples)

    def close(self) -> None:
        """Finish the file and give it its name."""
        try:
            self._encoder.close()
            with writing(self.path):
                durable.rename(self._partial, self.path)
        finally:
            self.abandon()  # of a file that has its name nothing is left to remove

    def abandon(self) -> None:
        """Leave nothing behind."""
        self._encoder.abandon()
        self._partial.unlink(missing_ok=True)
