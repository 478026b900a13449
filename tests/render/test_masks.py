"""Masks that move: read along with the source, and let go of when they are no longer needed."""

from __future__ import annotations

from contextlib import closing
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from core.io import VideoReader
from core.preview import render_still
from core.recipe import Layer
from core.render.masks import Mask
from core.render.stack import Look, look_of
from stylizers.base import Effort
from tests import reels
from tests.clips import Film


@pytest.fixture
def open_readers(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Whatever is being read; closed by hand, not by the garbage collector."""
    reading: list[Path] = []
    enter, leave = VideoReader.__enter__, VideoReader.__exit__

    def entered(self: VideoReader) -> VideoReader:
        reading.append(self.path)
        return enter(self)

    def left(self: VideoReader, *error: object) -> None:
        reading.remove(self.path)
        leave(self, *error)

    monkeypatch.setattr(VideoReader, "__enter__", entered)
    monkeypatch.setattr(VideoReader, "__exit__", left)
    return reading


@pytest.fixture
def mask(tmp_path: Path) -> Path:
    def levels(number: int, shape: tuple[int, int], bits: int) -> np.ndarray:  # noqa: ARG001
        return np.full(shape, 25 * number)

    return Film(frames=10, time_base=Fraction(1, 10), pixel_format="gray",
                paint=levels).write(tmp_path / "mask.mkv")


def test_a_mask_goes_on_from_any_time_after_it_was_closed(mask: Path, open_readers: list[Path]
                                                          ) -> None:
    moving = Mask(mask)
    for number in (0, 4, 7, 2):
        assert round(float(moving.at(Fraction(number, 10), 64, 48).mean()) * 255) == 25 * number
        assert open_readers == [mask]
        moving.close()
        assert open_readers == []


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[Look]:
    """Every look of every render, kept, so that nothing is closed because nobody knows it."""
    kept: list[Look] = []

    def opened(layer: Layer, effort: Effort) -> Look:
        kept.append(look_of(layer, effort))
        return kept[-1]

    monkeypatch.setattr("core.render.stack.look_of", opened)
    return kept


@pytest.mark.usefixtures("looks")
@pytest.mark.parametrize("steps", [5, 1000])
def test_a_render_leaves_no_mask_open(path: Path, target: Path, open_readers: list[Path],
                                      steps: int) -> None:
    with closing(reels.pipeline(path, target, "masked").run()) as run:
        for _ in zip(range(steps), run, strict=False):
            pass
        if steps == 5:
            assert path.parent / "mask.mkv" in open_readers
    assert open_readers == []


@pytest.mark.usefixtures("looks")
def test_a_still_leaves_no_mask_open(path: Path, open_readers: list[Path]) -> None:
    render_still(path, reels.recipe("masked", path.parent), Fraction(1))
    assert open_readers == []
