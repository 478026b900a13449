"""Where shots begin: cuts found one frame at a time, in order, from small pictures."""

from collections.abc import Mapping
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

    PySceneDetect's ContentDetector judges the change from frame to frame; how long a shot lasts at
    least is judged here, by timestamps, so that it holds at a variable frame rate too. A flash
    cannot be told from a cut before it is over: its first frame starts a shot, its end does not.
    Not for use by several threads at once.
    """

    def __init__(self) -> None:
        self._detector: ContentDetector | None = None
        self._last: np.ndarray | None = None
        self._shot_start = Fraction(0)

    def observe(self, small: np.ndarray, time: Fraction) -> bool:
        """Whether the frame with this thumbnail, shown at `time` seconds, starts a new shot.

        The first frame never does. A picture of another size always does. `small` must not be
        written to afterwards.
        """
        last, self._last = self._last, small
        if last is None or last.shape != small.shape:
            self._detector = _detector(small)
            self._shot_start = time
            return last is not None
        if not _differs(self._detector, small) or time - self._shot_start < MIN_SHOT:
            return False
        self._shot_start = time
        return True

    def to_arrays(self) -> dict[str, np.ndarray]:
        """All that the coming decisions depend on; empty before the first frame."""
        if self._last is None:
            return {}
        start = self._shot_start
        return {"thumbnail": self._last.copy(),
                "shot_start": np.array([start.numerator, start.denominator], np.int64)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """A detector that decides as the one that gave `arrays` would have."""
        detector = cls()
        if arrays:
            # What the library remembers of the past is the last picture, so showing it that one
            # restores it.
            numerator, denominator = arrays["shot_start"].tolist()
            detector.observe(arrays["thumbnail"], Fraction(numerator, denominator))
        return detector


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
