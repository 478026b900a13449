"""How a player turns and mirrors a picture, on arrays."""

from __future__ import annotations

import math

import numpy as np

from core.io.probe import VideoMetadata

DisplayMatrix = tuple[int, ...]
"""FFmpeg's nine numbers: x' = m[0] x + m[3] y and y' = m[1] x + m[4] y, in 16.16 fixed point."""


def display_matrix(source: VideoMetadata) -> DisplayMatrix | None:
    """The source's matrix, None where a player shows the samples as they are stored."""
    if source.display_matrix is not None or not source.rotation:
        return source.display_matrix
    clockwise = math.radians(-source.rotation)
    cos, sin = round(math.cos(clockwise) * 65536), round(math.sin(clockwise) * 65536)
    return cos, sin, 0, -sin, cos, 0, 0, 0, 1 << 30


def upright(stored: np.ndarray, matrix: DisplayMatrix | None) -> np.ndarray:
    """A picture (H, W, ...) as it is shown; turns by other than quarters are left out."""
    if matrix is None:
        return stored
    if _on_its_side(matrix):
        return _flipped(stored.swapaxes(0, 1), matrix[3] < 0, matrix[1] < 0)
    return _flipped(stored, matrix[0] < 0, matrix[4] < 0)


def as_stored(shown: np.ndarray, matrix: DisplayMatrix | None) -> np.ndarray:
    """The inverse of `upright`."""
    if matrix is None:
        return shown
    if _on_its_side(matrix):
        return _flipped(shown, matrix[3] < 0, matrix[1] < 0).swapaxes(0, 1)
    return _flipped(shown, matrix[0] < 0, matrix[4] < 0)


def _on_its_side(matrix: DisplayMatrix) -> bool:
    return abs(matrix[1]) + abs(matrix[3]) > abs(matrix[0]) + abs(matrix[4])


def _flipped(picture: np.ndarray, across: bool, down: bool) -> np.ndarray:
    return picture[::-1 if down else 1, ::-1 if across else 1]
