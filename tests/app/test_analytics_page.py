"""Analytics without a browser: what is counted, what is compared, and how long that takes."""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app import analytics, serving
from core.errors import RenderError
from core.jobs import JobStore, Order
from core.jobs.claims import claim_next
from core.models import Lineage, ModelRegistry
from core.recipe import Recipe
from feedback import Rating
from feedback.quality import Measurement, QualityLog
from feedback.records import sample_of, versions_of
from tests.networks import Network

PAGE = Path(__file__).resolve().parents[2] / "app" / "pages" / "analytics_page.py"
LOOKS = ("pencil", "ink", "oil")
pytestmark = pytest.mark.usefixtures("data")


def recipe(style: str) -> Recipe:
    return Recipe.build({"layers": [{"style": style}]})


def ended(store: JobStore, target: Path, drawn: Recipe, *, fps: float = 12.5, why: str = ""
          ) -> None:
    store.add(Order.render(target.with_name("film.mp4"), target, drawn))
    claim = claim_next(store, lambda _: True)
    assert claim is not None
    if why:
        claim.fail(RenderError(why, "Retry."))
    else:
        claim.finish({"frames": 50, "fps": fps}, [])


def page() -> AppTest:
    shown = AppTest.from_file(PAGE, default_timeout=60).run()
    assert not shown.exception
    return shown


def texts(shown: AppTest) -> str:
    return " ".join(one.value for one in (*shown.header, *shown.text, *shown.caption))


def numbers(shown: AppTest) -> dict[str, str]:
    return {one.label: one.value for one in shown.metric}


def test_before_the_first_render_it_says_what_will_be_here() -> None:
    shown = page()
    assert "Nothing to tell yet" in texts(shown)
    assert "how fast" in texts(shown)


def test_renders_failures_and_stars_are_counted(film: Path, tmp_path: Path) -> None:
    store = serving.jobs()
    ended(store, tmp_path / "a.mp4", recipe("pencil"), fps=10)
    ended(store, tmp_path / "b.mp4", recipe("ink"), fps=30)
    ended(store, tmp_path / "c.mp4", recipe("ink"), why="The <b>disk</b> is full.")
    serving.feedback().add(Rating(sample=sample_of(recipe("ink"), film), stars=5))
    serving.feedback().add(Rating(sample=sample_of(recipe("pencil"), film), stars=2))
    shown = page()
    assert numbers(shown) == {"Renders": "2", "Frames": "100", "Usual speed": "20.0 fps",
                              "Failed": "1 (33%)", "Stars": "3.5"}
    assert "1 time" in texts(shown)
    assert "disk" in texts(shown)
    ratings = analytics.rated(serving.feedback().records(), {})
    assert analytics.stars_of(ratings) == {"ink": [5], "pencil": [2]}
    assert shown.selectbox("analytics.figure").options == ["Stars"]


def test_figures_outlive_the_jobs_and_count_renders_of_the_command_line() -> None:
    log, now = QualityLog(), datetime.now(UTC)
    for version, ratio in (("1", 1.4), ("2", 1.2)):
        log.add(Measurement(look="neural:wave", version=version, source="clip", made=now,
                            values={"warp_ratio": ratio, "ssim": 0.5}))
    log.add(Measurement(look="ink", version="1", source="clip", values={"ssim": 0.1},
                        made=now - timedelta(days=40)))
    shown = page()
    assert bars(shown) == {"neural:wave v1": 0.5, "neural:wave v2": 0.5}
    shown.segmented_control("analytics.period").set_value("All").run()
    assert bars(shown) == {"neural:wave v1": 0.5, "neural:wave v2": 0.5, "ink": 0.1}
    assert shown.selectbox("analytics.figure").options == ["SSIM", "Warping ratio"]
    shown.selectbox("analytics.figure").set_value("warp_ratio").run()
    assert bars(shown) == {"neural:wave v1": 1.4, "neural:wave v2": 1.2}


def bars(shown: AppTest) -> dict[str, float]:
    figures = [json.loads(one.proto.spec) for one in shown.get("plotly_chart")]
    [trace] = [figure["data"][0] for figure in figures if figure["data"][0].get("orientation")]
    return dict(zip(trace["y"], trace["x"], strict=True))


