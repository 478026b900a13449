"""What an earlier version stored still opens, and its interrupted render goes on."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from core import presets, settings
from core.jobs import JobStore
from core.jobs.states import State
from core.models import ModelRegistry
from core.paths import DATA_VARIABLE
from core.pipeline import Pipeline
from core.recipe import Recipe
from feedback.records import Approval, Rating, Vote
from feedback.store import FeedbackStore
from scripts import cli

STORED = Path(__file__).parent / "version_1"
DRAWN_BEFORE = 30
"""Frames that the interrupted render had in its ledger."""
WORK_FOLDER = "bfb8b44f52bfe829eced0152"
"""What its folder was called."""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the data folder, in use."""
    folder = Path(shutil.copytree(STORED / "home", tmp_path / "home"))
    monkeypatch.setenv(DATA_VARIABLE, str(folder))
    return folder


@pytest.mark.usefixtures("home")
def test_the_queue_opens() -> None:
    with JobStore() as store:
        jobs = {job.title: job for job in store.list()}
        assert {title: job.state for title, job in jobs.items()} == {
            "clip_done.mp4": State.DONE_WITH_WARNINGS, "clip_failed.mp4": State.FAILED,
            "clip_cancelled.mp4": State.CANCELLED, "clip_paused.mp4": State.PAUSED,
            "clip_queued.mp4": State.QUEUED}
        done = jobs["clip_done.mp4"]
        assert done.result["frames"] == 50
        assert done.warnings == ("One warning.",)
        assert [layer.style for layer in done.order.recipe.layers] == ["pencil", "cinematic"]
        assert jobs["clip_failed.mp4"].hint == "Choose another codec."
        assert store.resume(jobs["clip_paused.mp4"].id).state is State.QUEUED
        assert store.retry(jobs["clip_failed.mp4"].id).state is State.QUEUED


@pytest.mark.usefixtures("home")
def test_feedback_opens() -> None:
    store = FeedbackStore()
    kinds = [type(record) for record in store.records()]
    assert kinds == [Rating, Vote, Approval]
    assert store.ratings()[0].stars == 4
    assert store.damage() == []


@pytest.mark.usefixtures("home")
def test_presets_settings_and_models_open() -> None:
    mine = presets.preset("pencil", "mine")
    assert mine.layer["params"] | {"blur_sigma": 33.0, "use_texture": True} == mine.layer["params"]
    assert mine.layer["strength"] == 0.7
    assert settings.load().theme == "light"
    assert settings.load().cache_gb == 3.0
    model = ModelRegistry().model("tiny")
    assert model.card.version == 1
    assert [change.what for change in ModelRegistry().changes("tiny")] == [
        "Version 1 imported from tiny.onnx."]


def test_the_recipe_in_an_output_draws_again(home: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.mp4"
    assert cli.main(["render", "--in", str(STORED / "clip.mp4"), "--like",
                     str(STORED / "finished.mp4"), "--end", "0.3", "--out", str(again)]) == 0
    assert again.is_file()
    assert home.is_dir()


def test_an_interrupted_render_goes_on(tmp_path: Path) -> None:
    """Its frames are not drawn again, so neither plan, ledger nor identity has changed."""
    target = tmp_path / "interrupted.mkv"
    folder = tmp_path / "interrupted.mkv.render" / WORK_FOLDER
    shutil.copytree(STORED / "interrupted", folder)
    recipe = Recipe.model_validate({
        "layers": [{"style": "cinematic", "params": {"bloom_radius": 8.0}}],
        "output": {"codec": "ffv1", "container": "mkv"}})
    result = Pipeline(STORED / "clip.mp4", target, recipe=recipe, chunk_duration=1,
                      workers=1).process()
    assert result.resumed_frames == DRAWN_BEFORE
    assert result.frames == 50
    assert not folder.exists()
