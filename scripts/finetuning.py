"""The kind of job that fine-tunes a network, and has the gate decide whether it takes over."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing, suppress
from typing import Any

from core import durable
from core.jobs import JobProgress
from core.progress import Pace
from scripts.desk import Desk, Ending, Steps
from scripts.latest import LATEST
from scripts.learningparts import check_parts
from scripts.targets import made

_VERDICT = "verdict.json"


def steps(desk: Desk) -> Steps:
    """Train, or go on from the last epoch; a verdict that was reached is not reached again."""
    with suppress(OSError, ValueError):
        return _ending(json.loads((desk.folder / _VERDICT).read_bytes()))
    check_parts()
    from trainer.curves import sheet_file
    from trainer.tuning import FineTuning, document

    run = FineTuning.of(desk.job.order)
    with made(run.work):
        tuner = run.tuner(desk.log)
        desk.log(f"Checkpoint, losses and samples go to {run.work}.")
        pace = None
        with closing(tuner.run()) as told:
            for now in told:
                pace = pace or Pace(now.total - now.step + 1)
                pace.step()
                if now.validation is not None:
                    desk.log(f"Epoch {now.epoch}: {now.validation:.3f} on pairs held back.")
                    with suppress(OSError):  # for looking at alone
                        durable.write(desk.folder / LATEST,
                                      sheet_file(run.work, now.epoch).read_bytes())
                yield JobProgress("train", now.step, now.total, pace.fps, pace.eta,
                                  kept=now.step - now.step % run.settings.steps)
    assert tuner.verdict is not None
    found = {"model": run.model, "work": str(run.work), **document(tuner.verdict)}
    durable.write(desk.folder / _VERDICT, json.dumps(found).encode())
    return _ending(found)


def _ending(found: Mapping[str, Any]) -> Ending:
    """That a network stays as it is is no failure: the gate is there for that."""
    model, version = found["model"], found["version"]
    if found["current"]:
        said = f"{model} is version {version} now: it was better on all counts."
        return Ending({**found, "style": f"neural:{model}"}, lines=(said,))
    aside = f"; version {version} is set aside" if version else ""
    return Ending(found, lines=(f"{model} stays as it is{aside}:",
                                *(f"  {reason}." for reason in found["reasons"])))
