"""Pairs to learn from out of what was approved or rated highly: the source, and its render."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np

from core.errors import BrushreelError, InputError
from core.io import VideoProbe
from core.preview import render_still
from core.recipe import Recipe
from feedback import Approval, Rating
from feedback.records import Record, Sample, fingerprint
from trainer.dataset import VIDEOS, reduced

HIGH = 4
"""Stars from which a render counts as approved."""
FRAMES = 6
"""Pictures taken of one render, evenly spread."""
_PLAIN = Recipe.build({"layers": [{"style": "identity"}]})

Pair = tuple[np.ndarray, np.ndarray]


def approved_pairs(records: Iterable[Record], folder: Path, *,
                   told: Callable[[str], None] = lambda _: None) -> list[Pair]:
    """RGB uint8 pairs of every render that was approved, of videos in `folder` and below it.

    A later word on the same render counts. `told` gets a sentence for every render of which the
    video, or a file its recipe needs, is not there. Raises InputError where no pair is left.
    """
    videos = _videos(folder)
    found: list[Pair] = []
    for sample in approved_samples(records):
        path = videos.get(sample.fingerprint)
        if path is None:
            told(f"{sample.source} is not in {folder}.")
            continue
        try:
            found.extend(_pairs(path, sample, folder))
        except BrushreelError as error:
            told(f"{sample.source}: {error}")
    if not found:
        raise InputError(f"Nothing was approved of the videos in {folder}.",
                         "Rate renders with four stars or more, or approve them, and say where "
                         "their videos lie.")
    return found


def approved_samples(records: Iterable[Record]) -> list[Sample]:
    """Each render whose last word was good, in the order it was first spoken of."""
    last: dict[str, tuple[Sample, bool]] = {}
    for record in records:
        if isinstance(record, Rating | Approval):
            good = record.approved if isinstance(record, Approval) else record.stars >= HIGH
            key = record.sample.model_dump_json(exclude={"metrics", "models", "source"})
            last[key] = record.sample, good
    return [sample for sample, good in last.values() if good]


def _videos(folder: Path) -> dict[str, Path]:
    paths = sorted(folder.rglob("*")) if folder.is_dir() else []
    return {fingerprint(path): path for path in paths
            if path.suffix.lower() in VIDEOS and path.is_file()}


def _pairs(path: Path, sample: Sample, folder: Path) -> Iterator[Pair]:
    recipe = Recipe.from_json(json.dumps(dict(sample.recipe)), _finder(folder))
    begin = sample.start or Fraction(0)
    end = sample.end or VideoProbe.probe(path).duration or begin + 1
    for number in range(FRAMES):
        time = begin + (end - begin) * Fraction(2 * number + 1, 2 * FRAMES)
        yield tuple(reduced(_eight_bits(render_still(path, each, time)))
                    for each in (_PLAIN, recipe))  # type: ignore[misc]


def _finder(folder: Path) -> Callable[[str, str], Path | None]:
    """Where a file of a recipe is: among the models, or beside the videos."""
    from core.models import ModelRegistry
    from core.recipe import asset_digest

    def find(name: str, sha256: str) -> Path | None:
        model = ModelRegistry().find(sha256)
        if model is not None:
            return model
        return next((path for path in sorted(folder.rglob(name))
                     if path.is_file() and asset_digest(path) == sha256), None)

    return find


def _eight_bits(picture: np.ndarray) -> np.ndarray:
    return (picture >> 8).astype(np.uint8) if picture.dtype == np.uint16 else picture
