"""To paint any picture as one painting is painted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from trainer import losses
from trainer.crops import Crops, divided, tensor
from trainer.dataset import sized
from trainer.digest import digest
from trainer.losses import Perception
from trainer.machine import reduced_precision
from trainer.motion import stability_loss
from trainer.settings import TrainingSettings
from trainer.sheet import before_and_after


class Painting:
    """The objective of Johnson et al. 2016, with a stability term against boiling."""

    def __init__(self, settings: TrainingSettings, perception: Perception, painting: np.ndarray,
                 content: Sequence[np.ndarray]) -> None:
        """`painting` and `content` are RGB uint8 (H, W, 3)."""
        self._settings, self._perception = settings, perception
        taught, self._held_back = divided(content)
        crops = settings.size, settings.batch
        self._crops = Crops(taught, *crops, settings.seed)
        self._held_crops = Crops(self._held_back, *crops, settings.seed + 1)
        self.style = self._grams(painting)
        self.digest = digest([painting, *content])

    def terms(self, network: nn.Module, number: int, *, held_back: bool) -> dict[str, Tensor]:
        crops = self._held_crops if held_back else self._crops
        image = crops.batch(number).to(self._perception.place, memory_format=torch.channels_last)
        chance = torch.Generator().manual_seed(self._settings.seed * 1_000_003 + number)
        with reduced_precision(self._perception.place, self._settings):
            drawn = network(image)
            terms = self.judged(image, drawn)
            if weight := self._settings.stability_weight:
                # One picture of the batch: motion is random anyway, and one costs less.
                terms["stability"] = weight * stability_loss(network, image[:1], drawn[:1], chance)
        return terms

    def judged(self, image: Tensor, drawn: Tensor) -> dict[str, Tensor]:
        """The losses of a drawing of `image`, whoever drew it; both (N, 3, H, W)."""
        chosen = self._settings
        with torch.no_grad():
            wanted = self._perception.content(image)
        features = self._perception(drawn)
        return {"style": chosen.style_weight * losses.style_loss(features, self.style),
                "content": chosen.content_weight * losses.content_loss(features, wanted),
                "variation": chosen.variation_weight * losses.total_variation(drawn)}

    def sheet(self, network: nn.Module) -> np.ndarray:
        return before_and_after(network, self._held_back, self._settings.size)

    def _grams(self, painting: np.ndarray) -> list[Tensor]:
        image = tensor(sized(painting, self._settings.style_size)).to(self._perception.place)
        with torch.no_grad(), reduced_precision(self._perception.place, self._settings):
            return [losses.gram(features) for features in self._perception(image)]
