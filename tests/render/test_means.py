"""What looks are told of the machine, and how a render goes on with less of a GPU."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from core.errors import GpuOutOfMemory
from core.pipeline import Pipeline
from core.render.plan import Choices
from stylizers import Analysis, Frame, StyleParams, Stylizer
from stylizers.base import Means
from tests.clips import Film, hashes, slope
from tests.stylizers.stack import made


class Hungry(Stylizer[StyleParams]):
    """Draws on a GPU of its own imagination, which is full from a certain picture on."""

    name, summary, revision = "hungry", "Asks for memory.", 1
    Params = StyleParams

    def __init__(self, fits: Any, full_from: int = 0) -> None:
        super().__init__()
        self._fits, self._full_from = fits, full_from
        self.given: list[Means] = []

    def prepare(self, width: int, height: int, means: Means) -> tuple[str, ...]:
        self.given.append(means)
        return (f"{width}x{height} in tiles of {means.tile}.",)

    def render(self, frame: Frame, analysis: Analysis) -> np.ndarray:  # noqa: ARG002
        if frame.index >= self._full_from and not self._fits(self.given[-1]):
            raise GpuOutOfMemory("The GPU is full.", "Close other programs.")
        return 255 - frame.image


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return Film(frames=24, size=(64, 48), paint=slope).write(tmp_path / "a.mkv")


@pytest.mark.parametrize("full_from", [0, 20])
def test_less_of_the_gpu_until_it_fits(full_from: int, source: Path, tmp_path: Path) -> None:
    """At the trial before the render, or on the way, where the finished chunks are kept."""
    look = Hungry(lambda means: means.tile == 512, full_from)
    result = Pipeline(source, tmp_path / "b.mkv", look, chunk_duration=1).process()
    assert result.frames == 24
    steps = list(dict.fromkeys((means.batch, means.tile, means.gpu) for means in look.given))
    assert steps == [(4, None, True), (2, None, True), (1, None, True), (1, 1024, True),
                     (1, 768, True), (1, 512, True)]
    assert "64x48 in tiles of 512." in result.warnings
    plain = Pipeline(source, tmp_path / "c.mkv", Hungry(lambda _: True)).process()
    assert hashes(result.path) == hashes(plain.path)


class Thrifty(Stylizer[StyleParams]):
    """Draws otherwise where memory is short, as a network does that must be cut into tiles."""

    name, summary, revision = "thrifty", "Looks at its purse.", 1
    Params = StyleParams
    memory: int | None = None

    def prepare(self, width: int, height: int, means: Means) -> tuple[str, ...]:  # noqa: ARG002
        self.memory = means.memory
        return ()

    def render(self, frame: Frame, analysis: Analysis) -> np.ndarray:  # noqa: ARG002
        assert self.memory is not None
        return frame.image // 2 if self.memory < 2**30 else 255 - frame.image


@pytest.mark.parametrize(("first", "later"), [(2**29, 2**33), (2**33, 2**29)])
def test_memory_that_comes_and_goes_changes_no_picture(
        first: int, later: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = Film(frames=75, size=(64, 48), paint=slope).write(tmp_path / "a.mkv")

    def free(available: int) -> None:
        monkeypatch.setattr("core.render.means.psutil", SimpleNamespace(
            virtual_memory=lambda: SimpleNamespace(available=available)))

    free(first)
    whole = Pipeline(source, tmp_path / "whole.mkv", Thrifty(), chunk_duration=1).process()
    with closing(Pipeline(source, tmp_path / "b.mkv", Thrifty(), chunk_duration=1).run()) as run:
        while next(run).kept == 0:
            pass
    free(later)
    result = Pipeline(source, tmp_path / "b.mkv", Thrifty(), chunk_duration=1).process()
    assert 0 < result.resumed_frames < 75
    assert hashes(result.path) == hashes(whole.path)


def test_the_processor_is_the_last_resort(source: Path, tmp_path: Path) -> None:
    look = Hungry(lambda means: not means.gpu)
    assert Pipeline(source, tmp_path / "b.mkv", look).process().frames == 24
    assert not look.given[-1].gpu


def test_where_nothing_fits_it_is_said(source: Path, tmp_path: Path) -> None:
    with pytest.raises(GpuOutOfMemory, match="full"):
        Pipeline(source, tmp_path / "b.mkv", Hungry(lambda _: False), chunk_duration=1).process()


def test_the_step_is_remembered() -> None:
    choices: Choices | None = Choices("ffv1", ())
    for _ in range(3):
        assert choices is not None
        choices = choices.less_of_the_gpu()
    assert choices is not None and choices.step.tile is not None
    assert len(choices.remarks) == 1


def test_a_network_draws_the_same_however_it_is_divided(source: Path, tmp_path: Path) -> None:
    found = []
    for workers, chunk in ((1, 30), (3, 1)):
        target = tmp_path / f"{workers}.mkv"
        result = Pipeline(source, target, made("neural:statistics"), workers=workers,
                          chunk_duration=chunk, use_temporal=True).process()
        assert any(said.startswith("neural runs on ") for said in result.notes)
        assert result.warnings == ()
        found.append(hashes(target))
    assert found[0] == found[1]
