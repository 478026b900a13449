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


def turns_by_quarters(matrix: DisplayMatrix | None) -> bool:
    """Whether rows stay rows or become columns."""
    return matrix is None or not (any(matrix[0:5:4]) and any(matrix[1:4:2]))


def _flipped(picture: np.ndarray, across: bool, down: bool) -> np.ndarray:
    return picture[::-1 if down else 1, ::-1 if across else 1]


def without_stretch(matrix: DisplayMatrix) -> DisplayMatrix | None:
    """The same turn and mirroring with rows of length 1, which is all that Matroska holds.

    FFmpeg counts the stretch among the pixels' shape already. None for what is no turn.
    """
    across, down = math.hypot(*matrix[0:2]), math.hypot(*matrix[3:5])
    if not across or not down:
        return None
    one = 1 << 16
    a, b = (round(value / across * one) for value in matrix[0:2])
    c, d = (round(value / down * one) for value in matrix[3:5])
    if abs(a * c + b * d) > one * one // 1000:
        return None  # sheared
    return a, b, 0, c, d, 0, 0, 0, 1 << 30
