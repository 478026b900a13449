"""Where shots begin: cuts found one frame at a time, in order, from small pictures."""

from collections import deque
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Self

import cv2
import numpy as np

if TYPE_CHECKING:
    from scenedetect.detectors import ContentDetector

THUMBNAIL_SIDE = 256
"""The longest a thumbnail's long side may be, in pixels."""
THRESHOLD = 27.0
"""Mean change of hue, saturation and value, 0..255, that makes a cut: PySceneDetect's default."""
MIN_SHOT = Fraction(1, 2)
"""Seconds a shot lasts at least; what looks like a cut within them belongs to the shot."""
RECENT = 4
"""Changes that a cut is compared with: enough to hold one where every other frame repeats."""
PROMINENCE = 2.5
"""Times the largest of them that the change at a cut is at least."""


def thumbnail(image: np.ndarray) -> np.ndarray:
    """The picture as `CutDetector.observe` takes it: RGB uint8, at most THUMBNAIL_SIDE long.

    `image` is (H, W, 3), uint8 or uint16. Pure, so any thread may compute it ahead of time.
    """
    height, width = image.shape[:2]
    # Whole factors, for OpenCV averages those three times as fast as others; the few rows and
    # columns left over say nothing about cuts.
    factor = min(-(-max(height, width) // THUMBNAIL_SIDE), height, width)
    rows, columns = height // factor, width // factor
    small = cv2.resize(image[:rows * factor, :columns * factor], (columns, rows),
                       interpolation=cv2.INTER_AREA)
    if small.dtype == np.uint8:
        return small
    return cv2.convertScaleAbs(small, alpha=1 / 257)


class CutDetector:
    """Tells the first frame of every shot from the frames before it alone.

    PySceneDetect's ContentDetector judges the change from frame to frame. Fast motion and a moving
    camera pass its threshold too, frame after frame, so a cut must also stand out from the changes
    just before it (as with its AdaptiveDetector, but without the frames to come). How long a shot
    lasts at least goes by timestamps. A flash cannot be told from a cut before it is over: its
    first frame starts a shot, its end does not. Not for use by several threads at once.
    """

    def __init__(self) -> None:
        self._detector: ContentDetector | None = None
        self._last: np.ndarray | None = None
        self._recent: deque[tuple[Fraction, float]] = deque(maxlen=RECENT)
        # Nobody knows how long the shot that a file begins with has been going on.
        self._shot_start: Fraction | None = None

    def observe(self, small: np.ndarray, time: Fraction) -> bool:
        """Whether the frame with this thumbnail, shown at `time` seconds, starts a new shot.

        The first frame never does. A picture of another size always does. `small` must not be
        written to afterwards.
        """
        last, self._last = self._last, small
        if last is None or last.shape != small.shape:
            self._detector = _detector(small)
            self._recent.clear()
            cut = last is not None
        else:
            cut = _differs(self._detector, small)
            cut = self._stands_out(cv2.norm(small, last, cv2.NORM_L1), time) and cut
            cut = cut and (self._shot_start is None or time - self._shot_start >= MIN_SHOT)
        if cut:
            self._shot_start = time
        return cut

    def _stands_out(self, change: float, time: Fraction) -> bool:
        """Whether `change` towers over the recent ones, which it then joins."""
        # At a few frames a second the frames before are too long ago to tell anything.
        highest = max((value for then, value in self._recent if time - then < MIN_SHOT),
                      default=0.0)
        self._recent.append((time, change))
        return change >= PROMINENCE * highest

    def to_arrays(self) -> dict[str, np.ndarray]:
        """All that the coming decisions depend on; empty before the first frame."""
        if self._last is None:
            return {}
        return {"thumbnail": self._last.copy(),
                "shot_start": _times([] if self._shot_start is None else [self._shot_start]),
                "recent_times": _times(time for time, _ in self._recent),
                "recent_changes": np.array([change for _, change in self._recent], np.float64)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """A detector that decides as the one that gave `arrays` would have."""
        detector = cls()
        if arrays:
            detector._last = np.array(arrays["thumbnail"])
            # The last picture is all that the library remembers.
            detector._detector = _detector(detector._last)
            detector._shot_start = next(iter(_fractions(arrays["shot_start"])), None)
            detector._recent.extend(zip(_fractions(arrays["recent_times"]),
                                        arrays["recent_changes"].tolist(), strict=True))
        return detector


def _times(times: Iterable[Fraction]) -> np.ndarray:
    """Numerators and denominators, int64 (n, 2)."""
    return np.array([time.as_integer_ratio() for time in times], np.int64).reshape(-1, 2)


def _fractions(times: np.ndarray) -> list[Fraction]:
    return [Fraction(*time) for time in times.tolist()]


def _detector(first: np.ndarray) -> "ContentDetector":
    """A detector that has seen one picture."""
    from scenedetect.detectors import ContentDetector  # half a second to import

    # Length 0 turns the library's own filter off: every change above the threshold is reported.
    detector = ContentDetector(threshold=THRESHOLD, min_scene_len=0)
    _differs(detector, first)
    return detector


def _differs(detector: "ContentDetector", small: np.ndarray) -> bool:
    from scenedetect import FrameTimecode

    # With its filter off the library only hands the time back, so any will do.
    return bool(detector.process_frame(FrameTimecode(0, 1.0),
                                       cv2.cvtColor(small, cv2.COLOR_RGB2BGR)))
