"""Trainings: asked for, and watched by their curves."""

from __future__ import annotations

import importlib.util
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.browse import typed
from core.errors import InputError, InvalidParameter, TrainingError
from core.jobs import Job, JobStore, Order
from core.naming import free_name
from core.paths import data_folder
from feedback.records import Record
from trainer.settings import TrainingSettings

if TYPE_CHECKING:
    import pandas as pd

_RECIPES = Path(__file__).resolve().parent.parent / "trainer" / "recipes"
_KINDS = ("train", "finetune")
_POINTS = 600
"""Points of a curve, at most: more than a screen shows."""


def recipes() -> dict[str, Path]:
    """Settings that worked, by name."""
    return {path.stem: path for path in sorted(_RECIPES.glob("*.toml"))}


def ready() -> bool:
    """Whether what training needs besides rendering is installed."""
    return importlib.util.find_spec("torch") is not None


def check_ready() -> None:
    """Raises TrainingError where it is not."""
    if not ready():
        raise TrainingError("Training needs torch, which is not installed (about 1 GB).",
                            "Run once in a terminal: ./run.sh models fetch-backbones")


def ordered(store: JobStore, *, name: str, data: str, painting: str, recipe: str,
            changes: Mapping[str, Any]) -> Job:
    """Queue a training. Raises BrushreelError for what is not there or of no use."""
    check_ready()
    return store.add(order(name, data, painting, recipe, changes, store))


def order(name: str, data: str, painting: str, recipe: str, changes: Mapping[str, Any],
          store: JobStore) -> Order:
    from core.models.importing import slug
    from trainer.run import TrainingRun  # loads torch

    called = slug(name)
    if not called:
        raise InvalidParameter("The model has no name.", "Give it one, such as rainy-night.")
    folder = typed(data)
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder.",
                         "Choose the folder with photographs, or with pairs/ in it.")
    image = typed(painting) if painting.strip() else None
    settings = TrainingSettings.load(recipes()[recipe], dict(changes)) if recipe in recipes() \
        else TrainingSettings.model_validate(dict(changes))
    home = data_folder() / "trainings"
    home.mkdir(parents=True, exist_ok=True)
    # A training that ended half-way has left its folder, but no network.
    taken = {place.with_suffix(".onnx") for place in home.glob("*.training")}
    target = free_name(home, called, "onnx", taken | set(store.targets()))
    return TrainingRun(data=folder, target=target, style_image=image, settings=settings).order()


def tuning_ordered(store: JobStore, *, model: str, videos: str, epochs: int) -> Job:
    """Queue a fine-tuning on the approved renders of the videos in a folder.

    Raises BrushreelError for what is not there, and for a network that was not trained here.
    """
    check_ready()
    from core.models import ModelRegistry
    from trainer.finetune import GENTLE
    from trainer.network import StyleNetwork
    from trainer.tuning import FineTuning

    folder = typed(videos)
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder.", "Choose the one your videos lie in.")
    StyleNetwork.from_onnx(ModelRegistry().model(model).path)
    home, number, taken = data_folder() / "trainings", 1, store.targets()
    while ((work := home / f"{model}-tuned-{number}.training").exists()
           or work / f"{model}.onnx" in taken):
        number += 1
    return store.add(FineTuning(model=model, work=work, approved=folder, settings=GENTLE.model_copy(
        update={"epochs": epochs})).order())


def approved_renders(records: Iterable[Record]) -> int:
    """How many there are to learn from: approved, or rated highly, by the last word on each."""
    from trainer.approved import approved_samples

    return len(approved_samples(records))


def usual_folder(store: JobStore) -> str:
    """Where most videos lie that were rendered lately."""
    lately = store.list(newest_first=True, limit=100, cleared=True)
    parents = Counter(str(job.source.parent) for job in lately
                      if job.kind == "render" and job.source is not None)
    return parents.most_common(1)[0][0] if parents else ""


def trainings(store: JobStore) -> list[Job]:
    """Newest first."""
    return [job for job in store.list(newest_first=True, limit=400) if job.kind in _KINDS]


def labels(jobs: Iterable[Job]) -> dict[int, str]:
    """What to call each: several may make a model of the same name."""
    return {job.id: f"{job.title} · job {job.id}, {job.state}" for job in jobs}


def folder_of(job: Job) -> Path:
    """Where its checkpoint, losses and samples lie."""
    chosen = job.order.options.get("run", {}).get("work")
    return Path(chosen) if chosen else job.target.with_suffix(".training")


def losses(job: Job) -> pd.DataFrame | None:
    """Loss by step, the parts it is made of and what pictures held back say; None before any."""
    import pandas as pd

    path = folder_of(job) / "losses.csv"
    try:
        table = pd.read_csv(path)
    except (OSError, ValueError):  # it is not there, or just being written
        return None
    if table.empty or "step" not in table:
        return None
    thin = max(len(table) // _POINTS, 1)
    kept = table.index % thin == 0
    if "validation" in table:
        kept |= table["validation"].notna()
    return table[kept].set_index("step")


def sheet(job: Job) -> Path | None:
    """The newest samples."""
    found = sorted(folder_of(job).glob("sheet-*.jpg"))
    return found[-1] if found else None
