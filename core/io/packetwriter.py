"""Packets of other files written into an output, under times that its muxer takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import cast

import av
import av.error
from av.rational import AVRational

from core.io.containers import time_base_of

_REFUSALS = (av.error.InvalidDataError, av.error.ArgumentError, av.error.PermissionError,
             av.error.PatchWelcomeError, av.error.BugError)
"""What muxers raise for a packet that they do not take; a full disk raises something else."""
# PyAV's stubs take the values of flags for flags.
_MAY_STAND_STILL = cast(int, av.format.Flags.ts_nonstrict.value)


_NO_DAMAGE = 5
"""Packets that have to agree on what they are before it is not put down to damage."""


@dataclass(slots=True)
class _Written:
    """What was done to the packets of one stream; `last` is its latest decoding time in ticks."""

    label: str
    broadcast: bool
    """Whether each packet tells what the stream is, as nothing else does."""
    kinds: Counter[bytes] = field(default_factory=Counter)
    """How many packets of such a stream told what."""
    last: int | None = None
    moved: int = 0


class PacketWriter:
    """Writes packets of streams that come along, as FFmpeg's command line would.

    `labels` names these streams by their index in `target`, the header of which is written; other
    packets are written as they are. A packet whose time does not come after the one before is
    moved to the next free tick. One that the muxer refuses, as it is damaged, is left out.
    """

    def __init__(self, target: av.container.OutputContainer, labels: Mapping[int, str]) -> None:
        self._target = target
        self._written = {index: _Written(label, _tells_nothing(target.streams[index]))
                         for index, label in labels.items()}
        self._step = 0 if target.format.flags & _MAY_STAND_STILL else 1
        self._refused = 0

    def write(self, packet: av.Packet) -> None:
        written = self._written.get(packet.stream_index)
        if written is not None:
            if written.broadcast:
                written.kinds.update(_kind_of(packet))
                if not written.kinds:  # nothing before the first header can be decoded
                    self._refused += 1
                    return
            self._fit(packet, written)
        with self._refusals():
            self._target.mux(packet)

    def close(self) -> None:
        """Write what the muxer still holds, and the end of the file."""
        with self._refusals():
            self._target.close()

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        """Counts a refusal; the muxer may hold packets back, so it is not always the latest."""
        try:
            yield
        except _REFUSALS:
            if not self._written:
                raise
            self._refused += 1

    def _fit(self, packet: av.Packet, written: _Written) -> None:
        packet.rescale_ts(AVRational(time_base_of(packet.stream)))
        dts = packet.pts if packet.dts is None else packet.dts
        assert dts is not None  # packets without any time are not fed to tracks
        if written.last is not None and dts < written.last + self._step:
            dts = written.last + self._step
            written.moved += 1
        written.last = packet.dts = dts
        packet.pts = dts if packet.pts is None else max(packet.pts, dts)

    def warnings(self) -> list[str]:
        """One sentence for each stream with moved packets, and one for what was refused."""
        said = [f"{_packets(written.moved)} of the {written.label} had times that do not increase; "
                "they were moved by the least possible."
                for written in self._written.values() if written.moved]
        said += [f"The {written.label} changes its channels or rate on the way, which is lost when "
                 "it is copied; --audio aac keeps it." for written in self._written.values()
                 if sum(count >= _NO_DAMAGE for count in written.kinds.values()) > 1]
        if self._refused:
            labels = [written.label for written in self._written.values()]
            of = labels[0] if len(labels) == 1 else "other tracks"
            said.append(f"{_packets(self._refused)} of the {of} could not be written, as the data "
                        "is damaged.")
        return said


def _tells_nothing(stream: av.stream.Stream) -> bool:
    """Whether this is AAC as broadcast (ADTS), which muxers recognize by its first packet."""
    context = stream.codec_context
    return context is not None and context.name == "aac" and not context.extradata


def _kind_of(packet: av.Packet) -> set[bytes]:
    """Profile, rate and channels as a packet's ADTS header has them; nothing where it has none."""
    header = bytes(packet)[:4]
    if len(header) < 4 or header[0] != 0xff or header[1] >> 4 != 15:
        return set()
    return {bytes((header[2] & 0xfd, header[3] & 0xc0))}


def _packets(count: int) -> str:
    return f"{count} packet{'' if count == 1 else 's'}"
