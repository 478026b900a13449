"""Real videos through the real commands, while everything that can be killed is."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from core.jobs import JobStore, Order, State
from core.pipeline import Pipeline
from core.recipe import Recipe
from core.render.options import RenderOptions
from core.worker import ensure_worker, worker_is_there
from tests.cli.conftest import write_clip
from tests.clips import hashes
from tests.jobs.test_worker import ROOT, reach, until

FRAMES = 400
RECIPE = Recipe.build({"layers": [{"style": "pencil"}], "output": {"codec": "ffv1"},
                       "temporal": {"mode": "ema"}})
OPTIONS = RenderOptions(chunk=2.0)

pytestmark = pytest.mark.skipif(os.name == "nt", reason="kills as POSIX does it")


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """40 s in 20 chunks."""
    return write_clip(tmp_path / "clip.mkv", FRAMES, codec="ffv1")


@pytest.fixture
def job(store: JobStore, clip: Path) -> int:
    return store.add(Order.render(clip, clip.with_name("out.mkv"), RECIPE, OPTIONS)).id


def work(store: JobStore, *options: str) -> "subprocess.Popen[bytes]":
    with store.path.with_name("said.txt").open("ab") as said:
        return subprocess.Popen(
            [sys.executable, "-m", "scripts.cli", "work", "--queue", str(store.path), *options],
            cwd=ROOT, stdout=said, stderr=subprocess.STDOUT)


@pytest.mark.long
def test_a_render_goes_on_from_its_last_chunk_whoever_is_killed(
        store: JobStore, job: int, clip: Path) -> None:
    kept = 0
    for victims in ("worker", "child", "both"):
        worker = work(store)
        until(lambda more=kept + 20: store.get(job).progress.kept >= more)
        child = psutil.Process(store.get(job).pid)
        for process in {"worker": [worker], "child": [child], "both": [worker, child]}[victims]:
            process.kill()
        if victims == "child":  # which the worker starts again
            reach(store, job, State.RUNNING)
            until(lambda: store.get(job).attempts == 3)
            worker.kill()
        worker.wait()
        kept = store.get(job).progress.kept
    assert not clip.with_name("out.mkv").exists()
    assert work(store, "--once").wait(100) == 0
    done = store.get(job)
    assert done.state is State.DONE, done.message
    assert done.result["frames"] == FRAMES
    assert done.result["resumed_frames"] >= kept >= 60
    whole = Pipeline.of(clip, clip.with_name("whole.mkv"), RECIPE, OPTIONS).process()
    assert hashes(Path(done.result["path"])) == hashes(whole.path)
    assert not list(clip.parent.glob("*.render"))


@pytest.fixture
def _ended(store: JobStore) -> Iterator[None]:
    yield
    pid = store.worker().pid
    if pid is not None and psutil.pid_exists(pid):
        psutil.Process(pid).terminate()
        until(lambda: not worker_is_there(store))


@pytest.mark.usefixtures("_ended")
def test_a_worker_in_the_background_is_started_once_and_stays(store: JobStore, tmp_path: Path
                                                             ) -> None:
    """Whoever started it may end: the browser, the server, a terminal."""
    starter = (f"from core.jobs import JobStore; from core.worker import ensure_worker; "
               f"from pathlib import Path; ensure_worker(JobStore(Path({str(store.path)!r})))")
    subprocess.run([sys.executable, "-c", starter], cwd=ROOT, check=True, timeout=60)
    assert worker_is_there(store)
    pid = until(lambda: store.worker().pid)
    assert not ensure_worker(store)
    store.add(Order("nonsense", "x", tmp_path / "x"))
    reach(store, 1, State.FAILED)
    time.sleep(0.3)
    assert (store.worker().pid, store.worker().alive) == (pid, True)
