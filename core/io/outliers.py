"""Times of single packets that damage has thrown far away from their neighbors'."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

import av

from core.io.kept import Kept

_FAR = Fraction(10)
"""Seconds; FFmpeg's command line takes larger steps for a clock that jumps."""


def put_back(packets: Iterable[av.Packet], report: Kept) -> Iterator[av.Packet]:
    """The same packets in the same order for each stream; of sound, each waits for the next one.

    Where that goes on as if the one between were not far off, this one moves to its place.
    """
    waiting: dict[int, av.Packet] = {}
    ends: dict[int, Fraction] = {}
    moved = 0
    for packet in packets:
        index = packet.stream_index
        if not isinstance(packet.stream, av.AudioStream):
            yield packet
            continue
        held = waiting.get(index)
        waiting[index] = packet
        if held is not None:
            due = ends.get(index)
            if due is not None and _off(held, due) and not _off(packet, due):
                held.pts = held.dts = round(due / held.time_base)
                moved += 1
            ends[index] = _end(held, due)
            yield held
    yield from waiting.values()
    if moved:
        report.warnings.append(f"{moved} packet{'' if moved == 1 else 's'} of sound had times far "
                               "from their neighbors' and were put between them.")


def _time(packet: av.Packet) -> Fraction | None:
    time = packet.pts if packet.pts is not None else packet.dts
    return None if time is None else time * packet.time_base


def _off(packet: av.Packet, due: Fraction) -> bool:
    time = _time(packet)
    return time is not None and abs(time - due) > _FAR


def _end(packet: av.Packet, due: Fraction | None) -> Fraction:
    time = _time(packet)
    begins = (due or Fraction(0)) if time is None else time
    return begins + (packet.duration or 0) * packet.time_base
