"""The checkpoint of a training run: whole or not there, and known by what it belongs to."""

from __future__ import annotations

import io
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from core import durable
from core.edge import edge
from core.errors import TrainingError
from trainer.settings import TrainingSettings

NAME = "checkpoint.pt"
_FORMAT = 1


class Checkpoint:
    """That of one run in `folder`: of these settings, this objective and these first weights."""

    def __init__(self, folder: Path, settings: TrainingSettings, *digests: str) -> None:
        self._path = folder / NAME
        self._identity = [_FORMAT, settings.model_dump_json(), *digests]

    def save(self, state: Mapping[str, Any]) -> None:
        kept = io.BytesIO()
        torch.save({**state, "identity": self._identity}, kept)
        with durable.saving(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
        durable.write(self._path, kept.getvalue())

    def load(self) -> Mapping[str, Any] | None:
        """What was saved last, if anything.

        Raises TrainingError where it is damaged, or that of another run.
        """
        if not self._path.is_file():
            return None
        with edge(self._path):
            try:
                kept = torch.load(self._path, map_location="cpu", weights_only=True)
                identity = kept["identity"]
            except (OSError, RuntimeError, ValueError, EOFError, KeyError, TypeError,
                    pickle.UnpicklingError) as error:
                raise TrainingError(f"{self._path} is damaged.",
                                    "Remove it; training then starts over.") from error
        if identity != self._identity:
            raise TrainingError(f"{self._path.parent} holds another training run.",
                                "Remove that folder, or keep this run elsewhere with --work.")
        return dict(kept)
