"""To draw what pairs of pictures show: a source, and what is wanted of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from trainer import losses
from trainer.crops import Crops, divided
from trainer.digest import digest
from trainer.losses import Perception
from trainer.machine import reduced_precision
from trainer.motion import stability_loss
from trainer.settings import TrainingSettings
from trainer.sheet import before_and_after


class Wanted:
    """Supervised: the wanted picture's colors, its texture, and what is to be seen in it."""

    def __init__(self, settings: TrainingSettings, perception: Perception,
                 pairs: Sequence[tuple[np.ndarray, np.ndarray]]) -> None:
        """`pairs` are RGB uint8 (H, W, 3), two of a size each."""
        self._settings, self._perception = settings, perception
        stacked = [np.concatenate(pair, axis=2) for pair in pairs]
        taught, self._held_back = divided(stacked)
        crops = settings.size, settings.batch
        self._crops = Crops(taught, *crops, settings.seed)
        self._held_crops = Crops(self._held_back, *crops, settings.seed + 1)
        self.digest = digest(stacked)

    def terms(self, network: nn.Module, number: int, *, held_back: bool) -> dict[str, Tensor]:
        chosen = self._settings
        both = (self._held_crops if held_back else self._crops).batch(number)
        both = both.to(self._perception.place, memory_format=torch.channels_last)
        image, wanted = both[:, :3], both[:, 3:]
        chance = torch.Generator().manual_seed(chosen.seed * 1_000_003 + number)
        with reduced_precision(self._perception.place, chosen):
            drawn = network(image)
            with torch.no_grad():
                goal = self._perception(wanted)
            features = self._perception(drawn)
            style = losses.style_loss(features, [losses.gram(each) for each in goal])
            terms = {"likeness": chosen.likeness_weight * (drawn - wanted).abs().mean(),
                     "style": chosen.style_weight * style,
                     "content": chosen.content_weight * losses.content_loss(
                         features, losses.content_of(goal))}
            if weight := chosen.stability_weight:
                terms["stability"] = weight * stability_loss(network, image[:1], drawn[:1], chance)
        return terms

    def sheet(self, network: nn.Module) -> np.ndarray:
        return before_and_after(network, [pair[..., :3] for pair in self._held_back],
                                self._settings.size)
