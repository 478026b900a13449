from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.io import VideoProbe
from core.recipe import Recipe
from core.saved import embedded
from tests.cli.conftest import Cli, write_clip


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRUSHREEL_DATA", str(tmp_path / "data"))


def test_a_preset_of_ones_own_from_saving_to_the_finished_video(cli: Cli, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4")
    assert cli("presets", "save", "pencil:mine", "--set", "pencil.blur_sigma=40",
               "pencil.strength=0.7", "--about", "Soft.").code == 0
    assert "pencil:mine" in cli("presets").out
    ended = cli("render", "--in", str(clip), "--styles", "pencil:mine", "--out", str(tmp_path))
    assert ended.code == 0, ended.err
    text = embedded(VideoProbe.probe(tmp_path / "clip_pencil-mine.mp4").tags_text)
    layer = Recipe.from_json(text or "").layers[0]
    assert (layer.params["blur_sigma"], layer.strength, layer.preset) == (40.0, 0.7, "mine")


def test_options_change_a_preset(cli: Cli, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4")
    cli("presets", "save", "pencil:mine", "--set", "pencil.blur_sigma=40", "pencil.strength=0.7")
    ended = cli("render", "--in", str(clip), "--styles", "pencil:mine", "--out", str(tmp_path),
                "--set", "pencil.blur_sigma=12", "--strength", "0.3")
    assert ended.code == 0, ended.err
    text = embedded(VideoProbe.probe(tmp_path / "clip_pencil-mine.mp4").tags_text)
    layer = Recipe.from_json(text or "").layers[0]
    assert (layer.params["blur_sigma"], layer.strength) == (12.0, 0.3)


def test_saving_from_another_keeps_what_is_not_changed(cli: Cli) -> None:
    cli("presets", "save", "pencil:one", "--set", "pencil.blur_sigma=40")
    cli("presets", "save", "pencil:two", "--from", "pencil:one", "--set", "pencil.use_texture=true")
    listed = json.loads(cli("presets", "list", "pencil", "--json").out)["presets"]
    assert {"blur_sigma": 40.0, "use_texture": True} in [entry["values"] for entry in listed]


def test_no_json_but_a_document_on_stdout(cli: Cli) -> None:
    ended = cli("presets", "save", "pencil:mine", "--json")
    assert json.loads(ended.out)["saved"]["name"] == "pencil:mine"
    assert json.loads(cli("presets", "remove", "pencil:mine", "--json").out) == {
        "removed": "pencil:mine"}
