"""What mutants have found, each as small as it can be made."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from core import settings
from core.errors import BrushreelError, InputError
from core.io import VideoReader
from core.pipeline import Pipeline
from core.recipe import Recipe
from scripts.cli import main
from scripts.finished import Finished
from tests.fuzz.media import MEDIA
from tests.fuzz.oracle import frames_of
from trainer.settings import TrainingSettings

IDENTITY = Recipe.build({"layers": [{"style": "identity"}]})
DEEP = "[" * 100_000


def made(name: str, folder: Path) -> Path:
    path = folder / name
    next(media for media in MEDIA if media.name == name).write(path)
    return path


@pytest.mark.parametrize("container", ["mp4", "webm"])
def test_sound_that_a_decoder_still_held_at_the_end_has_no_time(container: str, tmp_path: Path
                                                               ) -> None:
    source, target = made("wmv2.wmv", tmp_path), tmp_path / f"out.{container}"
    assert main(["render", "--in", str(source), "--styles", "identity",
                 "--out", str(target)]) == 0
    assert frames_of(target) == frames_of(source)


@pytest.mark.parametrize("name", ["moving.apng", "real.rm"])
def test_damage_at_the_end_of_what_cannot_be_sought_in(name: str, tmp_path: Path) -> None:
    """The last packet is noise: what comes before is all there is, read twice or not."""
    source = made(name, tmp_path)
    content = bytearray(source.read_bytes())
    content[-60:-20] = bytes(range(60, 100))
    source.write_bytes(content)
    with VideoReader(source) as reader:
        shown = [timed.pts for timed in reader.pictures()]
    assert len(shown) >= 6 and shown == sorted(shown)
    assert not reader.report.cut_short
    target = tmp_path / "out.mkv"
    assert main(["render", "--in", str(source), "--styles", "identity", "--codec", "ffv1",
                 "--out", str(target)]) == 0


def test_a_refusal_on_the_way_leaves_no_work_folder(tmp_path: Path,
                                                    monkeypatch: pytest.MonkeyPatch) -> None:
    """But what is finished stays, as it can be resumed."""
    source, target = made("h264.mp4", tmp_path), tmp_path / "out" / "result.mp4"
    target.parent.mkdir()

    def refuse(*_: object) -> None:
        raise InputError("This cannot be read.", "Check it.")

    monkeypatch.setattr("core.render.run.Run._commit", refuse)
    with pytest.raises(InputError):
        Pipeline(input_path=source, output_path=target, recipe=IDENTITY).process()
    assert [*target.parent.iterdir()] == []


@pytest.mark.parametrize("damage", [
    {"pts": [0, *range(2, 13)]}, {"pts": [0, "x"]}, {"durations": [1e999]}, {"order": {}},
    {"number": "?"}, {"size": -1}, [], "deep"], ids=str)
def test_a_chunk_whose_entry_is_damaged_is_drawn_again(damage: object, tmp_path: Path) -> None:
    source, target = made("h264.mp4", tmp_path), tmp_path / "result.mkv"

    def pipeline() -> Pipeline:
        return Pipeline(input_path=source, output_path=target, recipe=IDENTITY)

    with closing(pipeline().run()) as steps:
        next(step for step in steps if step.kept)
    [entry] = tmp_path.rglob("chunk-*.json")
    known = json.loads(entry.read_text())
    changed = {**known, **damage} if isinstance(damage, dict) else damage
    entry.write_text(DEEP if damage == "deep" else json.dumps(changed))
    assert pipeline().process().frames == 12
    assert frames_of(target) == 12


@pytest.mark.parametrize("text", ["5", "[1]", "[1, 2]", '{"a": 1}', "null", DEEP])
def test_a_damaged_note_of_a_batch_has_it_rendered_again(text: str, tmp_path: Path) -> None:
    source, target = made("h264.mp4", tmp_path), tmp_path / "result.mp4"
    target.touch()
    batch = Finished(tmp_path, None, None)
    batch.add(source, IDENTITY, target)
    assert batch.result(source, IDENTITY) == target
    batch._note(source, IDENTITY).write_text(text)
    assert batch.result(source, IDENTITY) is None


def test_settings_nested_too_deeply_are_the_usual_ones(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(f"theme = {DEEP}")
    assert settings.load(tmp_path) == settings.Settings()


def test_a_training_recipe_nested_too_deeply_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "deep.toml"
    path.write_text(f"width = {DEEP}")
    with pytest.raises(InputError, match=r"deep\.toml cannot be read"):
        TrainingSettings.load(path, {})


@pytest.mark.parametrize("recipe", [
    {"layers": [{"style": "pencil"}], "\ud800": 1}, {"layers": [{"style": "\ud800"}]},
    {"layers": [{"style": "pencil", "preset": "\ud800"}]},
    {"layers": [{"style": "pencil", "\ud800": 1}]},
    {"layers": [{"style": "pencil", "params": {"\ud800": 1}}]},
    {"layers": [{"style": "pencil", "params": {"blur_sigma": "\ud800"}}]},
    {"layers": [{"style": "pencil"}], "temporal": {"\ud800": 1}}], ids=ascii)
def test_half_a_character_in_a_recipe_is_refused(recipe: object) -> None:
    with pytest.raises(BrushreelError):
        Recipe.from_json(json.dumps(recipe))


def test_presets_nested_too_deeply_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                               capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("BRUSHREEL_DATA", str(tmp_path))
    path = tmp_path / "presets" / "pencil.toml"
    path.parent.mkdir()
    path.write_text(f"[mine]\nblur_sigma = {'[' * 300}{']' * 300}\n")
    assert main(["presets", "list"]) == 2
    assert "nested too deeply" in capsys.readouterr().err
