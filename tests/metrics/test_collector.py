"""MetricsCollector and `compare` on clips whose right answer is known."""

import math
import tracemalloc
from fractions import Fraction

import cv2
import numpy as np
import pytest

from core.errors import InvalidParameter
from core.io import VideoWriter
from core.metrics import METRICS, MetricsCollector, SteadinessMeter
from core.metrics.compare import compare
from core.progress import Followed
from tests.temporal_clips import codes, gliding

GLIDE = [gliding(0, 2 * i, (96, 128)) for i in range(6)]
SLOW = [gliding(0, 0.25 * i, (96, 128)) for i in range(6)]  # a glide that is taken for no cut
LPIPS_NAMES = {"lpips", "tlpips", "style_retention"}


def noisy(clip, size, seed=0):
    rng = np.random.default_rng(seed)
    return [codes(picture + rng.normal(0, size, picture.shape)) for picture in clip]


def collected(source, output, styled=None, **given):
    collector = MetricsCollector(**given)
    frames = [collector.update(a, b, None if styled is None else styled[i], index=i)
              for i, (a, b) in enumerate(zip(source, output, strict=True))]
    return collector.result(), frames


def test_a_copy_is_perfect():
    clip, frames = collected(GLIDE, GLIDE, GLIDE)
    perfect = {"ssim": 1, "psnr": 100, "edge_coherence": 1, "sharpness": 1, "warp_ratio": 1,
               "color_drift": 0, "flicker": 0, "sharpness_kept": 1}
    assert {name: clip.values[name] for name in perfect} == pytest.approx(perfect, abs=1e-5)
    assert set(clip.values) == METRICS.keys() - LPIPS_NAMES
    assert len(frames) == clip.frames == len(GLIDE)


def test_noise_makes_every_figure_worse():
    clean, _ = collected(GLIDE, GLIDE, GLIDE)
    worse, _ = collected(GLIDE, noisy(GLIDE, 12), GLIDE)
    for name, metric in METRICS.items():
        if name in clean.values and metric.better != "neither" and name != "sharpness_kept":
            sign = 1 if metric.better == "lower" else -1
            assert sign * worse.values[name] > sign * clean.values[name], name


def test_blur_costs_sharpness():
    blurred, _ = collected(GLIDE, [cv2.GaussianBlur(one, (0, 0), 2) for one in GLIDE], GLIDE)
    assert blurred.values["sharpness_kept"] == blurred.values["sharpness"] < 0.7


def test_values_stay_within_their_declared_range():
    clip, frames = collected(GLIDE, noisy(GLIDE, 90)[::-1], noisy(GLIDE, 3))
    for values in (clip.values, *(frame.values for frame in frames)):
        for name, value in values.items():
            high = METRICS[name].high
            assert METRICS[name].low <= value <= (math.inf if high is None else high), name


def test_they_agree_with_the_steadiness_meter():
    output = noisy(GLIDE, 8)
    meter = SteadinessMeter()
    for pictures in zip(GLIDE, GLIDE, output, strict=True):
        meter.update(*pictures)
    known = meter.result().output
    clip, _ = collected(GLIDE, output, GLIDE)
    assert clip.values["warp_error"] == pytest.approx(known.warp_error)
    assert clip.values["flicker"] == pytest.approx(known.flicker)
    alone = []
    for pictures in zip(GLIDE, GLIDE, output, strict=True):
        meter = SteadinessMeter()
        meter.update(*pictures)
        alone.append(meter.result().output)
    assert clip.values["ghosting"] == pytest.approx(np.mean([one.ghosting for one in alone]))
    assert clip.values["sharpness_kept"] == pytest.approx(
        np.mean([one.sharpness for one in alone]))


