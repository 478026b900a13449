"""Killed at any instant, a render loses at most the chunk in progress and goes on as if nothing."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import InputError
from tests import reels
from tests.render.mortal import Remains, observed
from tests.render.stopped import FRAMES

ROOT = Path(__file__).resolve().parent.parent.parent


def remains(path: Path, target: Path, look: str, codec: str, into: Path) -> list[tuple[Path, int]]:
    """What kills would leave, each with the number of the chunk that was in progress."""
    kept, chunk, found = Remains(target.parent, into), 0, []
    with observed(kept.keep):
        for progress in reels.pipeline(path, target, look, codec=codec, chunk=2).run():
            kept.keep()
            found += [(copy, chunk) for copy in kept.copies[len(found):]]
            chunk = len(reels.entries(target)) if progress.stage == "mux" else progress.chunk
    return found + [(copy, chunk) for copy in kept.copies[len(found):]]


def survives(path: Path, copy: Path, name: str, look: str, codec: str, chunk: int,
             whole: Path) -> None:
    """Resume in what a kill left; compare with the file of an undisturbed render."""
    target = copy / name
    before = reels.entries(target)
    assert set(range(chunk)) <= before.keys() or target.is_file()
    if target.is_file():
        assert same(target, whole)
    try:
        result = reels.render(path, target, look, codec=codec, chunk=2)
    except InputError:
        # It was killed when nothing but empty folders was left to clear away.
        assert same(target, whole)
        assert not before
    else:
        resumed = sum(len(entry["pts"]) for entry in before.values())
        assert result.resumed_frames in (resumed, result.frames)
        assert result.frames == FRAMES
    assert same(target, whole)
    assert [left.name for left in copy.iterdir()] == [name]


def same(one: Path, other: Path) -> bool:
    if one.suffix == ".mp4":
        return one.read_bytes() == other.read_bytes()
    return reels.shown(one) == reels.shown(other)


@pytest.mark.parametrize(("film", "look", "codec", "suffix", "every"), [
    ("b-frames", "afterglow, steady", "h264", "mp4", 3),
    pytest.param("b-frames", "afterglow, steady", "h264", "mp4", 1, marks=pytest.mark.long),
    pytest.param("open gop", "numbers", "ffv1", "mkv", 1, marks=pytest.mark.long),
    pytest.param("b-frames", "afterglow, on threes", "ffv1", "mkv", 1, marks=pytest.mark.long),
    pytest.param("vfr", "identity", "h264", "mp4", 1, marks=pytest.mark.long),
])
def test_a_kill_at_any_lasting_step(films: Path, tmp_path: Path, film: str, look: str, codec: str,
                                    suffix: str, every: int) -> None:
    path, name = reels.source(film, films), f"out.{suffix}"
    (tmp_path / "work").mkdir()
    (tmp_path / "kills").mkdir()
    whole = tmp_path / "work" / name
    left = remains(path, whole, look, codec, tmp_path / "kills")
    assert len(left) > 30
    for copy, chunk in left[::every]:
        survives(path, copy, name, look, codec, chunk, whole)


def killed(films: Path, target: Path, film: str, look: str, codec: str, step: int,
           when: str) -> bool:
    """Render in a process that kills itself; whether it got that far."""
    reels.source(film, films)
    done = subprocess.run(
        [sys.executable, "-m", "tests.render.mortal", str(films), str(target), film, look, codec,
         str(step), when], cwd=ROOT, capture_output=True, text=True, check=False)
    dead = done.returncode in (-getattr(signal, "SIGKILL", -9), 9)
    assert dead or (done.returncode == 0 and done.stderr == ""), done.stderr
    return dead


def revived(films: Path, target: Path, film: str, look: str, codec: str, whole: Path) -> None:
    path, before = reels.source(film, films), reels.entries(target)
    if target.is_file():
        assert same(target, whole)
    result = reels.render(path, target, look, codec=codec, overwrite=True)
    assert result.resumed_frames in (
        sum(len(entry["pts"]) for entry in before.values()), result.frames)
    assert same(target, whole)
    assert [left.name for left in target.parent.iterdir()] == [target.name]


@pytest.mark.parametrize("step", [9, *(
    pytest.param(step, marks=pytest.mark.long) for step in (0, 40))])
def test_a_process_that_is_killed(films: Path, tmp_path: Path, step: int) -> None:
    (tmp_path / "out").mkdir()
    whole, target = tmp_path / "whole.mp4", tmp_path / "out" / "out.mp4"
    reels.render(reels.source("b-frames", films), whole, "afterglow", codec="h264")
    assert killed(films, target, "b-frames", "afterglow", "h264", step, "after")
    revived(films, target, "b-frames", "afterglow", "h264", whole)


@pytest.mark.long
def test_a_process_that_is_killed_at_each_step(films: Path, tmp_path: Path) -> None:
    """Every seventh, for each takes a process; by turns just before and just after it."""
    (tmp_path / "out").mkdir()
    whole, target = tmp_path / "whole.mp4", tmp_path / "out" / "out.mp4"
    reels.render(reels.source("open gop", films), whole, "afterglow, steady", codec="h264")
    step = 0
    while killed(films, target, "open gop", "afterglow, steady", "h264", step,
                 ("before", "after")[step % 2]):
        revived(films, target, "open gop", "afterglow, steady", "h264", whole)
        target.unlink()
        step += 7
    assert step > 40


@pytest.mark.long
@pytest.mark.parametrize("codec", ["h264", "ffv1"])
def test_a_process_that_is_killed_again_and_again(films: Path, tmp_path: Path, codec: str) -> None:
    """At random times, several times before it is left to finish: each lives longer, or on a slow
    machine none would ever complete a chunk."""
    (tmp_path / "out").mkdir()
    suffix = "mkv" if codec == "ffv1" else "mp4"
    whole, target = tmp_path / f"whole.{suffix}", tmp_path / "out" / f"out.{suffix}"
    reels.render(reels.source("b-frames", films), whole, "pencil, steady", codec=codec)
    chance, deaths = random.Random(11), 0
    for _ in range(3):
        longest = 500
        while killed(films, target, "b-frames", "pencil, steady", codec,
                     chance.randint(20, longest), "time"):
            deaths += 1
            longest += 200
        revived(films, target, "b-frames", "pencil, steady", codec, whole)
        target.unlink()
    assert deaths > 3
