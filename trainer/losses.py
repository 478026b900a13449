"""What a picture is judged by while a network learns: style, content, smoothness."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from core.metrics.weights import tensors_in
from core.models.backbones import SQUEEZENET, VGG, find_or_fetch_all
from trainer.backbone import SqueezeNet, Vgg
from trainer.machine import device

_VGG_TAPS = 3
CONTENT_TAPS = (1, 2, 3)
"""Of SqueezeNet's: layers 4, 7 and 9, at a quarter, an eighth and a sixteenth of the size."""


class Perception(nn.Module):
    """The features of both backbones: VGG's for fine texture, SqueezeNet's for larger strokes."""

    def __init__(self, vgg: Vgg, squeezenet: SqueezeNet, place: torch.device) -> None:
        super().__init__()
        self.vgg, self.squeezenet, self.place = vgg, squeezenet, place
        self.requires_grad_(requires_grad=False)
        self.to(place, memory_format=torch.channels_last)  # type: ignore[call-overload]

    @classmethod
    def load(cls, backbones: Path | None = None, place: torch.device | None = None) -> Perception:
        """With weights from `backbones`, or where they are kept, or fetched.

        Raises ModelError or TrainingError.
        """
        vgg, squeezenet = map(tensors_in, find_or_fetch_all((VGG, SQUEEZENET), backbones))
        return cls(Vgg(vgg), SqueezeNet(squeezenet), place or device())

    def forward(self, image: Tensor) -> list[Tensor]:
        """Of R'G'B' 0..1 (N, 3, H, W): three taps of VGG, then five of SqueezeNet."""
        return [*self.vgg(image), *self.squeezenet(image)]

    def content(self, image: Tensor) -> list[Tensor]:
        """What `content_loss` wants, of a photograph: SqueezeNet's alone, since VGG's first layers
        cost more than all the rest and would keep the photograph's texture.
        """
        seen = self.squeezenet(image)
        return [seen[tap] for tap in CONTENT_TAPS]


def content_of(features: Sequence[Tensor]) -> list[Tensor]:
    """As `Perception.content`, of all features."""
    return [features[_VGG_TAPS + tap] for tap in CONTENT_TAPS]


def gram(features: Tensor) -> Tensor:
    """Gram matrices (N, C, C) of (N, C, H, W), per position (Gatys et al. 2016, equation 3)."""
    with torch.autocast(features.device.type, enabled=False):  # sums of many small products
        flat = features.float().flatten(2)
        return flat @ flat.transpose(1, 2) / flat.shape[2]


def style_loss(features: Sequence[Tensor], wanted: Sequence[Tensor]) -> Tensor:
    """Mean over the taps of the squared distance to the Gram matrices `wanted` (1 or N, C, C),
    each in units of their own, so that every tap weighs the same whatever its size.
    """
    terms = [((gram(now) - then).square().sum((1, 2)) / then.square().sum((1, 2))).mean()
             for now, then in zip(features, wanted, strict=True)]
    return torch.stack(terms).mean()


def content_loss(features: Sequence[Tensor], wanted: Sequence[Tensor]) -> Tensor:
    """Mean over the taps of the squared distance of all features of a drawing to what
    `Perception.content` gave, in units of the latter.
    """
    terms = [(now - then).float().square().mean() / then.float().square().mean()
             for now, then in zip(content_of(features), wanted, strict=True)]
    return torch.stack(terms).mean()


def total_variation(image: Tensor) -> Tensor:
    """Mean absolute difference of neighbors, across and down."""
    return ((image[..., 1:, :] - image[..., :-1, :]).abs().mean()
            + (image[..., :, 1:] - image[..., :, :-1]).abs().mean())