def test_what_is_missing_says_why():
    clip, _ = collected(GLIDE[:1], GLIDE[:1], no_lpips="No weights.")
    assert {name for name, why in clip.unavailable.items() if why == "No weights."} == LPIPS_NAMES
    assert "styled alone" in clip.unavailable["ghosting"]
    assert "Nothing" in clip.unavailable["warp_error"]
    assert not clip.values.keys() & clip.unavailable.keys()
    assert clip.values.keys() | clip.unavailable.keys() == METRICS.keys()


def test_the_worst_moment_is_named():
    output = [*GLIDE[:3], noisy(GLIDE, 30)[3], *GLIDE[4:]]
    clip, _ = collected(GLIDE, output)
    assert {clip.worst[name].index for name in ("ssim", "psnr", "edge_coherence")} == {3}
    assert clip.worst["warp_error"].index in (3, 4)
    assert "sharpness" not in clip.worst


@pytest.mark.parametrize("parted", [{"shot": 1}, {"index": 9}])
def test_pairs_need_neighbors_of_one_shot(parted):
    collector = MetricsCollector()
    collector.update(GLIDE[0], GLIDE[0], shot=0, index=0)
    assert "warp_error" not in collector.update(GLIDE[1], GLIDE[1], **parted).values


def test_light_that_pulses_shows_in_its_moments():
    pulsing = [codes(picture * (0.8 if i == 4 else 1.0)) for i, picture in enumerate(GLIDE)]
    _, frames = collected(GLIDE, pulsing)
    flicker = [frame.values.get("flicker", 0.0) for frame in frames]
    assert max(flicker[:4]) < 1 < min(flicker[4:])
    assert frames[4].values["color_drift"] > 3 > max(f.values["color_drift"] for f in frames[:4])


def test_memory_does_not_grow_with_the_clip():
    collector = MetricsCollector()
    tracemalloc.start()
    sizes = []
    for i in range(18):
        collector.update(GLIDE[i % 6], GLIDE[i % 6], index=i)
        sizes.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert max(sizes[12:]) < 1.05 * max(sizes[4:12])


def write(path, pictures):
    height, width = pictures[0].shape[:2]
    with VideoWriter(path, width, height, Fraction(25), codec="ffv1") as writer:
        for picture in pictures:
            writer.write_frame(picture)
    return path


@pytest.fixture
def clips(tmp_path):
    return (write(tmp_path / "a.mkv", SLOW), write(tmp_path / "b.mkv", noisy(SLOW, 8)),
            write(tmp_path / "short.mkv", SLOW[:4]))


def ended(steps):
    work = Followed(steps)
    seen = list(work)
    return work.result, seen


def test_files_are_measured_as_their_pictures_are(clips):
    clip, seen = ended(compare(clips[0], clips[1], with_lpips=False))
    known, _ = collected(SLOW, noisy(SLOW, 8))
    assert [step.frames for step in seen] == [1, 2, 3, 4, 5, 6]
    assert [step.metrics.time for step in seen] == [Fraction(i, 25) for i in range(6)]
    for name in ("ssim", "psnr", "sharpness"):
        assert clip.values[name] == pytest.approx(known.values[name], rel=0.1)


def test_a_sample_measures_neighbors(clips):
    clip, seen = ended(compare(clips[0], clips[1], every=5, with_lpips=False))
    assert [step.frames - 1 for step in seen if step.metrics] == [0, 1, 2, 5]
    assert {"warp_error", "flicker"} <= clip.values.keys()


def test_videos_of_other_pictures_are_refused(clips, tmp_path):
    with pytest.raises(InvalidParameter, match="ends after 4 pictures"):
        ended(compare(clips[0], clips[2], with_lpips=False))
    with pytest.raises(InvalidParameter, match="goes on after"):
        ended(compare(clips[2], clips[0], with_lpips=False))
    small = write(tmp_path / "small.mkv", [picture[:48] for picture in SLOW])
    with pytest.raises(InvalidParameter, match="is 128 x 48, but"):
        ended(compare(clips[0], small, with_lpips=False))
