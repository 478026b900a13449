"""tune: settings found by metrics or by taste, kept as a preset."""

from pathlib import Path

import numpy as np

from core.autotune import SearchSpace
from core.recipe import Recipe
from feedback import FeedbackStore, Vote, sample_of
from feedback.preference import Comparison, PreferenceModel
from stylizers import style
from tests.cli.conftest import Cli


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
    rng, made, store = np.random.default_rng(4), [], FeedbackStore()
    for _ in range(20):
        pair = PreferenceModel(space, made).next_pair(rng)
        first, second = (space.encode(values) for values in pair)
        better = np.square(first - wanted).sum() < np.square(second - wanted).sum()
        made.append(Comparison(first, second, True) if better
                    else Comparison(second, first, False))
        shown = [sample_of(Recipe.build({"layers": [{"style": "oil", "params": values}]}), clip)
                 for values in pair]
        store.add(Vote(first=shown[0], second=shown[1],
                       preferred="first" if better else "second"))
    found = cli("tune", "--in", clip, "--style", "oil", "--objective", "preference", "--trials",
                "20", "--json").document
    tuned = space.encode(found["values"])
    assert np.square(tuned - wanted).sum() < np.square(space.default() - wanted).sum()
