"""What a `.cube` file holds: curves, a grid of colors, or curves before a grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LARGEST_CURVE, LARGEST_GRID = 65536, 129
"""Points of a curve, and points along each edge of a grid."""


@dataclass(frozen=True, slots=True)
class Curves:
    """One curve for each channel, linear between its points and constant beyond them.

    `values` is (N, 3) float32, evenly spaced from `low` to `high`, (3,) float64 each.
    """

    values: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def __call__(self, signal: np.ndarray) -> np.ndarray:
        """`signal` (..., 3), any range, through the curves; float64."""
        points = np.linspace(0.0, 1.0, len(self.values))
        place = (np.asarray(signal, np.float64) - self.low) / (self.high - self.low)
        return np.stack([np.interp(place[..., channel], points, self.values[:, channel])
                         for channel in range(3)], axis=-1)


@dataclass(frozen=True, slots=True)
class Grid:
    """A lattice of colors, tetrahedral between its points and constant beyond them.

    `values` is (N, N, N, 3) float32, indexed [blue, green, red]; the input runs from `low` to
    `high`, (3,) float64 each.
    """

    values: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def __call__(self, signal: np.ndarray) -> np.ndarray:
        """`signal` (..., 3), any range, through the grid; float64.

        Each cell is cut along its diagonal into six tetrahedra; the one that holds the color is
        reached by going one step along each axis, the farthest first (Kasson et al. 1995,
        "Performing color space conversions with three-dimensional linear interpolation").
        """
        last = len(self.values) - 1
        place = (np.asarray(signal, np.float64) - self.low) / (self.high - self.low)
        place = np.clip(place, 0.0, 1.0).reshape(-1, 3) * last
        cell = np.minimum(place.astype(np.int64), last - 1)
        rest = place - cell
        rows = np.arange(len(cell))
        color = self._at(cell)
        found = color.copy()
        for axis in np.argsort(-rest, axis=1, kind="stable").T:
            cell[rows, axis] += 1
            following = self._at(cell)
            found += rest[rows, axis, None] * (following - color)
            color = following
        return found.reshape(np.shape(signal))

    def _at(self, cell: np.ndarray) -> np.ndarray:
        return self.values[cell[:, 2], cell[:, 1], cell[:, 0]].astype(np.float64)


@dataclass(frozen=True, slots=True)
class Cube:
    """At least one of `curves` and `grid`; the curves come first. Signals are 0..1 in and out,
    but for what a table was made with beyond that."""

    title: str
    curves: Curves | None
    grid: Grid | None

    @property
    def monochrome(self) -> bool:
        """Whether no color comes out of it."""
        grid = self.grid
        return grid is not None and not np.ptp(grid.values, axis=-1).any()

    def __call__(self, signal: np.ndarray) -> np.ndarray:
        """`signal` (..., 3) through the whole table; float64, not held to 0..1."""
        for table in (self.curves, self.grid):
            signal = signal if table is None else table(signal)
        return np.asarray(signal, np.float64)


def lattice(size: int) -> np.ndarray:
    """Inputs 0..1 at the points of a grid, (size, size, size, 3) float64 as `Grid.values`."""
    steps = np.linspace(0.0, 1.0, size)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    return np.stack([red, green, blue], axis=-1)


def sampled(title: str, colors: np.ndarray) -> Cube:
    """A cube over 0..1 with these colors, (N, N, N, 3) as `Grid.values`."""
    return Cube(title, None, Grid(colors.astype(np.float32), np.zeros(3), np.ones(3)))


def identity(size: int = 33) -> Grid:
    """The grid that changes nothing within 0..1."""
    return Grid(lattice(size).astype(np.float32), np.zeros(3), np.ones(3))


def refined(grid: Grid, size: int = 33) -> Grid:
    """The same colors on at least `size` points along each edge.

    Cells are divided evenly, and the tetrahedra of the parts lie within those of the whole.
    """
    cells = len(grid.values) - 1
    parts = -(-(size - 1) // cells)
    if parts == 1:
        return grid
    span = grid.high - grid.low
    colors = grid(grid.low + span * lattice(cells * parts + 1))
    return Grid(colors.astype(np.float32), grid.low, grid.high)
