"""To paint any picture as any painting is painted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from trainer import losses
from trainer.crops import Crops, divided, tensor
from trainer.digest import digest
from trainer.losses import Perception
from trainer.machine import reduced_precision
from trainer.motion import stability_loss
from trainer.settings import TrainingSettings
from trainer.sheet import as_picture, at_height

_SHOWN = 3
"""Paintings and pictures on a sheet."""


class AnyPainting:
    """The objective of Huang and Belongie 2017 with Gram matrices, over many paintings.

    So that a few dozen paintings teach all, each crop of one comes in colors of chance.
    """

    def __init__(self, settings: TrainingSettings, perception: Perception,
                 paintings: Sequence[np.ndarray], content: Sequence[np.ndarray]) -> None:
        """`paintings` and `content` are RGB uint8 (H, W, 3)."""
        self._settings, self._perception = settings, perception
        crops = settings.size, settings.batch
        taught, self._held_back = divided(content)
        self._crops = Crops(taught, *crops, settings.seed)
        self._held_crops = Crops(self._held_back, *crops, settings.seed + 1)
        self._paintings = Crops(paintings, *crops, settings.seed + 2)
        self._shown = paintings
        self.digest = digest([*paintings, *content])

    def terms(self, network: nn.Module, number: int, *, held_back: bool) -> dict[str, Tensor]:
        chosen, place = self._settings, self._perception.place
        image = (self._held_crops if held_back else self._crops).batch(number)
        chance = torch.Generator().manual_seed(chosen.seed * 1_000_003 + number)
        painting = recolored(self._paintings.batch(number), chance)
        image, painting = (each.to(place, memory_format=torch.channels_last)
                           for each in (image, painting))
        with reduced_precision(place, chosen):
            drawn = network(image, painting)
            with torch.no_grad():
                wanted = self._perception.content(image)
                style = [losses.gram(features) for features in self._perception(painting)]
            features = self._perception(drawn)
            terms = {"style": chosen.style_weight * losses.style_loss(features, style),
                     "content": chosen.content_weight * losses.content_loss(features, wanted),
                     "variation": chosen.variation_weight * losses.total_variation(drawn)}
            if weight := chosen.stability_weight:
                first = painting[:1]
                terms["stability"] = weight * stability_loss(
                    lambda picture: network(picture, first), image[:1], drawn[:1], chance)
        return terms

    def sheet(self, network: nn.Module) -> np.ndarray:
        """Paintings down, pictures across."""
        place, size = next(network.parameters()).device, self._settings.size
        columns = [at_height(picture, size) for picture in self._held_back[:_SHOWN]]
        rows = [np.hstack([np.zeros((size, size, 3), np.uint8), *columns])]
        for painting in self._shown[:_SHOWN]:
            shown = at_height(painting, size)
            square = np.zeros((size, size, 3), np.uint8)
            width = min(size, shown.shape[1])
            square[:, :width] = shown[:, :width]
            with torch.no_grad():
                drawn = [as_picture(network(tensor(picture).to(place), tensor(shown).to(place)))
                         for picture in columns]
            rows.append(np.hstack([square, *drawn]))
        return np.vstack(rows)


def recolored(paintings: Tensor, chance: torch.Generator) -> Tensor:
    """R'G'B' 0..1 (N, 3, H, W), half of them with channels exchanged, some in negative, all with
    more or less contrast.
    """
    found = []
    for painting in paintings:
        if torch.rand(1, generator=chance) < 0.5:
            painting = painting[torch.randperm(3, generator=chance)]
        if torch.rand(1, generator=chance) < 0.15:
            painting = 1 - painting
        gamma = float(torch.empty(1).uniform_(-0.4, 0.4, generator=chance).exp())
        found.append(painting.clamp(0, 1) ** gamma)
    return torch.stack(found)
