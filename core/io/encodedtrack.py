"""Sound decoded and encoded anew, each sample at its own time."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import av
import av.error
import numpy as np

from core.io.kept import Kept
from core.io.sound import MOST_CHANNELS, is_bare, usual_layout
from core.io.span import Range

_LONGEST_GAP = 600
"""Seconds of silence that sound may go on after, where the pictures have ended before."""
_JITTER = Fraction(1, 100)
"""Seconds that sound may be late for its place before it is moved there: containers round times."""
_OVERLAP = Fraction(1, 10)
"""Seconds by which it may come early: packets under one time still follow one another, as players
play them. It is FFmpeg's least for a hard correction, too (min_hard_comp of aresample)."""


def _audio_frame(samples: np.ndarray, like: av.AudioFrame, layout: str, rate: int
                 ) -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(samples, format=like.format.name, layout=layout)
    frame.sample_rate = rate
    return frame


def _placed(frame: av.AudioFrame, wanted: av.AudioLayout) -> av.AudioFrame:
    """The same packed samples with the usual places for channels of which nothing is known."""
    layout = usual_layout(frame.layout, MOST_CHANNELS)
    if layout.name == frame.layout.name or wanted.name == frame.layout.name:
        return frame
    missing = layout.nb_channels - frame.layout.nb_channels
    samples = np.pad(frame.to_ndarray().reshape(frame.samples, -1), ((0, 0), (0, missing)))
    placed = _audio_frame(samples.reshape(1, -1), frame, layout.name, frame.sample_rate)
    placed.pts = frame.pts
    if frame.time_base is not None:  # what a decoder still held at the end has none
        placed.time_base = frame.time_base
    return placed


