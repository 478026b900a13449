"""LPIPS(squeeze) v0.1: how different two pictures look, by what a network sees in them.

Zhang, Isola, Efros, Shechtman and Wang, "The Unreasonable Effectiveness of Deep Features as a
Perceptual Metric" (2018), eq. 1. 0 for equal pictures, about 1 for unlike ones; lower is closer.
It needs torch, the weights of SqueezeNet 1.1 and the heads that come with the package lpips, which
itself is not imported, since it needs a torchvision that fits torch. Where one of them is missing
there is no number: `Lpips.load` says what is, and that `models fetch-backbones` gets it.
"""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from core.errors import ModelCorrupt, ModelMissing
from core.metrics.squeezenet import SMALLEST, activations
from core.metrics.weights import tensors_in
from core.models.backbones import HEADS, SQUEEZENET, find

if TYPE_CHECKING:
    from torch import Tensor

Features: TypeAlias = "list[Tensor] | None"
"""What LPIPS compares; None of a picture too small."""

TAPS = (1, 4, 7, 9, 10, 11, 12)
_SHIFT, _SCALE = (-0.030, -0.088, -0.188), (0.458, 0.448, 0.450)
_EPSILON = 1e-10
_INSTALL = "The command models fetch-backbones gets all that it needs."


class Lpips:
    """The measure with its weights, ready to compare pictures."""

    def __init__(self, backbone: Mapping[str, Tensor], heads: Mapping[str, Tensor]) -> None:
        self._backbone = {name: tensor.float() for name, tensor in backbone.items()
                          if name.startswith("features.")}
        self._heads = [heads[f"lin{k}.model.1.weight"].float() for k in range(len(TAPS))]

    @classmethod
    def load(cls, folder: Path | None = None) -> Lpips:
        """With SqueezeNet's weights from `folder`, or where they are kept; fetches nothing.

        Raises ModelMissing for what is not installed, ModelCorrupt for what is damaged.
        """
        if importlib.util.find_spec("torch") is None:
            raise ModelMissing("LPIPS needs torch, which is not installed.", _INSTALL)
        try:
            return cls(tensors_in(find(SQUEEZENET, folder)), tensors_in(_heads()))
        except KeyError as error:
            raise ModelCorrupt(f"A tensor LPIPS needs, {error}, is not in its file.",
                               "Remove the file and get it again.") from error

    def features(self, picture: np.ndarray) -> Features:
        """What is compared: unit features of R'G'B' float32 (H, W, 3) in 0..1.

        None for a picture too small for the network.
        """
        import torch

        if min(picture.shape[:2]) < SMALLEST:
            return None
        with torch.inference_mode():
            shift, scale = (torch.tensor(row).view(1, 3, 1, 1) for row in (_SHIFT, _SCALE))
            planes = torch.from_numpy(np.ascontiguousarray(picture.transpose(2, 0, 1)))[None]
            seen = activations(self._backbone, (2 * planes - 1 - shift) / scale, TAPS)
            return [tap / (tap.square().sum(1, keepdim=True).sqrt() + _EPSILON) for tap in seen]

    def between(self, one: Features, other: Features) -> float:
        """LPIPS of two pictures by their features; not a number for pictures too small."""
        import torch

        if one is None or other is None:
            return math.nan
        with torch.inference_mode():
            return float(sum(((a - b).square() * head).sum(1).mean()
                             for a, b, head in zip(one, other, self._heads, strict=True)))

    def __call__(self, one: np.ndarray, other: np.ndarray) -> float:
        """LPIPS of two pictures R'G'B' float32 (H, W, 3) in 0..1, of one size."""
        return self.between(self.features(one), self.features(other))


def _heads() -> Path:
    try:
        return find(HEADS)
    except ModelMissing as error:
        raise ModelMissing("LPIPS needs the heads of the package lpips, which is not installed.",
                           _INSTALL) from error
