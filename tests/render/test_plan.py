"""What is decided before a render, kept with it, and told on the way."""

from __future__ import annotations

import json
from contextlib import closing
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import psutil
import pytest

from core.errors import InputError, InvalidParameter, OutOfMemory
from core.hardware.execution import ExecutionPlan, execution_plan
from core.io.probe import VideoProbe
from core.pipeline import Pipeline
from core.render import trial
from core.render.identity import Settings
from core.render.plan import Choices
from core.render.remarks import about_auto
from core.render.stack import Look, Stack
from core.temporal import Temporal
from tests import reels
from tests.render.stopped import FRAMES, finishes, frames_in, stop


def saved(target: Path) -> dict[str, Any]:
    return json.loads((reels.job_folder(target) / "plan.json").read_text())


@pytest.mark.parametrize(("cost", "rate", "length"), [
    (0.0, 25, 30), (0.3, 25, 30), (0.5, 25, 24), (1.0, 25, 12), (1.0, 50, 6), (4.0, 30, 2),
    (60.0, 30, 1)])
def test_a_chunk_renders_in_about_five_minutes(cost: float, rate: int, length: int) -> None:
    assert trial.length_for(cost, Fraction(rate)) == length
    # From one second to thirty, and else as near five minutes as whole seconds come.
    assert length in (1, 30) or 300 - cost * rate < length * cost * rate <= 300


class Slow(reels.Numbers):
    """Counts how often it is asked."""

    name = "slow"
    asked = 0

    def render(self, frame: Any, analysis: Any) -> np.ndarray:
        type(self).asked += 1
        return super().render(frame, analysis)


class Patient(reels.Numbers):
    """Takes its time to draw, by a clock that stands still otherwise."""

    name = "patient"
    now = 0.0

    def render(self, frame: Any, analysis: Any) -> np.ndarray:
        type(self).now += 0.2
        return super().render(frame, analysis)


def test_chunks_are_longer_where_drawings_are_held(path: Path, target: Path,
                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    plan, stack = Pipeline(path, target, Patient()).plan(), Stack([Look(Patient())])
    monkeypatch.setattr(trial, "RENDERED_IN", 30)
    monkeypatch.setattr(trial, "time", SimpleNamespace(perf_counter=lambda: Patient.now))
    once, thrice = (trial.auto_length(plan.source, plan.spec, stack,
                                      Settings("", Temporal(), hold=hold), 1) for hold in (1, 3))
    assert 2 * once <= thrice <= 3 * once + 2


def test_a_slow_look_gets_short_chunks_and_keeps_them(path: Path, target: Path,
                                                      monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(trial, "_cost", lambda *_: 15.0)
        with closing(Pipeline(path, target, Slow()).run()) as run:
            for _ in range(25):
                next(run)
    assert len(saved(target)["chunks"]) == 3
    resumed = frames_in(target, range(3))
    assert resumed == 20
    result = Pipeline(path, target, Slow()).process()
    assert (result.resumed_frames, result.frames) == (resumed, FRAMES)


def test_a_quick_look_is_tried_once_and_gets_long_chunks(path: Path, target: Path,
                                                         monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "_QUICK", 10.0)
    before = Slow.asked
    with closing(Pipeline(path, target, Slow(), workers=1).run()) as run:
        next(run)
    assert Slow.asked - before < 10
    plan = Pipeline(path, target, Slow()).plan()
    assert plan.choices.chunks == plan.chunks
    assert len(plan.chunks) == 1


def test_a_function_is_called_once_for_each_picture(path: Path, target: Path) -> None:
    seen = []

    def look(image: np.ndarray) -> np.ndarray:
        seen.append(1)
        return image

    Pipeline(path, target, look).process()
    assert len(seen) == FRAMES


def test_choices_come_back_as_they_were(path: Path, target: Path, tmp_path: Path) -> None:
    chosen = Pipeline(path, target, Slow(), chunk_duration=1).plan().choices.fewer_workers(5)
    assert chosen is not None
    chosen.save(tmp_path / "plan.json")
    assert Choices.load(tmp_path / "plan.json") == chosen


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"codec": "h264", "chunks": []}',
                                  '{"codec": "vhs", "chunks": [], "remarks": []}'])
def test_damaged_choices_are_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "plan.json").write_text(text)
    assert Choices.load(tmp_path / "plan.json") is None


