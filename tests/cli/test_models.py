"""models: from a file to an installed network and back, told in words and as JSON."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.metrics.lpips import Lpips
from core.models import Lineage, ModelRegistry, backbones, registry
from core.models.backbones import VGG
from tests.cli.conftest import Cli, write_clip
from tests.networks import Network


@pytest.fixture(autouse=True)
def _nothing_is_shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "SHIPPED", tmp_path / "shipped")


def test_a_model_from_its_file_to_its_removal(cli: Cli, tmp_path: Path) -> None:
    source = Network(layout="NHWC", range="-1..1").write(tmp_path / "Wave.onnx")
    assert "No model is installed" in cli("models").out
    told = cli("models", "import", source, "--license", "CC0").out
    assert "neural:wave is installed, as version 1" in told
    assert "RGB NHWC float32, -1..1" in told and "license: CC0" in told
    listed = cli("models", "list", "--json").document["models"]
    assert [(model["style"], model["conventions"]["input_range"]) for model in listed] == [
        ("neural:wave", "-1..1")]
    Network(seed=2).write(source)
    assert cli("models", "import", source).code == 0
    assert cli("models", "rollback", "wave", "--json").document["current"]["version"] == 1
    info = cli("models", "info", "neural:wave", "--json").document
    assert (info["versions"], info["intact"], len(info["changes"])) == ([1, 2], True, 3)
    assert "Version 1 made current." in cli("models", "info", "wave").out
    assert cli("models", "remove", "wave").code == 0
    assert cli("models", "--json").document == {"models": []}


def test_rollback_names_what_it_goes_back_to(cli: Cli, tmp_path: Path) -> None:
    made = ModelRegistry(tmp_path / "maker").add(Network().write(tmp_path / "wave.onnx"))
    (tmp_path / "shipped").mkdir()
    for path in (made.path, made.path.with_suffix(".json")):
        (tmp_path / "shipped" / path.name).write_bytes(path.read_bytes())
    lineage = Lineage(parent=made.card.sha256, data="", settings={}, before={}, after={},
                      verdict="better on all counts.")
    for seed in (1, 2):
        ModelRegistry().follow("wave", Network(seed=seed).write(tmp_path / f"{seed}.onnx"), lineage,
                               current=True)
    assert cli("models", "info", "wave", "--json").document["versions"] == [0, 1, 2]
    assert "neural:wave is version 1 now" in cli("models", "rollback", "wave").out
    told = cli("models", "rollback", "wave", "--version", 0).out
    assert "neural:wave is the one that comes with Brushreel (version 0) now" in told
    assert "comes with Brushreel made current" in cli("models", "info", "wave").out
    again = cli("models", "rollback", "wave", "--version", 0, "--json").document["current"]
    assert (again["version"], again["shipped"]) == (0, True)
    ended = cli("models", "rollback", "wave", "--version", 7)
    assert "It has 0, 1, 2 (0 comes with Brushreel)." in ended.err
    assert "wave has not an earlier version" in cli("models", "rollback", "wave").err


def test_a_range_with_a_sign(cli: Cli, tmp_path: Path) -> None:
    Network(range="-1..1").write(tmp_path / "wave.onnx")
    assert "-1..1" in cli("models", "import", "wave.onnx", "--range=-1..1").out


def test_what_is_wrong_is_said(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "bad.onnx").write_bytes(b"\x80\x04")
    for arguments, words in {
        "import": "One file is to be named",
        "import gone.onnx": "not a file",
        "import bad.onnx": "a pickle",
        "import bad.onnx --sha256 12": "no SHA-256",
        "import bad.onnx --range 0..2": "no range '0..2'",
        "import bad.onnx --name Bad": "no name for a model",
        "info nothing": "no model 'nothing'",
        "remove": "One model is to be named",
        "instal x": "Did you mean",
        "list x": "takes no names",
    }.items():
        ended = cli("models", *arguments.split())
        assert ended.code == 2, arguments
        assert words in ended.err and len(ended.err.splitlines()) == 1


def test_an_installed_network_is_a_style(cli: Cli, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4")
    Network().write(tmp_path / "Wave.onnx")
    render = ("render", "--in", clip, "--out", tmp_path, "--set", "neural.detail=64")
    assert "models import" in cli(*render, "--styles", "neural").err
    assert cli(*render, "--styles", "neural:wave").code == 2
    cli("models", "import", "Wave.onnx")
    ended = cli(*render, "--styles", "neural:wave,neural")
    assert ended.code == 0, ended.err
    assert "neural runs on" in ended.out
    assert {path.name for path in tmp_path.glob("*.mp4")} == {
        "clip.mp4", "clip_neural-wave.mp4", "clip_neural.mp4"}
    assert "neural:wave" in cli("presets").out and "neural:wave" in cli("styles").out
    assert "Did you mean 'wave'" in cli(*render, "--styles", "neural:wav").err
    assert cli("presets", "save", "neural:wave").code == 2
    assert cli("presets", "save", "neural:fine", "--from", "neural:wave", "--set",
               "neural.detail=720").code == 0
    again = cli("render", "--in", clip, "--like", tmp_path / "clip_neural-wave.mp4", "--out",
                tmp_path / "again.mp4")
    assert again.code == 0, again.err
    cli("models", "remove", "wave")
    assert "needs wave.onnx" in cli("render", "--in", clip, "--like",
                                    tmp_path / "clip_neural-wave.mp4", "--out", "c.mp4").err


def test_a_network_in_a_file_is_a_parameter(cli: Cli, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4")
    Network().write(tmp_path / "Wave.onnx")
    ended = cli("render", "--in", clip, "--styles", "neural", "--out", tmp_path, "--set",
                "neural.model_path=Wave.onnx", "neural.detail=64")
    assert ended.code == 0, ended.err
    assert "gone.onnx is not there" in cli(
        "render", "--in", clip, "--styles", "neural", "--set", "neural.model_path=gone.onnx").err


def test_what_judges_pictures_is_taken_from_a_folder(cli: Cli, tmp_path: Path, shared: Path,
                                                     monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backbones, "FOLDER", tmp_path / "none")
    monkeypatch.setenv("BRUSHREEL_DATA", str(tmp_path / "own"))
    files = shared / "nn" / "backbones"
    part = cli("models", "fetch-backbones", "--from", files / VGG[0].name)
    assert part.code == 0 and "VGG-19" in part.out
    assert "Still missing: squeezenet1_1-b8a52dc0.pth." in part.out
    whole = cli("models", "fetch-backbones", "--from", files, "--json").document
    assert (list(whole["weights"]), whole["missing"]) == (["VGG-19", "SqueezeNet 1.1", "LPIPS"], [])
    assert cli("models", "fetch-backbones").code == 0  # nothing is left to fetch
    assert "not there" in cli("models", "fetch-backbones", "--from", "no").err
    Lpips.load()
