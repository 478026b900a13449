"""File systems that are really full, really read-only, and really gone."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from fractions import Fraction
from pathlib import Path

import pytest

from core.errors import BrushreelError, CheckpointError, DiskFull
from core.render import room
from core.render.options import RenderOptions
from scripts.batch import Job, render
from scripts.failures import exit_code
from tests import reels
from tests.clips import Film, Sound, payloads
from tests.render.disks import Disk, mounted
from tests.render.stopped import FRAMES, finishes


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with mounted(tmp_path / "disk") as one:
        yield one


@pytest.fixture
def _no_estimate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else nothing would begin that does not fit."""
    monkeypatch.setattr(room, "DISK_FLOOR", 0)
    monkeypatch.setattr(room, "estimated_size", lambda _: 0)


def stretched(folder: Path) -> Path:
    """A source whose pixel shape a Matroska file is given in a step of its own."""
    return Film(frames=FRAMES, time_base=Fraction(1, reels.RATE), codec="libx264",
                sar=Fraction(4, 3), options={"qp": "4", "preset": "ultrafast"},
                sounds=(Sound(seconds=reels.SECONDS),)).write(folder / "stretched.mp4")


def held(video: Path) -> list[object]:
    """The pictures with their times, and every packet of the sound."""
    return [reels.shown(video), payloads(video, 1)]


@pytest.mark.usefixtures("_no_estimate")
@pytest.mark.parametrize(("room_for", "sizes"), [
    ("size={}k", range(8, 4000, 116)), ("nr_inodes={}", (2, 3, 6, 20)),
    pytest.param("size={}k", range(4, 4000, 12), marks=pytest.mark.long),
    pytest.param("nr_inodes={}", range(1, 60), marks=pytest.mark.long)],
    ids=["bytes", "files", "all bytes", "all files"])
def test_wherever_a_disk_is_full(room_for: str, sizes: range, tmp_path: Path, disk: Disk) -> None:
    """Chunks, states, ledger, join, the pixel shape's step, proof of delivery: each is met."""
    path, whole = stretched(tmp_path), tmp_path / "whole.mkv"
    reels.render(path, whole, "afterglow, steady")
    target, codes = disk.folder / "out.mkv", []
    for size in sizes:
        disk.empty(room_for.format(size))
        job = Job(path, reels.recipe("afterglow, steady", tmp_path), lambda: target)
        try:
            render(job, RenderOptions(chunk=1))
        except BrushreelError as error:
            codes.append(exit_code(error))
            assert "no room left in " in error.message or "0 MB are free" in error.message
            assert "Free some space" in error.hint
            assert not target.exists()
            disk.make_room()
            render(job, RenderOptions(chunk=1))
        else:
            codes.append(0)
        assert held(target) == held(whole)
        assert [left.name for left in disk.folder.iterdir()] == [target.name]
        if codes[-1] == 0:
            break
    assert set(codes) <= {0, 2, 130}
    assert codes == sorted(codes, key=[2, 130, 0].index)
    assert 130 in codes


@pytest.mark.parametrize("look", ["numbers", pytest.param("identity", marks=pytest.mark.long)])
@pytest.mark.parametrize("stage", ["render", "mux"])
def test_a_disk_that_refuses_writing_on_the_way(look: str, stage: str, path: Path, disk: Disk
                                                ) -> None:
    target = disk.folder / "out.mkv"
    _stopped_by(disk.refuse, path, target, look, stage, "cannot be written")
    disk.allow()
    if look == "numbers":
        finishes(path, target, look, 20 if stage == "render" else FRAMES)


@pytest.mark.parametrize("stage", ["render", "mux"])
@pytest.mark.parametrize("gone", ["out", "out/out.mkv.render"])
def test_a_folder_that_vanishes_on_the_way(stage: str, gone: str, path: Path, target: Path) -> None:
    """As with a disk that is unplugged; what was rendered comes back with it."""
    folder, elsewhere = path.parents[1] / gone, path.parents[1] / "elsewhere"
    _stopped_by(lambda: folder.rename(elsewhere), path, target, "numbers", stage,
                "any more|cannot be written")
    shutil.rmtree(folder, ignore_errors=True)
    elsewhere.rename(folder)
    finishes(path, target, "numbers", 20 if stage == "render" else FRAMES)


def _stopped_by(act: Callable[[], object], path: Path, target: Path, look: str, stage: str,
                said: str) -> None:
    """Something happens in the third chunk, or when the chunks are about to be joined."""
    with closing(reels.pipeline(path, target, look).run()) as run:
        for progress in run:
            if progress.frames == 25 if stage == "render" else progress.stage == "mux":
                break
        act()
        with pytest.raises(CheckpointError, match=said) as failure:
            list(run)
    assert str(target.parent) in failure.value.message
    assert "run the same command again" in failure.value.hint
    assert not target.exists()


def test_a_disk_that_may_not_be_written_to_is_refused_at_once(path: Path, disk: Disk) -> None:
    disk.refuse()
    with pytest.raises(BrushreelError, match="cannot be written to") as failure:
        reels.render(path, disk.folder / "out.mkv", "numbers")
    assert exit_code(failure.value) == 2
    with pytest.raises(CheckpointError, match="cannot be used as a work folder"):
        reels.render(path, path.with_name("out.mkv"), "numbers", scratch=disk.folder)
    assert sorted(left.name for left in path.parent.iterdir()) == ["b.mp4"]


@pytest.mark.usefixtures("_no_estimate")
def test_a_full_scratch_disk_leaves_the_output_alone(path: Path, target: Path, disk: Disk
                                                     ) -> None:
    """Work on one disk, output on another."""
    disk.empty("size=64k")
    with pytest.raises(DiskFull, match="no room left in "):
        reels.render(path, target, "afterglow, steady", scratch=disk.folder)
    assert not target.exists()
    disk.make_room()
    result = reels.render(path, target, "afterglow, steady", scratch=disk.folder)
    assert result.frames == FRAMES
    assert [left.name for left in target.parent.iterdir()] == [target.name]
    assert list(disk.folder.iterdir()) == []


def test_work_that_cannot_be_cleared_away_is_said(path: Path, target: Path, disk: Disk) -> None:
    """The video is complete whatever becomes of its chunks."""
    pipeline = reels.pipeline(path, target, "numbers", scratch=disk.folder)
    with closing(pipeline.run()) as run:
        for _ in run:
            if pipeline.result is not None:
                disk.refuse()
    assert any("could not be removed" in said for said in pipeline.result.warnings)
    assert target.exists()
    disk.allow()
    again = reels.render(path, target, "numbers", scratch=disk.folder, overwrite=True)
    assert again.resumed_frames == again.frames
    assert list(disk.folder.iterdir()) == []