def test_what_was_chosen_for_the_user_is_kept_and_said(path: Path, target: Path) -> None:
    target = target.with_suffix(".mp4")
    stop(path, target, "numbers", codec="h264_nvenc", steps=25)
    chosen = saved(target)["codec"]
    result = reels.render(path, target, "numbers", codec="h264_nvenc")
    assert result.codec == chosen
    assert result.resumed_frames == 20
    if chosen == "h264":
        assert any("h264_nvenc does not open" in said for said in result.warnings)


def test_workers_are_as_many_as_memory_has_room_for(path: Path,
                                                    monkeypatch: pytest.MonkeyPatch) -> None:
    source = VideoProbe.probe(path)
    kind = (source.width, source.height, source.bits)
    picture = source.width * source.height * 3 * 4
    memory = psutil.virtual_memory()
    monkeypatch.setattr(psutil, "virtual_memory",
                        lambda: memory._replace(available=picture * 11))
    assert execution_plan(*kind, asked=8) == ExecutionPlan(workers=3)
    assert execution_plan(*kind, asked=2).workers == 2
    # The least that the refusal names is enough.
    monkeypatch.setattr(psutil, "virtual_memory",
                        lambda: memory._replace(available=picture * 7))
    assert execution_plan(*kind).workers == 1
    monkeypatch.setattr(psutil, "virtual_memory",
                        lambda: memory._replace(available=picture * 7 - 1))
    with pytest.raises(OutOfMemory, match="64x48"):
        execution_plan(*kind)


def test_fewer_workers_than_asked_for_are_told(path: Path, target: Path,
                                               monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.render.preflight.execution_plan",
                        lambda *_, asked: ExecutionPlan(min(asked, 2)))
    plan = reels.pipeline(path, target, "numbers", workers=6).plan()
    assert plan.workers == 2
    assert "Memory has room for 2 workers, not for 6." in plan.warnings


@pytest.mark.parametrize(("codec", "remarks", "hdr", "words"), [
    ("h264", (), False, "h264_nvenc needs an NVIDIA GPU with its driver, and does not open here."),
    ("hevc", (), True, "auto took hevc, as hevc_nvenc would leave out the HDR metadata."),
    ("ffv1", (), False, "auto took ffv1, which fits this source and container."),
    ("hevc_nvenc", (), False, "auto took hevc_nvenc, which encodes on the GPU."),
    ("h264", ("h264_nvenc failed on the way.",), False, "")])
def test_auto_says_what_it_took_and_why(codec: str, remarks: tuple[str, ...], hdr: bool,
                                        words: str) -> None:
    said = about_auto("auto", codec, remarks, hdr)
    assert said.endswith(words) and bool(said) is bool(words)
    assert about_auto(codec, codec, remarks, hdr) == ""


def test_progress_never_goes_back_and_tells_both_stages(path: Path, target: Path) -> None:
    seen = list(reels.pipeline(path, target, "numbers").run())
    for stage in ("render", "mux"):
        frames = [progress.frames for progress in seen if progress.stage == stage]
        assert frames == sorted(frames)
        assert frames[-1] == FRAMES
    assert [progress.frames for progress in seen if progress.stage == "mux"] == [0, 32, 60]
    assert {progress.total for progress in seen} == {FRAMES}
    assert {progress.chunks for progress in seen} == {6}


def test_closing_while_joining_leaves_the_chunks(path: Path, target: Path) -> None:
    with closing(reels.pipeline(path, target, "numbers").run()) as run:
        for progress in run:
            if progress.stage == "mux" and progress.frames == 32:
                break
    assert [left.name for left in target.parent.iterdir()] == ["out.mkv.render"]
    finishes(path, target, "numbers", FRAMES)


def test_an_existing_output_is_refused_and_left_alone(path: Path, target: Path) -> None:
    target.write_text("mine")
    with pytest.raises(InputError, match="exists already"):
        reels.render(path, target, "numbers")
    assert target.read_text() == "mine"
    assert [left.name for left in target.parent.iterdir()] == [target.name]


@pytest.mark.parametrize("chunk", [0, 0.5, -3, float("nan")])
def test_a_chunk_under_a_second_is_refused(path: Path, target: Path, chunk: float) -> None:
    with pytest.raises(InvalidParameter, match="too short"):
        reels.render(path, target, "numbers", chunk=chunk)
    assert list(target.parent.iterdir()) == []