class EncodedTrack:
    """Sound decoded, cut to the range and encoded anew, each sample under its own time.

    It stays one track of one layout and rate where the source changes them on the way. Samples are
    packed all along: PyAV reads past the planes of frames with eight or more.
    """

    def __init__(self, label: str, source: av.AudioStream, target: av.AudioStream,
                 offset: Fraction, span: Range, report: Kept,
                 pictures_end: Fraction | None = None) -> None:
        self.label, self.target = label, target
        self._source, self._encoder, self._span = source, target, span
        self._report, self._pictures_end = report, pictures_end
        self._rate = target.codec_context.sample_rate
        self._shift = round(offset * self._rate)
        self._resampler = self._packer = self._new_resampler()
        self._kinds: list[tuple[str, str, int]] = []
        """Sample format, layout and rate of the source, each time that they change."""
        self._lost = 0
        """Pieces of sound that were left out for their times."""
        self._fifo = av.AudioFifo()
        self._next: int | None = None
        """Where the sound so far ends, in samples on the source's clock."""
        self._sent: int | None = None
        """Where what is encoded so far ends, in samples on the output's clock."""

    def feed(self, packet: av.Packet) -> Iterator[av.Packet]:
        if not packet.size:
            return
        try:
            frames = self._source.decode(packet)
        except av.error.FFmpegError:
            return  # a damaged packet of sound is a gap, as it is in the source
        for frame in frames:
            yield from self._take(frame)

    def flush(self) -> Iterator[av.Packet]:
        try:
            left = self._source.codec_context.decode(None)
        except av.error.FFmpegError:
            left = []
        for frame in left:
            yield from self._take(frame)
        yield from self._drain()
        rest = self._fifo.read(0, partial=True)
        if rest is not None:
            yield from self._encode(rest)
        yield from self._encoder.encode(None)
        self._remark()

    def ready(self) -> Iterator[av.Packet]:
        return iter(())

    def _new_resampler(self) -> av.AudioResampler:
        context = self._encoder.codec_context
        return av.AudioResampler(format=context.format.packed, layout=context.layout,
                                 rate=self._rate)

    def _take(self, frame: av.AudioFrame) -> Iterator[av.Packet]:
        kind = (frame.format.name, frame.layout.name, frame.sample_rate)
        if not self._kinds or self._kinds[-1] != kind:
            yield from self._drain()
            self._packer = av.AudioResampler(format=frame.format.packed)
            self._resampler = self._new_resampler()
            self._kinds.append(kind)
        wanted = self._encoder.codec_context.layout
        for packed in self._packer.resample(frame) if is_bare(frame.layout) else [frame]:
            for ready in self._resampler.resample(_placed(packed, wanted)):
                yield from self._buffer(ready)

    def _drain(self) -> Iterator[av.Packet]:
        for frame in self._resampler.resample(None):
            yield from self._buffer(frame)

    def _remark(self) -> None:
        if self._lost:
            self._report.warnings.append(
                f"{self._lost} pieces of the {self.label} had times long after the last picture "
                "and were left out.")
        met = dict.fromkeys(f"{layout} at {rate} Hz" for _, layout, rate in self._kinds)
        if len(met) > 1:
            layout = self._encoder.codec_context.layout.name
            self._report.warnings.append(
                f"The {self.label} changes on the way ({', '.join(met)}); all of it is encoded "
                f"as {layout} at {self._rate} Hz.")

    def _buffer(self, frame: av.AudioFrame) -> Iterator[av.Packet]:
        end = self._next
        at = (end or 0) if frame.pts is None or frame.time_base is None else round(
            frame.pts * frame.time_base * self._rate)
        if end is None:
            end = at
        elif -self._rate * _OVERLAP <= at - end <= self._rate * _JITTER:
            at = end
        elif self._is_lost(at, end):
            self._lost += 1
            return
        elif at > end:
            yield from self._silence(end, at - end, frame)
            end = at
        self._next = max(at + frame.samples, end)
        yield from self._store(frame, at, late=max(0, end - at))

    def _is_lost(self, at: int, end: int) -> bool:
        """Whether a time is so late that only damage explains it: its gap would never be filled."""
        return (self._pictures_end is not None and at > self._pictures_end * self._rate
                and at - end > _LONGEST_GAP * self._rate)

    def _silence(self, at: int, samples: int, like: av.AudioFrame) -> Iterator[av.Packet]:
        """What is missing in the middle of the sound, a second at a time."""
        while samples:
            count = min(samples, self._rate)
            shape = (1, count * like.layout.nb_channels)
            quiet = _audio_frame(np.zeros(shape, like.to_ndarray().dtype), like,
                                 like.layout.name, self._rate)
            yield from self._store(quiet, at, late=0)
            at, samples = at + count, samples - count

    def _store(self, frame: av.AudioFrame, at: int, late: int) -> Iterator[av.Packet]:
        """Keep the samples inside the range, at their time in the output, less the first `late`."""
        start, end = (None if time is None else round(time * self._rate) - at
                      for time in (self._span.start, self._span.end))
        first = max(late, start or 0)
        last = frame.samples if end is None else min(end, frame.samples)
        if first >= last:
            return
        if (first, last) != (0, frame.samples):
            width = frame.layout.nb_channels
            samples = frame.to_ndarray()[:, first * width:last * width].copy()
            frame = _audio_frame(samples, frame, frame.layout.name, self._rate)
        if self._sent is None:
            self._sent = at + first + self._shift
        # The queue would have them begin at 0, and wants one clock.
        frame.pts, frame.time_base = None, Fraction(1, self._rate)
        self._fifo.write(frame)
        size = self._encoder.codec_context.frame_size or frame.samples
        while (ready := self._fifo.read(size)) is not None:
            yield from self._encode(ready)

    def _encode(self, frame: av.AudioFrame) -> Iterator[av.Packet]:
        assert self._sent is not None  # whatever is encoded was stored before
        frame.pts, frame.time_base = self._sent, Fraction(1, self._rate)
        self._sent += frame.samples
        yield from self._encoder.encode(frame)
