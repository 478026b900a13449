"""Encoding pictures, and sound where asked, into one file."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import av.error
import numpy as np

from core.durable import sync
from core.errors import InvalidParameter
from core.io.codecs import MUXERS
from core.io.containers import open_output, writing
from core.io.encoders import VideoSpec
from core.io.picture import Picture, repacked
from core.io.scheduling import usual_scheduling

_REORDER = 16
"""Pictures by which decoding may run ahead of showing, the most that H.264 and HEVC allow."""


@dataclass(frozen=True, slots=True)
class EncodedChunk:
    """`order` lists, in decoding order, which picture each packet holds (counted from 0)."""

    frames: int
    order: np.ndarray


class _Sound:
    """A stereo AAC track beside the pictures, from whole frames of samples."""

    def __init__(self, container: av.container.OutputContainer, sample_rate: int) -> None:
        self._stream = container.add_stream("aac", rate=sample_rate)
        context = self._stream.codec_context
        context.layout, context.format, context.bit_rate = "stereo", "fltp", 192_000
        self._fifo, self._samples = av.AudioFifo(), 0

    def write(self, samples: np.ndarray) -> Iterator[av.Packet]:
        context = self._stream.codec_context
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples.T, np.float32),
                                           format="fltp", layout="stereo")
        frame.sample_rate, frame.time_base = context.sample_rate, Fraction(1, context.sample_rate)
        frame.pts = self._samples
        self._samples += len(samples)
        self._fifo.write(frame)
        while (ready := self._fifo.read(context.frame_size)) is not None:
            yield from self._stream.encode(ready)

    def flush(self) -> Iterator[av.Packet]:
        rest = self._fifo.read(0, partial=True)
        if rest is not None:
            yield from self._stream.encode(rest)
        yield from self._stream.encode(None)


class Encoder:
    """Writes pictures to `path`, spaced evenly on the encoder's own clock.

    A picture's number is its time: the real timestamps are put on when chunks are joined, so no
    encoder's rounding or limits reach them. The file is complete and on the disk after `close`.
    """

    def __init__(self, path: Path, spec: VideoSpec, muxer: str,
                 sample_rate: int | None = None) -> None:
        """`sample_rate` opens a stereo AAC track beside the pictures."""
        self._path, self._spec = path, spec
        self._count = 0
        self._order: list[int] = []
        options = {"movflags": "use_metadata_tags"} if muxer in ("mp4", "mov") else {}
        self._container = open_output(path, muxer, options=options)
        with writing(path):
            stream = self._container.add_stream(spec.entry.encoder, rate=spec.rate)
            assert isinstance(stream, av.VideoStream)
            self._stream = stream
            spec.apply(stream.codec_context)
            stream.time_base = 1 / spec.rate
            if spec.display_matrix is not None:
                stream.set_display_matrix(spec.display_matrix)
            self._sound = _Sound(self._container, sample_rate) if sample_rate else None

    def write(self, picture: Picture) -> None:
        """Encode one picture; its own timestamps do not matter."""
        frame = picture.native
        if frame.format.name != self._spec.pixel_format:
            frame = repacked(frame, self._spec.pixel_format)
        frame.pts, frame.time_base = self._count, 1 / self._spec.rate
        frame.pict_type = 0  # the source's choice of I, P and B is not ours
        self._count += 1
        with writing(self._path), usual_scheduling():  # the first picture opens the encoder
            self._mux(self._stream.encode(frame))

    def write_sound(self, samples: np.ndarray) -> None:
        """Encode stereo samples (N, 2), float32 in -1..1, following those before."""
        if self._sound is None:
            raise InvalidParameter("This file has no sound track.", "Open it with a sample rate.")
        with writing(self._path):
            for packet in self._sound.write(samples):
                self._container.mux(packet)

    def close(self) -> EncodedChunk:
        with writing(self._path):
            self._mux(self._stream.encode(None))
            if self._sound is not None:
                for packet in self._sound.flush():
                    self._container.mux(packet)
            self._container.close()
            sync(self._path)
        return EncodedChunk(self._count, np.array(self._order, np.int64))

    def abandon(self) -> None:
        """Stop without finishing; what was written is of no use."""
        # A disk that is full refuses the end of a file, too.
        with contextlib.suppress(OSError, av.error.FFmpegError):
            self._container.close()

    def _mux(self, packets: list[av.Packet]) -> None:
        for packet in packets:
            # x265 gives a packet of a very short stream a decoding time of chance.
            assert packet.pts is not None
            packet.dts = round((len(self._order) - _REORDER) / self._spec.rate / packet.time_base)
            self._order.append(round(packet.pts * packet.time_base * self._spec.rate))
            packet.duration = max(1, round(Fraction(1) / self._spec.rate / packet.time_base))
            self._container.mux(packet)


def chunk_muxer(spec: VideoSpec) -> str:
    """FFmpeg's muxer for chunks of this encoder."""
    container = spec.entry.chunk_container
    return MUXERS.get(container, container)
