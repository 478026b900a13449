"""The sound of a track as a player would play it, small enough to compare."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path

import av
import av.error
import numpy as np

from core.io.containers import open_input, reading, time_base_of
from core.io.demux import Demuxer

RATE = 8000
"""Samples a second that are kept, of one channel."""
_GAP, _STEP_BACK = 0.005, 0.1
"""Seconds that sound may be late, or early, before it is put in its place; players go on till then.
"""


@dataclass(frozen=True, slots=True)
class Heard:
    """`samples` are int16 from `start` on, in seconds on the file's clock; `errors` in packets."""

    start: float
    samples: np.ndarray
    errors: int = 0

    @property
    def end(self) -> float:
        return self.start + len(self.samples) / RATE

    def between(self, start: float, end: float) -> np.ndarray:
        """Samples of this time, silence where there are none."""
        first = round((start - self.start) * RATE)
        count = round((end - start) * RATE)
        found = np.zeros(count, np.float32)
        low, high = max(0, first), min(len(self.samples), first + count)
        if low < high:
            found[low - first:high - first] = self.samples[low:high]
        return found


def heard(path: Path, index: int, until: float | None = None) -> Heard | None:
    """Decode a track up to a time; None where nothing of it decodes."""
    ear = _Ear()
    with open_input(path) as container, reading(path):
        stream = container.streams[index]
        if not isinstance(stream, av.AudioStream) or stream.codec_context is None:
            return None
        for frame in ear.frames(container, stream):
            begins = float((frame.pts or 0) * (frame.time_base or Fraction(0)))
            if until is not None and begins > until:
                break
            ear.hear(frame, begins)
    return ear.all()


class _Ear:
    """Puts resampled frames where their times say."""

    def __init__(self) -> None:
        self._pieces: list[np.ndarray] = []
        self._start: float | None = None
        self._end = 0.0
        self._total = 0
        self._form: tuple[str, str, int] | None = None
        self._resampler: av.AudioResampler | None = None
        self._errors = 0

    def frames(self, container: av.container.InputContainer,
               stream: av.AudioStream) -> Iterator[av.AudioFrame]:
        for packet in chain(Demuxer(container, stream), (None,)):
            try:
                frames = stream.codec_context.decode(packet)
            except av.error.FFmpegError:
                self._errors += 1
                continue
            for frame in frames:
                frame.time_base = frame.time_base or time_base_of(stream)
                if frame.pts is not None:
                    yield frame

    def hear(self, frame: av.AudioFrame, begins: float) -> None:
        form = (frame.format.name, frame.layout.name, frame.sample_rate)
        if self._start is None:
            self._start = self._end = begins
        off = begins - self._end
        if off > _GAP or off < -_STEP_BACK:
            self._go_to(begins)
            self._form = None
        else:
            begins = self._end
        if form != self._form:
            self._go_to(begins)
            self._form = form
            self._resampler = av.AudioResampler("s16", "mono", RATE)
        assert self._resampler is not None
        self._end = begins + frame.samples / frame.sample_rate
        self._keep(self._resampler.resample(frame))

    def _go_to(self, time: float) -> None:
        if self._resampler is not None:
            self._keep(self._resampler.resample(None))
        assert self._start is not None
        missing = round((time - self._start) * RATE) - self._total
        if missing > 0:
            self._pieces.append(np.zeros(missing, np.int16))
            self._total += missing
        while missing < 0 and self._pieces:  # what comes later goes before what was there
            piece = self._pieces.pop()
            kept = piece[:max(0, len(piece) + missing)]
            missing += len(piece) - len(kept)
            self._total -= len(piece) - len(kept)
            if len(kept):
                self._pieces.append(kept)
                break

    def _keep(self, frames: list[av.AudioFrame]) -> None:
        for frame in frames:
            samples = frame.to_ndarray()[0]
            self._pieces.append(samples)
            self._total += len(samples)

    def all(self) -> Heard | None:
        if self._start is None:
            return None
        self._go_to(self._end)
        return Heard(self._start, np.concatenate(self._pieces) if self._pieces
                     else np.zeros(0, np.int16), self._errors)
