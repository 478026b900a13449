"""The shots of a film, found without drawing it, where a render finds them."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from core.errors import UnreadableVideo
from core.io import VideoReader
from core.io.probe import VideoMetadata
from core.io.reader import TimedPicture
from core.io.timecode import advanced, first_timecode
from core.render.stages import in_background
from core.scenes.ahead import decided
from core.scenes.cuts import CutDetector
from core.scenes.fades import Fade, Level, fades_in
from core.scenes.thumbnails import Glimpse, Thumbnailer

_AHEAD = 4
"""Decoded pictures that may wait."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """How far it is: `frames` of about `total`, 0 where nobody knows."""

    frames: int
    total: int


@dataclass(frozen=True, slots=True)
class Flash:
    """From `start` to `end`, in seconds."""

    start: Fraction
    end: Fraction
    frames: int


@dataclass(frozen=True, slots=True)
class Shot:
    """From `start` to `end`, where the next one starts; `number` counts from 1.

    Times are seconds since the file begins, exactly; `first` is the number of its first frame,
    from 0. A fade belongs to the shot that it begins in.
    """

    number: int
    start: Fraction
    end: Fraction
    first: int
    frames: int
    flashes: tuple[Flash, ...] = ()
    fades: tuple[Fade, ...] = ()

    @property
    def duration(self) -> Fraction:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class ShotList:
    """All shots of a film, in order, without gaps; `warnings` are what decoding met."""

    source: VideoMetadata
    shots: tuple[Shot, ...]
    warnings: tuple[str, ...]

    def timecode(self, time: Fraction) -> str:
        """Of a moment, counted at the nominal rate from the file's own timecode, or from zero."""
        rate = self.source.rate
        frames = round((time - self.shots[0].start) * rate)
        return advanced(first_timecode(self.source.timecode, rate), frames, rate)


def find_shots(path: str | Path) -> Generator[Scanned, None, ShotList]:
    """Decode a film and list its shots: those of any styled render of it.

    Raises InputError where it cannot be read.
    """
    with VideoReader(path) as reader:
        source = reader.metadata
        total = source.frames or int((source.duration or 0) * source.rate)
        levels: list[Level] = []
        end = Fraction(0)
        with closing(in_background(reader.pictures(), _AHEAD)) as pictures:
            for one, decision in decided(_seen(pictures, source), CutDetector().decide):
                levels.append(Level.of(one.glimpse.small, one.glimpse.time, cut=decision.cut,
                                       flash=decision.flash))
                end = one.end
                yield Scanned(len(levels), max(total, len(levels)))
        if not levels:
            raise UnreadableVideo(f"No picture of {source.path.name} can be decoded.",
                                  "It may be damaged; try another copy.")
        return ShotList(source, _divided(levels, end), tuple(reader.report.warnings()))


@dataclass(frozen=True, slots=True)
class _Seen:
    glimpse: Glimpse
    end: Fraction


def _seen(pictures: Iterable[TimedPicture], source: VideoMetadata) -> Iterator[_Seen]:
    thumbnails = Thumbnailer(source.pixel_format, source.tags, source.width, source.height)
    base, origin = source.time_base, _origin(source)
    for timed in pictures:
        time = timed.pts * base - origin
        yield _Seen(Glimpse(thumbnails.of(timed.picture), time), time + timed.duration * base)


def _origin(source: VideoMetadata) -> Fraction:
    """When the file begins; the container says so in rounded millionths of a second."""
    near = abs(source.start - source.container_start) < Fraction(1, 10**6)
    return source.start if near else source.container_start


def _divided(levels: Sequence[Level], end: Fraction) -> tuple[Shot, ...]:
    firsts = [index for index, level in enumerate(levels) if level.cut or not index]
    times = [*(level.time for level in levels), end]
    fades = fades_in(levels)
    shots = []
    for number, (first, after) in enumerate(zip(firsts, [*firsts[1:], len(levels)], strict=True)):
        begins, ends = times[first], times[after]
        shots.append(Shot(
            number + 1, begins, ends, first, after - first,
            tuple(_flashes(levels, times, range(first, after))),
            tuple(fade for fade in fades if begins <= fade.start < ends)))
    return tuple(shots)


def _flashes(levels: Sequence[Level], times: Sequence[Fraction], frames: range
             ) -> Iterator[Flash]:
    lit: list[int] = []
    for index in frames:
        if levels[index].flash:
            lit.append(index)
        if lit and (not levels[index].flash or index == frames[-1]):
            yield Flash(times[lit[0]], times[lit[-1] + 1], len(lit))
            lit = []
