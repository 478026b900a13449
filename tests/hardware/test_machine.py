"""The computer itself and its encoders: tried here and now, on whatever machine this is."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import numpy as np
import psutil
import pytest

from core.errors import InvalidParameter
from core.hardware import (
    Disk,
    Gpu,
    GpuReport,
    disk_of,
    execution_plan,
    recommended,
    this_machine,
    usable_cores,
    why_not,
)
from core.hardware.nvml import NO_DRIVER
from core.io import trials
from core.io.codecs import ALIASES, CODECS
from core.io.encoders import Wish, choose_encoder
from core.io.trials import Trial, moving_pictures, try_encoder

SOFTWARE = [name for name, codec in CODECS.items() if not codec.software]
HARDWARE = [name for name, codec in CODECS.items() if codec.software]


def test_this_machine_is_described() -> None:
    machine = this_machine()
    assert machine.python == platform.python_version()
    assert platform.system() in machine.system
    assert 1 <= machine.usable <= machine.cores
    assert 0 < machine.available <= machine.memory == psutil.virtual_memory().total
    assert machine.processor


def test_workers_are_as_many_as_cores_may_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    assert execution_plan(64, 48, 8).workers == usable_cores()
    if hasattr(os, "sched_getaffinity"):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 3, 5})
        assert execution_plan(64, 48, 8).workers == 3
    assert [execution_plan(64, 48, 8, gpus=count).gpu_jobs for count in (0, 1, 2)] == [0, 1, 1]


def test_a_disk_is_known_of_a_folder_to_be_made(tmp_path: Path) -> None:
    disk = disk_of(tmp_path / "not" / "yet" / "there")
    assert 0 < disk.free <= disk.total
    assert disk.writable
    assert list(tmp_path.iterdir()) == []


def test_a_drive_that_is_not_there_has_no_room(tmp_path: Path,
                                               monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "is_dir", lambda _: False)
    assert disk_of(tmp_path / "on" / "a stick") == Disk(tmp_path / "on" / "a stick", 0, 0, False)


def test_an_encoder_that_gives_up_on_the_way_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "refusal_of", lambda _: "")
    monkeypatch.setattr(trials, "options_for", lambda *_: {"coder": "none of its own"})
    trial = try_encoder("ffv1", moving_pictures(320, 240, 3))
    assert not trial.works and trial.why and trial.fps is None


@pytest.mark.parametrize("codec", SOFTWARE)
def test_every_software_encoder_takes_pictures_and_tells_its_speed(codec: str) -> None:
    trial = try_encoder(codec, moving_pictures(320, 240, 3))
    assert (trial.codec, trial.works, trial.why) == (codec, True, "")
    assert trial.fps is not None and trial.fps > 0
    assert try_encoder(codec).fps is None


@pytest.mark.parametrize("codec", HARDWARE)
def test_a_hardware_encoder_works_or_says_why_not(codec: str) -> None:
    trial = try_encoder(codec, moving_pictures(320, 240, 3))
    assert trial.works is (trial.why == "") is (trial.fps is not None)
    sentence = why_not(trial, GpuReport(missing=(NO_DRIVER,)))
    assert sentence == ("" if trial.works else
                        "It needs an NVIDIA GPU with its driver, and none answers here.")


def test_trial_pictures_move() -> None:
    first, second = moving_pictures(320, 240, 2)
    assert np.array_equal(first.planes[0][:, 3:], second.planes[0][:, :-3])
    assert not np.array_equal(first.planes[0], second.planes[0])


def test_the_recommendation_is_what_auto_takes() -> None:
    for pixel_format in ("yuv420p", "yuv420p10le"):
        spec, _ = choose_encoder(Wish(pixel_format, 1920, 1080, trials._RATE))
        assert trials.auto_codec(pixel_format) == spec.codec


@pytest.mark.parametrize(("trial", "words"), [
    (Trial("h264", "libx264", True, fps=12.0), "faster than the 12 pictures"),
    (Trial("h264", "libx264", True, fps=80.0), "No hardware encoder opens here, and h264"),
    (Trial("h264", "libx264", True), "plays everywhere"),
    (Trial("h264_nvenc", "h264_nvenc", True, fps=300.0), "on the GPU"),
])
def test_a_recommendation_says_why(trial: Trial, words: str) -> None:
    advice = recommended(trial.codec, "hevc", [Trial("ffv1", "ffv1", True), trial])
    assert words in advice.why and advice.why.endswith(".")
    assert (advice.codec, advice.deep_codec) == (trial.codec, "hevc")


def test_what_a_gpu_does_not_offer_is_told_by_its_name() -> None:
    report = GpuReport((Gpu(0, "NVIDIA GeForce GTX 970"),), "560.94")
    said = why_not(Trial("av1_nvenc", "av1_nvenc", False, "Function not implemented"), report)
    assert said == ("NVIDIA GeForce GTX 970 with driver 560.94 does not offer it (FFmpeg: Function "
                    "not implemented).")


@pytest.mark.parametrize(("called", "here"), ALIASES.items())
def test_other_names_of_codecs_lead_to_ours(called: str, here: str) -> None:
    assert here in CODECS
    with pytest.raises(InvalidParameter, match=f"called '{here}' here"):
        choose_encoder(Wish("yuv420p", 320, 240, trials._RATE, codec=called.upper()))
