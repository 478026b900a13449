"""Whether pairs of pictures belong together: nothing is learned from what nobody can have meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor

from trainer.crops import tensor
from trainer.losses import Perception

FEWEST = 6
"""Pairs below which nothing can be told of them."""
RECOGNIZED = 0.8
"""Share of the wanted pictures that must be told to belong to their own source."""
_SIZE = 128
_FLAT = 1e-3
"""Variance of luma, 0..1, of a picture in which there is nothing to see."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """`recognized` is the share of wanted pictures nearer to their own source, in what SqueezeNet
    sees in them, than to any other; `flat` the share in which there is nothing to see.
    """

    pairs: int
    recognized: float
    flat: float

    @property
    def objection(self) -> str:
        """What keeps the pairs from being learned from; empty if nothing does."""
        if self.pairs < FEWEST:
            return f"not enough evidence: {self.pairs} pairs, of which it takes {FEWEST}"
        if self.flat > 1 - RECOGNIZED:
            return f"{self.flat:.0%} of the wanted pictures show nothing"
        if self.recognized < RECOGNIZED:
            return (f"only {self.recognized:.0%} of the wanted pictures can be told to belong to "
                    "their source")
        return ""


def weighed(pairs: Sequence[tuple[np.ndarray, np.ndarray]], perception: Perception) -> Evidence:
    """Of pairs of RGB uint8 (H, W, 3)."""
    flat = [_small(wanted).mean(2).var() / 255**2 < _FLAT for _, wanted in pairs]
    sources, wanted = ([_seen(picture, perception) for picture in side]
                       for side in zip(*pairs, strict=True))
    nearest = [int(np.argmax([float(source @ mark) for source in sources])) == number
               for number, mark in enumerate(wanted)]
    return Evidence(len(pairs), float(np.mean(nearest)), float(np.mean(flat)))


def _small(picture: np.ndarray) -> np.ndarray:
    return cv2.resize(picture, (_SIZE, _SIZE), interpolation=cv2.INTER_AREA)


def _seen(picture: np.ndarray, perception: Perception) -> Tensor:
    """What is where in a picture, whatever its colors and strokes: a unit vector."""
    with torch.no_grad():
        features = perception.content(tensor(_small(picture)).to(perception.place))[-1]
        # Each channel less its mean over the picture: style is what is everywhere.
        placed = (features - features.mean((2, 3), keepdim=True)).flatten().float()
        return placed / placed.norm().clamp(min=1e-6)
