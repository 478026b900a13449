"""SqueezeNet 1.1 of Iandola et al. (2016), as torchvision lays it out: what it sees in pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

_POOLS = (2, 5, 8)
SMALLEST = 17
"""Pixels of the short side below which a layer would have nothing left to see."""


def activations(weights: Mapping[str, Tensor], pictures: Tensor, taps: Sequence[int]
                ) -> list[Tensor]:
    """What layers `taps` of `features` answer to normalized `pictures` (N, 3, H, W)."""
    from torch.nn import functional

    now, found = pictures, {}
    for number in range(max(taps) + 1):
        name = f"features.{number}"
        if number == 0:
            now = functional.conv2d(now, weights[f"{name}.weight"], weights[f"{name}.bias"], 2)
        elif number == 1:
            now = now.relu()
        elif number in _POOLS:
            now = functional.max_pool2d(now, 3, 2, ceil_mode=True)
        else:
            now = _fire(weights, name, now)
        if number in taps:
            found[number] = now
    return [found[tap] for tap in taps]


def _fire(weights: Mapping[str, Tensor], name: str, now: Tensor) -> Tensor:
    import torch
    from torch.nn import functional

    def convolved(part: str, pictures: Tensor, padding: int = 0) -> Tensor:
        kernel, bias = (weights[f"{name}.{part}.{kind}"] for kind in ("weight", "bias"))
        return functional.conv2d(pictures, kernel, bias, padding=padding).relu()

    squeezed = convolved("squeeze", now)
    return torch.cat([convolved("expand1x1", squeezed), convolved("expand3x3", squeezed, 1)], 1)
