"""The queue from the command line."""

import json
import time
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.errors import InvalidParameter
from core.io import VideoProbe
from core.jobs import Job, JobStore, Order, State, finished_chunks
from core.jobs.claims import claim_next
from core.pipeline import Pipeline
from core.recipe import Recipe
from core.render.inputs import stamp_of
from core.render.options import RenderOptions
from scripts.clock import clock_time, shown_time
from tests.cli.conftest import Cli, left_in, write_clip


def states(cli: Cli) -> dict[str, str]:
    return {Path(job["target"]).name: job["state"]
            for job in cli("queue", "--json").document["jobs"]}


def test_a_job_for_each_video_in_each_style(cli: Cli, clip: Path) -> None:
    assert cli("queue").out.startswith("Nothing is queued")
    arguments = ("--in", clip, "--styles", "pencil,identity", "--set", "pencil.blur_sigma=30",
                 "--out", "looks", "--start", "0.1", "--workers", "2")
    ended = cli("queue", "add", *arguments)
    assert ended.code == 0
    assert "No worker is at work" in ended.err
    again = cli("queue", "add", *arguments, "--json").document["jobs"]
    assert [Path(job["target"]).name for job in again] == [
        "clip_pencil_2.mp4", "clip_identity_2.mp4"]
    assert left_in(clip.parent) == {"clip.mp4"}  # nothing is made until it is rendered
    with JobStore() as store:
        job = store.get(1)
        assert job.target == clip.parent / "looks" / "clip_pencil.mp4"
        assert job.order.recipe.layers[0].params["blur_sigma"] == 30
        assert job.order.render_options.workers == 2
    table = cli("queue", "list").out.splitlines()
    assert len(table) == 5
    assert table[1].split() == ["1", "queued", "clip_pencil.mp4", "pencil"]


def test_wishes(cli: Cli, clip: Path) -> None:
    for name in "abc":
        assert cli("queue", "add", "--in", clip, "--styles", "identity", "--out",
                   f"{name}.mp4").code == 0
    assert cli("queue", "pause", "1", "2").out.splitlines() == [
        "Job 1, a.mp4: paused.", "Job 2, b.mp4: paused."]
    assert cli("queue", "resume", "all").code == 0
    assert cli("queue", "move", "3", "--top").code == 0
    assert list(states(cli)) == ["c.mp4", "a.mp4", "b.mp4"]
    assert cli("queue", "move", "2", "--before", "1").code == 0
    assert cli("queue", "move", "1", "--priority", "high").code == 0
    assert list(states(cli)) == ["a.mp4", "c.mp4", "b.mp4"]
    assert "from 2099-" in cli("queue", "later", "1", "--at", "2099-01-01T06:00").out
    assert cli("queue", "later", "1").out == "Job 1, a.mp4: queued.\n"
    assert cli("queue", "cancel", "all").code == 0
    ended = cli("queue", "pause", "1", "9")
    assert (ended.code, len(ended.err.splitlines())) == (2, 2)
    assert "Job 1 is cancelled; 'pause' is refused. What can be done: retry, clear." in ended.err
    assert cli("queue", "retry", "1", "9").code == 1  # one of them is
    assert cli("queue", "cancel", "1").code == 0
    assert cli("queue", "retry", "1").out == "Job 1, a.mp4: queued.\n"
    assert cli("queue", "clear").out == "2 jobs forgotten; their videos stay.\n"
    assert states(cli) == {"a.mp4": "queued"}


def test_what_cannot_be_queued_leaves_the_rest(cli: Cli, clip: Path) -> None:
    ended = cli("queue", "add", "--in", clip, "gone.mp4", "--styles", "identity", "--json")
    assert (ended.code, ended.document["code"]) == (1, 2)
    assert [job["title"] for job in ended.document["jobs"]] == ["clip_identity.mp4"]
    assert "gone.mp4" in ended.document["error"]


def test_two_jobs_cannot_have_one_target(cli: Cli, clip: Path) -> None:
    arguments = ("queue", "add", "--in", clip, "--styles", "identity", "--out", "a.mp4")
    assert cli(*arguments).code == 0
    assert "Job 1 will write" in cli(*arguments).err


def test_show_tells_why_a_job_failed(cli: Cli, clip: Path) -> None:
    assert cli("queue", "add", "--in", clip, "--styles", "identity", "--out", "a.mp4").code == 0
    clip.unlink()
    assert cli("work", "--once").code == 0
    shown = cli("queue", "show", "1").out
    assert "failed" in shown
    assert "clip.mp4 is not a file." in shown
    assert "Log: " in shown
    [job] = cli("queue", "show", "1", "--json").document["jobs"]
    assert json.loads(Path(job["files"]["report"]).read_text())["hint"] == job["advice"]


