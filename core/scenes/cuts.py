"""Cuts and flashes, found in order from thumbnails and a short look ahead."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Self

import cv2
import numpy as np

from core.scenes.ahead import Coming, Decision
from core.scenes.fades import EVEN
from core.scenes.thumbnails import Glimpse

if TYPE_CHECKING:
    from scenedetect.detectors import ContentDetector

THRESHOLD = 27.0
"""Mean change of hue, saturation and value, 0..255, that makes a cut: PySceneDetect's default."""
MIN_SHOT = Fraction(1, 2)
"""Seconds a shot lasts at least; what looks like a cut within them belongs to the shot."""
RECENT = 4
"""Changes that a cut is compared with: enough to hold one where every other frame repeats."""
PROMINENCE = 2.5
"""Times the largest of them that the change at a cut is at least."""
_BRIGHTER = 20.0
"""By how many codes of 255 a flash outshines both shots where it hides the cut between them."""

_ONWARD = 1.5
"""Times the first change that a fade goes on to within LONGEST_FLASH, and a cut does not."""


class CutDetector:
    """Decides for every picture in order whether it starts a shot, and whether it is a flash.

    PySceneDetect's ContentDetector judges the change from frame to frame. Fast motion and a moving
    camera pass its threshold too, frame after frame, so a cut must also stand out from the changes
    just before it (as with its AdaptiveDetector, but without the frames to come). How long a shot
    lasts at least goes by timestamps.

    Where a change is large enough for a cut, the pictures to come are looked at: if one of them,
    within LONGEST_FLASH, is again as it was before the change, everything up to there is a flash
    and no cut. What comes after it is compared with the picture before it. A flash that hides a
    cut stays a cut at its first picture. Fades and dissolves are no cuts.

    Every decision is a pure function of `to_arrays`, the picture, and those within LONGEST_FLASH
    after it. Where the file ends, nothing returns: a flash in its last pictures is a cut. Not for
    use by several threads at once.
    """

    def __init__(self) -> None:
        self._detector: ContentDetector | None = None
        self._last: np.ndarray | None = None
        self._recent: deque[tuple[Fraction, float]] = deque(maxlen=RECENT)
        # Nobody knows how long the shot that a file begins with has been going on.
        self._shot_start: Fraction | None = None
        self._flash_end: Fraction | None = None

    def decide(self, now: Glimpse, ahead: Iterable[Glimpse]) -> Decision:
        """About the picture after the one decided last; `ahead` gives those after it, if asked.

        The first picture never starts a shot; one of another size than the one before always does.
        """
        if self._flash_end is not None and now.time < self._flash_end:
            return Decision(flash=True)
        self._flash_end = None
        last = self._last
        if last is None or last.shape != now.small.shape:
            return self._begin(now, cut=last is not None)
        differs = _differs(self._detector, now.small)
        change = _distance(last, now.small)
        if differs and self._stands_out(change, now.time):
            coming = Coming(now, ahead)
            self._flash_end = _returns(last, change, coming)
            if self._flash_end is not None:
                self._detector = _detector(last)
                return Decision(flash=True)
            long_enough = self._shot_start is None or now.time - self._shot_start >= MIN_SHOT
            if long_enough and not _fades_in(last, change, coming):
                return self._cut(last, now, coming)
        self._recent.append((now.time, change))
        self._last = now.small
        return Decision()

    def _begin(self, now: Glimpse, *, cut: bool) -> Decision:
        """From here on nothing is compared with what came before."""
        self._detector, self._last = _detector(now.small), now.small
        self._recent.clear()
        if cut:
            self._shot_start = now.time
        return Decision(cut=cut)

    def _cut(self, last: np.ndarray, now: Glimpse, coming: Coming) -> Decision:
        decision = self._begin(now, cut=True)
        self._flash_end = _uncovers(last, now.small, coming)
        if self._flash_end is None:
            return decision
        self._detector = self._last = None
        return Decision(cut=True, flash=True)

    def _stands_out(self, change: float, time: Fraction) -> bool:
        """Whether `change` towers over the recent ones."""
        # At a few frames a second the frames before are too long ago to tell anything.
        highest = max((value for then, value in self._recent if time - then < MIN_SHOT),
                      default=0.0)
        return change >= PROMINENCE * highest

    def to_arrays(self) -> dict[str, np.ndarray]:
        """All that the coming decisions depend on."""
        last = {} if self._last is None else {"thumbnail": self._last.copy()}
        return {**last,
                "shot_start": _times([] if self._shot_start is None else [self._shot_start]),
                "flash_end": _times([] if self._flash_end is None else [self._flash_end]),
                "recent_times": _times(time for time, _ in self._recent),
                "recent_changes": np.array([change for _, change in self._recent], np.float64)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """A detector that decides as the one that gave `arrays` would have; a new one for none."""
        detector = cls()
        if "thumbnail" in arrays:
            detector._last = np.array(arrays["thumbnail"])
            # The last picture is all that the library remembers.
            detector._detector = _detector(detector._last)
        if arrays:
            detector._shot_start = next(iter(_fractions(arrays["shot_start"])), None)
            detector._flash_end = next(iter(_fractions(arrays["flash_end"])), None)
            detector._recent.extend(zip(_fractions(arrays["recent_times"]),
                                        arrays["recent_changes"].tolist(), strict=True))
        return detector


def _returns(before: np.ndarray, change: float, coming: Iterable[Glimpse]) -> Fraction | None:
    """When a picture is more like the one before the change than like what it changed to."""
    for later in coming:
        if (2 * _distance(before, later.small) <= change
                and not _differs(_detector(before), later.small)):
            return later.time
    return None


def _fades_in(before: np.ndarray, change: float, coming: Iterable[Glimpse]) -> bool:
    """Whether the change begins a fade: out of one even color, and on in the same direction.

    The faintest picture on black differs from it by all its hues, as if it were a cut.
    """
    return bool(before.std(axis=(0, 1)).max() < EVEN) and any(
        _distance(before, later.small) >= _ONWARD * change for later in coming)


def _uncovers(before: np.ndarray, first: np.ndarray, coming: Iterable[Glimpse]
              ) -> Fraction | None:
    """When a light that outshines the shots on either side gives way to the second."""
    for later in coming:
        if (first.mean() - max(before.mean(), later.small.mean()) >= _BRIGHTER
                and _differs(_detector(first), later.small)):
            return later.time
    return None


def _distance(one: np.ndarray, other: np.ndarray) -> float:
    return float(cv2.norm(one, other, cv2.NORM_L1))


def _times(times: Iterable[Fraction]) -> np.ndarray:
    """Numerators and denominators, int64 (n, 2)."""
    return np.array([time.as_integer_ratio() for time in times], np.int64).reshape(-1, 2)


def _fractions(times: np.ndarray) -> Sequence[Fraction]:
    return [Fraction(*time) for time in times.tolist()]


def _detector(first: np.ndarray) -> ContentDetector:
    """A detector that has seen one picture."""
    from scenedetect.detectors import ContentDetector  # half a second to import

    # Length 0 turns the library's own filter off: every change above the threshold is reported.
    detector = ContentDetector(threshold=THRESHOLD, min_scene_len=0)
    _differs(detector, first)
    return detector


def _differs(detector: ContentDetector | None, small: np.ndarray) -> bool:
    """Whether the picture differs from the last one the detector has seen, as a cut does."""
    from scenedetect import FrameTimecode

    assert detector is not None
    # With its filter off the library only hands the time back, so any will do.
    return bool(detector.process_frame(FrameTimecode(0, 1.0),
                                       cv2.cvtColor(small, cv2.COLOR_RGB2BGR)))
