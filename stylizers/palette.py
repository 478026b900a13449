"""The few colors of a shot: found by k-means at its start, followed from frame to frame.

Colors are OKLab (K, 3). A color keeps its row for a whole shot: the search goes on from the colors
before (Lloyd, "Least squares quantization in PCM", 1982), so none can change places, and each frame
moves them by a part of the way only.
"""

from __future__ import annotations

import numpy as np

_ROUNDS = 10
_EVERY = 3
"""Of so many samples one serves for the search; all serve for its last steps."""
_RARE = 0.002
"""Share of the picture below which a color is let go: it fades out, and may serve elsewhere."""
_UNSERVED = 0.06
"""Distance in OKLab from every color at which a part of the picture asks for one of its own."""


def found(samples: np.ndarray, count: int) -> np.ndarray:
    """`count` colors of `samples` (N, 3), by bisecting k-means.

    The group with the largest error is split in two along its longest axis until there are enough
    (Steinbach, Karypis and Kumar, 2000). Nothing is drawn at random, and noise changes little.
    """
    few = samples[::_EVERY]
    colors = few.mean(axis=0, keepdims=True)
    while len(colors) < count:
        nearest, distance = _assigned(few, colors)
        errors = np.bincount(nearest, distance, len(colors))
        worst = int(np.argmax(errors))
        if errors[worst] < 1e-9:  # fewer colors than asked for: the rest find nothing to do
            return np.concatenate([colors, colors[np.zeros(count - len(colors), int)]])
        group = few[nearest == worst]
        axis = _spread(group)
        pair = np.stack([colors[worst] - axis, colors[worst] + axis])
        for _ in range(4):
            pair = moved(group, pair)[0]
        colors = np.concatenate([colors[:worst], pair, colors[worst + 1:]])
    for _ in range(_ROUNDS):
        colors = moved(few, colors)[0]
    for _ in range(2):
        colors = moved(samples, colors)[0]
    return colors


def moved(samples: np.ndarray, colors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One step of Lloyd's: the mean of what is nearest to each color, and its share of it all."""
    nearest, _ = _assigned(samples, colors)
    counts = np.bincount(nearest, minlength=len(colors))
    sums = np.stack([np.bincount(nearest, samples[:, axis], len(colors)) for axis in range(3)], 1)
    means = np.where(counts[:, None] > 0, sums / np.maximum(counts, 1)[:, None], colors)
    return means, counts / len(samples)


def followed(samples: np.ndarray, colors: np.ndarray, shares: np.ndarray,
             rate: float) -> tuple[np.ndarray, np.ndarray]:
    """`colors` and `shares` of the frame before moved `rate` of the way towards `samples`.

    A color that nothing is near to loses its share; once that is gone it goes where it is missed
    most, still without a share, so that it comes up there as slowly as it went.
    """
    means, counts = moved(samples, colors)
    shares = shares + rate * (counts - shares)
    colors = colors + rate * (means - colors)
    idle = int(np.argmin(shares))
    if shares[idle] < _RARE / 4:
        _, distance = _assigned(samples, colors)
        farthest = int(np.argmax(distance))
        if distance[farthest] > _UNSERVED ** 2:
            colors[idle] = samples[farthest]
            shares[idle] = 0
    return colors, shares


def presence(shares: np.ndarray) -> np.ndarray:
    """How far each color takes part, 0..1: all equally but those that come or go."""
    return np.clip(shares / _RARE, 1e-6, 1)


def _spread(group: np.ndarray) -> np.ndarray:
    """The longest axis of `group` (N, 3), one standard deviation long, its light end first."""
    values, vectors = np.linalg.eigh(np.cov(group.T, bias=True) + 1e-9 * np.eye(3))
    axis = vectors[:, -1] * np.sqrt(values[-1])
    return axis if axis[np.argmax(np.abs(axis))] > 0 else -axis


def _assigned(samples: np.ndarray, colors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The nearest color of each sample, and its squared distance."""
    # |s - c|^2 without |s|^2 orders the colors too, and is one product of matrices.
    order = (colors ** 2).sum(axis=1) - 2 * samples @ colors.T
    nearest = order.argmin(axis=1)
    distance = order[np.arange(len(samples)), nearest] + (samples ** 2).sum(axis=1)
    return nearest, np.maximum(distance, 0)
