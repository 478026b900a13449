"""Kills at random points of every stage of a render: 14 of them, or as many as are asked for."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests import reels
from tests.render.kill_points import CASES, STAGES
from tests.render.test_kills import ROOT, same

KILLS = int(os.environ.get("BRUSHREEL_KILLS", "20")) * 7 // 10
"""Seven of ten hit renders; the others hit the queue, see tests/jobs/test_many_kills.py."""


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


@pytest.mark.long
@pytest.mark.timeout(max(600, 30 * KILLS))
def test_kills_in_every_stage(films: Path, tmp_path: Path) -> None:
    chance, hit = random.Random(29), Counter()
    wholes, calls = {}, {}
    for name, case in CASES.items():
        (tmp_path / name).mkdir()
        wholes[name] = tmp_path / f"whole-{case.name}"
        calls[name] = rendered(films, wholes[name], name, "", -1, 0)
    stages = [(name, stage) for stage in dict.fromkeys(STAGES.values()) for name in CASES
              if calls[name].get(stage)]
    assert len(stages) == 2 * len(STAGES) - 1  # one has no step for the pixel shape
    for number in range(KILLS):
        name, stage = stages[number * 7 % len(stages)]
        case, target = CASES[name], tmp_path / name / CASES[name].name
        call = chance.randrange(calls[name][stage])
        delay = chance.choice((0, 0, chance.uniform(0, 0.01)))
        if rendered(films, target, name, stage, call, delay) is not None:
            assert delay  # it was over sooner
        hit[stage] += 1
        if target.is_file():
            assert same(target, wholes[name]), (name, stage, call, delay)
        before = sum(len(entry["pts"]) for entry in reels.entries(target).values())
        result = case.pipeline(films, target).process()
        assert result.resumed_frames in (before, result.frames)
        assert same(target, wholes[name]), (name, stage, call, delay)
        assert [left.name for left in target.parent.iterdir()] == [target.name]
        target.unlink()
    print(f"{sum(hit.values())} kills: {dict(hit)}")
    assert min(hit.values()) >= KILLS // len(stages) // 2
