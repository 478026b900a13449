"""Kills at random points of every stage of a render: 14 of them, or as many as are asked for."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import reels
from tests.render.kill_points import CASES, STAGES
from tests.render.test_kills import ROOT, same

KILLS = int(os.environ.get("BRUSHREEL_KILLS", "20")) * 7 // 10
"""Seven of ten hit renders; the others hit the queue, see tests/jobs/test_many_kills.py."""


@dataclass(frozen=True)
class Whole:
    """An undisturbed render, and how many calls each of its stages made."""

    path: Path
    calls: dict[str, int]


def rendered(films: Path, target: Path, case: str, stage: str, call: int, delay: float
             ) -> dict[str, int] | None:
    """The calls that each stage made; None where it was killed."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.render.kill_points", str(films), str(target), case, stage,
         str(call), str(delay)], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode in (-getattr(signal, "SIGKILL", -9), 9):
        return None
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def wholes(films: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Whole]:
    found = {}
    for name, case in CASES.items():
        path = tmp_path_factory.mktemp("whole") / case.name
        found[name] = Whole(path, rendered(films, path, name, "", -1, 0) or {})
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
    alive = rendered(films, target, name, stage, chance.randrange(whole.calls[stage]), delay)
    assert not alive or delay  # it was over sooner
    if target.is_file():
        assert same(target, whole.path)
    before = sum(len(entry["pts"]) for entry in reels.entries(target).values())
    result = case.pipeline(films, target).process()
    assert result.resumed_frames in (before, result.frames)
    assert same(target, whole.path)
    assert [left.name for left in tmp_path.iterdir()] == [target.name]
