"""Kills at random points of every stage of a render: 14 of them, or as many as are asked for."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import reels
from tests.render.kill_points import CASES, STAGES, Watcher, render
from tests.render.test_kills import same

KILLS = int(os.environ.get("BRUSHREEL_KILLS", "20")) * 7 // 10
"""Seven of ten hit renders; the others hit the queue, see tests/jobs/test_many_kills.py."""


# Where there are such, from a process that has everything imported.
PROCESSES = multiprocessing.get_context("spawn" if os.name == "nt" else "forkserver")
if os.name != "nt":
    PROCESSES.set_forkserver_preload(["tests.render.kill_points"])


@dataclass(frozen=True)
class Whole:
    """An undisturbed render, and how many calls each of its stages made."""

    path: Path
    calls: dict[str, int]


def rendered(films: Path, target: Path, case: str, watcher: Watcher) -> dict[str, int] | None:
    """In a process of its own: the calls that each stage made; None where it was killed."""
    told, tell = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=render, args=(tell, films, target, case, watcher))
    process.start()
    tell.close()
    process.join()
    if process.exitcode in (-getattr(signal, "SIGKILL", -9), 9):
        return None
    assert process.exitcode == 0
    return told.recv()


@pytest.fixture(scope="module")
def wholes(films: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Whole]:
    found = {}
    for name, case in CASES.items():
        path = tmp_path_factory.mktemp("whole") / case.name
        found[name] = Whole(path, rendered(films, path, name, Watcher()) or {})
    assert set().union(*(whole.calls for whole in found.values())) == set(STAGES.values())
    return found


@pytest.mark.long
@pytest.mark.parametrize("number", range(KILLS))
def test_a_kill(films: Path, tmp_path: Path, wholes: dict[str, Whole], number: int) -> None:
    stages = [(name, stage) for stage in dict.fromkeys(STAGES.values()) for name in CASES
              if stage in wholes[name].calls]
    name, stage = stages[number * 7 % len(stages)]
    case, whole, chance = CASES[name], wholes[name], random.Random(number)
    delay = chance.choice((0, 0, chance.uniform(0, 0.01)))
    target = tmp_path / case.name
    watcher = Watcher(stage, chance.randrange(whole.calls[stage]), delay)
    alive = rendered(films, target, name, watcher)
    assert not alive or delay  # it was over sooner
    if target.is_file():
        assert same(target, whole.path)
    before = sum(len(entry["pts"]) for entry in reels.entries(target).values())
    result = case.pipeline(films, target).process()
    assert result.resumed_frames in (before, result.frames)
    assert same(target, whole.path)
    assert [left.name for left in tmp_path.iterdir()] == [target.name]
