"""Frames lost, doubled, out of place or out of time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.io.inspection import Inspection
from core.verify.finding import Finding, absent, converted, kept, wrong
from core.verify.matching import distances
from core.verify.pair import Pair, ends

_MOVING = 0.3
"""Of what frames change around it: what a frame changes that moves as they do."""
_STILL = 0.12
"""Share of the usual change below which a drawn frame counts as the one before, shown again."""


def frames(pair: Pair) -> Iterator[Finding]:
    """Each frame of the source once, and in its place."""
    there, came = len(pair.times), len(pair.output.frames)
    if there != came:
        yield from _miscounted(pair, there, came)
        return
    yield kept(f"{came} frames")
    if pair.inert:
        yield from _misplaced(pair)
    yield from _doubled(pair)


def _miscounted(pair: Pair, there: int, came: int) -> Iterator[Finding]:
    _, theirs, ours = pair.matches
    lost = np.setdiff1d(np.arange(there), theirs)
    added = np.setdiff1d(np.arange(came), ours)
    where = []
    if len(lost) and len(lost) < there:
        where.append(f"lost at {_at(pair.times[lost] - pair.start)}")
    if len(added) and len(added) < came:
        own = pair.output.frames.times()
        where.append(f"added at {_at(own[added] - own[0])}")
    detail = f"{came} frames instead of {there}" + (f", {', '.join(where)}" if where else "")
    yield wrong(detail)


def _at(times: np.ndarray) -> str:
    listed = ", ".join(f"{time:.3f} s" for time in times[:3])
    return listed + (f" and {len(times) - 3} more places" if len(times) > 3 else "")


def _misplaced(pair: Pair) -> Iterator[Finding]:
    """Of a source's own pictures each is most like the frame whose place it has."""
    theirs = pair.source.frames.thumbs[pair.shown]
    ours = pair.output.frames.thumbs
    if theirs.shape != ours.shape or _reshaped(pair):
        return
    own = distances(theirs, ours)
    places = []
    for step in (-2, -1, 1, 2):
        other = np.full(len(own), np.inf)
        inside = np.arange(max(0, -step), min(len(own), len(own) - step))
        other[inside] = distances(theirs[inside + step], ours[inside])
        places.append(other)
    nearest = np.min(places, axis=0)
    off = np.flatnonzero((own > 2.0) & (nearest < own / 2))
    if len(off):
        yield wrong(f"{len(off)} frames show what belongs to another time, the first at "
                    f"{pair.output.frames.times()[off[0]] - pair.output.frames.times()[0]:.3f} s")


def _reshaped(pair: Pair) -> bool:
    """Whether small pictures of both cannot be compared: cropped, or of several sizes."""
    sizes = {(form.width, form.height) for form in
             [*pair.source.frames.forms, *pair.output.frames.forms]}
    return len(sizes) > 1


def _doubled(pair: Pair) -> Iterator[Finding]:
    """A frame that stands still in the output, while the source and all around it move."""
    if pair.recipe.get("hold", 1) != 1 or len(pair.output.frames) < 5:
        return
    ours = pair.output.frames.changes
    theirs = pair.source.frames.changes[pair.shown]
    digests = pair.output.frames.digests
    again = np.zeros(len(ours), bool)
    again[1:] = digests[1:] == digests[:-1]
    distinct = np.ones(len(ours), bool)
    sources = pair.source.frames.digests[pair.shown]
    distinct[1:] = sources[1:] != sources[:-1]
    still = ours < _STILL * _around(ours)
    moving = (theirs > 0.5 * _around(theirs)) & (theirs > 0.002) & distinct
    places = np.array([place for place in np.flatnonzero((still | again) & moving) if place > 0
                       and (again[place] or _stands_out(ours, still, int(place)))], int)
    if len(places):
        times = pair.output.frames.times()
        yield wrong(f"{len(places)} frames show the frame before once more, the first at "
                    f"{times[places[0]] - times[0]:.3f} s")


