"""Cubes as text."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from stylizers.cube.value import Cube


def text(cube: Cube, decimals: int = 6) -> str:
    """The file that `read` takes back, values to `decimals`.

    A grid behind curves has one input range for all channels: the format knows no more.
    """
    return "\n".join([*_header(cube), *_rows(cube, decimals), ""])


def _header(cube: Cube) -> Iterator[str]:
    if cube.title:
        yield f'TITLE "{cube.title}"'
    if cube.curves is not None:
        yield f"LUT_1D_SIZE {len(cube.curves.values)}"
    if cube.grid is not None:
        yield f"LUT_3D_SIZE {len(cube.grid.values)}"
    table = cube.curves or cube.grid
    if table is not None and _domain(table.low, table.high):
        yield from _per_channel(table.low, table.high)
    if cube.curves and cube.grid and _domain(cube.grid.low, cube.grid.high):
        yield f"LUT_3D_INPUT_RANGE {float(cube.grid.low[0])!r} {float(cube.grid.high[0])!r}"


def _domain(low: np.ndarray, high: np.ndarray) -> bool:
    return bool(np.any(low != 0) or np.any(high != 1))


def _per_channel(low: np.ndarray, high: np.ndarray) -> Iterator[str]:
    for name, values in (("DOMAIN_MIN", low), ("DOMAIN_MAX", high)):
        yield " ".join([name, *(repr(float(value)) for value in values)])


def _rows(cube: Cube, decimals: int) -> Iterator[str]:
    for table in (cube.curves, cube.grid):
        if table is not None:
            for red, green, blue in table.values.reshape(-1, 3).tolist():
                yield f"{red:.{decimals}f} {green:.{decimals}f} {blue:.{decimals}f}"
