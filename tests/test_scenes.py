"""Cuts and flashes: in made clips, as PySceneDetect sees them, and in real footage."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scenedetect import FrameTimecode
from scenedetect.detectors import ContentDetector

from core.color import ColorSpaceManager, ColorTags
from core.io import VideoReader
from core.io.picture import Picture
from core.scenes import CutDetector, Decision, Glimpse, Thumbnailer, decided
from core.scenes.ahead import LONGEST_FLASH, MOST_AHEAD
from core.scenes.cuts import MIN_SHOT, THRESHOLD
from core.scenes.thumbnails import LONGEST_SIDE

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


def thumbnail(image):
    height, width = image.shape[:2]
    name = "gbrp" if image.dtype == np.uint8 else "gbrp16le"
    picture = Picture.blank(width, height, name)
    for channel, plane in enumerate(picture.planes):
        plane[...] = image[..., channel]
    return Thumbnailer(name, ColorTags(), width, height).of(picture)


@dataclass(frozen=True)
class Shown:
    glimpse: Glimpse


def decisions(pictures, times=None):
    pictures = list(pictures)
    shown = [Shown(Glimpse(thumbnail(picture), time)) for picture, time in
             zip(pictures, times or even(len(pictures)), strict=True)]
    return [decision for _, decision in decided(shown, CutDetector().decide)]


def cuts(pictures, times=None):
    return [i for i, decision in enumerate(decisions(pictures, times)) if decision.cut]


def flashes(pictures, times=None):
    return [i for i, decision in enumerate(decisions(pictures, times)) if decision.flash]


def library_cuts(pictures):
    detector = ContentDetector(threshold=THRESHOLD, min_scene_len=0)
    return [i for i, picture in enumerate(pictures)
            if detector.process_frame(FrameTimecode(i, 30.0), thumbnail(picture)[..., ::-1].copy())]


@pytest.mark.parametrize(("height", "width"), [(90, 160), (121, 161), (480, 270),
                                               pytest.param(720, 1280, marks=pytest.mark.long)])
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


def lit(pictures, *places, light=230):
    """The same, but with what a lamp beside the camera adds at some places."""
    bright = [np.maximum(picture // 4 + light * 3 // 4, picture) for picture in pictures]
    return [bright[i] if i in places else picture for i, picture in enumerate(pictures)]


@pytest.mark.parametrize(("length", "light"), [(1, 230), (2, 255), (3, 230), (5, 255)])
def test_a_flash_is_no_cut(length, light):
    flash = range(20, 20 + length)
    pictures = lit(list(shots([60])), *flash, light=light)
    assert library_cuts(pictures)
    assert cuts(pictures) == []
    assert flashes(pictures) == list(flash)


def test_what_lasts_is_a_cut():
    pictures = lit(list(shots([60])), *range(20, 26))
    assert cuts(pictures) == [20]
    assert flashes(pictures) == []


def test_darkness_for_a_moment_is_no_cut():
    pictures = list(shots([60]))
    pictures[20:23] = [np.zeros_like(pictures[0])] * 3
    assert (cuts(pictures), flashes(pictures)) == ([], [20, 21, 22])


@pytest.mark.parametrize(("rate", "most"), [
    (Fraction(24000, 1001), 4), (Fraction(30), 5), (Fraction(12), 2), (Fraction(5), 0),
    (Fraction(60), MOST_AHEAD), *(pytest.param(rate, most, marks=pytest.mark.long) for rate, most in
    ((Fraction(24), 4), (Fraction(25), 4), (Fraction(240), MOST_AHEAD)))])
def test_a_flash_is_measured_in_time(rate, most):
    pictures, times = list(shots([60])), even(60, 1 / rate)
    for length in (most, most + 1):
        seen = lit(pictures, *range(30, 30 + length))
        assert len(flashes(seen, times)) == (length if length <= most else 0)
        assert cuts(seen, times)[:1] == ([] if length <= most else [30])


def test_a_flash_in_a_variable_frame_rate_is_measured_in_time():
    steps = [Fraction(1, 30)] * 20 + [Fraction(1, 20), Fraction(1, 10), *[Fraction(1, 60)] * 30]
    times = [sum(steps[:i], Fraction(-2)) for i in range(52)]
    pictures = lit(list(shots([52])), 20, 21)
    assert (cuts(pictures, times), flashes(pictures, times)) == ([], [20, 21])
    steps[21] = Fraction(1, 5)
    times = [sum(steps[:i], Fraction(-2)) for i in range(52)]
    assert (cuts(pictures, times), flashes(pictures, times)) == ([20], [])


def test_a_strobe_is_all_flashes():
    places = range(20, 40, 2)
    pictures = lit(list(shots([60])), *places)
    assert (cuts(pictures), flashes(pictures)) == ([], list(places))


def test_a_flash_soon_after_a_cut_is_a_flash():
    pictures = lit(list(shots([20, 40])), 22)
    assert (cuts(pictures), flashes(pictures)) == ([20], [22])


def test_a_flash_before_a_cut_leaves_the_cut():
    pictures = lit(list(shots([40, 40])), 38)
    assert (cuts(pictures), flashes(pictures)) == ([40], [38])


@pytest.mark.parametrize("places", [[38, 39], [39, 40], [40, 41]])
def test_a_flash_at_a_cut_leaves_one_cut(places):
    """Its light is all that is known of the shot it begins, until it is over."""
    pictures = lit(list(shots([40, 40])), *places, light=255)
    assert (cuts(pictures), flashes(pictures)) == (places[:1], places)


def test_white_between_two_shots_starts_the_second():
    pictures = list(shots([40, 3, 40]))
    pictures[40:43] = [np.full_like(pictures[0], 255)] * 3
    assert (cuts(pictures), flashes(pictures)) == ([40], [40, 41, 42])


def test_a_bright_shot_is_no_flash():
    pictures = list(shots([30])) + lit(list(shots([60])), *range(60))[30:]
    assert (cuts(pictures), flashes(pictures)) == ([30], [])


@pytest.mark.parametrize("length", [1, 3])
def test_a_flash_at_the_very_end_is_a_cut(length):
    """Nothing tells that the shot would have gone on."""
    pictures = lit(list(shots([40])), *range(40 - length, 40))
    assert (cuts(pictures), flashes(pictures)) == ([40 - length], [])


def faded(picture, levels, end):
    return [np.rint(end + (picture - float(end)) * level).astype(np.uint8) for level in levels]


@pytest.mark.parametrize(("end", "power", "length"), [
    (0, 1, 8), (0, 2, 30), (0, 1 / 2.2, 8), (255, 1, 30), (255, 2, 8), (255, 1 / 2.2, 30)])
def test_a_fade_and_back_is_no_cut(end, power, length):
    """In code values, or as light."""
    levels = np.arange(1, length + 1) / length
    first, second = (scene(seed)[:, :160] for seed in (8, 21))
    pictures = [*faded(first, [1, 1, *levels[::-1]], end), *faded(first, [0] * 10, end),
                *faded(second, [*levels**power, 1, 1], end)]
    assert (cuts(pictures), flashes(pictures)) == ([], [])


@pytest.mark.parametrize("end", [0, 255])
@pytest.mark.parametrize("strength", [0.1, 0.3, 1])
def test_what_comes_at_once_out_of_black_or_white_is_a_cut(end, strength):
    shot = [*faded(scene(3)[:, :160], [0] * 20, end),
            *(picture for shown in shots([30]) for picture in faded(shown, [strength], end))]
    assert cuts(shot) == [20]


def test_no_more_is_drawn_than_a_decision_needs():
    pictures, drawn = lit(list(shots([60])), 30, 31), []

    def draw():
        for i, picture in enumerate(pictures):
            drawn.append(i)
            yield Shown(Glimpse(thumbnail(picture), i * RATE))

    ahead = [len(drawn) - 1 - i for i, _ in enumerate(decided(draw(), CutDetector().decide))]
    assert ahead == [2 if i == 30 else 1 if i == 31 else 0 for i in range(60)]


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


def glimpses(clip):
    time, seen = Fraction(-7, 3), []
    for seed, step in clip:
        seen.append(Glimpse(scene(seed, 18, 32)[:, :32], time))
        time += Fraction(step, 1001)
    return seen


@given(CLIPS)
@settings(max_examples=60, deadline=None)
def test_no_cut_is_found_that_the_library_does_not_see(clip):
    pictures = [scene(seed, 18, 32)[:, :32] for seed, _ in clip]
    times = [seen.time for seen in glimpses(clip)]
    assert set(cuts(pictures, times)) <= set(library_cuts(pictures))


@given(CLIPS, st.data())
@settings(max_examples=100, deadline=None)
def test_a_restored_detector_goes_on_as_before(clip, data):
    """And sees no more of what is to come than lies within a flash of its last picture."""
    seen = glimpses(clip)
    stop = data.draw(st.integers(1, len(seen)))
    whole, first = CutDetector(), CutDetector()
    expected = [whole.decide(now, iter(seen[i + 1:])) for i, now in enumerate(seen)]
    near = [now for now in seen if now.time <= seen[stop - 1].time + LONGEST_FLASH]
    found = [first.decide(now, iter(near[i + 1:])) for i, now in enumerate(seen[:stop])]
    restored = CutDetector.from_arrays(first.to_arrays())
    found += [restored.decide(now, iter(seen[stop + i + 1:]))
              for i, now in enumerate(seen[stop:])]
    assert found == expected
    ours, theirs = whole.to_arrays(), restored.to_arrays()
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
    assert max(small.shape[:2]) <= max(LONGEST_SIDE, max(shape) // min(shape))
    factor = shape[0] // small.shape[0] if shape[0] > shape[1] else shape[1] // small.shape[1]
    mean = image[:factor, :factor].mean((0, 1)) * (255 / top)
    assert np.abs(small[0, 0] - mean).max() <= 1.01


@pytest.mark.parametrize("name", ["yuv420p", "yuv422p10le", "yuv444p12le", "yuva420p", "gray",
                                  "yuv410p", "gray10le", "gbrap"])
@pytest.mark.parametrize("size", [(1, 1), (2, 3), (33, 21), (640, 362), (1280, 720)])
def test_thumbnails_are_those_of_the_converted_picture(name, size):
    """But for rounding, and for colors at their edges where chroma is subsampled."""
    width, height = size
    picture = Picture.blank(width, height, name)
    tags = ColorTags(range=2)
    for number, plane in enumerate(picture.planes):
        y, x = (np.linspace(0, 3, count) for count in plane.shape)
        wave = 0.5 + 0.15 * np.outer(np.cos(y + number), np.sin(x))
        plane[...] = np.rint(wave * picture.layout.max_code)
    small = Thumbnailer(name, tags, width, height).of(picture)
    image = ColorSpaceManager(picture.layout, tags, width, height).to_rgb(picture.planes).image
    rows, columns = small.shape[:2]
    factor = min(width // columns, height // rows)
    assert max(small.shape) <= LONGEST_SIDE and factor in (1, 2, 3, 4, 5, 6, 8)
    expected = cv2.resize(image[:rows * factor, :columns * factor], (columns, rows),
                          interpolation=cv2.INTER_AREA)
    if expected.dtype != np.uint8:
        expected = expected / 257
    assert np.abs(small.astype(int) - expected).mean() <= (1 if min(size) > 100 else 7)


def test_a_small_thumbnail_keeps_the_matrix_of_the_picture():
    picture = Picture.blank(1280, 720, "yuv420p")
    for plane, value in zip(picture.planes, (81, 90, 240), strict=True):
        plane[...] = value
    manager = ColorSpaceManager(picture.layout, ColorTags(), 1280, 720)
    small = Thumbnailer("yuv420p", ColorTags(), 1280, 720).of(picture)
    assert np.array_equal(small[0, 0], manager.to_rgb(picture.planes).image[0, 0])


@pytest.mark.parametrize(("name", "expected"), [
    ("moviepy__audrey.mp4", [46]),
    pytest.param("moviepy__test_video.mp4", [2, 126, 214, 354, 519, 625, 738],
                 marks=pytest.mark.long),
    ("cotracker__pillow.mp4", []),      # a pillow shaken: the library alone sees 25 cuts
    pytest.param("intel__walk.mkv", [], marks=pytest.mark.long),
])
def test_real_clips_are_cut_where_an_editor_would(shared, name, expected):
    with VideoReader(shared / "media" / name) as reader:
        info = reader.metadata
        thumbnails = Thumbnailer(info.pixel_format, info.tags, info.width, info.height)
        shown = (Shown(Glimpse(thumbnails.of(timed.picture), timed.pts * info.time_base))
                 for timed in reader.pictures())
        found = [decision for _, decision in decided(shown, CutDetector().decide)]
    assert [i for i, decision in enumerate(found) if decision.cut] == expected
    assert Decision(flash=True) not in found
