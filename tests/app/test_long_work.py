"""Every kind of long work in a real browser, watched until it has ended, and what is seen then."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from core.jobs import ENDED, JobStore, Order, State
from core.recipe import Recipe
from tests.app.browser import (
    Faults,
    Server,
    browsing,
    settled,
    until,
)
from tests.clips import Film, Sound

pytestmark = pytest.mark.long
TINY = {"width": 4, "blocks": 1, "size": 64, "batch": 1, "steps": 2, "epochs": 1,
        "style_size": 64, "warm_up": 1}
PATIENCE = 300_000
"""Milliseconds for work itself, rather than for a page, on a machine with much else to do."""
PLAYABLE = """() => [...document.querySelectorAll('*')].flatMap((one) => one.shadowRoot ?
    [...one.shadowRoot.querySelectorAll('video')] : []).filter(
    (video) => video.readyState >= 2).length === 2"""
"""Both videos of a player are there."""


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds that no browser plays as they are."""
    return Film(size=(320, 180), frames=50, codec="ffv1", sounds=[Sound(seconds=2.0)]).write(
        tmp_path_factory.mktemp("films") / "walk.mkv")


@pytest.fixture
def page(server: Server, tmp_path: Path) -> Iterator[Any]:
    """Of which nothing may complain, neither in the browser nor on the server.

    What it looked like in the end is kept as end.png.
    """
    with browsing() as shown:
        shown.set_default_timeout(PATIENCE)
        faults = Faults(shown, server)
        yield shown
        shown.screenshot(path=tmp_path / "end.png")
        assert faults.found() == []


@pytest.fixture
def store(server: Server) -> Iterator[JobStore]:
    with JobStore(server.log.parent / "data" / "queue.db") as known:
        yield known


def test_what_the_dashboard_tries_ends_on_the_screen(
        page: Any, server: Server, film: Path, store: JobStore) -> None:
    page.goto(server.address)
    box = page.get_by_label("Path of a video or a folder")
    box.fill(str(film))
    box.press("Enter")
    page.locator(".viewer .after[src]").wait_for()
    page.locator(".cards.wide button", has_text="Pencil").click()
    page.locator(".viewer .divider").wait_for()
    page.get_by_role("button", name="Preview").click()
    page.wait_for_function(PLAYABLE)
    assert page.get_by_text("Source (proxy)").count()
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")
    settled(page)
    page.get_by_role("button", name="Contact sheet").click()
    notes = page.get_by_role("dialog").locator(".cards .note")
    notes.first.wait_for()
    until(lambda: all(" fps · " in note for note in notes.all_inner_texts()), "the figures", 300)
    measured = notes.all_inner_texts()
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")
    settled(page)
    page.get_by_role("button", name="Contact sheet").click()
    notes.first.wait_for()
    assert notes.all_inner_texts() == measured  # kept, rather than measured once more
    page.get_by_role("dialog").locator(".cards button").first.click()
    page.get_by_role("dialog").wait_for(state="detached")
    page.get_by_role("button", name="Add to the queue").click()
    page.get_by_text("walk_pencil.mkv is in the queue.").first.wait_for()
    page.get_by_role("link", name="Batch Queue").click()
    page.locator(".jobs li.good").wait_for()
    page.locator(".player video.first").wait_for()
    assert page.locator(".jobs li").count() == 1  # the preview is no history
    assert {job.state for job in store.list()} == {State.DONE}


@pytest.fixture
def rendered(film: Path, store: JobStore) -> None:
    if not store.list({State.DONE}):
        store.add(Order.render(film, film.with_name("lab.mkv"),
                               Recipe.build({"layers": [{"style": "pencil"}]})))
    until(lambda: all(job.state in ENDED for job in store.list()), "the render", 300)