def test_a_queued_video_is_rendered(cli: Cli, clip: Path) -> None:
    """In a folder that is not there yet, by a process that was started elsewhere."""
    assert cli("queue", "add", "--in", "clip.mp4", "--styles", "identity", "--out",
               "new/folder/a.mp4").code == 0
    assert cli("work", "--once").code == 0
    [job] = cli("queue", "--json").document["jobs"]
    assert job["state"] == "done", job
    assert VideoProbe.probe("new/folder/a.mp4").frames == 8
    assert (job["result"]["frames"], job["plan"]["codec"], job["progress"]["frames"]) == (
        8, "h264", 8)
    assert job["files"].keys() == {"log", "report", "report_text", "latest"}
    report = json.loads(Path(job["files"]["report"]).read_text())
    assert report["stages"].keys() >= {"decode", "encode", "mux"}
    assert "8 frames in" in cli("queue", "show", "1").out
    assert left_in(clip.parent / "new") == {"folder", "folder/a.mp4"}


def test_a_result_that_the_queue_never_heard_of_is_not_made_again(cli: Cli, clip: Path) -> None:
    """Its process was killed between naming the file and telling the queue."""
    target = clip.parent / "a.mp4"
    order = Order.render(clip, target, Recipe.build({"layers": [{"style": "identity"}]}))
    with JobStore() as store:
        store.add(order)
        assert cli("work", "--once").code == 0
        before = stamp_of(target)
        done = store.get(1)
        with store.database.writing() as connection:
            connection.execute("UPDATE jobs SET state = ?, token = '', result = '{}'",
                               (State.RUNNING,))
        assert cli("work", "--once").code == 0
        again: Job = store.get(1)
        assert (again.state, again.attempts, again.result) == (State.DONE, 2, done.result)
    assert stamp_of(target) == before


def test_a_look_that_changed_meanwhile_is_not_drawn(cli: Cli, clip: Path) -> None:
    """An order is kept exactly as it was given, with the files that it names."""
    assert cli("luts", "--write", ".").code == 0
    cube, *_ = sorted(clip.parent.glob("*.cube"))
    arguments = ("queue", "add", "--in", clip, "--styles", "cinematic", "--set",
                 f"cinematic.lut_path={cube.name}", "--out", "a.mp4")
    assert cli(*arguments).code == 0
    cube.write_text(cube.read_text() + "# another\n")
    assert cli("work", "--once").code == 0
    assert "has changed since this job was queued" in cli("queue", "show", "1").out


def test_clearing_takes_unfinished_work_along(cli: Cli, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "long.mkv", frames=20, rate=10, codec="ffv1")
    target = tmp_path / "out.mkv"
    recipe = Recipe.build({"layers": [{"style": "pencil"}], "output": {"codec": "ffv1"}})
    options = RenderOptions(chunk=1.0)
    pipeline = Pipeline.of(clip, target, recipe, options)
    with JobStore() as store:
        job = store.add(Order.render(clip, target, recipe, options))
        claim = claim_next(store, lambda _: True)
        with closing(pipeline.run()) as steps:
            while next(steps).kept < 10:
                pass
        claim.planned({"folder": str(pipeline.folder)})
        assert [chunk.name for chunk in finished_chunks(store.get(job.id))] == ["chunk-00000.nut"]
        store.cancel(job.id)
        claim.stopped()
        assert cli("queue", "clear").code == 0
    assert left_in(tmp_path) == {"long.mkv"}


def test_run_job_is_for_the_worker(cli: Cli, clip: Path) -> None:
    assert cli("queue", "add", "--in", clip, "--styles", "identity").code == 0
    assert "not this process's to work on" in cli("run-job", "1").err
    with JobStore() as store:
        assert claim_next(store, lambda _: True) is not None
        assert "not this process's to work on" in cli("run-job", "1").err
        assert store.get(1).state is State.RUNNING
    assert "run-job" not in cli("--help").out


def test_times_of_the_day() -> None:
    now = datetime(2030, 6, 1, 12, 0).astimezone()
    assert clock_time("12:30", now) == (now + timedelta(minutes=30)).timestamp()
    assert clock_time("11:59", now) == (now + timedelta(hours=23, minutes=59)).timestamp()
    assert clock_time("2030-06-02T06:00", now) == datetime(2030, 6, 2, 6).astimezone().timestamp()
    for text in ("", "25:00", "soon", "9999999", "2030-13-01T00:00"):
        with pytest.raises(InvalidParameter, match="no time of the day"):
            clock_time(text)
    assert len(shown_time(time.time())) == 5


def test_clips_in_a_folder(cli: Cli, tmp_path: Path) -> None:
    for name in "ab":
        write_clip(tmp_path / "in" / f"{name}.mp4")
    assert cli("queue", "add", "--in", "in", "--styles", "identity", "--priority", "high").code == 0
    assert states(cli) == {"a_identity.mp4": "queued", "b_identity.mp4": "queued"}
