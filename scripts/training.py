"""The kind of job that trains a network, and installs it when it is done."""

from __future__ import annotations

from contextlib import closing, suppress
from pathlib import Path

from core import durable
from core.errors import InvalidParameter
from core.jobs import JobProgress
from core.progress import Pace
from scripts.desk import Desk, Ending, Steps
from scripts.latest import LATEST
from scripts.learningparts import check_parts
from scripts.targets import made


def paint_with(model: Path) -> str:
    """How a network that paints as any painting is used: it is no preset of a look."""
    return f"Paint with it: --styles paint --set paint.model_path={model}"


def steps(desk: Desk) -> Steps:
    """Train, or go on from the last epoch; the network is installed under its file's name."""
    check_parts()
    from core.models import ModelRegistry
    from trainer.run import TrainingRun

    run = TrainingRun.of(desk.job.order)
    with made(run.target.parent):
        training = run.training()
        desk.log(f"Checkpoint, losses and samples go to {run.folder}.")
        pace = None
        with closing(training.run()) as told:
            for now in told:
                pace = pace or Pace(now.total - now.step + 1)
                pace.step()
                if now.validation is not None:
                    desk.log(f"Epoch {now.epoch}: {now.validation:.3f} on pictures held back"
                             f"{', the best so far' if now.best else ''}.")
                    with suppress(OSError):  # for looking at alone
                        durable.write(desk.folder / LATEST, run.sheet(now.epoch).read_bytes())
                yield JobProgress("train", now.step, now.total, pace.fps, pace.eta,
                                  kept=now.step - now.step % run.settings.steps)
        made_file = run.export(training)
    result = {"model": str(run.target), "difference": made_file.difference,
              "work": str(run.folder)}
    if run.any_painting:
        return Ending({**result, "style": "paint"}, lines=(paint_with(run.target),))
    try:
        model = ModelRegistry().add(run.target)
    except InvalidParameter as error:  # the network is there; how to call it is the user's
        return Ending(result, (f"It is not installed: {error}",), lines=(str(run.target),))
    return Ending({**result, "style": f"neural:{model.name}"}, lines=(
        f"neural:{model.name} is installed, as version {model.card.version}.",))
