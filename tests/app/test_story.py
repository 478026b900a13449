"""The whole story in a real browser: open, tune, queue, watch, pause, compare, rate, find again."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.color.tags import ColorTags, Matrix, Primaries, Range, Transfer
from core.jobs import ENDED, JobStore, State
from feedback.store import FeedbackStore
from tests.app.browser import (
    PATIENCE,
    Server,
    browsing,
    served,
    until,
)
from tests.clips import Film, Sound

pytestmark = pytest.mark.long
SCREENS = os.environ.get("BRUSHREEL_SCREENS")
"""A folder to put pictures of every page into."""


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    chosen = os.environ.get("BRUSHREEL_SCREENS_FILM")
    if chosen:
        return Path(chosen)
    folder = tmp_path_factory.mktemp("films")
    return Film(size=(640, 360), frames=750, codec="libx264", options={"g": "25", "crf": "20"},
                tags=ColorTags(Matrix.BT709, Range.LIMITED, Primaries.BT709, Transfer.BT709),
                sounds=[Sound(seconds=30.0)]).write(folder / "walk.mp4")


@pytest.fixture(scope="module")
def page(server: Server) -> Iterator[Any]:
    with browsing() as shown:
        shown.outside = []
        shown.on("request", lambda asked: None if asked.url.startswith(
            (server.address, server.address.replace("http", "ws"), "data:", "blob:"))
            else shown.outside.append(asked.url))
        yield shown


def picture(page: Any, name: str) -> None:
    if SCREENS:
        page.wait_for_timeout(2500)
        page.screenshot(path=Path(SCREENS) / f"{name}.jpg", type="jpeg", quality=72)


def drawn(page: Any) -> str:
    return str(page.locator(".viewer .after").get_attribute("src"))


def store() -> JobStore:
    return JobStore(Path(os.environ["BRUSHREEL_DATA"]) / "queue.db")


def test_the_whole_story(page: Any, server: Server, film: Path) -> None:
    _open(page, server, film)
    _tune(page)
    _queue_two(page)
    _watch(page)
    _survive(page, server)
    _compare_and_rate(page, server)
    _look_back(page, server)
    _settings(page, server)
    assert page.outside == [], "something outside this machine was asked for"


def _open(page: Any, server: Server, film: Path) -> None:
    page.goto(server.address)
    page.get_by_role("heading", name="Choose a video").wait_for()
    picture(page, "first")
    box = page.get_by_label("Path of a video or a folder")
    box.fill("/nowhere/film.mp4")
    box.press("Enter")
    page.get_by_text("There is nothing at /nowhere/film.mp4").wait_for()
    box.fill(str(film))
    box.press("Enter")
    page.locator(".viewer .after[src]").wait_for()


def _tune(page: Any) -> None:
    page.locator(".cards.wide button", has_text="Pencil").click()
    page.locator(".viewer .divider").wait_for()
    source = page.locator(".viewer .before").get_attribute("src")
    until(lambda: drawn(page) != source, "a first drawing")
    before = drawn(page)
    slider = page.get_by_role("slider", name="Shading")
    slider.focus()
    for _ in range(20):
        slider.press("ArrowLeft")
    until(lambda: drawn(page) != before, "a new drawing")
    tuned = drawn(page)
    page.locator(".stage").focus()
    page.keyboard.press("ArrowRight")
    until(lambda: drawn(page) != tuned, "the next frame")
    for mode in ("before", "after", "split"):
        page.keyboard.press("c")
        assert page.locator(f"[data-mode={mode}]").get_attribute("aria-checked") == "true"
    page.reload()
    page.locator(".viewer .divider").wait_for()
    assert 0.5 < float(page.get_by_role("slider", name="Shading").input_value()) < 0.8
    until(lambda: page.locator(".cards.wide .frame.empty").count() == 0, "the cards", 300)
    kept = Path(os.environ["BRUSHREEL_DATA"]) / "dashboard.json"
    before_resting = kept.read_text()
    page.wait_for_timeout(3000)
    assert kept.read_text() == before_resting, "widgets that nobody touched changed the draft"
    picture(page, "dashboard")


def _queue_two(page: Any) -> None:
    page.locator(".cards.wide button", has_text="Cinematic").click()
    page.get_by_role("button", name="Add 2 jobs to the queue").click()
    page.get_by_text("2 jobs are in the queue.").wait_for()


def _watch(page: Any) -> None:
    page.get_by_role("link", name="Batch Queue").click()
    page.locator(".jobs li").nth(1).wait_for()
    with store() as known:
        first = min(job.id for job in known.list())
        page.locator(f".jobs li[data-id='{first}']").click()
        until(lambda: known.get(first).progress.frames > 5, "progress", 300)
        page.locator(".still[src]").wait_for()
        picture(page, "queue")
        _lively(page)
        page.locator(f".jobs li[data-id='{first}'] [data-kind=pause]").click()
        until(lambda: known.get(first).state in (State.PAUSED, State.DONE), "a pause")
        paused = known.get(first).state is State.PAUSED
    if paused:
        page.locator(f".jobs li[data-id='{first}'] [data-kind=resume]").click()


def _lively(page: Any) -> None:
    """Frame after frame in the same place, which is never empty in between."""
    first = page.locator("img.still").evaluate(
        "image => { image.dataset.kept = true; return image.getAttribute('src'); }")
    until(lambda: page.locator("img.still[data-kept]").get_attribute("src") != first,
          "a later frame")


def _survive(page: Any, server: Server) -> None:
    """A second tab, and a second server that is killed, change nothing of the work."""
    data = Path(os.environ["BRUSHREEL_DATA"])
    other = page.context.browser.new_page()
    other.set_default_timeout(PATIENCE)
    with store() as known:
        worker = known.worker().pid
        with served(data, data.parent / "second.log") as again:
            other.goto(f"{again.address}/queue")
            other.locator(".jobs li").first.wait_for()
            again.process.kill()
        other.goto(f"{server.address}/queue")
        other.locator(".jobs li").first.wait_for()
        other.close()
        assert known.worker().pid == worker
        until(lambda: all(job.state in ENDED for job in known.list()), "both renders", 300)
        assert [job.state for job in known.list()] == [State.DONE, State.DONE]


def _compare_and_rate(page: Any, server: Server) -> None:
    page.goto(f"{server.address}/lab")
    page.wait_for_function("""() => {
        const found = [...document.querySelectorAll('*')].flatMap(
            (one) => one.shadowRoot ? [...one.shadowRoot.querySelectorAll('video')] : []);
        return found.length === 2 && found.every((video) => video.readyState >= 2);
    }""")
    page.locator(".player .play").click()
    page.wait_for_timeout(1500)
    page.locator(".player .play").click()
    off = page.evaluate("""() => {
        const [one, two] = [...document.querySelectorAll('*')].flatMap(
            (part) => part.shadowRoot ? [...part.shadowRoot.querySelectorAll('video')] : []);
        return [one.currentTime, Math.abs(one.currentTime - two.currentTime)];
    }""")
    assert off[0] > 0.2
    assert off[1] < 0.2
    assert page.locator("[data-mode=swipe]").get_attribute("aria-checked") == "true"
    picture(page, "lab")
    page.locator("[data-testid=stFeedback] button").nth(3).click()
    page.get_by_label("Notes").fill("Good.")
    page.get_by_label("Notes").press("Tab")
    page.get_by_role("button", name="Save rating").click()
    kept = FeedbackStore(Path(os.environ["BRUSHREEL_DATA"]) / "feedback" / "feedback.json")
    until(lambda: [rating.stars for rating in kept.ratings()] == [4], "the rating")
    page.get_by_text("Blind vote").click()
    page.get_by_role("button", name="A is better").click()
    until(lambda: len(kept.votes()) == 1, "the vote")
    page.goto(f"{server.address}/queue")
    page.get_by_text("History", exact=True).wait_for()
    page.locator(".jobs li.good").nth(1).wait_for()
    assert page.locator(".jobs li.good").count() == 2


def _look_back(page: Any, server: Server) -> None:
    page.goto(f"{server.address}/analytics")
    page.get_by_test_id("stMetric").filter(has_text="Renders").get_by_text("2").wait_for()
    page.locator(".js-plotly-plot").nth(3).wait_for()
    picture(page, "analytics")
    page.goto(f"{server.address}/trainer")
    page.get_by_text("No training yet").wait_for()
    picture(page, "trainer")


def _settings(page: Any, server: Server) -> None:
    page.goto(f"{server.address}/settings")
    page.get_by_role("button", name="Try them").click()
    page.get_by_text("For most videos").wait_for()
    picture(page, "settings")
