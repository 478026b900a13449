"""What happens when a render does not get to its end: Ctrl-C, a signal, a full disk."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from core.errors import DiskFull, RenderError
from core.io import VideoProbe
from core.pipeline import Pipeline
from core.progress import Progress
from scripts import lessons
from scripts.batch import Outcome, batch_code
from scripts.failures import Stopped, exit_code
from scripts.finished import Finished
from scripts.interrupts import interruptible
from tests.cli.conftest import Cli, left_in, write_clip

ROOT = Path(__file__).resolve().parent.parent.parent
CHUNKED = ("--styles", "pencil", "--codec", "ffv1", "--chunk", "10")
NEVER = 10**9

StopAt = Callable[[int, BaseException], None]


@pytest.fixture
def stop_at(monkeypatch: pytest.MonkeyPatch) -> StopAt:
    """Has every render end with an error as soon as it has done so many frames."""
    run = Pipeline.run

    def arrange(frames: int, error: BaseException) -> None:
        def stopping(pipeline: Pipeline) -> Iterator[Progress]:
            for progress in run(pipeline):
                yield progress
                if progress.frames >= frames:
                    raise error

        monkeypatch.setattr(Pipeline, "run", stopping)

    return arrange


@pytest.fixture
def long_clip(tmp_path: Path) -> Path:
    """30 s in three chunks of 20 frames."""
    return write_clip(tmp_path / "long.mkv", frames=60, rate=2, codec="ffv1")


def test_ctrl_c_keeps_finished_chunks_and_the_same_command_resumes(
        cli: Cli, long_clip: Path, stop_at: StopAt) -> None:
    arguments = ("render", "--in", long_clip, *CHUNKED, "--out", "out.mkv")
    stop_at(45, KeyboardInterrupt())
    ended = cli(*arguments)
    assert ended.code == 130
    assert "Stopped; 40 of 60 frames are kept. Run the same command again" in ended.last_line
    assert not Path("out.mkv").exists()
    stop_at(NEVER, KeyboardInterrupt())
    [result] = cli(*arguments, "--json").document["results"]
    assert (result["frames"], result["resumed_frames"]) == (60, 40)
    assert left_in(long_clip.parent) == {"long.mkv", "out.mkv"}


def test_no_resume_starts_over(cli: Cli, long_clip: Path, stop_at: StopAt) -> None:
    arguments = ("render", "--in", long_clip, *CHUNKED, "--out", "out.mkv", "--json")
    stop_at(45, KeyboardInterrupt())
    assert cli(*arguments).document["code"] == 130
    stop_at(NEVER, KeyboardInterrupt())
    [result] = cli(*arguments, "--no-resume").document["results"]
    assert (result["frames"], result["resumed_frames"]) == (60, 0)


def test_before_the_first_chunk_nothing_is_kept(cli: Cli, clip: Path, stop_at: StopAt) -> None:
    arguments = ("render", "--in", clip, "--styles", "pencil")
    stop_at(3, KeyboardInterrupt())
    ended = cli(*arguments)
    assert ended.code == 130
    assert "nothing is kept. Run the same command again; it starts over." in ended.last_line
    assert not list(clip.parent.rglob("*.partial"))
    stop_at(NEVER, KeyboardInterrupt())
    assert cli(*arguments).code == 0
    assert left_in(clip.parent) == {"clip.mp4", "outputs", "outputs/clip_pencil.mp4"}


def test_a_disk_that_fills_on_the_way_can_be_resumed(cli: Cli, long_clip: Path, stop_at: StopAt
                                                     ) -> None:
    stop_at(25, DiskFull("There is no room left.", "Free some space."))
    ended = cli("render", "--in", long_clip, *CHUNKED, "--json")
    assert (ended.code, ended.document["code"]) == (130, 130)
    assert "20 of 60 frames are kept" in ended.document["error"]


def test_a_folder_that_vanishes_on_the_way_is_named(cli: Cli, long_clip: Path,
                                                    monkeypatch: pytest.MonkeyPatch) -> None:
    run = Pipeline.run

    def vanishing(pipeline: Pipeline) -> Iterator[Progress]:
        for progress in run(pipeline):
            if progress.frames == 25:
                shutil.rmtree("new")
            yield progress

    monkeypatch.setattr(Pipeline, "run", vanishing)
    ended = cli("render", "--in", long_clip, *CHUNKED, "--out", "new/out.mkv")
    assert ended.code == 1
    assert "run the same command again" in ended.last_line
    assert "out.mkv.render" in ended.last_line
    assert left_in(long_clip.parent) == {"long.mkv"}


def test_a_training_whose_disk_fills_can_be_resumed() -> None:
    def course() -> Iterator[SimpleNamespace]:
        yield SimpleNamespace(step=1, total=9, validation=None)
        raise DiskFull("There is no room left in training.", "Free some space.")

    with pytest.raises(Stopped, match="no room left in training") as failure:
        lessons.shown("Training", course())
    assert exit_code(failure.value) == 130


def test_a_disk_that_is_full_before_is_refused(cli: Cli, clip: Path,
                                               monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type("Usage", (), {"free": 1000, "total": 1000, "used": 0})
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)
    ended = cli("render", "--in", clip, "--styles", "pencil")
    assert ended.code == 2
    assert left_in(clip.parent) == {"clip.mp4"}


def test_work_that_fails_ends_with_one(cli: Cli, clip: Path, stop_at: StopAt) -> None:
    stop_at(3, RenderError("It broke.", "Mend it."))
    ended = cli("render", "--in", clip, "--styles", "pencil", "--json")
    assert (ended.code, ended.document["error"], ended.document["hint"]) == (
        1, "It broke.", "Mend it.")


def test_what_the_system_refuses_is_no_traceback(cli: Cli, clip: Path, stop_at: StopAt) -> None:
    stop_at(3, OSError(5, "Input/output error"))
    ended = cli("render", "--in", clip, "--styles", "pencil")
    assert (ended.code, "Input/output error" in ended.last_line) == (1, True)


def test_an_interrupted_batch_goes_on_after_what_is_done(
        cli: Cli, tmp_path: Path, stop_at: StopAt) -> None:
    for name in ("a", "b", "c"):
        write_clip(tmp_path / "in" / f"{name}.mp4", frames=8 if name != "b" else 20)
    arguments = ("render", "--in", "in", "--styles", "pencil", "--json")
    stop_at(15, KeyboardInterrupt())
    ended = cli(*arguments)
    assert ended.code == 130
    assert [len(ended.document[kind]) for kind in ("results", "failures")] == [1, 1]
    first = tmp_path / "outputs" / "a_pencil.mp4"
    before = first.stat().st_mtime_ns

    stop_at(NEVER, KeyboardInterrupt())
    ended = cli(*arguments)
    assert (ended.code, [result["earlier"] for result in ended.document["results"]]) == (
        0, [True, False, False])
    assert first.stat().st_mtime_ns == before
    assert left_in(tmp_path / "outputs") == {f"{name}_pencil.mp4" for name in "abc"}

    ended = cli(*arguments)
    assert [result["earlier"] for result in ended.document["results"]] == [False] * 3


def test_only_an_unchanged_result_counts_as_finished(cli: Cli, clip: Path) -> None:
    from core.recipe import Recipe

    assert cli("render", "--in", clip, "--styles", "identity", "--out", "a.mp4").code == 0
    recipe = Recipe.build({"layers": [{"style": "identity"}]})
    finished = Finished(Path(), None, None)
    assert finished.result(clip, recipe) is None
    finished.add(clip, recipe, Path("a.mp4"))
    assert finished.result(clip, recipe) == Path("a.mp4").resolve()
    assert Finished(Path(), None, VideoProbe.probe(clip).duration).result(clip, recipe) is None
    with Path("a.mp4").open("ab") as file:
        file.write(b"more")
    assert finished.result(clip, recipe) is None
    finished.add(clip, recipe, Path("a.mp4"))
    os.utime(clip, ns=(1, 1))
    assert finished.result(clip, recipe) is None


@pytest.mark.parametrize(("errors", "code"), [
    ([None, None], 0), ([None, DiskFull("x")], 1), ([DiskFull("x"), DiskFull("x")], 2),
    ([DiskFull("x"), RenderError("x")], 1), ([None, Stopped("x")], 130),
    ([DiskFull("x"), Stopped("x")], 130), ([], 0)])
def test_the_code_of_a_batch(errors: list[RenderError | None], code: int) -> None:
    assert batch_code([Outcome("a", "b", error=error) for error in errors]) == code


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot send these to one process")
@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM"])
def test_a_signal_stops_a_real_process_cleanly(tmp_path: Path, number: str) -> None:
    if signal.getsignal(getattr(signal, number)) is signal.SIG_IGN:
        pytest.skip(f"{number} is ignored here, as in what a shell runs in the background, and so "
                    "by every child")
    write_clip(tmp_path / "long.mp4", frames=1000, rate=100)
    command = [sys.executable, "-u", "-m", "scripts.cli", "render", "--in", "long.mp4",
               "--styles", "pencil", "--out", "out.mp4"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as child:
        watchdog = threading.Timer(60, child.kill)
        watchdog.start()
        for line in child.stderr:
            if "frames" in line:
                break
        child.send_signal(getattr(signal, number))
        out, err = child.communicate()
        watchdog.cancel()
    assert (child.returncode, out) == (130, "")
    assert err.count("Stopped; ") == 1
    assert "Traceback" not in err
    assert not (tmp_path / "out.mp4").exists()


def test_signals_are_handled_inside_alone() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), interruptible():
        signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before


def test_another_thread_is_left_alone() -> None:
    seen = []

    def work() -> None:
        with interruptible():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [signal.getsignal(signal.SIGTERM)]


def test_unfinished_work_may_lie_on_another_disk(cli: Cli, long_clip: Path, stop_at: StopAt
                                                 ) -> None:
    Path("fast").mkdir()
    arguments = ("render", "--in", long_clip, *CHUNKED, "--out", "out.mkv", "--scratch", "fast")
    stop_at(45, KeyboardInterrupt())
    assert cli(*arguments).code == 130
    assert not Path("out.mkv.render").exists()
    [work] = Path("fast").iterdir()
    assert work.name.startswith("out.mkv-")
    assert [path.name for path in sorted(work.rglob("*.nut"))] == [
        "chunk-00000.nut", "chunk-00001.nut"]
    stop_at(NEVER, KeyboardInterrupt())
    [result] = cli(*arguments, "--json").document["results"]
    assert (result["frames"], result["resumed_frames"]) == (60, 40)
    assert left_in(long_clip.parent) == {"long.mkv", "out.mkv", "fast"}
