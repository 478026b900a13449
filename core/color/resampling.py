"""Matched pairs of chroma filters: narrowing what was widened gives back the same chroma.

Cosited axes use the LeGall 5/3 pair (Le Gall and Tabatabai 1988), up [1 2 1] / 2 and down
[-1 2 6 2 -1] / 8; centered axes up [1 3 3 1] / 4 and down [-1 3 3 -1] / 4 (Cohen, Daubechies and
Feauveau 1992, spline 3.1 reversed); steps of four repeat and average. The law holds at the
borders because widening repeats the outer chroma sample and narrowing mirrors luma positions
about the point where that leaves the picture symmetric.
"""

from dataclasses import dataclass
from enum import Enum

import numpy as np

from core.color.tags import ChromaLocation

REACH = 2
"""Positions that narrowing reads before the first one of a chroma sample."""


class Siting(Enum):
    """Where chroma sample i lies on an axis of luma positions."""

    SAME = "every position"
    COSITED = "2 i"
    CENTERED = "2 i + 1/2"
    TRAILING = "2 i + 1"
    BLOCK = "shared by four"


_VERTICAL = {
    ChromaLocation.LEFT: Siting.CENTERED,
    ChromaLocation.CENTER: Siting.CENTERED,
    ChromaLocation.TOP_LEFT: Siting.COSITED,
    ChromaLocation.TOP: Siting.COSITED,
    ChromaLocation.BOTTOM_LEFT: Siting.TRAILING,
    ChromaLocation.BOTTOM: Siting.TRAILING,
}
_LEFT = {ChromaLocation.LEFT, ChromaLocation.TOP_LEFT, ChromaLocation.BOTTOM_LEFT}

_DOWN: dict[Siting, dict[int, float]] = {
    Siting.SAME: {0: 1.0},
    Siting.COSITED: {-2: -0.125, -1: 0.25, 0: 0.75, 1: 0.25, 2: -0.125},
    Siting.CENTERED: {-1: -0.25, 0: 0.75, 1: 0.75, 2: -0.25},
    Siting.TRAILING: {-1: -0.125, 0: 0.25, 1: 0.75, 2: 0.25, 3: -0.125},
    Siting.BLOCK: {0: 0.25, 1: 0.25, 2: 0.25, 3: 0.25},
}
"""Weights of the luma positions around the first position of a chroma sample."""

_UP: dict[Siting, tuple[tuple[int, float], ...]] = {
    Siting.SAME: ((0, 0.0),),
    Siting.COSITED: ((0, 0.0), (1, 0.5)),
    Siting.CENTERED: ((-1, 0.25), (1, 0.25)),
    Siting.TRAILING: ((-1, 0.5), (0, 0.0)),
    Siting.BLOCK: ((0, 0.0),) * 4,
}
"""For each luma position of a chroma sample: which neighbor mixes in, and how much of it."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One direction of a subsampled plane: `length` luma positions, chroma at `siting`."""

    length: int
    siting: Siting

    @property
    def step(self) -> int:
        """Luma positions per chroma sample."""
        return len(_UP[self.siting])

    @property
    def count(self) -> int:
        """Chroma samples."""
        return -(-self.length // self.step)


def axes(
    width: int, height: int, subsampling: tuple[int, int], location: ChromaLocation
) -> tuple[Axis, Axis]:
    """The horizontal and the vertical axis; `subsampling` holds base-2 logarithms."""
    across = Siting.COSITED if location in _LEFT else Siting.CENTERED
    sitings = (across, _VERTICAL[location])
    choices = [(Siting.SAME, siting, Siting.BLOCK) for siting in sitings]
    horizontal, vertical = (choices[i][subsampling[i]] for i in (0, 1))
    return Axis(width, horizontal), Axis(height, vertical)


def up_rows(axis: Axis) -> tuple[np.ndarray, np.ndarray]:
    """Per luma position the two chroma samples it mixes (length, 2) and the second's weight."""
    position = np.arange(axis.length)
    near = position // axis.step
    neighbor, weight = (np.array(column) for column in zip(*_UP[axis.siting], strict=True))
    far = np.clip(near + neighbor[position % axis.step], 0, axis.count - 1)
    return np.stack([near, far], axis=1), weight[position % axis.step]


def up_weights(siting: Siting) -> tuple[float, float]:
    """What an even position takes of the chroma before, an odd one of the chroma after."""
    pair = _UP[siting]
    return (pair[0][1], pair[1][1]) if len(pair) == 2 else (0.0, 0.0)


def down_taps(siting: Siting) -> tuple[float, ...]:
    """Weights of the positions -2..2 around the first position of a chroma sample."""
    if siting is Siting.BLOCK:
        return (0.25,) * 5
    return tuple(_DOWN[siting].get(offset, 0.0) for offset in range(-REACH, REACH + 1))


def down_rows(axis: Axis) -> tuple[np.ndarray, np.ndarray]:
    """Per chroma sample the luma positions it mixes and their weights, both (count, taps)."""
    sums = [_folded(axis, sample * axis.step) for sample in range(axis.count)]
    taps = max(len(row) for row in sums)
    rows = np.zeros((axis.count, taps), np.int64)
    weights = np.zeros((axis.count, taps))
    for sample, row in enumerate(sums):
        rows[sample] = (list(row) + [max(row)] * taps)[:taps]
        weights[sample, : len(row)] = list(row.values())
    return rows, weights


def _folded(axis: Axis, first: int) -> dict[int, float]:
    """The weights of one chroma sample, with positions outside folded back inside."""
    row: dict[int, float] = {}
    for offset, weight in _DOWN[axis.siting].items():
        for position, share in _inside(axis, first + offset):
            row[position] = row.get(position, 0.0) + share * weight
    return row


def _inside(axis: Axis, position: int) -> list[tuple[int, float]]:
    """A position as a sum of positions in the picture."""
    last = axis.length - 1
    if axis.siting is Siting.TRAILING and axis.length % 2 and position > last > 0:
        # The last chroma sample lies one row below the picture, so that row is extrapolated:
        # the last row is the mean of its two chroma neighbors, the row before is one of them.
        if position == last + 1:
            return [(last, 2.0), (last - 1, -1.0)]
        position = 2 * (last + 1) - position
    return [(mirrored(position, axis), 1.0)]


def mirrored(position: int, axis: Axis) -> int:
    """The position inside that a position outside repeats.

    Mirrors about the outer sample where chroma lies on luma positions, about the outer edge
    where it lies between them. A block cut short repeats its last position, to stay with itself.
    """
    if axis.length == 1 or axis.siting is Siting.BLOCK:
        return min(max(position, 0), axis.length - 1)
    if axis.siting in (Siting.COSITED, Siting.TRAILING):
        period = 2 * (axis.length - 1)
        folded = position % period
        return min(folded, period - folded)
    period = 2 * axis.length
    folded = position % period
    return min(folded, period - 1 - folded)


def pads(axis: Axis) -> np.ndarray:
    """(n, 2): for each position outside that narrowing reads, its index and its source's.

    Indices count from REACH before the first position.
    """
    outside = [*range(-REACH, 0), *range(axis.length, axis.count * axis.step + REACH)]
    pairs = [(place + REACH, mirrored(place, axis) + REACH) for place in outside]
    return np.array(pairs, np.int64)
