"""What a file tells against itself, without its source."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np

from core.io.inspection import Inspection, Track
from core.io.repair import complaints
from core.verify.finding import Finding, kept, wrong
from core.verify.pair import ends

_ABOUT_TIMES = "non monotonically increasing dts to muxer"
"""What FFmpeg says of times as it would write them anew; `clocks` looks at those of the file."""


def packets(file: Inspection) -> Iterator[Finding]:
    """Everything decodes, with this FFmpeg and with another."""
    if file.undecodable:
        yield wrong(f"{file.undecodable} packets of the picture cannot be decoded.")
    if file.frames.corrupt:
        yield wrong(f"{file.frames.corrupt} frames are damaged.")
    lines = [line for line in complaints(file.path).splitlines() if _ABOUT_TIMES not in line]
    if lines:
        yield wrong(f"FFmpeg complains {len(lines)} times: {lines[0][:160]}")
    yield kept(f"{len(file.packets.pts)} packets of the picture")


def whole(file: Inspection) -> Iterator[Finding]:
    """The file goes on to the end that its header claims."""
    if file.cut_short:
        yield wrong("The file breaks off.")
    came = len(file.packets.pts)
    if file.claimed_frames and came < file.claimed_frames and not _trimmed(file):
        yield wrong(f"The header claims {file.claimed_frames} frames, {came} are there.")
    latest = max((_end(track) for track in (file.packets, *file.of_kind("audio"))
                  if len(track.pts)), default=0.0)
    if file.duration is not None and len(file.frames):
        latest = max(latest, *ends(file))
        missing = float(file.start + file.duration) - latest
        usual = float(np.median(np.diff(file.frames.times()))) if len(file.frames) > 1 else 0.1
        if missing > max(0.1, 1.5 * usual):
            yield wrong(f"The header claims {float(file.duration):.3f} s, the last "
                        f"{missing:.3f} s are missing.")
    yield kept("to its end")


def _trimmed(file: Inspection) -> bool:
    """Whether an edit list hides packets, which count in the header."""
    return bool(len(file.packets.pts) and file.packets.pts.min() < 0)


def _end(track: Track) -> float:
    return float((track.pts + track.durations).max() * track.time_base)


def clocks(file: Inspection) -> Iterator[Finding]:
    """In every stream packets come in order, and no two frames at one time."""
    for track in (file.packets, *file.of_kind("audio", "video")):
        steps = np.diff(track.dts)
        if (steps < 0).any() or (track is file.packets and (steps == 0).any()):
            place = int(np.flatnonzero(steps <= 0)[0])
            yield wrong(f"The times of {track.label} do not increase at "
                        f"{float(track.dts[place] * track.time_base):.3f} s.")
    if file.frames.mended:
        yield wrong(f"{file.frames.mended} frames have no time of their own.")
    yield kept("all increasing")


def streams(file: Inspection) -> Iterator[Finding]:
    """No stream is empty, or stands no time."""
    yield from empty(file, frozenset())


def empty(file: Inspection, silent: Collection[int]) -> Iterator[Finding]:
    """Which streams hold nothing, but for those of sound of which nothing is asked."""
    for track in (file.packets, *file.of_kind("audio")):
        if track.index in silent:
            yield kept(f"{track.label} is silent here in the source, too")
        elif not len(track.pts):
            yield wrong(f"{track.kind.capitalize()} {track.label} is empty.")
        elif track.kind == "audio" and _end(track) - float(track.pts.min() * track.time_base) <= 0:
            yield wrong(f"{track.kind.capitalize()} {track.label} has no length.")
    yield kept(f"{1 + len(file.tracks)} streams")


def tail(file: Inspection) -> Iterator[Finding]:
    """The last frame stands for some time."""
    if not len(file.frames):
        yield wrong("No frame can be decoded.")
        return
    stood = ends(file)[0] - file.frames.times()[-1]
    if stood <= 0:
        yield wrong("The last frame stands no time.")
    else:
        yield kept(f"the last frame stands {stood:.3f} s")
