"""Kills of the worker, of its child, or of both, around everything that becomes of a job."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from core.jobs import JobStore, Order, State
from core.pipeline import Pipeline
from core.recipe import Recipe
from core.render.options import RenderOptions
from tests import reels
from tests.jobs.conftest import Hire
from tests.jobs.test_worker import PATIENCE, reach, until

KILLS = int(os.environ.get("BRUSHREEL_KILLS", "20")) * 3 // 10
"""Three of ten; the others hit renders, see tests/render/test_many_kills.py."""

RECIPE = Recipe.build({"layers": [{"style": "pencil"}], "output": {"codec": "ffv1"},
                       "temporal": {"mode": "ema"}, "preset": "speed"})
OPTIONS = RenderOptions(chunk=1)
END = (State.DONE, State.DONE_WITH_WARNINGS)
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills as POSIX does it")]

Moment = Callable[[JobStore, int], object]


def claimed(store: JobStore, job: int) -> None:
    reach(store, job, State.RUNNING)


def begun(store: JobStore, job: int) -> None:
    until(lambda: store.get(job).progress.frames > 0)


def kept(store: JobStore, job: int) -> None:
    until(lambda: store.get(job).progress.kept >= 20)


def pausing(store: JobStore, job: int) -> None:
    kept(store, job)
    store.pause(job)


def pausing_after_chunk(store: JobStore, job: int) -> None:
    kept(store, job)
    store.pause(job, after_chunk=True)


def resuming(store: JobStore, job: int) -> None:
    pausing(store, job)
    reach(store, job, State.PAUSED)
    store.resume(job)


def cancelling(store: JobStore, job: int) -> None:
    kept(store, job)
    store.cancel(job)


def joining(store: JobStore, job: int) -> None:
    until(lambda: store.get(job).progress.stage == "mux" or store.get(job).state in END)


MOMENTS = (claimed, pausing, joining, cancelling, begun, resuming, pausing_after_chunk, kept)
WISHED = {pausing: State.PAUSED, pausing_after_chunk: State.PAUSED, cancelling: State.CANCELLED}


@dataclass(frozen=True)
class Blow:
    """Whom to kill, how long after which moment."""

    moment: Moment
    victims: str
    delay: float


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An undisturbed render of what lies beside it."""
    folder = tmp_path_factory.mktemp("whole")
    Pipeline.of(reels.source("b-frames", folder), folder / "out.mkv", RECIPE, OPTIONS).process()
    return folder / "out.mkv"


@pytest.mark.parametrize("number", range(KILLS))
def test_a_kill(store: JobStore, hire: Hire, tmp_path: Path, whole: Path, number: int) -> None:
    chance, target = random.Random(number), tmp_path / "out" / "out.mkv"
    blow = Blow(MOMENTS[number % len(MOMENTS)],
                ("worker", "child", "both")[number * 5 // 3 % 3],
                chance.choice((0.0, chance.uniform(0, 0.3))))
    target.parent.mkdir()
    source = reels.source("b-frames", whole.parent)
    job = store.add(Order.render(source, target, RECIPE, OPTIONS)).id
    _struck(store, job, hire(), blow)
    _seen_through(store, job, hire, blow)
    assert reels.shown(target) == reels.shown(whole)
    assert [left.name for left in target.parent.iterdir()] == ["out.mkv"]


def _struck(store: JobStore, job: int, worker: subprocess.Popen[str], blow: Blow) -> None:
    blow.moment(store, job)
    time.sleep(blow.delay)
    children = psutil.Process(worker.pid).children(recursive=True)
    victims = {"worker": [], "child": children, "both": children}[blow.victims]
    for process in victims:
        process.kill()
    if blow.victims == "child":  # of which the worker is to take note first
        time.sleep(0.5)
    worker.kill()
    worker.wait()
    psutil.wait_procs(children, timeout=PATIENCE)


def _seen_through(store: JobStore, job: int, hire: Hire, blow: Blow) -> None:
    """The wish comes true unless the job was faster; then the job is done after all."""
    assert hire("once").wait(PATIENCE) == 0
    state = store.get(job).state
    assert state in (*END, WISHED.get(blow.moment, State.DONE)), (state, blow)
    if state is State.PAUSED:
        store.resume(job)
    elif state is State.CANCELLED:
        store.retry(job)
    if state not in END:
        assert hire("once").wait(PATIENCE) == 0
    assert store.get(job).state in END, (store.get(job).message, blow)
