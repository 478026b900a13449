"""The kind of job that renders a video."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core import durable
from core.checkpoint import clear
from core.jobs import Job, JobProgress
from core.pipeline import Pipeline
from core.progress import Followed, RenderResult
from core.render.inputs import stamp_of
from core.render.means import Budget
from core.render.run import Watch
from core.render.workspace import Workspace
from core.viewing.display import displayed, upright
from scripts.batch import Outcome
from scripts.desk import Desk, Ending, Steps
from scripts.latest import LATEST, Latest, shrunk
from scripts.measuring import in_words, measuring
from scripts.report import lines
from scripts.targets import made

if TYPE_CHECKING:
    import numpy as np

_RESULT = "result.json"


def steps(desk: Desk) -> Steps:
    """Render it, or go on where it was; what an earlier run has finished is not done again."""
    earlier = _finished(desk)
    done = earlier if earlier is not None else (yield from _rendered(desk))
    if desk.job.order.render_options.metrics is None or "metrics" in done.report:
        return done
    if earlier is not None and desk.job.crashes:
        return _unmeasured(done, "It was not measured: that ended its process.")
    return (yield from _measured(desk, done))


def _rendered(desk: Desk) -> Steps:
    done = None
    desk.job.order.check_assets()
    told = None
    pipeline = _pipeline(desk.job)
    with made(desk.job.target.parent), closing(pipeline.run(_watch(desk, pipeline))) as values:
        for progress in values:
            if pipeline.resolved is not told:
                told = pipeline.resolved
                desk.plan(_plan(pipeline))
                for note in pipeline.notes:
                    desk.log(note)
            if pipeline.result is not None:
                # Before the work folder goes, which until then is what proves the result.
                done = _remembered(desk, pipeline, pipeline.result)
            yield JobProgress.of(progress)
    assert done is not None
    return done


def _measured(desk: Desk, done: Ending) -> Steps:
    """Measure what is finished; an end meanwhile, or trouble, takes nothing from the video."""
    source, frames = desk.job.source, done.result["frames"]
    assert source is not None
    work = measuring(source, Path(done.result["path"]), desk.job.order.recipe,
                     desk.job.order.render_options)
    with Followed(work) as steps:
        for step in steps:
            yield JobProgress("measure", step.frames, step.total, step.fps, step.eta_seconds,
                              kept=frames)
    found = steps.result
    if isinstance(found, str):
        return _unmeasured(done, found)
    return dataclasses.replace(
        done, result={**done.result, "metrics": found.summary()},
        report={**done.report, "metrics": found.document()},
        lines=(*done.lines, f"  {in_words(found)}"))


def _unmeasured(done: Ending, why: str) -> Ending:
    return dataclasses.replace(done, report={**done.report, "metrics": None},
                               warnings=(*done.warnings, why),
                               lines=(*done.lines, f"  Note: {why}"))


def _watch(desk: Desk, pipeline: Pipeline) -> Watch:
    """Keeps the newest picture, as a screen shows it."""
    latest = Latest(desk.folder / LATEST)

    def shown(picture: Callable[[], np.ndarray]) -> np.ndarray:
        assert pipeline.resolved is not None
        source = pipeline.resolved.source
        return displayed(upright(shrunk(picture()), source), source.tags)

    return lambda picture: latest(lambda: shown(picture))


def _pipeline(job: Job) -> Pipeline:
    assert job.source is not None
    options = job.order.render_options
    if job.attempts > 1:  # starting over is meant for what was there before the job
        options = dataclasses.replace(options, resume=True)
    return Pipeline.of(job.source, job.target, job.order.recipe, options)


def _plan(pipeline: Pipeline) -> dict[str, Any]:
    """What was decided, for whoever looks at the job."""
    plan = pipeline.resolved
    assert plan is not None
    return {"codec": plan.spec.codec, "encoder": plan.spec.entry.encoder,
            "container": plan.container, "width": plan.spec.width, "height": plan.spec.height,
            "pixel_format": plan.spec.pixel_format, "rate": str(plan.source.rate),
            "frames": plan.frames, "chunks": len(plan.chunks), "workers": plan.workers,
            # What networks get of the GPU, where a look is drawn by one.
            "gpu": dataclasses.asdict(plan.choices.step) if plan.choices.budget != Budget()
            else None, "choice": plan.choice,
            "notes": [*plan.notes, *plan.warnings], "folder": str(pipeline.folder),
            "chunk_files": f"*.{plan.spec.entry.chunk_container}"}


def _remembered(desk: Desk, pipeline: Pipeline, result: RenderResult) -> Ending:
    job, stages = desk.job, pipeline.timings.stages
    told = lines(Outcome(str(job.source), job.style, result))
    ending = Ending(
        result={**dataclasses.asdict(result), "path": str(result.path)},
        warnings=result.warnings, lines=tuple(told),
        report={"stages": {name: dataclasses.asdict(cost) for name, cost in stages.items()}})
    note = {"stamp": stamp_of(result.path), "ending": dataclasses.asdict(ending)}
    durable.write(desk.folder / _RESULT, json.dumps(note).encode())
    return ending


def _finished(desk: Desk) -> Ending | None:
    """What an earlier run came to that was ended between its result and the queue's knowing."""
    try:
        note = json.loads((desk.folder / _RESULT).read_bytes())
        if tuple(note["stamp"]) != stamp_of(desk.job.target):
            return None
        ending = _ending(note["ending"])
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    folder = desk.job.plan.get("folder")
    if folder and Path(folder).is_dir():
        with Workspace(desk.job.target, desk.job.order.render_options.scratch):
            clear(Path(folder))
    return ending


def _ending(values: Mapping[str, Any]) -> Ending:
    return Ending(values["result"], tuple(values["warnings"]), values["report"],
                  tuple(values["lines"]))
