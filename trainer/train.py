"""Training: a network learns an objective, with a checkpoint at the end of every epoch."""

from __future__ import annotations

import math
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn

from core.errors import TrainingError
from trainer.checkpoint import Checkpoint
from trainer.curves import Curves
from trainer.settings import TrainingSettings

_VALIDATIONS = 4
"""Batches held back by which an epoch is judged."""


class Objective(Protocol):
    """What a network is to learn, and from which pictures."""

    @property
    def digest(self) -> str:
        """Of everything besides the settings that decides what is learned."""

    def terms(self, network: nn.Module, number: int, *, held_back: bool) -> dict[str, Tensor]:
        """The weighted losses on batch `number`, a pure function of it; or on pictures that are
        never learned from.
        """

    def sheet(self, network: nn.Module) -> np.ndarray:
        """RGB uint8: pictures before and after, to see how far it is."""


@dataclass(frozen=True, slots=True)
class TrainingProgress:
    """One step. `terms` are the weighted losses; `validation` is their sum on pictures held back,
    after the last step of an epoch. `best` tells whether none before was lower.
    """

    epoch: int
    step: int
    total: int
    loss: float
    terms: Mapping[str, float] = field(default_factory=dict)
    validation: float | None = None
    best: bool = False


class Training:
    """One run in `folder`: `network` learns while `run()` is drawn from.

    Steps depend on the settings, the objective and their number alone, so that an interrupted run
    goes on to the same weights. `folder` keeps the checkpoint, `losses.csv`, and a sheet of
    samples of every epoch.
    """

    def __init__(self, network: nn.Module, objective: Objective, settings: TrainingSettings,
                 folder: Path) -> None:
        self.settings, self.folder = settings, folder
        self.network, self.best_weights = network, _copied(network)
        self._objective = objective
        self._optimizer = torch.optim.AdamW(network.parameters(), lr=settings.learning_rate,
                                            weight_decay=1e-5)
        self._step, self._best, self._worse = 0, math.inf, 0
        self._checkpoint = Checkpoint(folder, settings, objective.digest, _digest(network))
        self._curves = Curves(folder)

    def run(self) -> Generator[TrainingProgress, None, None]:
        """Steps until the last epoch, or until `patience` epochs brought nothing better; then
        `network` is as it was after the best epoch.

        Raises TrainingError where the loss is no number any more, or `folder` holds another run.
        """
        self._resume()
        total = self.settings.epochs * self.settings.steps
        while self._step < total and not 0 < self.settings.patience <= self._worse:
            terms = self._learn(self._step)
            self._step += 1
            epoch = (self._step - 1) // self.settings.steps + 1
            progress = TrainingProgress(epoch, self._step, total, sum(terms.values()), terms)
            if self._step % self.settings.steps == 0:
                progress = self._epoch_ended(progress)
            self._curves.add(progress.step, terms, progress.validation)
            yield progress
        self.network.load_state_dict(self.best_weights)

    def validate(self) -> float:
        """The sum of losses on the same pictures held back, always."""
        with torch.no_grad():
            return float(np.mean([
                sum(float(term) for term in
                    self._objective.terms(self.network, number, held_back=True).values())
                for number in range(_VALIDATIONS)]))

    def _epoch_ended(self, last: TrainingProgress) -> TrainingProgress:
        validation = self.validate()
        better = validation < self._best
        self._best, self._worse = min(self._best, validation), 0 if better else self._worse + 1
        if better:
            self.best_weights = _copied(self.network)
        with torch.no_grad():
            self._curves.show(last.epoch, self._objective.sheet(self.network))
        self._curves.keep(self._step)
        self._checkpoint.save({
            "step": self._step, "best": self._best, "worse": self._worse,
            "network": self.network.state_dict(), "best_weights": self.best_weights,
            "optimizer": self._optimizer.state_dict()})
        return TrainingProgress(last.epoch, last.step, last.total, last.loss, last.terms,
                                validation, better)

    def _learn(self, number: int) -> dict[str, float]:
        for group in self._optimizer.param_groups:
            group["lr"] = self._rate(number)
        terms = self._objective.terms(self.network, number, held_back=False)
        loss = torch.stack([term.float() for term in terms.values()]).sum()
        if not math.isfinite(float(loss.detach())):
            raise TrainingError(f"Training left the rails at step {number}.",
                                "Start again with a lower learning_rate: --set learning_rate=...")
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self._optimizer.step()
        return {name: float(term.detach()) for name, term in terms.items()}

    def _rate(self, number: int) -> float:
        """Linear warm-up, then half a cosine down to a hundredth."""
        peak, warm = self.settings.learning_rate, self.settings.warm_up
        if number < warm:
            return peak * (number + 1) / warm
        left = max(1, self.settings.epochs * self.settings.steps - warm)
        return peak * (0.01 + 0.99 * (1 + math.cos(math.pi * (number - warm) / left)) / 2)

    def _resume(self) -> None:
        kept = self._checkpoint.load() if self._step == 0 else None
        if kept is None:
            return
        self.network.load_state_dict(kept["network"])
        self._optimizer.load_state_dict(kept["optimizer"])
        self.best_weights = kept["best_weights"]
        self._step, self._best, self._worse = kept["step"], kept["best"], kept["worse"]
        self._curves.keep(self._step)


def _copied(network: nn.Module) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in network.state_dict().items()}


def _digest(network: nn.Module) -> str:
    """Of the weights a run starts from."""
    import hashlib

    found = hashlib.sha256()
    for name, tensor in network.state_dict().items():
        found.update(name.encode())
        found.update(tensor.detach().cpu().numpy().tobytes())
    return found.hexdigest()
