"""The kind of job that fine-tunes a network, and has the gate decide whether it takes over."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from core import durable
from scripts.desk import Desk, Ending, Steps
from scripts.learningparts import check_parts
from scripts.lessons import worked
from scripts.targets import made

_VERDICT = "verdict.json"


def steps(desk: Desk) -> Steps:
    """Train, or go on from the last epoch; a verdict that was reached is not reached again."""
    with suppress(OSError, ValueError):
        return _ending(json.loads((desk.folder / _VERDICT).read_bytes()))
    check_parts()
    from trainer.curves import sheet_file
    from trainer.tuning import FineTuning, document

    run, work = FineTuning.of(desk.job.order), desk.job.target.parent
    with made(work):
        verdict = yield from worked(desk, run.tuner(desk.log).run(), run.settings.steps,
                                    lambda epoch: sheet_file(work, epoch))
    found = {"model": run.model, "work": str(work), **document(verdict)}
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
