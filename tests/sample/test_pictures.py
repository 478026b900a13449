from collections.abc import Iterator
from itertools import islice

import cv2
import numpy as np
import pytest

from scripts.sample import HEIGHT, RATE, WIDTH, frames
from scripts.sample.camera import Plate
from scripts.sample.photographs import enlarged, photograph
from scripts.sample.shots import CUTS, DISSOLVE, FADE, FRAMES, SHOTS, Shot, corners

THUMBNAIL = (240, 135)


slow = pytest.mark.long  # the whole clip is drawn for them


@pytest.fixture(scope="module")
def thumbnails() -> np.ndarray:
    """Every frame of the clip, small: float32 (300, 135, 240, 3)."""
    small = np.empty((FRAMES, *THUMBNAIL[::-1], 3), np.float32)
    count = 0
    for index, frame in enumerate(frames()):
        assert frame.shape == (HEIGHT, WIDTH, 3)
        assert frame.dtype == np.uint8
        small[index] = cv2.resize(frame, THUMBNAIL, interpolation=cv2.INTER_AREA)
        count += 1
    assert count == FRAMES == 10 * RATE
    return small


def change(pictures: np.ndarray) -> np.ndarray:
    """Mean difference of each picture to the one before; entry 0 belongs to picture 1."""
    return np.abs(np.diff(pictures, axis=0)).mean(axis=(1, 2, 3))


@slow
def test_cuts_are_where_they_are_declared(thumbnails: np.ndarray) -> None:
    jumps = np.flatnonzero(change(thumbnails) > 15) + 1
    assert tuple(jumps) == CUTS


@slow
def test_motion_is_smooth_between_the_cuts(thumbnails: np.ndarray) -> None:
    for first, end in zip((0, *CUTS), (*CUTS, DISSOLVE[0]), strict=True):
        motion = change(thumbnails[first:end])
        assert motion.min() > 0.05
        assert np.abs(np.diff(motion)).max() < 0.25 * motion.mean()


@slow
def test_the_dissolve_is_even(thumbnails: np.ndarray) -> None:
    step = change(thumbnails[DISSOLVE[0] - 1:DISSOLVE[1] + 1])
    assert step.max() < 8


def test_sharpness_does_not_shimmer() -> None:
    for shot in SHOTS[1:3]:
        plate = Plate.of(shot)
        middle = (shot.first + shot.end) // 2
        detail = np.array([_detail(plate.seen(index)) for index in range(middle, middle + 8)])
        assert np.ptp(detail) < 0.02 * detail.mean()


def _detail(frame: np.ndarray) -> float:
    return float(np.abs(cv2.Laplacian(frame[..., 1], cv2.CV_32F)).mean())


@slow
def test_the_clip_ends_in_black(thumbnails: np.ndarray) -> None:
    light = thumbnails[FADE[0]:].mean(axis=(1, 2, 3))
    assert thumbnails[-1].max() == 0
    assert (np.diff(light) <= 0).all()


@slow
def test_no_frame_before_the_fade_is_flat(thumbnails: np.ndarray) -> None:
    assert thumbnails[:FADE[0]].std(axis=(1, 2)).min() > 5


@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: shot.photograph)
def test_the_camera_stays_inside_the_photograph(shot: Shot) -> None:
    height, width = photograph(shot.photograph).shape[:2]
    for index in range(shot.first, shot.end):
        reached = corners(shot.at(index))
        assert (reached >= 0).all()
        assert (reached <= (width, height)).all()


def test_the_same_frames_every_time() -> None:
    def first() -> Iterator[np.ndarray]:
        return islice(frames(), 3)

    for one, other in zip(first(), first(), strict=True):
        assert np.array_equal(one, other)


def test_enlarging_keeps_the_picture_in_place() -> None:
    small = photograph("coffee.png")[100:220, 200:360]
    large = enlarged(small, 3.0)
    assert large.shape == (360, 480, 3)
    back = cv2.resize(large, small.shape[1::-1], interpolation=cv2.INTER_AREA)
    shift, _ = cv2.phaseCorrelate(*(cv2.cvtColor(p, cv2.COLOR_RGB2GRAY).astype(np.float32)
                                    for p in (small, back)))
    assert np.abs(shift).max() < 0.05
