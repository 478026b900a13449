"""Contact sheets: rows of pictures under their names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

CELL = (384, 216)
"""Width and height of a picture on a sheet; sources of another shape are fitted inside."""
GAP, MARGIN, LABEL = 8, 16, 40
PAPER, INK, SOFT = (250, 250, 248), (30, 30, 34), (105, 105, 110)

Cell = np.ndarray
"""RGB (216, 384, 3) uint8."""


@dataclass(frozen=True, slots=True)
class Row:
    """Pictures side by side under a name and what is said about it."""

    name: str
    about: str
    cells: Sequence[Cell]


def sheet(rows: Sequence[Row]) -> np.ndarray:
    """All rows one below the other, RGB uint8."""
    across = max(len(row.cells) for row in rows)
    width = 2 * MARGIN + across * CELL[0] + (across - 1) * GAP
    height = 2 * MARGIN + len(rows) * (LABEL + CELL[1]) + (len(rows) - 1) * GAP
    page = np.full((height, width, 3), PAPER, np.uint8)
    top = MARGIN
    for row in rows:
        _label(page, row, top)
        top += LABEL
        for number, cell in enumerate(row.cells):
            left = MARGIN + number * (CELL[0] + GAP)
            page[top:top + CELL[1], left:left + CELL[0]] = cell
        top += CELL[1] + GAP
    return page


def whole(picture: np.ndarray) -> Cell:
    """All of a picture, reduced."""
    height, width = picture.shape[:2]
    factor = min(CELL[0] / width, CELL[1] / height)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return _centered(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))


def detail(drawn: np.ndarray, corner: tuple[int, int]) -> Cell:
    """The part of a drawing from `corner` (left, top) on, pixel by pixel; small ones whole."""
    height, width = drawn.shape[:2]
    if width <= CELL[0] or height <= CELL[1]:
        return whole(drawn)
    left, top = corner
    return drawn[top:top + CELL[1], left:left + CELL[0]]


def busiest(source: np.ndarray) -> tuple[int, int]:
    """Where a cell of this size holds the most contrast, at or near the middle: (left, top)."""
    height, width = source.shape[:2]
    if width <= CELL[0] or height <= CELL[1]:
        return 0, 0
    gray = cv2.cvtColor(source, cv2.COLOR_RGB2GRAY).astype(np.float32)
    busy = cv2.boxFilter(np.abs(cv2.Laplacian(gray, cv2.CV_32F)), -1, CELL)
    rows, columns = np.indices((height, width), dtype=np.float32)
    far = np.hypot((columns - width / 2) / width, (rows - height / 2) / height)
    score = (busy * (1 - far))[CELL[1] // 2:height - CELL[1] // 2 + 1,
                               CELL[0] // 2:width - CELL[0] // 2 + 1]
    top, left = np.unravel_index(int(score.argmax()), score.shape)
    return int(left), int(top)


def _centered(picture: np.ndarray) -> Cell:
    cell = np.full((CELL[1], CELL[0], 3), PAPER, np.uint8)
    height, width = picture.shape[:2]
    top, left = (CELL[1] - height) // 2, (CELL[0] - width) // 2
    cell[top:top + height, left:left + width] = picture
    return cell


def _label(page: np.ndarray, row: Row, top: int) -> None:
    """The name in bold, then what it is, cut where the sheet ends."""
    base = top + LABEL - 13
    left = MARGIN + _written(page, row.name, MARGIN, base, INK, 22, 600) + 14
    about = row.about
    while about and left + _width(about, 18, 400) > page.shape[1] - MARGIN:
        about = about.rpartition(" ")[0].rstrip(" .,:;…")
        about += "…" if about else ""
    _written(page, about, left, base, SOFT, 18, 400)


def _written(page: np.ndarray, text: str, left: int, base: int, color: tuple[int, int, int],
             size: int, weight: int) -> int:
    """Write on the page; gives back how many pixels that took."""
    cv2.putText(page, text, (left, base), color, cv2.FontFace("sans"), size, weight)
    return _width(text, size, weight)


def _width(text: str, size: int, weight: int) -> int:
    endless = (1 << 14, 100)
    return int(cv2.getTextSize(endless, text, (0, 50), cv2.FontFace("sans"), size, weight)[2])