def test_an_older_time_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    with monkeypatch.context() as back:
        back.setattr(time, "time", lambda: now - 20 * analytics.DAY)
        ended(serving.jobs(), tmp_path / "a.mp4", recipe("pencil"))
    ended(serving.jobs(), tmp_path / "b.mp4", recipe("pencil"))
    shown = page()
    assert numbers(shown)["Renders"] == "2"
    shown.segmented_control("analytics.period").set_value("7 days").run()
    assert numbers(shown)["Renders"] == "1"


def test_versions_of_a_model_are_told_apart_and_what_training_changed_is_said(
        film: Path, tmp_path: Path) -> None:
    registry = ModelRegistry()
    first = registry.add(Network(seed=1).write(tmp_path / "wave.onnx"), name="wave")
    drawn = Recipe.build({"layers": [{"style": "neural", "preset": "wave",
                                      "params": {"model_path": str(first.path)}}]})
    ended(serving.jobs(), tmp_path / "a.mp4", drawn)
    serving.feedback().add(Rating(sample=sample_of(drawn, film), stars=2))
    registry.follow("wave", Network(seed=2).write(tmp_path / "next.onnx"), Lineage(
        parent=first.card.sha256, data="x", settings={}, before={"objective": 0.2, "lpips": 0.0},
        after={"objective": 0.15, "lpips": 0.1}, verdict="better on all counts."), current=True)
    versions = versions_of(registry)
    assert [one.look for one in analytics.rendered(serving.jobs(), versions)] == ["neural:wave v1"]
    [change] = analytics.promotions(registry)
    assert change.current
    assert (change.look, change.before) == ("neural:wave v2", "neural:wave v1")
    assert change.changes == pytest.approx({"objective": -0.25})
    again = Recipe.build({"layers": [{"style": "neural", "preset": "wave", "params": {
        "model_path": str(registry.model("wave").path)}}]})
    serving.feedback().add(Rating(sample=sample_of(again, film), stars=4))
    shown = texts(page())
    assert "wave, version 2" in shown
    assert "Better on all counts." in shown
    assert r"Rated 4\.0 stars" in shown


def test_a_damaged_feedback_store_hides_nothing_else(tmp_path: Path) -> None:
    ended(serving.jobs(), tmp_path / "a.mp4", recipe("pencil"))
    path = serving.feedback().path
    path.parent.mkdir(parents=True)
    path.write_text('{"format": 99, "records": {}}')
    assert numbers(page())["Renders"] == "1"


def test_five_hundred_renders_take_less_than_a_second(tmp_path: Path) -> None:
    """Of the server's time; a wide margin of what is promised for the whole page."""
    store = serving.jobs()
    store.add_all([Order.render(tmp_path / "film.mp4", tmp_path / f"{number}.mp4",
                                recipe(LOOKS[number % 3])) for number in range(500)])
    store.database.read("UPDATE jobs SET state = 'done', ended = updated, "
                        "result = '{\"frames\": 50, \"fps\": 9.5}'")
    page()  # loads what draws charts
    begun = time.process_time()
    shown = page()
    assert time.process_time() - begun < 1.0
    assert numbers(shown)["Renders"] == "500"


def measurements(look: str, version: str, flicker: float, since: datetime, clips: range
                 ) -> list[Measurement]:
    return [Measurement(look=look, version=version, source=f"clip-{clip}",
                        values={"flicker": flicker + clip % 12 * 0.01},
                        made=since + timedelta(hours=clip)) for clip in clips]


def test_a_look_that_draws_worse_is_warned_of(tmp_path: Path) -> None:
    ended(serving.jobs(), tmp_path / "a.mp4", recipe("pencil"))
    assert "A warning stands here" in texts(page())
    log, begin = QualityLog(), datetime(2026, 1, 1, tzinfo=UTC)
    for one in (*measurements("neural:wave", "1", 1.0, begin, range(12)),
                *measurements("neural:wave", "2", 3.0, begin + timedelta(days=9), range(12)),
                *measurements("ink", "1", 1.0, begin, range(24))):
        log.add(one)
    shown = page()
    assert r"neural\:wave flickers more than it did" in " ".join(
        one.value for one in shown.markdown)
    assert r"No worse than before\: ink" in texts(shown)
    assert r"version 2, since" in texts(shown)
