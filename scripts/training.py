"""The kind of job that trains a network, and installs it when it is done."""

from __future__ import annotations

from pathlib import Path

from core.errors import InvalidParameter
from scripts.desk import Desk, Ending, Steps
from scripts.learningparts import check_parts
from scripts.lessons import worked
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
        for said in run.notes:
            desk.log(said)
        desk.log(f"Checkpoint, losses and samples go to {run.folder}.")
        yield from worked(desk, training.run(), run.settings.steps, run.sheet)
        made_file = run.export(training)
    result = {"model": str(run.target), "difference": made_file.difference,
              "work": str(run.folder)}
    if run.any_painting:
        return Ending({**result, "style": "paint"}, run.notes, lines=(paint_with(run.target),))
    try:
        model = ModelRegistry().add(run.target)
    except InvalidParameter as error:  # the network is there; how to call it is the user's
        return Ending(result, (*run.notes, f"It is not installed: {error}"),
                      lines=(str(run.target),))
    return Ending({**result, "style": f"neural:{model.name}"}, run.notes, lines=(
        f"neural:{model.name} is installed, as version {model.card.version}.",))
