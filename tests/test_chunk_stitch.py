"""However a render is divided, drawn in parallel or interrupted, the same pictures come out."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from contextlib import closing
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.io import VideoProbe
from core.io.index import PacketIndex, index_packets
from core.io.repair import complaints
from tests import reels
from tests.clips import pictures_of, spans_of, times_of


@pytest.fixture(autouse=True)
def _looks() -> Iterator[None]:
    with reels.extra_looks():
        yield


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("films")


_whole: dict[tuple[str, str], list] = {}


def whole(films: Path, film: str, look: str) -> list[tuple[str, Fraction]]:
    """The pictures of a render in one chunk, one picture at a time."""
    if (film, look) not in _whole:
        target = films / f"whole {film} {look}.mkv"
        reels.render(reels.source(film, films), target, look, chunk=1000, workers=1)
        _whole[film, look] = reels.shown(target)
    return _whole[film, look]


def interrupt(films: Path, target: Path, film: str, look: str, steps: int, **options) -> None:
    """Render until the given number of progress values have been seen, and stop there."""
    run = reels.pipeline(reels.source(film, films), target, look, **options).run()
    with closing(run):
        for _ in zip(range(steps), run, strict=False):
            pass


def test_the_sources_are_what_they_are_called(films: Path) -> None:
    def listed(film: str) -> PacketIndex:
        return index_packets(VideoProbe.probe(reels.source(film, films)))

    def leading(film: str) -> bool:
        index = listed(film)
        latest = np.maximum.accumulate(np.where(index.key, index.pts, index.pts.min()))
        return bool((index.pts < latest).any())

    def reordered(film: str) -> bool:
        return bool((np.diff(listed(film).pts) < 0).any())

    assert all(reordered(film) for film in ("b-frames", "open gop", "x265 open gop", "mpeg-ts"))
    assert leading("open gop") and leading("x265 open gop") and leading("mpeg-2")
    assert not leading("b-frames")
    assert len({end - start for start, end in spans_of(reels.source("vfr", films))}) > 1
    assert len(listed("long gop").keys()) == 1


def test_the_looks_do_what_they_are_there_for(films: Path) -> None:
    """Steadying leaves its mark, or nothing here would tell whether its state is kept."""
    plain, steady = (whole(films, "b-frames", look) for look in ("pencil", "pencil, steady"))
    same = [number for number, pair in enumerate(zip(plain, steady, strict=True))
            if pair[0] == pair[1]]
    assert same == [0, *reels.CUTS]


def printed(path: Path, place: int) -> list[int]:
    """What the looks have printed in the corner of every picture, on luma's scale."""
    return [round(float(planes[0][:8, 8 * place:8 * place + 8].mean()))
            for planes in pictures_of(path)]


def test_a_render_sees_cuts_and_flashes_where_they_are(films: Path, tmp_path: Path) -> None:
    path, target = reels.source("flashes", films), tmp_path / "out.mkv"
    reels.render(path, target, "numbers")
    shot = printed(target, 0)
    assert tuple(n for n in range(1, 180) if shot[n] != shot[n - 1]) == reels.FLASH_CUTS
    lit = printed(target, 2)
    assert tuple(n for n in range(180) if lit[n] > 128) == reels.FLASHES


def test_a_flash_leaves_no_trace_in_what_looks_learn(films: Path, tmp_path: Path) -> None:
    """Each is drawn as if it stood alone; the shot goes on as if it had not been."""
    path, target = reels.source("flashes", films), tmp_path / "out.mkv"
    reels.render(path, target, "afterglow")
    seen, expected = 0, []
    for number in range(180):
        seen = 1 if number in reels.FLASH_CUTS else seen + (number not in reels.FLASHES)
        expected.append(1 if number in reels.FLASHES else seen)
    levels = [30 + count * 3 % 200 for count in expected]
    # From full range to limited.
    assert printed(target, 2) == [round(16 + level * 219 / 255) for level in levels]


@pytest.mark.parametrize("ends", [101, 103, 161, *(
    pytest.param(ends, marks=pytest.mark.long) for ends in (102, 121))])
def test_a_range_ends_with_the_pictures_of_the_whole(films: Path, tmp_path: Path,
                                                     ends: int) -> None:
    """Where it ends within a flash too."""
    target = tmp_path / "out.mkv"
    reels.render(reels.source("flashes", films), target, "afterglow", end=Fraction(ends, 30))
    assert [look for look, _ in reels.shown(target)] == [
        look for look, _ in whole(films, "flashes", "afterglow")][:ends]