def _stands_out(changes: np.ndarray, still: np.ndarray, place: int) -> bool:
    """Whether what moves just before and after a still frame moves far more, and about as much as
    all around does: no slow beginning, which a look may not show at all.
    """
    moving, around = np.flatnonzero(~still), _around(changes)
    sides = (moving[moving < place][-1:], moving[moving > place][:1])
    return all(changes[place] < _STILL * changes[side[0]]
               and changes[side[0]] > _MOVING * around[side[0]] for side in sides if len(side))


def _around(values: np.ndarray, reach: int = 6) -> np.ndarray:
    """The median of the neighbors on both sides."""
    found = np.zeros(len(values))
    for place in range(1, len(values)):
        near = np.r_[values[max(1, place - reach):place], values[place + 1:place + 1 + reach]]
        found[place] = np.median(near) if len(near) else 0.0
    return found


def times(pair: Pair) -> Iterator[Finding]:
    """Every frame at its time, up to one offset of the whole file."""
    theirs, ours = pair.times, pair.output.frames.times()
    if not len(ours) or not len(theirs):
        yield wrong("There are no frames.")
        return
    if len(theirs) != len(ours):
        yield absent("The frames differ in number.")
        return
    off = np.abs(ours - theirs - pair.offset)
    where = f"the most at {theirs[off.argmax()] - pair.start:.3f} s"
    words = f"up to {off.max() * 1000:.3f} ms off, {where}"
    if off.max() <= pair.tolerance:
        yield kept(f"within {off.max() * 1000:.3f} ms")
    elif pair.source.frames.mended:
        yield converted(f"{words}, where the source's own times are missing or go back",
                        ("timestamps",), ("clock",), ("times",))
    else:
        yield wrong(words)


def duration(pair: Pair) -> Iterator[Finding]:
    """The last frame stands as long as the source's."""
    if not len(pair.output.frames) or not len(pair.times):
        return
    ours = ends(pair.output)
    theirs = [end + pair.offset for end in ends(pair.source)]
    last_shown = int(pair.shown[-1])
    if last_shown + 1 < len(pair.source.frames):
        theirs = [float(pair.source.frames.times()[last_shown + 1]) + pair.offset]
    if pair.end is not None:
        theirs = [min(end, pair.end + pair.offset) for end in theirs] + theirs
    off = min(abs(ours[0] - their) for their in theirs)
    stood = ours[0] - pair.output.frames.times()[-1]
    if off <= 2 * pair.tolerance or any(
            abs(end - their) <= 2 * pair.tolerance for end in ours for their in theirs):
        yield kept(f"the last frame stands {stood:.3f} s")
    else:
        yield wrong(f"The last frame ends {off * 1000:.1f} ms away from where the source's does.")


def rate(pair: Pair) -> Iterator[Finding]:
    """The nominal rate of the source, or the one that frames have."""
    ours = pair.output.claimed_rate
    theirs = [rate for rate in (pair.source.claimed_rate, pair.source.nominal_rate) if rate]
    if ours is not None and any(abs(rate / ours - 1) < 0.001 for rate in theirs):
        yield kept(f"{float(ours):.3f} frames per second")
    else:
        yield from own_rate(pair.output)


def own_rate(file: Inspection) -> Iterator[Finding]:
    """The rate that the file claims is the one its frames have."""
    shown = file.frames.times()
    if file.claimed_rate is None or len(shown) < 2:
        return
    length = max(ends(file)) - shown[0]
    real = len(shown) / length if length > 0 else 0.0
    claimed = float(file.claimed_rate)
    steps = np.diff(shown)
    lowest, highest = 0.98 / steps.max(), 1.02 / max(steps.min(), 1e-9)
    if lowest <= claimed <= highest or abs(claimed / real - 1) < max(0.02, 1.5 / len(shown)):
        yield kept(f"{claimed:.3f} frames per second")
    elif abs(claimed / real - round(claimed / real)) < 0.02:
        yield kept(f"{claimed:.3f} frames per second, of which {real:.3f} are shown")
    else:
        yield wrong(f"The file claims {claimed:.3f} frames per second and shows {real:.3f}.")
