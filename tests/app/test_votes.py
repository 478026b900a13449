"""Pairs made for a vote: settings chosen by what is known, drawn by the worker, judged blind."""

import random
import time
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app import serving, taste
from app.previewing import folder
from core import presets
from core.autotune import SearchSpace
from core.errors import BrushreelError
from core.jobs import HIGH
from feedback import Vote
from feedback.learning import preference
from feedback.records import sample_of
from stylizers import style
from tests.app.test_lab import done

PAGE = Path(__file__).resolve().parents[2] / "app" / "pages" / "style_lab.py"
pytestmark = pytest.mark.usefixtures("data")


def learned(look: str) -> taste.Taste:
    until = time.monotonic() + 60
    while (known := serving.tastes().of(look)) is None:
        assert time.monotonic() < until
        time.sleep(0.02)
    return known


def drawn(film: Path) -> None:
    """As the worker would have it."""
    for job in serving.jobs().list():
        if job.target.parent == folder():
            job.target.write_bytes(film.read_bytes())


def test_a_pair_is_made_voted_on_blind_and_another_follows(film: Path, tmp_path: Path) -> None:
    done(serving.jobs(), film, tmp_path, "ink")
    shown = AppTest.from_file(PAGE, default_timeout=60)
    shown.session_state["lab.tab"] = "Blind vote"
    shown.run()
    shown.segmented_control("lab.pairs").set_value("Pairs made for me").run()
    learned("ink")
    shown.run()
    assert shown.selectbox("lab.asked.look").value == "ink"
    assert r"Not enough evidence yet\: 0 of at least 8" in " ".join(
        one.value for one in shown.caption)
    shown.button("lab.ask").click().run()
    previews = [job for job in serving.jobs().list() if job.target.parent == folder()]
    assert [job.priority for job in previews] == [HIGH, HIGH]
    assert "vote.first" not in [one.key for one in shown.button]
    drawn(film)
    shown.run()
    assert "ink" not in " ".join(one.value for one in shown.text)  # it is blind
    shown.button("vote.second").click().run()
    [vote] = serving.feedback().votes()
    assert (vote.preferred, vote.blind, vote.first.look) == ("second", True, "ink")
    assert vote.first.recipe["layers"] != vote.second.recipe["layers"]
    assert vote.first.end is not None
    assert "A was " in " ".join(one.value for one in shown.text)
    learned("ink")
    shown.run()
    assert len([job for job in serving.jobs().list() if job.target.parent == folder()]) == 4
    assert not shown.exception


def test_what_is_drawn_is_what_the_model_asks(film: Path) -> None:
    known = learned("pencil")
    asked = taste.question("pencil", known.pair, film, serving.jobs(), random.Random(1))
    params = [style("pencil").Params.build(dict(recipe.layers[0].params)).model_dump()
              for recipe in asked.recipes]
    wanted = preference("pencil", []).next_pair(np.random.default_rng(0))
    assert params == [style("pencil").Params.build(values).model_dump() for values in wanted]
    assert not asked.ready
    assert taste.progress(asked, serving.jobs())[0] == 0
    taste.let_go(asked, serving.jobs())
    assert all(job.state == "cancelled" for job in serving.jobs().list())
    with pytest.raises(BrushreelError):
        taste.progress(asked, serving.jobs())


def test_enough_evidence_becomes_a_preset_that_says_what_it_rests_on(film: Path, tmp_path: Path
                                                                    ) -> None:
    """A rater who goes by one setting alone, and likes it high."""
    done(serving.jobs(), film, tmp_path, "ink")
    space, rng = SearchSpace(style("ink").Params), np.random.default_rng(1)
    name = next(axis.name for axis in space.axes if axis.kind == "float")
    votes = []
    for _ in range(24):
        pair = [space.decode(point) for point in space.random(rng, 2)]
        one, other = (sample_of(taste.recipe_of("ink", values), film) for values in pair)
        better = "first" if pair[0][name] > pair[1][name] else "second"
        votes.append(Vote(first=one, second=other, preferred=better))
    serving.feedback().add_all(votes)
    known = learned("ink")
    assert known.evidence.enough, known.words
    assert "you prefer what is proposed" in known.words
    shown = AppTest.from_file(PAGE, default_timeout=60)
    shown.session_state["lab.tab"] = "Blind vote"
    shown.session_state["lab.pairs"] = "Pairs made for me"
    shown.run()
    shown.text_input("lab.keep.name").input("strong")
    next(one for one in shown.button if one.label == "Save preset").click().run()
    saved = presets.preset("ink", "strong")
    assert "24 comparisons" in saved.about
    assert saved.values[name] > getattr(style("ink").Params(), name)
