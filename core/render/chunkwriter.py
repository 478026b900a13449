"""One chunk on its way to its file."""

from __future__ import annotations

from pathlib import Path

from core import durable
from core.checkpoint import Entry
from core.errors import FrameMismatch
from core.io.encode import Encoder, chunk_muxer
from core.io.encoders import VideoSpec
from core.render.work import Finished


class ChunkWriter:
    """Encodes the pictures of one chunk beside its name; left unfinished, the file is removed."""

    def __init__(self, path: Path, spec: VideoSpec, first: Finished) -> None:
        self._partial = durable.partial(path)
        self._encoder: Encoder | None = Encoder(self._partial, spec, chunk_muxer(spec))
        self._number = first.place.chunk.number
        self._reset = first.starts_shot
        self._pts: list[int] = []
        self._durations: list[int] = []
        self._clipped = 0

    def __enter__(self) -> ChunkWriter:
        return self

    def __exit__(self, *_: object) -> None:
        if self._encoder is not None:
            self._encoder.abandon()
            durable.discard(self._partial)

    def write(self, work: Finished) -> None:
        assert self._encoder is not None
        self._encoder.write(work.picture)
        self._pts.append(work.place.pts)
        self._durations.append(work.place.duration)
        self._clipped += work.clipped

    def finish(self) -> Entry:
        """The file is complete and on the disk; raises FrameMismatch where it lacks pictures."""
        assert self._encoder is not None
        encoded = self._encoder.close()
        self._encoder = None
        if encoded.frames != len(encoded.order):
            raise FrameMismatch(
                f"The encoder was given {encoded.frames} pictures and gave back "
                f"{len(encoded.order)}.", "Choose another codec.")
        return Entry(self._number, tuple(self._pts), tuple(self._durations),
                     tuple(encoded.order.tolist()), self._reset, self._clipped)
