"""A training run as one value: what `train` is given, and what becomes of it."""

from __future__ import annotations

from pathlib import Path
from typing import Self

import numpy as np
import torch
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr
from torch import nn

from core.jobs import Order
from core.models import Card, ModelRegistry
from core.models.history import today
from core.models.importing import described, slug
from core.recipe import asset_digest
from stylizers.neural.conventions import Conventions
from stylizers.neural.inspection import Hints
from stylizers.refusal import validated
from trainer.curves import sheet_file
from trainer.dataset import read_content, read_pairs, read_picture
from trainer.export_onnx import Export, Variant, export, variants
from trainer.losses import Perception
from trainer.network import StyleNetwork
from trainer.objectives import AnyPainting, Painting, Wanted
from trainer.paint_network import PaintNetwork, export_paint
from trainer.settings import TrainingSettings
from trainer.train import Objective, Training

_CALIBRATION = 4
_MEMORY = 35
"""Bytes per pixel and channel of a PaintNetwork at work, as measured."""
_CONVENTIONS = Hints(input_range="0..1", output_range="0..1", order="RGB", layout="NCHW")


class TrainingRun(BaseModel):
    """Everything that says what is trained, from what, and where it goes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: Path = Field(description="Folder of pictures and videos, or with pairs/ in it.")
    target: Path = Field(description="ONNX file to be written.")
    style_image: Path | None = Field(None, description="The painting, or a folder of paintings to "
                                                       "learn painting as any; without it pairs "
                                                       "are learned.")
    settings: TrainingSettings = TrainingSettings()
    start: Path | None = Field(None, description="Network to start from, exported here.")
    work: Path | None = Field(None, description="Folder of checkpoint, losses and samples; by "
                                                "default TARGET.training beside the target.")
    backbones: Path | None = Field(None, description="Folder with the weights that judge pictures.")

    _notes: dict[str, None] = PrivateAttr(default_factory=dict)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was said of the files that were read, once each."""
        return tuple(self._notes)

    @property
    def any_painting(self) -> bool:
        """Whether painting as any painting is learned, rather than as one."""
        return self.style_image is not None and self.style_image.is_dir()

    @property
    def folder(self) -> Path:
        return self.work or self.target.with_suffix(".training")

    def sheet(self, epoch: int) -> Path:
        """Where samples of an epoch are kept, counted from 1."""
        return sheet_file(self.folder, epoch)

    def order(self) -> Order:
        """The same as a job of the queue."""
        anchored = self.model_copy(update={
            name: path.absolute() for name, path in self if isinstance(path, Path)})
        return Order("train", self.target.name, anchored.target, anchored.style_image,
                     self.target.stem, options={"run": anchored.model_dump(mode="json")})

    @classmethod
    def of(cls, order: Order) -> Self:
        """From `order`; raises InvalidParameter for what a later version has queued."""
        return validated(cls, order.options["run"])

    def training(self) -> Training:
        """Ready to run, or to go on; raises BrushreelError for what is not there or of no use."""
        objective = self._objective()
        return Training(self._network(), objective, self.settings, self.folder)

    def export(self, training: Training) -> Export:
        """Write what was learned, with its card.

        Raises TrainingError or ModelError.
        """
        if isinstance(training.network, PaintNetwork):
            painted = export_paint(training.network, self.target)
            _paint_card(training.network, self.target).save(self.target)
            return painted
        made = export(training.network, self.target)
        said = {"about": f"Painted as {self.style_image.stem.replace('_', ' ').title()}."} \
            if self.style_image else {"about": "Trained from pairs of pictures."}
        described(self.target, slug(self.target.stem) or "model", _CONVENTIONS, said
                  ).save(self.target)
        return made

    def variants(self) -> list[Variant]:
        """Smaller files of the exported network, beside it."""
        content = self._pictures()
        return variants(self.target, content[:: max(1, len(content) // _CALIBRATION)])

    def _objective(self) -> Objective:
        if self.style_image is None:
            pairs = read_pairs(self.data)
            return Wanted(self.settings, Perception.load(self.backbones), pairs)
        if self.style_image.is_dir():
            paintings = self._content(self.style_image)
            return AnyPainting(self.settings, Perception.load(self.backbones), paintings,
                               self._content(self.data))
        painting, content = read_picture(self.style_image), self._content(self.data)
        return Painting(self.settings, Perception.load(self.backbones), painting, content)

    def _network(self) -> nn.Module:
        from trainer.machine import device

        torch.manual_seed(self.settings.seed)
        kind = PaintNetwork if self.any_painting else StyleNetwork
        network = kind(self.settings.width, self.settings.blocks) if self.start is None \
            else kind.from_onnx(self.start)
        return network.to(device())

    def _pictures(self) -> list[np.ndarray]:
        if self.style_image is None:
            return [source for source, _ in read_pairs(self.data)]
        return self._content(self.data)

    def _content(self, folder: Path) -> list[np.ndarray]:
        return read_content(folder, lambda said: self._notes.setdefault(said))


def _paint_card(network: PaintNetwork, path: Path) -> Card:
    """Its conventions are those of the look paint; what differs is how far it sees."""
    return Card(name=slug(path.stem) or "model", about="Paints as any painting.",
                sha256=asset_digest(path), size=path.stat().st_size, added=today(),
                producer=f"pytorch {torch.__version__}", conventions=Conventions(
                    input_name="image", output_name="picture", layout="NCHW", input_range="0..1",
                    output_range="0..1", global_statistics=True, reach=network.reach,
                    memory=_MEMORY * network.width))


def network_file(name: str) -> Path:
    """Where a network lies that is named by its file or as an installed model; raises ModelError.
    """
    path = Path(name)
    return path if path.is_file() else ModelRegistry().model(name.removeprefix("neural:")).path
