"""The Batch Queue without a browser: rows, wishes, and what is said when they are refused."""

import dataclasses
import os
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app import queue, serving
from app.media import PictureStore
from app.thumbnails import WIDTH, Thumbnails
from core.errors import RenderError
from core.jobs import PREVIEW, JobProgress, JobStore, Order, State
from core.jobs.claims import claim_next
from core.recipe import Recipe

PAGE = Path(__file__).resolve().parents[2] / "app" / "pages" / "batch_queue.py"
RECIPE = Recipe.build({"layers": [{"style": "pencil"}]})
pytestmark = pytest.mark.usefixtures("data")


def order(folder: Path, name: str = "a") -> Order:
    return Order.render(folder / "film.mp4", folder / f"{name}.mp4", RECIPE)


def page() -> AppTest:
    shown = AppTest.from_file(PAGE, default_timeout=60).run()
    assert not shown.exception
    return shown


def texts(shown: AppTest) -> str:
    return " ".join(one.value for one in (*shown.header, *shown.text, *shown.caption))


def test_an_empty_queue_says_what_to_do() -> None:
    assert "Nothing is queued" in texts(page())


def test_jobs_show_how_they_stand_and_take_wishes(tmp_path: Path) -> None:
    store = serving.jobs()
    first, second = store.add_all([order(tmp_path, "a"), order(tmp_path, "b")])
    shown = page()
    assert "2 queued" in texts(shown)
    assert "No worker is running" in texts(shown)
    shown.button(f"pause.Pause now.{first.id}").click().run()
    assert store.get(first.id).state is State.PAUSED
    shown.button(f"resume.Go on.{first.id}").click().run()
    assert store.get(first.id).state is State.QUEUED
    shown.session_state["job"] = second.id
    shown.run()
    shown.button(f"move.First in line.{second.id}").click().run()
    assert [job.id for job in store.list()] == [second.id, first.id]
    shown.button(f"duplicate.Duplicate.{second.id}").click().run()
    assert [job.title for job in store.list()][-1] == "b_2.mp4"
    shown.button(f"cancel.Cancel.{second.id}").click().run()
    shown.button(f"clear.Forget.{second.id}").click().run()
    assert second.id not in [job.id for job in store.list()]
    assert not shown.exception


def test_a_running_job_tells_how_far_it_is(tmp_path: Path) -> None:
    store = serving.jobs()
    store.add(order(tmp_path))
    claim = claim_next(store, lambda _: True)
    assert claim is not None
    claim.report(JobProgress("render", 30, 120, 12.5, 7.2, 0, 2, 0, redo_seconds=4.0))
    assert "30 of 120 frames" in texts(page())
    [row] = [queue.row_of(job) for job in store.list()]
    assert (row.tone, row.share, row.numbers) == ("live", 0.25, "30 of 120 · 12.5 fps · 0:07 left")
    assert row.acts == ("pause", "cancel")
    claim.fail(RenderError("The disk <b>burns</b>.", "Put it out."))
    shown = page()
    assert "The disk <b>burns</b>." in [text.value for text in shown.text]
    assert "Put it out." in texts(shown)
    shown.button("retry-failed").click().run()
    assert store.get(claim.number).state is State.QUEUED


def test_a_wish_that_comes_too_late_is_said(tmp_path: Path) -> None:
    counter = queue.Counter(serving.jobs())
    job = counter.store.add(order(tmp_path))
    counter.act("retry", job.id)
    assert counter.problem is not None
    counter.act("pause", 999)
    assert "999" in counter.problem.message
    for kind in ("", "delete everything", "claim"):
        counter.act(kind, job.id)
    counter.act("pause")
    assert counter.problem.hint
    assert counter.store.get(job.id).state is State.QUEUED


def test_rows_are_dragged_before_others(tmp_path: Path) -> None:
    counter = queue.Counter(serving.jobs())
    jobs = counter.store.add_all([order(tmp_path, name) for name in "abc"])
    counter.act("move", jobs[2].id, before=jobs[0].id)
    assert [job.title[0] for job in queue.waiting(counter.store)] == ["c", "a", "b"]


def test_five_hundred_jobs_are_no_burden(tmp_path: Path) -> None:
    """Of the server's time; a second for the page is what is promised, here by a wide margin."""
    store: JobStore = serving.jobs()
    store.add_all([order(tmp_path, f"film-{number}") for number in range(500)])
    begun = time.process_time()
    rows = [queue.row_of(job) for job in queue.waiting(store)]
    assert queue.summary(store) == "500 queued"
    assert time.process_time() - begun < 0.2
    assert len(rows) == queue.SHOWN


def test_rows_have_small_pictures_made_once(tmp_path: Path) -> None:
    pictures, path = PictureStore(), tmp_path / "latest.jpg"
    small = Thumbnails(pictures)
    assert small.of(path) == ""
    path.write_bytes(b"no picture")
    assert small.of(path) == ""
    for level in (40, 200):
        cv2.imwrite(str(path), np.full((360, 640, 3), level, np.uint8))
        os.utime(path, ns=(level, level))
        address = small.of(path)
        assert small.of(path) == address
        jpeg = np.frombuffer(pictures.find(address.rsplit("/", 1)[1]) or b"", np.uint8)
        picture = cv2.imdecode(jpeg, cv2.IMREAD_COLOR)
        assert picture.shape == (72, WIDTH, 3)
        assert abs(int(picture.mean()) - level) <= 2


def test_what_was_drawn_last_stands_beside_a_job(tmp_path: Path) -> None:
    store = serving.jobs()
    job = store.add(order(tmp_path))
    latest = store.folder(job.id) / queue.LATEST
    latest.parent.mkdir(parents=True)
    cv2.imwrite(str(latest), np.zeros((360, 640, 3), np.uint8))
    page()
    assert latest not in serving.thumbnails()._made  # of a run before this queue's, if any
    assert claim_next(store, lambda _: True) is not None
    page()
    assert latest in serving.thumbnails()._made


def test_history_is_cleared_after_a_question_and_previews_are_no_history(tmp_path: Path) -> None:
    store = serving.jobs()
    first = store.add(order(tmp_path, "a"))
    second = store.add(dataclasses.replace(order(tmp_path, "b"), kind=PREVIEW))
    for job in (first, second):
        store.cancel(job.id)
    assert [job.id for job in queue.past(store)] == [first.id]
    shown = page()
    assert "Ratings and statistics stay" in texts(shown)
    shown.button("clear-ended").click().run()
    assert store.list() == []
    assert [job.id for job in store.list(cleared=True)] == [first.id]
    assert not shown.exception