@pytest.mark.usefixtures("rendered")
def test_measuring_and_pairs_end_on_the_screen(page: Any, server: Server) -> None:
    page.goto(f"{server.address}/lab")
    page.wait_for_function(PLAYABLE)
    page.get_by_text("Timelines").click()
    measure = page.get_by_role("button", name="Measure")  # unless an idle machine did already
    measure.or_(page.locator(".js-plotly-plot")).first.wait_for()
    if measure.count():
        measure.click()
    page.locator(".js-plotly-plot").first.wait_for()
    page.get_by_role("tab", name="Blind vote").click()
    page.get_by_text("Pairs made for me").click()
    page.get_by_role("button", name="Make a pair").click()
    page.get_by_role("button", name="A is better").wait_for()
    page.wait_for_function(PLAYABLE)


@pytest.mark.usefixtures("rendered")
def test_a_search_ends_on_the_screen_and_its_preset_is_exported(
        page: Any, server: Server, store: JobStore) -> None:
    page.goto(f"{server.address}/lab")
    page.get_by_role("tab", name="Tune").click()
    page.get_by_role("slider", name="Trials at most").focus()
    page.keyboard.press("Home")
    settled(page)
    page.get_by_role("button", name="Tune", exact=True).click()
    page.get_by_text("after 10 trials").or_(page.get_by_text("in 10 trials")).first.wait_for()
    page.locator("img.still[src]").first.wait_for()
    page.get_by_role("tab", name="Presets").click()
    kept = store.list({State.DONE}, newest_first=True)[0].result.get("preset")
    if kept:
        with page.expect_download() as exported:
            page.get_by_role("button", name="Export").first.click()
        assert exported.value.suggested_filename == f"{kept.replace(':', '-')}.toml"


def test_trainings_end_on_the_screen(page: Any, server: Server, store: JobStore, shared: Path,
                                     tmp_path: Path) -> None:
    pytest.importorskip("torch")
    from trainer.run import TrainingRun
    from trainer.settings import TrainingSettings
    from trainer.tuning import FineTuning

    chance = np.random.default_rng(1)
    for name in "abcd":
        for kind in ("source", "wanted"):
            (tmp_path / "pairs" / kind).mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(tmp_path / "pairs" / kind / f"{name}.png"),
                        chance.integers(0, 256, (80, 96, 3), np.uint8))
    settings, backbones = TrainingSettings.model_validate(TINY), shared / "nn" / "backbones"
    page.goto(f"{server.address}/trainer")
    page.get_by_label("Folder", exact=True).fill(str(tmp_path))
    page.get_by_label("Name", exact=True).fill("tiny-wave")
    page.get_by_label("Name", exact=True).press("Enter")
    settled(page)
    before = store.list()
    assert [job for job in before if job.kind == "train"] == []
    run = TrainingRun(data=tmp_path, target=tmp_path / "tiny-wave.onnx", settings=settings,
                      backbones=backbones)
    store.add(run.order())
    page.reload()
    page.get_by_text("neural:tiny-wave can be used on the Dashboard.").wait_for()
    page.locator("img.still[src]").wait_for()
    store.add(FineTuning(model="tiny-wave", work=tmp_path / "more", data=tmp_path,
                         settings=settings, backbones=backbones).order())
    page.reload()
    page.get_by_text("It took over").or_(page.get_by_text("The gate kept it back")).wait_for()


def test_the_sample_clip_is_made_and_opened(page: Any, server: Server) -> None:
    page.goto(server.address)
    page.get_by_role("heading", name="Choose a video").or_(page.locator(".viewer")).wait_for()
    while page.locator(".viewer").count():  # of what earlier tests have opened
        page.locator(".st-key-close").get_by_role("button").click()
        settled(page)
    page.get_by_role("button", name="Try the sample clip").click()
    page.locator(".viewer .after[src]").wait_for(timeout=500_000)
    page.locator(".st-key-close").get_by_role("button").click()
    page.get_by_role("heading", name="Choose a video").wait_for()
