"""tune: settings found by metrics or by taste, kept as a preset."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core import presets
from core.autotune import SearchSpace
from core.jobs import Job, JobProgress, JobStore, State
from core.progress import Followed
from core.recipe import Recipe
from feedback import FeedbackStore, Rating, Vote, sample_of
from feedback.preference import Comparison, PreferenceModel
from scripts.desk import Desk, Ending, Steps
from scripts.kinds import KINDS
from scripts.latest import LATEST
from stylizers import style
from tests.cli.conftest import Cli


@pytest.mark.usefixtures("_liked")
def test_a_search_by_metrics_is_kept_as_a_preset(cli: Cli, clip: Path) -> None:
    document = cli("tune", "--in", clip, "--style", "cinematic", "--trials", "4", "--save", "mine",
                   "--json").document
    assert document["trials"] == 4
    assert document["worth"] >= document["default_worth"]
    assert document["saved"] == "cinematic:mine"
    listed = cli("presets", "list", "cinematic").out
    assert "mine" in listed
    assert "Tuned on clip.mp4 by metrics" in " ".join(listed.split())
    assert cli("render", "--in", clip, "--styles", "cinematic:mine").code == 0


def test_votes_lead_to_what_was_voted_for(cli: Cli, clip: Path) -> None:
    """Somebody who wants much relief and a large brush gets them."""
    space = SearchSpace(style("oil").Params)
    wanted = space.encode({"brush_size": 38.0, "relief": 1.0, "canvas": 0.9})
    rng, model, store = np.random.default_rng(4), PreferenceModel(space), FeedbackStore()
    for _ in range(20):
        pair = model.next_pair(rng)
        first, second = (space.encode(values) for values in pair)
        better = np.square(first - wanted).sum() < np.square(second - wanted).sum()
        model = model.after(Comparison(first, second, True) if better
                            else Comparison(second, first, False))
        shown = [sample_of(Recipe.build({"layers": [{"style": "oil", "params": values}]}), clip)
                 for values in pair]
        store.add(Vote(first=shown[0], second=shown[1],
                       preferred="first" if better else "second"))
    found = cli("tune", "--in", clip, "--style", "oil", "--objective", "preference", "--trials",
                "20", "--json").document
    tuned = space.encode(found["values"])
    assert np.square(tuned - wanted).sum() < np.square(space.default() - wanted).sum()


PLAIN = {"grade_strength": 0, "contrast": 0, "bloom_strength": 0, "grain_strength": 0,
         "vignette_strength": 0}
"""Leaves the picture as it is, which keeps every edge."""


@pytest.fixture
def _liked(cli: Cli, clip: Path) -> None:  # noqa: ARG001 - sets the data folder
    """Somebody's four stars, so that there is something better than the look as it is."""
    recipe = Recipe.build({"layers": [{"style": "cinematic", "params": PLAIN}]})
    FeedbackStore().add(Rating(sample=sample_of(recipe, clip), stars=4))


def queued(cli: Cli, clip: Path, *more: str) -> Job:
    told = cli("tune", "--in", clip, "--style", "cinematic", *more, "--queue", "--json").document
    with JobStore() as store:
        return store.get(told["job"])


@pytest.mark.usefixtures("_liked")
def test_the_worker_tunes_and_keeps_a_preset_with_its_evidence(cli: Cli, clip: Path) -> None:
    job = queued(cli, clip, "--trials", "3")
    assert (job.kind, job.style, job.title) == (
        "tune", "cinematic:tuned-clip", "cinematic:tuned-clip, tuned on clip.mp4")
    with JobStore() as store:
        assert cli("work", "--once").code == 0
        done = store.get(job.id)
        assert done.state is State.DONE, done.message
        assert (done.progress.stage, done.progress.frames, done.progress.kept) == ("tune", 3, 3)
        assert done.plan["best_worth"] == done.result["best_worth"] > done.result["default_worth"]
        assert len(done.result["worths"]) == 3
        assert max(done.result["worths"]) == done.result["best_worth"]
        assert done.result["style"] == "cinematic:tuned-clip"
        assert (store.folder(job.id) / LATEST).is_file()
    assert json.loads(job.target.read_text())["best"] == done.result["best"]
    kept = presets.preset("cinematic", "tuned-clip")
    assert "Tuned on clip.mp4 by metrics" in kept.about
    assert {name: kept.values[name] for name in done.result["best"]} == done.result["best"]
    assert queued(cli, clip).style == "cinematic:tuned-clip-2"  # never over another


def desk(store: JobStore, job: Job, plans: list[Any]) -> Desk:
    folder = store.folder(job.id)
    folder.mkdir(parents=True, exist_ok=True)
    return Desk(job, folder, plans.append, lambda _: None)


@pytest.mark.usefixtures("_liked")
def test_a_search_in_the_queue_goes_on_where_it_was(cli: Cli, clip: Path) -> None:
    """Stopped after a trial or killed after the last one, it tries nothing twice."""
    job, plans = queued(cli, clip, "--trials", "4", "--save", "mine"), []
    with JobStore() as store:
        begun = KINDS[job.kind](desk(store, job, plans))
        assert [next(begun).kept, next(begun).kept] == [1, 2]
        begun.close()
        rest = KINDS[job.kind](desk(store, job, plans))
        assert [next(rest).frames, next(rest).frames] == [3, 4]
        rest.close()
        assert "mine" not in presets.presets("cinematic")
        ended, steps = finished(KINDS[job.kind](desk(store, job, plans)))
    assert [step.frames for step in steps] == [4]
    assert ended.result["preset"] == "cinematic:mine"
    assert [len(plan["worths"]) for plan in plans] == [1, 2, 3, 4, 4]
    assert "mine" in presets.presets("cinematic")


def finished(steps: Steps) -> tuple[Ending, list[JobProgress]]:
    work = Followed(steps)
    seen = list(work)
    return work.result, seen


def test_where_nothing_is_better_no_preset_is_made(cli: Cli, clip: Path) -> None:
    alone = cli("tune", "--in", clip, "--style", "cinematic", "--trials", "1", "--save", "mine")
    assert "as it is. No preset was made." in alone.out
    assert "mine" not in presets.presets("cinematic")
    job, said = queued(cli, clip, "--trials", "1"), []  # the look as it is
    with JobStore() as store:
        at_work = dataclasses.replace(desk(store, job, []), log=said.append)
        ended, _ = finished(KINDS[job.kind](at_work))
    assert [line.partition(" (")[0] for line in said] == [
        "Trial 1: nothing is better yet than the look as it is"]
    assert ended.result["preset"] is None
    assert "Nothing tried was better" in ended.lines[0]
    assert "tuned-clip" not in presets.presets("cinematic")


@pytest.mark.parametrize(("more", "said"), [
    (("--in", "gone.mp4"), "gone.mp4 is not a file"), (("--style", "identity"), "nothing to tune"),
    (("--objective", "preference"), "not enough evidence"), (("--save", "Mine!"), "no name")])
def test_what_cannot_be_tuned_is_not_queued(cli: Cli, clip: Path, more: tuple[str, str], said: str
                                            ) -> None:
    ended = cli("tune", "--in", clip, "--style", "cinematic", *more, "--queue")
    assert ended.code == 2
    assert said in ended.err
    with JobStore() as store:
        assert store.list() == []
