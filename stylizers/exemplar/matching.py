"""Matching one octave of a frame with the same octave of the paintings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np

from stylizers.exemplar import guides
from stylizers.kernels import patches
from stylizers.sequence import Tools, bands

OCTAVES = 4
DEGREES = 8
"""Of trust in the frame before."""
GUIDE = 12
"""Usual weight of a guide."""
_STYLE, _LASTING = 1, 3
"""Weights of the style, and of what it gains where the frame before is trusted."""
UNIT = 25 * 3
"""Error per squared code of weight 1/3, in which penalties are given."""
_BROKEN = 600
"""Penalty of each neighbor beyond the first that goes on elsewhere, in following frames."""
_KEPT = 128
"""Of 256: what a match that is whole counts for, so that little changes without need."""
_SOFT = np.float32(1e-3 / UNIT)
"""How much less a patch of greater error counts in a vote."""
_FORBIDDEN = 2**30
_EVERYWHERE = np.zeros((0, 0), np.uint8)
_EVEN = np.zeros((0, 0), np.int32)


@dataclass(frozen=True, slots=True)
class Octave:
    """The paintings at one size: features, the same pixels for voting, and places to avoid."""

    features: np.ndarray
    votes: np.ndarray
    avoided: np.ndarray

    @classmethod
    def of(cls, sheet: np.ndarray, seams: Sequence[int]) -> Octave:
        avoided = np.zeros(sheet.shape[:2], np.int32)
        for seam in seams:
            avoided[:, max(seam - patches.REACH, 0):seam + patches.REACH] = _FORBIDDEN
        return cls(guides.features(sheet, guides.guides(sheet)), guides.padded(sheet), avoided)

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns."""
        rows, columns = self.avoided.shape
        return rows, columns

    @property
    def widest(self) -> int:
        """A search of that radius reaches all of it."""
        return max(self.size)


def octaves(sheet: np.ndarray, seams: Sequence[int]) -> tuple[Octave, ...]:
    """The sheet and its halves, the finest first."""
    return tuple(Octave.of(halved(sheet, level), [seam >> level for seam in seams])
                 for level in range(OCTAVES))


def halved(image: np.ndarray, times: int = 1) -> np.ndarray:
    rows, columns = (max(side >> times, 1) for side in image.shape[:2])
    return cv2.resize(image, (columns, rows), interpolation=cv2.INTER_AREA) if times else image


@dataclass(frozen=True, slots=True)
class Search:
    """How matches are looked for: `passes` of propagation, each with random places within `radius`.

    `tries` of them where there is little detail, and where there is much. With `lasting` what is
    whole stays unless something is plainly better.
    """

    passes: int
    radius: int
    tries: tuple[int, int]
    lasting: bool = False


@dataclass(frozen=True, slots=True)
class Matching:
    """`guide` (H, W, 4) is the frame's, `weight` its weight; `trust` (H, W) uint8 is below DEGREES.

    `turn` and `seed` choose the random numbers. Without `styled`, guides alone are compared.
    """

    octave: Octave
    guide: np.ndarray
    trust: np.ndarray
    penalty: np.ndarray
    weight: int
    tools: Tools
    seed: int
    turn: int = 0
    styled: bool = True

    @property
    def shape(self) -> tuple[int, int]:
        rows, columns = self.guide.shape[:2]
        return rows, columns

    def blank(self) -> np.ndarray:
        return np.zeros((*self.shape, 3), np.uint8)

    def improve(self, field: np.ndarray, image: np.ndarray, search: Search,
                chosen: np.ndarray = _EVERYWHERE) -> np.ndarray:
        """Search on from `field`, in place, against the guides and `image`; every match's error."""
        kinds = self.trust + np.uint8(DEGREES) * guides.detailed(self.guide)
        error = np.empty(self.shape, np.int32)
        shared = (self.octave.features, guides.features(image, self.guide), self.penalty,
                  _weights(self.weight, self.styled), kinds, field, error)
        broken = round(_BROKEN * UNIT * self.weight / GUIDE) if search.lasting else 0
        tries = np.repeat(np.array(search.tries, np.int32), DEGREES)

        def measure(first: int, last: int) -> None:
            patches.measure(*shared, first, last, broken, _KEPT)

        def improve(turn: int, before: np.ndarray, first: int, last: int) -> None:
            patches.improve(*shared, before, first, last, chosen, turn, self.seed,
                            max(search.radius, 1), tries)

        self._map(measure)
        for number in range(search.passes):
            self._map(partial(improve, self.turn + number, field.copy()))
        return error

    def voted(self, field: np.ndarray, error: np.ndarray = _EVEN) -> np.ndarray:
        """The image that a field makes."""
        image = self.blank()
        self._map(partial(patches.vote, self.octave.votes, field, error,
                          _SOFT * GUIDE / self.weight, image))
        return image

    def _map(self, work: Callable[[int, int], None]) -> None:
        self.tools.map(work, bands(self.shape[0]))


def _weights(guide: int, styled: bool) -> np.ndarray:
    """For every degree of trust, twice: where there is little detail, and where there is much.

    There guides count double, so that eyes and mouths are not lost in a soft painting.
    """
    rows = []
    for times in (1, 2):
        for trust in range(DEGREES):
            style = (_STYLE + round(_LASTING * trust / (DEGREES - 1))) * styled
            rows.append(5 * ([style] * 3 + [0] + [times * guide] * 4))
    return np.array(rows, np.int32)


def grown(field: np.ndarray, rows: int, columns: int, tall: int, wide: int) -> np.ndarray:
    """A field on another grid, for a painting of `tall` rows and `wide` columns at that size."""
    out = np.empty((rows, columns, 2), np.int16)
    patches.grow(field, out, tall, wide)
    return out


def painted(field: np.ndarray, votes: np.ndarray, rows: int, columns: int, dtype: type
            ) -> np.ndarray:
    """The image (rows, columns, 3) that a field makes of paintings at a larger size."""
    image: np.ndarray = np.empty((rows, columns, 3), dtype)
    tall, wide = (side - 2 * patches.REACH for side in votes.shape[:2])
    patches.vote(votes, grown(field, rows, columns, tall, wide), _EVEN, np.float32(0), image, 0,
                 rows)
    return image