FAST = [*((film, "afterglow, steady") for film in reels.FEW),
        *(("b-frames", look) for look in ("pencil, steady", "pencil, along motion", "masked",
                                          "half, on twos", "masked, on threes")),
        ("flashes", "numbers, on twos")]
STATEFUL = [("b-frames", "cartoon, flow"), ("deep", "ink, ema")]
EVERY = [(film, look) for film in reels.FILMS for look in reels.LOOKS]


def divided(films: Path, tmp_path: Path, film: str, look: str,
            *divisions: tuple[float, int]) -> None:
    path = reels.source(film, films)
    for chunk, workers in divisions:
        target = tmp_path / f"{chunk}.mkv"
        reels.render(path, target, look, chunk=chunk, workers=workers)
        assert reels.shown(target) == whole(films, film, look), f"chunks of {chunk} s"


@pytest.mark.parametrize(("film", "look"), FAST)
def test_chunks_and_workers_change_no_picture(films: Path, tmp_path: Path, film: str,
                                              look: str) -> None:
    divided(films, tmp_path, film, look, (1, 3))


@pytest.mark.parametrize("film", [pytest.param(film, marks=() if film in (
    "open gop", "vfr", "flashes") else pytest.mark.long) for film in reels.FILMS])
def test_other_chunks_change_no_picture_either(films: Path, tmp_path: Path, film: str) -> None:
    divided(films, tmp_path, film, "afterglow, steady", (2.5, 2))


@pytest.mark.parametrize(("film", "look"), [
    pytest.param(film, look, marks=() if (film, look) in STATEFUL else pytest.mark.long)
    for film in ("b-frames", "deep") for look in reels.EVERY_LOOK])
def test_every_look_is_the_same_divided_and_interrupted(films: Path, tmp_path: Path, film: str,
                                                        look: str) -> None:
    divided(films, tmp_path, film, look, (1, 3))
    target = tmp_path / "stopped.mkv"
    for steps in (13, 37):
        interrupt(films, target, film, look, steps)
    reels.render(reels.source(film, films), target, look)
    assert reels.shown(target) == whole(films, film, look)


@pytest.mark.long
@pytest.mark.parametrize(("film", "look"), [pair for pair in EVERY if pair not in FAST])
def test_chunks_and_workers_change_no_picture_of_any(films: Path, tmp_path: Path, film: str,
                                                     look: str) -> None:
    divided(films, tmp_path, film, look, (1, 3))


@pytest.mark.parametrize(("film", "every"), [
    *((film, False) for film in reels.FEW),
    *(pytest.param(film, True, marks=pytest.mark.long) for film in reels.FILMS)])
