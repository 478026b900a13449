"""The few colors of a shot: found by k-means at its start, followed from frame to frame.

Colors (K, 3) and samples (N, 3) are OKLab with a and b times `HUE`. A color keeps its row for a
whole shot: the search goes on from the colors before (Lloyd, "Least squares quantization in PCM",
1982), so none can change places, and each frame moves them by a part of the way only.
"""

from __future__ import annotations

import math

import numpy as np

from stylizers import oklab

HUE = 1.35
"""How much more than lightness hue and chroma count: so that skin, lips and sky have each their own
color, and not all shades of one."""
_GREY = 0.06
"""What a grey sample counts, when one counts more by its chroma."""
_ROUNDS = 10
_SOFTNESS = (0.012, 0.016)
"""Under it a sky would show bands, over it colors would not be flat."""
_RANGE, _LEAST = 1.6, 0.75
"""Deviations between the mean lightness and black or white; and the least range to stretch."""
_EVERY = 3
"""Of so many samples one serves for the search; all serve for its last steps."""
_RARE = 0.002
"""Share of the picture below which a color is let go: it fades out, and may serve elsewhere."""
_UNSERVED = 0.06
"""Distance in OKLab from every color at which a part of the picture asks for one of its own."""


def seen(rgb: np.ndarray) -> np.ndarray:
    """Samples (N, 3) of R'G'B' 0..1."""
    return oklab.oklab(rgb) * (1, HUE, HUE)


def shown(colors: np.ndarray) -> np.ndarray:
    """OKLab (K, 3) of colors."""
    return colors / (1, HUE, HUE)


def found(samples: np.ndarray, count: int) -> np.ndarray:
    """`count` colors of `samples`, by bisecting k-means.

    The group with the largest error is split in two along its longest axis until there are enough
    (Steinbach, Karypis and Kumar, 2000). Nothing is drawn at random, and noise changes little.
    """
    few = samples[::_EVERY]
    weights = weighed(few)
    colors = (weights @ few / weights.sum())[None]
    while len(colors) < count:
        nearest, distance = _assigned(few, colors)
        errors = np.bincount(nearest, distance * weights, len(colors))
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


def weighed(samples: np.ndarray) -> np.ndarray:
    """How much each sample counts, (N,): a small vivid thing as much as a large grey one."""
    return _GREY + np.hypot(samples[:, 1], samples[:, 2])


def moved(samples: np.ndarray, colors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One step of Lloyd's: the mean of what is nearest to each color, and its share of it all."""
    weights = weighed(samples)
    nearest, _ = _assigned(samples, colors)
    sums = np.stack([np.bincount(nearest, weights * values, len(colors))
                     for values in (np.ones(len(samples)), *samples.T)], axis=1)
    means = np.where(sums[:, :1] > 0, sums[:, 1:] / np.maximum(sums[:, :1], 1e-12), colors)
    return means, sums[:, 0] / weights.sum()


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


def stretched(colors: np.ndarray, shares: np.ndarray, contrast: float) -> tuple[float, float]:
    """What L of 0 and of 1 become: at a `contrast` of 1 the darkest and the lightest colors, as far
    as their mean and deviation tell, are black and white."""
    weights = np.sqrt(np.maximum(shares, 0))
    mean = float(weights @ colors[:, 0] / weights.sum())
    deviation = math.sqrt(float(weights @ (colors[:, 0] - mean) ** 2 / weights.sum()))
    dark, light = max(mean - _RANGE * deviation, 0.0), min(mean + _RANGE * deviation, 1.0)
    missing = max(_LEAST - (light - dark), 0.0)
    dark = max(dark - missing / 2, 0.0)
    width = max(light - dark, _LEAST)
    return -contrast * dark / width, (1 - contrast) + contrast * (1 - dark) / width


def softness(colors: np.ndarray, shares: np.ndarray) -> float:
    """Of the steps between the colors: a fifth of what lies between neighbors, within limits."""
    apart = np.sqrt(((colors[:, None] - colors) ** 2).sum(axis=2)) / presence(shares)
    np.fill_diagonal(apart, np.inf)
    weights = np.sqrt(np.maximum(shares, 0))
    between = float(weights @ np.minimum(apart.min(axis=1), 1) / weights.sum())
    return float(np.clip(between / 5, *_SOFTNESS))


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
