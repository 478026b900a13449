"""models: from a file to an installed network and back, told in words and as JSON."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.models import registry
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
