"""Encoders, memory and looks that fail on the way: a humbler plan, or an end in good order."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

from core.errors import EncodeFailed, OutOfMemory
from core.io import codecs, encoders
from core.io.encode import Encoder
from core.pipeline import Pipeline
from tests import reels
from tests.render.stopped import FRAMES, finishes, stop


@dataclass
class Countdown:
    left: int


@pytest.fixture
def frail(monkeypatch: pytest.MonkeyPatch) -> Countdown:
    """A hardware codec whose encoder gives up after a number of pictures."""
    count, write = Countdown(10**9), Encoder.write
    table = {**codecs.CODECS, "h264_nvenc": replace(
        codecs.CODECS["h264"], efforts=({"preset": "ultrafast"},) * 3, software="h264")}
    for module in (codecs, encoders):
        monkeypatch.setattr(module, "CODECS", MappingProxyType(table))
    monkeypatch.setattr("core.render.plan.CODECS", table)
    monkeypatch.setattr("core.render.preflight.CODECS", table)
    monkeypatch.setattr(encoders, "_hardware_answers", lambda _: True)

    def writing(self: Encoder, picture: Any) -> None:
        if self._spec.codec == "h264_nvenc":
            count.left -= 1
            if count.left < 0:
                raise EncodeFailed("The device was lost.", "Choose another codec.")
        write(self, picture)

    monkeypatch.setattr(Encoder, "write", writing)
    return count


@pytest.mark.parametrize("kill", [None, 25])
def test_chunks_of_two_encoders_are_never_joined(path: Path, tmp_path: Path, frail: Countdown,
                                                 kill: int | None) -> None:
    (tmp_path / "out").mkdir()
    target, soft = tmp_path / "out" / "out.mp4", tmp_path / "soft.mp4"
    reels.render(path, soft, "numbers", codec="h264")
    frail.left = 35
    if kill is not None:
        stop(path, target, "numbers", steps=35 + kill, codec="h264_nvenc")
        assert frail.left < 0
    result = reels.render(path, target, "numbers", codec="h264_nvenc")
    assert result.codec == "h264"
    assert result.resumed_frames == (0 if kill is None else 20)
    assert any("h264_nvenc failed on the way" in said for said in result.warnings)
    assert reels.packets(target) == reels.packets(soft)
    assert [left.name for left in target.parent.iterdir()] == ["out.mp4"]


def test_an_encoder_without_a_stand_in_ends_the_render(path: Path, target: Path,
                                                       monkeypatch: pytest.MonkeyPatch) -> None:
    count, write = Countdown(25), Encoder.write

    def writing(self: Encoder, picture: Any) -> None:
        count.left -= 1
        if count.left < 0:
            raise EncodeFailed("The encoder gave up.", "Choose another codec.")
        write(self, picture)

    with monkeypatch.context() as patch:
        patch.setattr(Encoder, "write", writing)
        with pytest.raises(EncodeFailed, match="gave up"):
            reels.render(path, target, "numbers")
    finishes(path, target, "numbers", 20)


def test_a_render_may_be_told_to_fail_with_its_encoder(path: Path, target: Path,
                                                       frail: Countdown) -> None:
    frail.left = 35
    target = target.with_suffix(".mp4")
    with pytest.raises(EncodeFailed, match="device was lost"):
        reels.render(path, target, "numbers", codec="h264_nvenc", on_encoder_failure="fail")
    assert not target.exists()
    frail.left = 10**9  # the device is back: what was encoded on it is kept
    result = reels.render(path, target, "numbers", codec="h264_nvenc", on_encoder_failure="fail")
    assert (result.codec, result.resumed_frames) == ("h264_nvenc", 30)


class Greedy(reels.Numbers):
    """Asks for too much memory while more pictures than `room` are drawn at a time."""

    name = "greedy"
    room = 1
    _now = 0
    _lock = threading.Lock()

    def render(self, frame: Any, analysis: Any) -> np.ndarray:
        with self._lock:
            type(self)._now += 1
            crowd = self._now
        try:
            if crowd > self.room:
                raise MemoryError
            threading.Event().wait(0.002)
            return super().render(frame, analysis)
        finally:
            with self._lock:
                type(self)._now -= 1


def test_memory_that_runs_out_makes_the_plan_smaller(path: Path, target: Path) -> None:
    result = Pipeline(path, target, Greedy(), chunk_duration=1, workers=4).process()
    assert result.frames == FRAMES
    said = [words for words in result.warnings if "Memory ran out" in words]
    assert said[0] == "Memory ran out with 4 workers; 2 are used."
    assert result.resumed_frames == 0


def test_the_smaller_plan_is_kept_for_the_rest(path: Path, target: Path) -> None:
    with closing(Pipeline(path, target, Greedy(), chunk_duration=1, workers=4).run()) as run:
        for _ in range(25):
            next(run)
    plan = json.loads((reels.job_folder(target) / "plan.json").read_text())
    assert plan["workers"] == 1
    assert all("Memory ran out with 4 workers; 2 are used." in entry["remarks"]
               for entry in reels.entries(target).values())
    result = Pipeline(path, target, Greedy(), chunk_duration=1, workers=4).process()
    assert result.resumed_frames >= 20
    assert "Memory ran out with 2 workers; 1 are used." in result.warnings


def test_memory_that_never_suffices_ends_the_render(path: Path, target: Path,
                                                    monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Greedy, "room", 0)
    with pytest.raises(OutOfMemory, match="not enough memory"):
        Pipeline(path, target, Greedy(), chunk_duration=1).process()
    assert not target.exists()


def failing(at: int, version: str | None = None) -> Callable[[np.ndarray], np.ndarray]:
    seen = []

    def look(image: np.ndarray) -> np.ndarray:
        seen.append(1)
        if len(seen) == at:
            raise ValueError("the ink ran dry")
        return 255 - image

    look.seen = seen
    if version is not None:
        look.version = version
    return look


@pytest.mark.parametrize("number", [20, 21, 27])
def test_a_look_that_fails_is_told_with_its_picture(path: Path, target: Path,
                                                    number: int) -> None:
    with pytest.raises(ValueError, match="the ink ran dry") as failure:
        Pipeline(path, target, failing(number + 1, "1"), chunk_duration=1).process()
    assert failure.value.__notes__ == [f"This happened to the picture at {number / 10:.3f} s."]
    assert not target.exists()
    assert reels.entries(target).keys() == {0, 1}
    del failure
    look = failing(-1, "1")
    result = Pipeline(path, target, look, chunk_duration=1).process()
    assert (result.resumed_frames, result.frames, len(look.seen)) == (20, FRAMES, FRAMES - 20)


def test_a_function_without_a_version_starts_over_and_says_so(path: Path, target: Path) -> None:
    with pytest.raises(ValueError, match="ink"):
        Pipeline(path, target, failing(28), chunk_duration=1).process()
    result = Pipeline(path, target, failing(-1), chunk_duration=1).process()
    assert result.resumed_frames == 0
    assert any("cannot be resumed" in said for said in result.warnings)


def test_a_function_of_another_version_is_not_resumed_into(path: Path, target: Path) -> None:
    with pytest.raises(ValueError, match="ink"):
        Pipeline(path, target, failing(28, "1"), chunk_duration=1).process()
    result = Pipeline(path, target, failing(-1, "2"), chunk_duration=1).process()
    assert result.resumed_frames == 0
