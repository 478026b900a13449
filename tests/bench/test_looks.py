"""What bench looks measures, and how it judges."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from core.render.detail import enlarged, reduced
from scripts.bench.drawing import CORES, WALL, Artist, frames_of, interleaved
from scripts.bench.laws import LAWS, Measured, document_of, rules_of
from scripts.bench.looks import _hd
from stylizers import STYLES, PencilStylizer
from tests.cli.conftest import Cli, cli, left_in, write_clip

__all__ = ["cli"]

PICTURES = [np.random.default_rng(seed).integers(0, 256, (90, 160, 3), np.uint8)
            for seed in range(5)]


@pytest.mark.long
def test_pencil_is_measured_beside_the_others(cli: Cli, tmp_path: Path) -> None:
    write_clip(tmp_path / "clip.mp4")
    ended = cli("bench", "looks", "--in", "clip.mp4", "--style", "pencil", "--frames", "1",
                "--repeat", "1", "--json")
    [look] = ended.document["looks"]
    assert (look["look"], look["goals"]["fps"]) == ("pencil", [30, 10])
    assert set(look["rivals"]) == {"plain", "FFmpeg", "OpenCV"}
    assert set(look["fps"]) == {"1080p", "4K"}
    assert look["fps"]["1080p"]["speed"] == pytest.approx(1 / look["hd"]["speed"])
    assert look["fps"]["4K"]["balanced"] < look["fps"]["1080p"]["balanced"]
    assert len(ended.document["rules"]) == 3
    assert ended.code == (0 if all(rule["holds"] for rule in ended.document["rules"]) else 1)
    assert left_in(tmp_path) == {"clip.mp4"}


@pytest.mark.long
def test_the_table_shows_goals_and_verdicts(cli: Cli, tmp_path: Path) -> None:
    write_clip(tmp_path / "clip.mp4")
    out = cli("bench", "looks", "--in", "clip.mp4", "--style", "pencil", "--frames", "1",
              "--repeat", "1").out
    assert "pencil, speed" in out and "(30)" in out and "(10)" in out
    assert "pencil beside FFmpeg: negate + gblur + blend; OpenCV: pencilSketch" in out
    assert "times its plain recipe" in out


def measured(look: str, hd: float, plain: float, two_cores: float = 1.9) -> Measured:
    return Measured(look, {"speed": hd, "balanced": 2 * hd}, {"speed": 4 * hd, "balanced": 8 * hd},
                    {"plain": plain, "FFmpeg": 0.06}, {"FFmpeg": "lut3d"}, two_cores)


@pytest.mark.parametrize(("hd", "plain", "two_cores", "holds"), [
    (0.02, 0.6, 1.9, [True, True, True, True]),
    (0.02, 0.59, 1.69, [False, False, True, False]),
    (0.04, 1.2, 1.7, [True, True, False, True])])
def test_laws_are_kept_on_their_side(hd: float, plain: float, two_cores: float,
                                     holds: list[bool]) -> None:
    rules = list(rules_of(measured("cinematic", hd, plain, two_cores)))
    assert [rule.limit for rule in rules] == [30, 15, 1, 1.7]
    assert [rule.holds for rule in rules] == holds


def test_a_look_without_a_law_is_measured_and_not_judged() -> None:
    unknown = measured("oil", 0.1, 1.0)
    assert list(rules_of(unknown)) == []
    assert document_of(unknown)["goals"] is None
    assert set(LAWS) <= {*STYLES, "cartoon", "comic", "cinematic"}


@pytest.mark.parametrize("detail", [None, 45])
def test_an_artist_draws_what_the_look_draws(detail: int | None) -> None:
    frames = frames_of(PICTURES)
    look = PencilStylizer()
    artist = Artist(look, detail)
    for known, frame in zip(artist.analyzed(frames), frames, strict=True):
        small = reduced(frame, detail)
        expected = enlarged(look.render(small, look.analyze(small, None)), frame)
        assert np.array_equal(artist.draw(*known), expected)
        assert small.image.shape[0] == (90 if detail is None else 45)
    artist.one_by_one(frames)
    with ThreadPoolExecutor(2) as pool:
        artist.two_at_a_time(pool, frames)


def test_two_threads_draw_every_frame() -> None:
    class Counting(PencilStylizer):
        seen: set[int] = set()  # noqa: RUF012

        def render(self, frame, analysis):
            self.seen.add(frame.index)
            return super().render(frame, analysis)

    with ThreadPoolExecutor(2) as pool:
        Artist(Counting(), None).two_at_a_time(pool, frames_of(PICTURES))
    assert Counting.seen == set(range(len(PICTURES)))


def test_works_are_timed_in_turn() -> None:
    order: list[str] = []
    steps: list[int] = []
    works = {"a": lambda: order.append("a"), "b": lambda: order.append("b")}
    taken = interleaved(works, 2, WALL, lambda: steps.append(1))
    assert order == ["a", "b", "a", "b", "a", "b"]
    assert {name: len(times) for name, times in taken.items()} == {"a": 2, "b": 2}
    assert len(steps) == 6


def test_waiting_costs_no_cores() -> None:
    works = {"wait": lambda: time.sleep(0.05), "work": lambda: sum(range(10**6))}
    taken = interleaved(works, 1, CORES, lambda: None)
    assert taken["wait"][0] < taken["work"][0]


@pytest.mark.parametrize("shape", [(1080, 1920), (36, 64), (640, 360), (500, 501), (2160, 4096)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_any_picture_becomes_1080p(shape: tuple[int, int], dtype: type) -> None:
    picture = np.full((*shape, 3), np.iinfo(dtype).max // 3, dtype)
    made = _hd(picture)
    assert (made.shape, made.dtype) == ((1080, 1920, 3), np.uint8)
    assert (made == 85).all()
