"""Sound tracks, and whether they run with the picture."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.io.inspection import Track
from core.io.listening import RATE, Heard
from core.verify import integrity
from core.verify.finding import Finding, absent, converted, dropped, kept, wrong
from core.verify.matching import language_of, title_of
from core.verify.pair import Pair

_SYNC = 0.003
"""Seconds that sound may be off: encoders and resamplers round to whole samples."""
_EDGE = 0.065
"""Seconds by which sound may be cut or padded: one packet of the slowest codecs."""
_REACH = 0.5
_WINDOW = 0.6
"""Seconds that are searched on both sides, and that are compared at a time."""
_LIKENESS = 0.5
"""Correlation from which on two windows hold one sound."""


def tracks(pair: Pair) -> Iterator[Finding]:
    """Each sound track byte for byte, or encoded with the reason."""
    if not pair.sounds:
        yield absent("no sound") if not pair.output.of_kind("audio") else wrong(
            "There is sound that the source does not have.")
    for theirs, ours in pair.sounds:
        if ours is None:
            yield _gone(theirs, pair)
            continue
        yield _track(theirs, ours, pair)
        if language_of(theirs) != language_of(ours) or (
                title_of(theirs) and title_of(theirs) != title_of(ours)):
            yield wrong(f"{theirs.label} is now tagged {language_of(ours)} "
                        f"'{title_of(ours)}' instead of {language_of(theirs)} "
                        f"'{title_of(theirs)}'")


def _gone(theirs: Track, pair: Pair) -> Finding:
    if pair.output_recipe.get("audio") == "none":
        return absent("left out as asked")
    if not len(_within(theirs, pair)):
        return absent(f"{theirs.label} holds nothing here")
    return dropped(f"{theirs.codec} {theirs.label} is missing", (theirs.label, "left out"),
                   (theirs.label, "cannot be"))


def _track(theirs: Track, ours: Track, pair: Pair) -> Finding:
    expected = _within(theirs, pair)
    if _run(ours.digests, theirs.digests):
        if len(ours.digests) >= len(expected) - (2 if pair.end is not None else 0):
            return kept(f"{theirs.label} byte-equal")
        return converted(f"{theirs.label}: {len(expected) - len(ours.digests)} packets are "
                         "missing at its ends", (theirs.label, "packet"), ("sound", "packet"))
    if theirs.codec != ours.codec:
        return converted(f"{theirs.label} encoded as {ours.codec}",
                         (theirs.label, f"encoded as {ours.codec}"))
    if np.isin(ours.digests, theirs.digests).all() and len(ours.digests):
        return converted(f"{theirs.label}: {len(ours.digests)} of {len(expected)} packets",
                         (theirs.label, "packet"), ("sound", "packet"), ("audio", "packet"))
    if theirs.codec.startswith("pcm_"):
        return kept(f"{theirs.label} raw samples")
    return converted(f"{theirs.label} encoded anew as {ours.codec}",
                     (theirs.label, "encoded"), (theirs.label, ours.codec))


def _within(track: Track, pair: Pair) -> np.ndarray:
    """The packets of a track that sound inside the span."""
    times = track.times()
    inside = np.ones(len(times), bool)
    if pair.span.start is not None:
        inside &= times + track.durations * float(track.time_base) > pair.start
    if pair.end is not None:
        inside &= times < pair.end
    return track.digests[inside]


def _run(some: np.ndarray, among: np.ndarray) -> bool:
    """Whether some digests stand in a row among others."""
    if not len(some):
        return False
    return any(np.array_equal(some, among[place:place + len(some)])
               for place in np.flatnonzero(among == some[0]))


def streams(pair: Pair) -> Iterator[Finding]:
    """As `integrity.streams`, but sound may be silent where the source's is, too."""
    silent = {ours.index for theirs, ours in pair.sounds
              if ours is not None and not len(_within(theirs, pair))}
    yield from integrity.empty(pair.output, silent)


def sync(pair: Pair) -> Iterator[Finding]:
    """What is heard when, by the sound itself; and that it begins and ends where it did."""
    found = [finding for theirs, ours in pair.sounds if ours is not None
             for finding in _heard(theirs, ours, pair)]
    yield from found or [absent("no sound to compare")]


