"""Sources and assets that are moved, deleted, changed or cut while they are rendered."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import InputError
from tests import reels
from tests.clips import Film
from tests.render.stopped import FRAMES, finishes, whole

Act = Callable[[Path], None]


def delete(file: Path) -> None:
    file.unlink()


def move(file: Path) -> None:
    file.rename(file.with_name("moved"))


def halve(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def blank(file: Path) -> None:
    os.truncate(file, 0)


def lengthen(file: Path) -> None:
    with file.open("ab") as content:
        content.write(bytes(100))


def touch(file: Path) -> None:
    os.utime(file, (1, 1))


def replace(file: Path) -> None:
    """With another whole video, other sound and all."""
    other = file.with_name("other" + file.suffix)
    Film(frames=FRAMES, codec="libx264" if file.suffix == ".mp4" else "ffv1",
         size=(32, 24)).write(other)
    os.replace(other, file)


GONE, CHANGED = "cannot be found any more", "has changed since the render began"
ACTS = [(delete, GONE), (halve, CHANGED), (replace, CHANGED), *(
    pytest.param(act, said, marks=pytest.mark.long)
    for act, said in ((move, GONE), (blank, CHANGED), (lengthen, CHANGED), (touch, CHANGED)))]


@pytest.mark.parametrize(("act", "said"), ACTS)
@pytest.mark.parametrize("stage", ["render", "mux"])
def test_a_source_that_is_not_what_it_was(act: Act, said: str, stage: str, path: Path,
                                          target: Path) -> None:
    before = path.read_bytes()
    _stopped_by(act, path, path, target, "numbers", stage, said)
    path.write_bytes(before)
    finishes(path, target, "numbers", 20 if stage == "render" else FRAMES)


@pytest.mark.parametrize(("act", "said"), ACTS)
@pytest.mark.parametrize("stage", ["render", "mux"])
def test_an_asset_that_is_not_what_it_was(act: Act, said: str, stage: str, path: Path,
                                          target: Path) -> None:
    """Masks that play along are read all the while."""
    reels.recipe("masked", path.parent)  # which makes the mask
    mask = path.with_name("mask.mkv")
    before = mask.read_bytes()
    _stopped_by(act, mask, path, target, "masked", stage, said)
    mask.write_bytes(before)
    finishes(path, target, "masked", 20 if stage == "render" else FRAMES)


def _stopped_by(act: Act, on: Path, path: Path, target: Path, look: str, stage: str, said: str
                ) -> None:
    with closing(reels.pipeline(path, target, look).run()) as run:
        for progress in run:
            if progress.frames == 25 if stage == "render" else progress.stage == "mux":
                break
        act(on)
        with pytest.raises(InputError, match=said) as failure:
            list(run)
    assert on.name in failure.value.message
    assert not target.exists()
    assert not list(target.parent.glob("*.partial"))


def test_another_asset_between_two_runs_starts_over(path: Path, target: Path) -> None:
    reels.recipe("masked", path.parent)
    with closing(reels.pipeline(path, target, "masked").run()) as run:
        for _ in zip(range(45), run, strict=False):
            pass
    replace(path.with_name("mask.mkv"))
    assert reels.render(path, target, "masked").resumed_frames == 0
    assert reels.shown(target) != whole("masked")


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_file_that_comes_under_the_name_meanwhile(overwrite: bool, path: Path, target: Path
                                                    ) -> None:
    """Somebody else's, which nobody said may be replaced."""
    with closing(reels.pipeline(path, target, "numbers", overwrite=overwrite).run()) as run:
        next(run)
        target.write_text("mine")
        if overwrite:
            list(run)
        else:
            with pytest.raises(InputError, match="exists already"):
                list(run)
            assert target.read_text() == "mine"
            assert not list(target.parent.glob("*.partial"))
            target.unlink()
            finishes(path, target, "numbers", FRAMES)
    assert reels.shown(target) == whole("numbers")
