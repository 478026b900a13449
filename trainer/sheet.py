"""Sheets of samples: pictures above what a network makes of them."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from trainer.crops import tensor

_MOST = 4


def before_and_after(network: nn.Module, pictures: Sequence[np.ndarray], height: int
                     ) -> np.ndarray:
    """RGB uint8 of the first few pictures, RGB uint8 each, at one height."""
    shown = [at_height(picture, height) for picture in pictures[:_MOST]]
    return np.hstack([np.vstack([each, drawn(network, each)]) for each in shown])


def drawn(network: nn.Module, picture: np.ndarray) -> np.ndarray:
    """What the network makes of a picture, RGB uint8 both."""
    place = next(network.parameters()).device
    with torch.no_grad():
        return as_picture(network(tensor(picture).to(place)))


def as_picture(image: Tensor) -> np.ndarray:
    """RGB uint8 (H, W, 3) of R'G'B' 0..1 (1, 3, H, W)."""
    values = image[0].permute(1, 2, 0).clamp(0, 1).float().cpu().numpy()
    return (values * 255 + 0.5).astype(np.uint8)


def at_height(picture: np.ndarray, height: int) -> np.ndarray:
    """RGB uint8 of that height."""
    width = max(16, round(picture.shape[1] * height / picture.shape[0]))
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
