"""FineTuner: a network learns from approved pairs, and takes over only if that makes it better."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.metrics import Lpips
from core.models import Lineage, Model, ModelRegistry
from core.recipe import asset_digest
from trainer.crops import divided
from trainer.digest import digest
from trainer.evidence import weighed
from trainer.export_onnx import export
from trainer.gate import Margins, Measures, compared
from trainer.losses import Perception
from trainer.machine import device
from trainer.network import StyleNetwork
from trainer.objectives import Wanted
from trainer.settings import TrainingSettings
from trainer.train import Training, TrainingProgress

Pair = tuple[np.ndarray, np.ndarray]
GENTLE = TrainingSettings(epochs=3, steps=100, learning_rate=5e-4, warm_up=20)
"""Settings that change a network without forgetting what it was."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a candidate: `model` is the version it is kept as, None where nothing was
    learned; `current` whether it took its parent's place, and `reasons` why not.
    """

    model: Model | None
    current: bool
    reasons: tuple[str, ...]
    before: Measures | None = None
    after: Measures | None = None


class FineTuner:
    """One attempt on the network called `name`, with `pairs` of source and wanted frames."""

    def __init__(self, name: str, pairs: list[Pair], folder: Path, *,
                 settings: TrainingSettings = GENTLE, margins: Margins | None = None,
                 registry: ModelRegistry | None = None, backbones: Path | None = None) -> None:
        """`pairs` are RGB uint8 (H, W, 3), two of a size each; `folder` keeps what training does.

        Raises ModelError where the network is not there or was not trained here.
        """
        self._registry = registry or ModelRegistry()
        self._parent = self._registry.model(name)
        self._pairs, self._folder = pairs, folder
        self._network = StyleNetwork.from_onnx(self._parent.path)
        self._settings = settings.model_copy(update={
            "width": self._network.width, "blocks": len(self._network.blocks)})
        self._margins = margins or Margins()
        self._perception = Perception.load(backbones)
        self._lpips = Lpips.load(backbones)

    def run(self) -> Generator[TrainingProgress, None, Verdict]:
        """Train, measure, and decide; gives the verdict.

        Raises TrainingError where the loss is no number any more.
        """
        objection = weighed(self._pairs, self._perception).objection
        if objection:
            return Verdict(None, current=False, reasons=(objection,))
        parent = StyleNetwork.from_onnx(self._parent.path).to(device())
        training = Training(self._network.to(device()),
                            Wanted(self._settings, self._perception, self._pairs),
                            self._settings, self._folder)
        yield from training.run()
        return self._judged(parent)

    def _judged(self, parent: StyleNetwork) -> Verdict:
        before, after = compared(parent.eval(), self._network.eval(), self._held_back(),
                                 self._lpips)
        reasons = self._margins.objections(before, after)
        verdict = "better on all counts." if not reasons else f"set aside: {'; '.join(reasons)}."
        lineage = Lineage(
            parent=asset_digest(self._parent.path),
            data=digest([picture for pair in self._pairs for picture in pair]),
            settings=self._settings.model_dump(), before=before.document(),
            after=after.document(), verdict=verdict)
        made = export(self._network, self._folder / f"{self._parent.name}.onnx")
        model = self._registry.follow(self._parent.name, made.path, lineage, current=not reasons)
        return Verdict(model, not reasons, reasons, before, after)

    def _held_back(self) -> list[Pair]:
        """The pairs that training keeps for validation."""
        _, held = divided([np.concatenate(pair, axis=2) for pair in self._pairs])
        return [(each[..., :3], each[..., 3:]) for each in held]
