"""The doctor, on this machine as it is and on simulated ones."""

from __future__ import annotations

import dataclasses
import importlib.metadata
import sys
from pathlib import Path

import pynvml
import pytest

from core.hardware import HardwareManager
from core.io.codecs import CODECS
from scripts.doctor import examination
from scripts.doctor.advice import advice
from scripts.doctor.examination import Findings, examine
from scripts.doctor.sheet import show_findings
from tests.cli.conftest import Cli, left_in
from tests.hardware.conftest import Driver, card

GIB = 2**30


@pytest.fixture(scope="module")
def findings() -> Findings:
    return examine(measured=False, advance=lambda _: None)


def test_the_doctor_tells_what_works_here(cli: Cli, tmp_path: Path) -> None:
    ended = cli("doctor", "--quick")
    assert ended.code == 0
    for heading in ("This machine", "Graphics", "Encoders", "Render", "Libraries"):
        assert f"\n{heading}\n" in ended.out
    assert all(codec in ended.out for codec in CODECS)
    # What is not used is not offered either.
    assert "Hardware decoders" not in ended.out and "on the processor" in ended.out
    assert "FFmpeg 8" in ended.out and "pictures drawn at a time" in ended.out
    assert left_in(tmp_path) == set()


def test_the_document_holds_every_trial(cli: Cli) -> None:
    document = cli("doctor", "--quick", "--json").document
    assert [trial["codec"] for trial in document["encoders"]] == list(CODECS)
    for trial in document["encoders"]:
        assert (trial["sentence"] == "") is trial["works"]
    assert document["recommendation"]["codec"] in CODECS
    assert document["execution"]["workers"] >= 1
    assert document["libraries"]["av"]["installed"].startswith("18.")
    assert document["machine"]["memory"] > 0 and document["disks"]["data"]["free"] > 0
    report = document["graphics"]["report"]
    assert report["gpus"] or any(report["missing"][0] in line for line in document["advice"])


@pytest.mark.long
def test_speeds_are_measured_unless_in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scripts.doctor.examination._PICTURES", 2)
    slow = examine(measured=True, advance=lambda _: None)
    assert all(bool(trial.fps) is trial.works for trial, _ in slow.encoders)


def test_the_runtime_for_gpus_stands_for_the_plain_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        if name == "onnxruntime":
            raise importlib.metadata.PackageNotFoundError(name)
        return "1.31.1" if name == "onnxruntime-gpu" else "1"

    monkeypatch.setattr(importlib.metadata, "version", version)
    assert examination._libraries()["onnxruntime"][0] == "1.31.1"


@pytest.fixture
def laptop(monkeypatch: pytest.MonkeyPatch) -> Driver:
    simulated = Driver([card("NVIDIA GeForce RTX 3070 Laptop GPU", Temperature=88)])
    monkeypatch.setitem(sys.modules, "pynvml", simulated.module())
    return simulated


def seen_by(findings: Findings) -> Findings:
    return dataclasses.replace(findings, graphics=HardwareManager().observe())


@pytest.mark.usefixtures("laptop")
def test_a_hot_laptop_is_told_so_and_what_helps(findings: Findings,
                                                capsys: pytest.CaptureFixture[str]) -> None:
    show_findings(seen_by(findings))
    out = " ".join(capsys.readouterr().out.split())
    assert "NVIDIA 560.94" in out and "7.0 GB free of 10.0 GB, 88 °C, 37 % busy" in out
    assert "210 W of at most 320 W" in out
    assert "is at 88 °C and slows itself down" in out
    assert "nvidia-smi -i 0 -pl 255" in out
    assert "Everything works without" not in out


@pytest.mark.parametrize("changed", [
    dict.fromkeys(card().answers, pynvml.NVMLError(pynvml.NVML_ERROR_NOT_SUPPORTED))])
def test_a_gpu_that_tells_nothing_can_be_shown(laptop: Driver, findings: Findings,
                                               capsys: pytest.CaptureFixture[str],
                                               changed: dict[str, object]) -> None:
    laptop.cards = [card(**changed)]
    show_findings(seen_by(findings))
    assert "GPU 0" in capsys.readouterr().out


def test_a_lost_gpu_beside_a_good_one_is_told(laptop: Driver, findings: Findings) -> None:
    laptop.cards.append(card("NVIDIA RTX A2000"))
    laptop.cards[0].gone = pynvml.NVML_ERROR_GPU_IS_LOST
    lines = list(advice(seen_by(findings)))
    assert any(line.startswith("GPU 0 does not answer (gpu is lost)") for line in lines)
    assert not any("Everything works without" in line for line in lines)


def test_what_is_missing_comes_with_what_to_do(findings: Findings) -> None:
    disk = dataclasses.replace(findings.disks["data"], free=GIB, writable=True)
    poor = dataclasses.replace(
        findings, compiled=0,
        libraries={"numba": (None, "0.68.1"), "rich": ("14.0", "15.0.0"), "av": ("1", "1")},
        disks={"data": disk, "cache": dataclasses.replace(disk, writable=False)},
        machine=dataclasses.replace(findings.machine, available=GIB, cores=8, usable=2))
    lines = list(advice(poor))
    for words in ("Not installed: numba.", "versions that were tested: rich.", "1.0 GB free: free",
                  "Nothing can be written to the cache folder", "1.0 GB of memory", "2 of 8 cores",
                  "not compiled yet"):
        assert any(words in line for line in lines), words
    rich = dataclasses.replace(
        poor, compiled=9, libraries={"av": ("1", "1")},
        disks={"data": dataclasses.replace(disk, free=900 * GIB)},
        machine=dataclasses.replace(poor.machine, available=64 * GIB, usable=8))
    assert list(advice(rich)) == [f"{sentence} Everything works without: looks are drawn and "
                                  "videos encoded on the processor."
                                  for sentence in rich.graphics.report.missing]
