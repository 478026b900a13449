"""Motion and noise made up, so that a network learns steadiness from single pictures."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

_SPACING = 100
"""Pixels between the vectors of a made-up flow."""


def fake_motion(size: tuple[int, int], reach: float, chance: torch.Generator) -> Tensor:
    """A smooth random displacement as a sampling grid (1, H, W, 2) for `moved`.

    A coarse field of vectors of `reach` pixels (standard deviation), plus one shift for all, as of
    a camera (ReReVST, Wang et al. 2020): any picture then serves as two frames of a video.
    """
    height, width = size
    coarse = torch.randn(1, 2, *(max(2, side // _SPACING + 1) for side in size), generator=chance)
    field = functional.interpolate(coarse, size, mode="bicubic", align_corners=True)
    field = reach * (field + torch.randn(1, 2, 1, 1, generator=chance))
    straight = functional.affine_grid(torch.eye(2, 3)[None], [1, 1, height, width],
                                      align_corners=False)
    return straight + field.permute(0, 2, 3, 1) * torch.tensor([2 / width, 2 / height])


def moved(image: Tensor, grid: Tensor) -> Tensor:
    """The picture displaced by `fake_motion`; what comes from outside is its mirror."""
    return functional.grid_sample(image, grid.expand(len(image), -1, -1, -1), mode="bilinear",
                                  padding_mode="reflection", align_corners=False)


def stability_loss(network: Callable[[Tensor], Tensor], image: Tensor, drawn: Tensor,
                   chance: torch.Generator, *, reach: float = 4.0, noise: float = 0.02) -> Tensor:
    """How far drawing a moved, noisy picture is from moving its drawing: mean squared error."""
    grid = fake_motion((image.shape[2], image.shape[3]), reach, chance).to(image.device)
    grain = noise * torch.randn(image.shape, generator=chance).to(image.device)
    # Where the mirror was sampled nothing is known of the next frame.
    inside = (grid.abs() <= 1).all(-1)[:, None].float()
    error = (network(moved(image, grid) + grain) - moved(drawn, grid)).square() * inside
    return error.sum() / inside.sum().clamp(min=1) / (len(image) * image.shape[1])
