"""Tuning in the Style Lab: asked for, watched, and told with its evidence."""

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app import serving, tuning
from core.errors import BrushreelError
from core.jobs import JobProgress, State
from core.jobs.claims import claim_next
from feedback.tuning import Tuning
from tests.app.test_lab import done
from tests.app.test_votes import learned

PAGE = Path(__file__).resolve().parents[2] / "app" / "pages" / "style_lab.py"
pytestmark = pytest.mark.usefixtures("data")


def page() -> AppTest:
    shown = AppTest.from_file(PAGE, default_timeout=60)
    shown.session_state["lab.tab"] = "Tune"
    shown.run()
    assert not shown.exception
    return shown


def texts(shown: AppTest) -> str:
    return " ".join(one.value for one in (*shown.text, *shown.caption)).replace("\\", "")


def told(**changes: Any) -> dict[str, Any]:
    return {"look": "ink", "objective": "metrics", "trials": 3, "total": 20, "best_worth": 0.75,
            "default_worth": 0.6, "best": {"line_width": 2.5}, "worths": [0.6, None, 0.75],
            **changes}


def test_a_search_is_started_watched_and_told_with_its_evidence(film: Path, tmp_path: Path
                                                               ) -> None:
    done(serving.jobs(), film, tmp_path, "ink")
    shown = page()
    shown.slider("lab.tune.trials").set_value(20).run()
    shown.text_input("lab.tune.name").input("calm").run()
    shown.button("lab.tune.start").click().run()
    [job] = tuning.tunings(serving.jobs())
    asked = Tuning.of(job.order)
    assert (asked.look, asked.trials, asked.objective, asked.name) == ("ink", 20, "metrics", "calm")
    assert asked.source == film
    claim = claim_next(serving.jobs(), lambda _: True)
    assert claim is not None
    claim.planned(told())
    claim.report(JobProgress("tune", 3, 20, kept=3))
    shown = page()
    assert "Best so far: 0.750 against 0.600 of the look as it is, after 3 trials." in texts(shown)
    assert "line width 2.5" in texts(shown)
    claim.finish(told(trials=20, preset="ink:calm"), [])
    shown = page()
    assert "ink:calm is a preset now: 0.750 against 0.600" in texts(shown)
    shown.button(f"tune.clear.{job.id}").click().run()
    assert tuning.tunings(serving.jobs()) == []


def test_nothing_better_is_said_too(film: Path) -> None:
    job = tuning.ordered(serving.jobs(), film, "ink", "metrics", 10, "")
    assert job.style.startswith("ink:tuned")
    claim = claim_next(serving.jobs(), lambda _: True)
    assert claim is not None
    claim.planned(told(best={}, best_worth=0.6))
    so_far = tuning.search_of(serving.jobs().get(job.id))
    assert so_far is not None
    assert so_far.words == ("Nothing is better yet than the look as it is (0.600), after "
                            "3 trials.")
    claim.finish(told(best={}, preset=None), [])
    found = tuning.search_of(serving.jobs().get(job.id))
    assert found is not None
    assert "Nothing was better" in found.words


def test_without_enough_evidence_taste_is_no_goal(film: Path, tmp_path: Path) -> None:
    done(serving.jobs(), film, tmp_path, "ink")
    learned("ink")
    shown = page()
    assert not shown.button("lab.tune.start").disabled
    shown.segmented_control("lab.tune.objective").set_value("preference").run()
    assert shown.button("lab.tune.start").disabled
    assert "Not enough evidence yet: 0 of at least 8" in texts(shown)
    for objective, name in (("preference", ""), ("metrics", "No Name!"), ("taste", "x")):
        with pytest.raises(BrushreelError) as refused:
            tuning.ordered(serving.jobs(), film, "ink", objective, 10, name)
        assert refused.value.hint
    assert [job.kind for job in serving.jobs().list() if job.state is State.QUEUED] == []
