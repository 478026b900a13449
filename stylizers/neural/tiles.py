"""Cutting a picture into tiles of one shape, and joining what was drawn without a seam.

Everything here depends on sizes alone, so the grid of a shot never moves.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_ALIGNED = 8
"""Tiles start at multiples of this at least: a network with strides sees every second, fourth or
eighth pixel, and must see the same ones in every tile."""
_SOFT = 8
"""Pixels over which neighbors are blended where there is nothing to hide."""


@dataclass(frozen=True, slots=True)
class Line:
    """Tiles along one axis: their length, where they start, and how long the padded axis is."""

    tile: int
    starts: tuple[int, ...]

    @property
    def padded(self) -> int:
        return self.starts[-1] + self.tile


def line(length: int, tile: int, overlap: int, multiple: int, fixed: int | None = None) -> Line:
    """Tiles that cover `length`, none longer than `tile`, sharing at least `overlap` pixels.

    Their length is a multiple of `multiple`, or exactly `fixed`. They are as short as their number
    allows, so that little is drawn twice.
    """
    aligned = math.lcm(multiple, _ALIGNED)
    if fixed is None and length <= tile:
        return Line(_up(length, multiple), (0,))
    longest = fixed or max(tile // aligned, 6) * aligned
    if length <= longest:
        return Line(longest if fixed else _up(length, multiple), (0,))
    # Starts are rounded to what is aligned, the last one up and the others down.
    shared = min(overlap, longest // 2 - 2 * aligned) + 2 * aligned
    count = math.ceil((length - shared) / (longest - shared))
    size = fixed or min(_up(math.ceil((length + (count - 1) * shared) / count), aligned), longest)
    last = _up(max(length - size, 0), aligned)
    starts = [number * last // (count - 1) // aligned * aligned for number in range(count - 1)]
    return Line(size, (*starts, last))


def windows(line: Line, reach: int) -> list[np.ndarray]:
    """The weight of each tile along its length, float32; where tiles overlap they sum to 1.

    What a network draws within `reach` of the edge of a tile lacks what lies beyond, so neighbors
    are blended farther in wherever they share enough.
    """
    found = [np.ones(line.tile, np.float32) for _ in line.starts]
    for number in range(len(line.starts) - 1):
        shared = line.starts[number] + line.tile - line.starts[number + 1]
        sound = shared - 2 * reach
        soft = min(max(sound, _SOFT, shared // 2), shared) if sound < shared else shared
        place = np.arange(shared) + 0.5 - (shared - soft) / 2
        ramp = 0.5 - 0.5 * np.cos(np.pi * np.clip(place / max(soft, 1), 0, 1))
        if shared:
            found[number][-shared:] *= (1 - ramp).astype(np.float32)
            found[number + 1][:shared] *= ramp.astype(np.float32)
    return _summing_to_one(found, line)


def cut(picture: np.ndarray, rows: Line, columns: Line) -> list[np.ndarray]:
    """Every tile of a padded picture, row by row, as views."""
    return [picture[top:top + rows.tile, left:left + columns.tile]
            for top in rows.starts for left in columns.starts]


def joined(tiles: Sequence[np.ndarray], rows: Line, columns: Line, reach: int) -> np.ndarray:
    """The padded picture from its tiles (H, W, 3) float32, blended where they overlap."""
    whole = np.zeros((rows.padded, columns.padded, 3), np.float32)
    across = windows(columns, reach)
    for number, (top, down) in enumerate(zip(rows.starts, windows(rows, reach), strict=True)):
        for other, left in enumerate(columns.starts):
            weight = down[:, None, None] * across[other][None, :, None]
            whole[top:top + rows.tile, left:left + columns.tile] += \
                weight * tiles[number * len(columns.starts) + other]
    return whole


def _summing_to_one(found: list[np.ndarray], line: Line) -> list[np.ndarray]:
    """Where three tiles meet, or products of ramps, the sum is a little off."""
    total = np.zeros(line.padded, np.float32)
    for start, window in zip(line.starts, found, strict=True):
        total[start:start + line.tile] += window
    return [window / total[start:start + line.tile]
            for start, window in zip(line.starts, found, strict=True)]


def _up(length: int, multiple: int) -> int:
    return -(-length // multiple) * multiple
