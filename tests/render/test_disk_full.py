"""A disk that fills: the render ends with what is finished, and goes on from there."""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import DiskFull
from core.io.encode import Encoder
from core.render import room
from tests import reels
from tests.render.stopped import FRAMES, finishes, frames_in, stop


class Full:
    """A disk with no more room after a number of writes."""

    def __init__(self, after: int) -> None:
        self.left = after

    def spend(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("after", [0, 3, 11, 17, 30])
def test_a_disk_that_fills_while_files_are_named(path: Path, target: Path, after: int,
                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    disk, fsync = Full(after), os.fsync
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", lambda number: (disk.spend(), fsync(number)))
        with pytest.raises(DiskFull, match="no room left") as failure:
            reels.render(path, target, "afterglow, steady")
    assert "resumes" in failure.value.hint
    assert not target.exists()
    finishes(path, target, "afterglow, steady", frames_in(target, range(9)))


@pytest.mark.parametrize("after", [0, 12, 59])
def test_a_disk_that_fills_while_encoding(path: Path, target: Path, after: int,
                                          monkeypatch: pytest.MonkeyPatch) -> None:
    disk, mux = Full(after), Encoder._mux
    with monkeypatch.context() as patch:
        patch.setattr(Encoder, "_mux", lambda self, packets: (disk.spend(), mux(self, packets)))
        with pytest.raises(DiskFull, match="no room left"):
            reels.render(path, target, "numbers")
    assert not list(target.parent.rglob("*.partial"))
    finishes(path, target, "numbers", after // 10 * 10)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is full")
@pytest.mark.parametrize("place", ["chunk", "output"])
def test_a_disk_that_is_really_full(path: Path, target: Path, place: str) -> None:
    stop(path, target, "numbers", steps=25)
    full = (reels.job_folder(target) / "chunk-00003.nut.partial" if place == "chunk"
            else target.with_name("out.mkv.partial"))
    run = reels.pipeline(path, target, "numbers").run()
    with closing(run):
        next(run)
        full.symlink_to("/dev/full")
        with pytest.raises(DiskFull):
            list(run)
    assert not target.exists()
    finishes(path, target, "numbers", 30 if place == "chunk" else FRAMES)


@pytest.mark.parametrize("look", ["numbers", "identity"])
def test_below_the_floor_a_render_pauses(path: Path, target: Path, look: str,
                                         monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(path)
    run = reels.pipeline(path, target, look).run()
    with monkeypatch.context() as patch:
        for _ in range(25):
            next(run)
        patch.setattr("core.render.run._LOOK_EVERY", 0)
        patch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=room.DISK_FLOOR - 1))
        with pytest.raises(DiskFull, match="so the render pauses"):
            list(run)
    assert not list(target.parent.rglob("*.partial"))
    finishes(path, target, look, 20)


def test_too_small_a_disk_is_refused_at_once(path: Path, target: Path,
                                             monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=room.DISK_FLOOR))
    with pytest.raises(DiskFull, match="this render needs about"):
        next(reels.pipeline(path, target, "numbers").run())
    assert list(target.parent.iterdir()) == []
