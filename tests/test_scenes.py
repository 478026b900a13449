"""Cuts: at known places in made clips, as PySceneDetect sees them, and in real footage."""

from fractions import Fraction

import av
import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scenedetect import FrameTimecode
from scenedetect.detectors import ContentDetector

from core.scenes import MIN_SHOT, THRESHOLD, THUMBNAIL_SIDE, CutDetector, thumbnail

RATE = Fraction(1, 30)


def scene(seed, height=90, width=160):
    """A picture of large soft patches of full range, wider than shown so that it can be panned."""
    patches = np.random.default_rng(seed).integers(0, 256, (5, 12, 3), dtype=np.uint8)
    return cv2.resize(patches, (2 * width, height), interpolation=cv2.INTER_LINEAR)


def shots(lengths, height=90, width=160):
    """Shots of so many frames, each panned slowly."""
    for seed, length in enumerate(lengths):
        wide = scene(seed, height, width)
        for i in range(length):
            yield wide[:, i:i + width]


def even(count, step=RATE):
    return [i * step for i in range(count)]


def cuts(pictures, times=None):
    detector = CutDetector()
    pictures = list(pictures)
    return [i for i, (picture, time) in
            enumerate(zip(pictures, times or even(len(pictures)), strict=True))
            if detector.observe(thumbnail(picture), time)]


def library_cuts(pictures):
    detector = ContentDetector(threshold=THRESHOLD, min_scene_len=0)
    return [i for i, picture in enumerate(pictures)
            if detector.process_frame(FrameTimecode(i, 30.0), thumbnail(picture)[..., ::-1].copy())]


@pytest.mark.parametrize(("height", "width"), [(90, 160), (121, 161), (480, 270), (720, 1280)])
def test_cuts_are_found_at_any_size(height, width):
    assert cuts(shots([20, 16, 30, 18], height, width)) == [20, 36, 66]


def test_cuts_are_found_in_deep_pictures():
    deep = [picture.astype(np.uint16) * 257 for picture in shots([20, 16, 30])]
    assert cuts(deep) == [20, 36]


def test_a_variable_frame_rate_changes_nothing():
    steps = np.random.default_rng(5).integers(20, 90, 66).tolist()
    times = [Fraction(sum(steps[:i]), 1000) - 3 for i in range(66)]
    assert cuts(shots([20, 16, 30]), times) == [20, 36]


def test_a_pan_is_no_cut():
    wide = scene(3, 90, 600)
    assert cuts(wide[:, i:i + 160] for i in range(0, 1000, 9)) == []


def test_a_fade_and_a_dissolve_are_no_cuts():
    first, second = (scene(seed)[:, :160].astype(np.float32) for seed in (1, 2))
    dissolve = [first + (second - first) * i / 24 for i in range(25)]
    fade = [second * (1 - i / 24) for i in range(25)]
    assert cuts(np.rint(picture).astype(np.uint8) for picture in dissolve + fade) == []


@pytest.mark.parametrize("hold", [1, 2, 3])
def test_violent_motion_is_no_cut(hold):
    """Every picture another, each shown `hold` times: above the threshold all along."""
    violent = [scene(i // hold)[:, :160] for i in range(60)]
    assert len(library_cuts(violent)) == (60 - 1) // hold
    assert cuts(violent) == [hold]


def test_a_slide_show_is_all_cuts():
    slides = [scene(i)[:, :160] for i in range(8)]
    assert cuts(slides, even(8, Fraction(2))) == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize("step", [Fraction(1, 10), Fraction(1001, 30000), Fraction(1, 120)])
def test_the_shortest_shot_is_counted_in_time(step):
    enough = -(-MIN_SHOT // step)
    assert cuts(shots([30, enough, 30]), even(60 + enough, step)) == [30, 30 + enough]
    assert cuts(shots([30, enough - 1, 30]), even(59 + enough, step)) == [30]


def test_the_first_shot_may_be_short():
    assert cuts(shots([3, 20])) == [3]


def test_a_flash_ends_without_a_cut():
    pictures = list(shots([60]))
    pictures[20:22] = [np.full_like(pictures[0], 255)] * 2
    assert cuts(pictures) == [20]


def test_another_size_is_another_shot():
    pictures = [*shots([5], 90, 160), *shots([5], 90, 120)]
    assert cuts(pictures) == [5]


def test_the_first_frame_is_no_cut():
    assert cuts(shots([1])) == []


def test_calm_clips_are_cut_as_the_library_cuts_them():
    pictures = list(shots([16, 40, 17, 25, 60]))
    assert cuts(pictures) == library_cuts(pictures) == [16, 56, 73, 98]


CLIPS = st.lists(st.tuples(st.integers(0, 5), st.integers(1, 400)), min_size=1, max_size=40)
"""Scene and milliseconds of each frame."""


@given(CLIPS)
@settings(max_examples=60, deadline=None)
def test_no_cut_is_found_that_the_library_does_not_see(clip):
    pictures = [scene(seed, 18, 32)[:, :32] for seed, _ in clip]
    times = [Fraction(sum(step for _, step in clip[:i]), 1000) for i in range(len(clip))]
    assert set(cuts(pictures, times)) <= set(library_cuts(pictures))


@given(CLIPS, st.data())
@settings(max_examples=60, deadline=None)
def test_a_restored_detector_goes_on_as_before(clip, data):
    stop = data.draw(st.integers(0, len(clip)))
    detector = CutDetector()
    time = Fraction(-7, 3)
    for seed, step in clip[:stop]:
        detector.observe(scene(seed, 18, 32)[:, :32], time)
        time += Fraction(step, 1001)
    restored = CutDetector.from_arrays(detector.to_arrays())
    for seed, step in clip[stop:]:
        small = scene(seed, 18, 32)[:, :32]
        assert restored.observe(small, time) == detector.observe(small, time)
        time += Fraction(step, 1001)
    ours, theirs = detector.to_arrays(), restored.to_arrays()
    assert ours.keys() == theirs.keys()
    assert all(np.array_equal(ours[name], theirs[name]) for name in ours)
    assert all(array.dtype.kind in "iuf" for array in ours.values())


@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (5000, 1), (121, 161), (256, 144),
                                   (257, 100), (1080, 1920), (1920, 1080)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_thumbnails_are_small_and_average_whole_blocks(shape, dtype):
    top = np.iinfo(dtype).max
    image = np.random.default_rng(0).integers(0, top, (*shape, 3), dtype=dtype, endpoint=True)
    image.flags.writeable = False
    small = thumbnail(image)
    assert small.dtype == np.uint8
    assert max(small.shape[:2]) <= max(THUMBNAIL_SIDE, max(shape) // min(shape))
    factor = shape[0] // small.shape[0] if shape[0] > shape[1] else shape[1] // small.shape[1]
    mean = image[:factor, :factor].mean((0, 1)) * (255 / top)
    assert np.abs(small[0, 0] - mean).max() <= 0.51


@pytest.mark.parametrize(("name", "expected"), [
    ("moviepy__audrey.mp4", [46]),
    ("moviepy__test_video.mp4", [2, 126, 214, 354, 519, 625, 738]),
    ("cotracker__pillow.mp4", []),      # a pillow shaken: the library alone sees 25 cuts
    ("intel__walk.mkv", []),
])
def test_real_clips_are_cut_where_an_editor_would(shared, name, expected):
    with av.open(str(shared / "media" / name)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        detector, found = CutDetector(), []
        for i, frame in enumerate(container.decode(stream)):
            small = thumbnail(frame.to_ndarray(format="rgb24"))
            if detector.observe(small, frame.pts * frame.time_base):
                found.append(i)
    assert found == expected
