"""A finished render measured at moments: the same figures as in full, at the places it names."""

import json
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputError, InvalidParameter
from core.io.span import Range
from core.metrics import Quality
from core.metrics.compare import BURST, compare
from core.metrics.moments import FEWEST, MOST, measure, moments_of
from core.pipeline import Pipeline
from core.recipe import Recipe
from tests.cli.conftest import write_clip
from tests.clips import Film, slope
from tests.metrics.test_collector import ended, noisy, write
from tests.temporal_clips import gliding

LOSSLESS = Recipe.build({"layers": [{"style": "identity"}], "output": {"codec": "ffv1"}})
PENCIL = Recipe.build({"layers": [{"style": "pencil"}]})


@given(st.integers(1, 200_000), st.integers(0, 60))
def test_moments_are_spread_over_the_clip(pictures: int, asked: int) -> None:
    places = moments_of(pictures, asked)
    assert len(places) == max(1, min(asked or max(FEWEST, min(pictures // 300, MOST)),
                                     pictures // BURST))
    assert all(len(place) == min(BURST, pictures) for place in places)
    assert places[0].start >= 0
    assert places[-1].stop <= pictures
    assert all(one.stop <= other.start for one, other in pairwise(places))


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """6 s in long groups of pictures with B-frames, the middle of it drawn."""
    folder = tmp_path_factory.mktemp("rendered")
    source = write_clip(folder / "clip.mp4", 60)
    Pipeline(source, folder / "out.mp4", recipe=PENCIL, start=1.2, end=5.0).process()
    return source, folder / "out.mp4"


SPAN = Range(Fraction("1.2"), Fraction(5))


def test_a_moment_is_what_the_whole_says_of_those_pictures(rendered: tuple[Path, Path]) -> None:
    _, steps = ended(compare(*rendered, span=SPAN, with_lpips=False))
    whole = {step.metrics.index: step.metrics for step in steps}
    quality, _ = ended(measure(*rendered, moments=4, span=SPAN, with_lpips=False))
    assert (quality.moments, quality.clip.frames) == (4, 12)
    assert quality.pictures[0].index > 0
    for seen in quality.pictures:
        known = whole[seen.index]
        assert seen.time == known.time
        assert {"ssim", "edge_coherence"} <= seen.values.keys()
        for name, value in seen.values.items():
            assert value == known.values[name], (seen.index, name)
    assert sum("flicker" in seen.values for seen in quality.pictures) == 4


def test_as_many_moments_as_there_are_measure_the_whole(rendered: tuple[Path, Path]) -> None:
    whole, _ = ended(compare(*rendered, span=SPAN, with_lpips=False))
    quality, _ = ended(measure(*rendered, moments=12, span=SPAN, with_lpips=False))
    assert quality.clip.frames == 36
    assert quality.clip.values["ssim"] == pytest.approx(whole.values["ssim"], rel=0.01)
    assert "whole shots" in quality.clip.unavailable["color_drift"]


def test_it_comes_back_from_json_as_it_was(rendered: tuple[Path, Path]) -> None:
    quality, _ = ended(measure(*rendered, span=SPAN, with_lpips=False))
    again = Quality.of(json.loads(json.dumps(quality.document())))
    assert again.clip.values == quality.clip.values
    assert [seen.values for seen in again.pictures] == [seen.values for seen in quality.pictures]
    short = Quality.of(json.loads(json.dumps(quality.summary())))
    assert (short.clip.values, short.pictures) == (quality.clip.values, ())
    for wrong in ({}, {"values": 3}, {**quality.summary(), "worst": {"ssim": 1}}):
        with pytest.raises(InputError, match="no measurements"):
            Quality.of(wrong)


def test_no_pair_reaches_across_a_cut(tmp_path: Path) -> None:
    dark = [np.full((96, 128, 3), 30, np.uint8)] * 2
    source = write(tmp_path / "a.mkv", [*dark, gliding(0, 0, (96, 128))])
    quality, _ = ended(measure(source, source, moments=1, with_lpips=False))
    assert [seen.shot for seen in quality.pictures] == [0, 0, 1]
    assert ["warp_error" in seen.values for seen in quality.pictures] == [False, True, False]


def test_pictures_that_are_missing_are_passed_over(tmp_path: Path) -> None:
    """As of damaged packets, of which a render holds nothing: time tells which is which."""
    source = Film(codec="mjpeg", pixel_format="yuvj420p", options={"qscale": "2"}, frames=40,
                  paint=slope).write(tmp_path / "a.mkv")
    content = source.read_bytes()
    with av.open(str(source)) as container:
        packets = [bytes(packet) for packet in container.demux(video=0) if packet.size]
    for packet in packets[17:21]:
        assert content.count(packet) == 1
        content = content.replace(packet, bytes(len(packet)))
    (tmp_path / "c.mkv").write_bytes(content)
    result = Pipeline(tmp_path / "c.mkv", tmp_path / "d.mkv", recipe=LOSSLESS).process()
    assert result.frames == 36
    quality, _ = ended(measure(tmp_path / "c.mkv", tmp_path / "d.mkv", moments=12,
                               with_lpips=False))
    assert quality.clip.values["psnr"] > 90
    assert 30 < quality.clip.frames <= 36
    short = write(tmp_path / "b.mkv", [gliding(0, 0, (96, 128))] * 12)
    long = write(tmp_path / "e.mkv", [gliding(0, 0, (96, 128))] * 20)
    with pytest.raises(InvalidParameter, match="does not show the pictures"):
        ended(measure(short, long, with_lpips=False))


def test_worse_pictures_measure_worse(tmp_path: Path) -> None:
    clip = [gliding(0, 0.25 * i, (96, 128)) for i in range(15)]
    paths = [write(tmp_path / f"{size}.mkv", noisy(clip, size) if size else clip)
             for size in (0, 4, 12)]
    found = [ended(measure(paths[0], path, with_lpips=False))[0].clip.values for path in paths]
    assert found[0]["psnr"] == 100 > found[1]["psnr"] > found[2]["psnr"]
    assert found[0]["warp_error"] < found[1]["warp_error"] < found[2]["warp_error"]