def test_a_chunk_may_start_at_any_border(films: Path, tmp_path: Path, film: str,
                                         every: bool) -> None:
    """Each chunk after the first is once the first that a run decodes, or two of them are."""
    path, target = reels.source(film, films), tmp_path / "out.mkv"
    work, drawn = tmp_path / "out.mkv.render", tmp_path / "drawn"
    count = len(reels.pipeline(path, target, "numbers").plan().chunks)
    assert count > 1
    run = reels.pipeline(path, target, "numbers").run()
    for progress in run:
        if progress.stage == "mux":
            break
    run.close()
    shutil.copytree(work, drawn)
    for missing in range(1, count) if every else sorted({count // 2, count - 1}):
        shutil.copytree(drawn, work, dirs_exist_ok=True)
        (reels.job_folder(target) / f"chunk-{missing:05}.json").unlink()
        result = reels.render(path, target, "numbers", overwrite=True)
        assert 0 < result.resumed_frames < result.frames
        assert reels.shown(target) == whole(films, film, "numbers")


@pytest.mark.parametrize("film", ["b-frames", "x265 open gop", "vfr", "mpeg-ts"])
def test_the_joined_mp4_is_exact_and_without_fault(films: Path, tmp_path: Path, film: str) -> None:
    path, target = reels.source(film, films), tmp_path / "out.mp4"
    reels.render(path, target, "numbers", codec="h264")
    there, here = times_of(path), times_of(target)
    shift = here[0] - there[0]
    assert [time + shift for time in there] == here
    assert complaints(target) == ""


@pytest.mark.parametrize(("codec", "suffix"), [
    ("h264", "mkv"), ("hevc", "mp4"), ("hevc", "mkv"), ("vp9", "webm"), ("av1", "mp4"),
    ("av1", "webm"), ("vp9", "mp4"), ("ffv1", "mkv"), ("prores", "mov")])
def test_chunks_join_without_fault(films: Path, tmp_path: Path, codec: str, suffix: str) -> None:
    path, target = reels.source("open gop", films), tmp_path / f"out.{suffix}"
    result = reels.render(path, target, "pencil", codec=codec)
    assert result.frames == len(times_of(target))
    assert complaints(target) == ""


@pytest.mark.parametrize(("codec", "look", "stops"), [
    ("h264", "half, on twos", (3, 25, 54)),
    *(pytest.param(codec, look, (3, 17, 25, 33, 54, 61), marks=pytest.mark.long)
      for codec, look in (
          ("h264", "half, on twos"), ("h264", "afterglow, steady"), ("h264", "numbers"),
          ("h264", "numbers, on twos"), ("hevc", "afterglow, steady"), ("hevc", "half, on twos"),
          ("hevc", "numbers"), ("hevc", "numbers, on twos")))])
def test_an_interrupted_render_is_the_uninterrupted_one(films: Path, tmp_path: Path, codec: str,
                                                        look: str, stops: tuple[int, ...]) -> None:
    target, straight = tmp_path / "out.mp4", tmp_path / "straight.mp4"
    reels.render(reels.source("b-frames", films), straight, look, codec=codec, workers=1)
    for steps in stops:
        interrupt(films, target, "b-frames", look, steps, codec=codec, overwrite=True)
        reels.render(reels.source("b-frames", films), target, look, codec=codec, overwrite=True)
        assert target.read_bytes() == straight.read_bytes()


def shuffled(films: Path, tmp_path: Path, film: str, look: str, chunk: float, stops: list[int],
             workers: list[int]) -> None:
    target = tmp_path / "out.mkv"
    target.unlink(missing_ok=True)
    for steps, count in zip(stops, workers, strict=False):
        interrupt(films, target, film, look, steps, chunk=chunk, workers=count, overwrite=True)
    reels.render(reels.source(film, films), target, look, chunk=chunk, overwrite=True)
    assert reels.shown(target) == whole(films, film, look)
    assert [path.name for path in tmp_path.iterdir()] == ["out.mkv"]


CASES = {
    "film": st.sampled_from(list(reels.FILMS)),
    "look": st.sampled_from(list(reels.LOOKS)),
    "chunk": st.floats(1, 7),
    "stops": st.lists(st.integers(1, 62), max_size=4),
    "workers": st.lists(st.integers(1, 5), min_size=4, max_size=4),
}


@settings(max_examples=6, deadline=None, derandomize=True,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(**CASES)
def test_any_division_and_any_stops_give_the_same(films: Path, tmp_path: Path, film: str,
                                                  look: str, chunk: float, stops: list[int],
                                                  workers: list[int]) -> None:
    shuffled(films, tmp_path, film, look, chunk, stops, workers)


@pytest.mark.long
@settings(max_examples=100, deadline=None, derandomize=True,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(**CASES)
def test_many_divisions_and_stops_give_the_same(films: Path, tmp_path: Path, film: str,
                                                look: str, chunk: float, stops: list[int],
                                                workers: list[int]) -> None:
    shuffled(films, tmp_path, film, look, chunk, stops, workers)


@pytest.mark.parametrize(("film", "look", "times"), [
    ("b-frames", "half, on twos", 2), ("open gop", "afterglow, steady", 2),
    *(pytest.param(film, look, 4, marks=pytest.mark.long) for film, look in (
        ("b-frames", "half, on twos"), ("open gop", "afterglow, steady"),
        ("open gop", "afterglow, on threes"),
        ("b-frames", "afterglow, steady"), ("b-frames", "pencil, steady"), ("b-frames", "numbers"),
        ("b-frames", "afterglow, on threes"), ("open gop", "pencil, steady"),
        ("open gop", "numbers"), ("open gop", "half, on twos")))])
def test_any_chunks_may_be_lost(films: Path, tmp_path: Path, film: str, look: str,
                                times: int) -> None:
    """What was lost is drawn again, going back no further than state asks for."""
    path, target = reels.source(film, films), tmp_path / "out.mkv"
    chance = random.Random(5)
    for _ in range(times):
        interrupt(films, target, film, look, 61, overwrite=True)
        kept = reels.entries(target)
        lost = chance.sample(sorted(kept), chance.randint(1, len(kept) - 1))
        for number in lost:
            (reels.job_folder(target) / f"chunk-{number:05}.nut").unlink()
        result = reels.render(path, target, look, overwrite=True)
        assert result.resumed_frames == sum(
            len(entry["pts"]) for number, entry in kept.items() if number not in lost)
        assert reels.shown(target) == whole(films, film, look)
