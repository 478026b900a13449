"""Pictures as a network takes them, and back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stylizers.neural.conventions import LIMITS, Conventions


def to_tensor(pictures: Sequence[np.ndarray], conventions: Conventions) -> np.ndarray:
    """R'G'B' pictures (H, W, 3) float32 0..1, all of one size, as the network's input."""
    low, high = LIMITS[conventions.input_range]
    batch = np.stack(pictures) * np.float32(high - low) + np.float32(low)
    if conventions.order == "BGR":
        batch = batch[..., ::-1]
    if conventions.layout == "NCHW":
        batch = batch.transpose(0, 3, 1, 2)
    if not conventions.batch_axis:
        batch = batch[0]
    if conventions.dtype == "uint8":
        batch = np.clip(np.rint(batch), 0, 255)
    return np.ascontiguousarray(batch, conventions.dtype)


def from_tensor(tensor: np.ndarray, conventions: Conventions) -> np.ndarray:
    """The network's output as R'G'B' pictures (N, H, W, 3) float32, 0..1 where it keeps to its
    range.
    """
    batch = tensor if conventions.batch_axis else tensor[None]
    if conventions.layout == "NCHW":
        batch = batch.transpose(0, 2, 3, 1)
    if conventions.order == "BGR":
        batch = batch[..., ::-1]
    low, high = LIMITS[conventions.output_range]
    return (batch.astype(np.float32) - np.float32(low)) * np.float32(1 / (high - low))