def _heard(theirs: Track, ours: Track, pair: Pair) -> Iterator[Finding]:
    source, output = pair.listen(theirs, ours)
    if output is None or source is None:
        if source is not None and len(_within(theirs, pair)):
            yield wrong(f"{theirs.label} does not decode any more.")
        return
    begins, stops = max(source.start, _from(pair)), min(source.end, _till(pair, source))
    if stops - begins < 0.05:
        return
    yield from _edges(theirs, output, begins + pair.offset, stops + pair.offset)
    yield from _offsets(theirs, source, output, begins, stops, pair.offset)


def _from(pair: Pair) -> float:
    return pair.start if pair.span.start is not None else -np.inf


def _till(pair: Pair, source: Heard) -> float:
    return pair.end if pair.end is not None else source.end


def _edges(track: Track, output: Heard, begins: float, stops: float) -> Iterator[Finding]:
    if output.start - begins > _EDGE:
        yield wrong(f"{track.label} begins {(output.start - begins) * 1000:.0f} ms late")
    if stops - output.end > _EDGE:
        yield wrong(f"{track.label} ends {(stops - output.end) * 1000:.0f} ms early")
    if output.end - stops > 2 * _EDGE:
        yield wrong(f"{track.label} ends {(output.end - stops) * 1000:.0f} ms late")


def _offsets(track: Track, source: Heard, output: Heard, begins: float, stops: float,
             offset: float) -> Iterator[Finding]:
    """How far the sound is off in windows all along it."""
    length = min(_WINDOW, stops - begins)
    places = np.linspace(begins, stops - length, 1 if stops - begins < 2 * length else 9)
    loud = [float(place) for place in places if _is_loud(source.between(place, place + length))]
    found = [delay for place in loud
             if (delay := _delay(source, output, place, length, offset)) is not None]
    if not loud:
        yield kept(f"{track.label} is silent at these places in both")
        return
    if len(found) < len(loud) / 2:
        yield wrong(f"{track.label} does not sound like the source's")
        return
    worst = max(found, key=abs)
    drift = found[-1] - found[0]
    if abs(worst) <= _SYNC:
        yield kept(f"{track.label} within {abs(worst) * 1000:.1f} ms")
    elif abs(drift) > _SYNC:
        yield wrong(f"{track.label} drifts by {drift * 1000:.1f} ms, up to {worst * 1000:.1f} ms")
    else:
        yield wrong(f"{track.label} is {abs(worst) * 1000:.1f} ms "
                    f"{'late' if worst > 0 else 'early'}")


def _delay(source: Heard, output: Heard, place: float, length: float, offset: float
           ) -> float | None:
    """Seconds that the output is late around a time; None where that cannot be told."""
    wanted = source.between(place, place + length)
    around = output.between(place + offset - _REACH, place + offset + length + _REACH)
    likeness = _likeness(wanted, around)
    middle = round(_REACH * RATE)
    best = float(likeness.max())
    if best < _LIKENESS:
        return None
    alike = np.flatnonzero(likeness >= best - 0.01)  # a tone is like itself at every period
    return float(alike[np.abs(alike - middle).argmin()] - middle) / RATE


def _is_loud(samples: np.ndarray) -> bool:
    return len(samples) > 0 and float(np.sqrt((samples ** 2).mean())) > 20


def _likeness(wanted: np.ndarray, around: np.ndarray) -> np.ndarray:
    """Normalized correlation at every lag at which all of `wanted` fits."""
    size = 1 << (len(around) + len(wanted)).bit_length()
    products = np.fft.irfft(np.fft.rfft(around, size) * np.conj(np.fft.rfft(wanted, size)), size)
    count = len(around) - len(wanted) + 1
    squares = np.concatenate([[0.0], np.cumsum(around.astype(np.float64) ** 2)])
    energy = squares[len(wanted):len(wanted) + count] - squares[:count]
    scale = np.sqrt(np.maximum(energy, 1.0) * float((wanted.astype(np.float64) ** 2).sum()))
    return products[:count] / np.maximum(scale, 1.0)
