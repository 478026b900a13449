"""Finding a patch of the paintings for each pixel: of a first frame, and of each that follows.

A first frame is made from coarse to fine, by turns of counting uses, searching and voting, as in
Fišer et al., "StyLit" (2016). A following one carries the field along the motion of the scene and
searches a little on from there, so that brushwork stays with what it paints; what is newly seen is
found anew at half size.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import cv2
import numpy as np

from stylizers.exemplar.matching import (
    DEGREES,
    GUIDE,
    OCTAVES,
    UNIT,
    Matching,
    Octave,
    Search,
    grown,
    halved,
)
from stylizers.kernels import patches
from stylizers.sequence import Motion, Tools, bands

_SMALLEST = 12
"""Pixels of the shorter side of the coarsest octave, at least."""
_ROUNDS = (2, 3, 4, 5)
"""Turns of counting, searching and voting at each octave, the finest first."""
_SEARCHED = (0, 2, 4, 8)
"""Random places tried for each pixel in a pass, at each octave, the finest first: in places of
detail, and at fidelities above the middle elsewhere too. Without any a field grows in large pieces,
which is what shows brushwork."""
_FOLLOWED = 1
"""The same in following frames."""
_REPEATED = 90
"""Penalty of a place that is used as often as the mean, at full variety."""
_DEAREST = np.float32(2**26)
"""More than any error, and little enough to be added to one."""
_LOST = 0.25
"""Trust below which a place is found anew."""
_NEAR = 32
"""Pixels around a match that are searched at the finest octave."""
_PASSES = 2
"""Of a following frame, each with a vote."""


@dataclass(frozen=True, slots=True)
class Synthesis:
    """`fidelity` and `variety` are 0..1, 0.5 being usual."""

    octaves: tuple[Octave, ...]
    fidelity: float
    variety: float
    seed: int

    def first(self, guide: np.ndarray, tools: Tools) -> np.ndarray:
        """The field (H, W, 2) int16 of a frame of which nothing is known but its guides (H, W, 4).
        """
        coarsest = _levels(guide) - 1
        field = self._scattered(self._at(coarsest, guide, tools))
        for level in range(coarsest, -1, -1):
            matching = self._at(level, guide, tools)
            if level < coarsest:
                field = grown(field, *matching.shape, *matching.octave.size)
            image = matching.voted(field)
            search = Search(2, matching.octave.widest // 2 if level else _NEAR,
                            self._tries(_SEARCHED[level]))
            for turn in range(_ROUNDS[level]):
                matching = replace(matching, turn=10 * level + 2 * turn,
                                   penalty=self._uses(field, level))
                error = matching.improve(field, image, search)
                image = matching.voted(field, error)
        return field

    def next(self, guide: np.ndarray, before: np.ndarray, motion: Motion, index: int,
             tools: Tools) -> np.ndarray:
        """The field of the frame after the one of field `before`, `index` frames into its shot."""
        field = np.empty_like(before)
        tools.map(partial(patches.carry, before, motion.flow, field), bands(guide.shape[0]))
        lost = cv2.dilate((motion.trust < _LOST).astype(np.uint8), np.ones((7, 7), np.uint8))
        trust = (motion.trust * (DEGREES - 1) + np.float32(0.5)).astype(np.uint8) * (1 - lost)
        turn = 8 * index
        matching = replace(self._at(0, guide, tools), trust=trust, penalty=self._uses(field, 0))
        image = matching.voted(field)
        if _levels(guide) > 1:
            half = replace(self._at(1, guide, tools), turn=turn)
            field = self._reconsidered(field, half, image, lost, trust)
            image = matching.voted(field)
        search = Search(1, _NEAR, self._tries(_FOLLOWED), lasting=True)
        for each in range(_PASSES):
            matching = replace(matching, turn=turn + 4 + each)
            error = matching.improve(field, image, search)
            image = matching.voted(field, error)
        return field

    def _scattered(self, matching: Matching) -> np.ndarray:
        """A random field, and what it grows into by guides alone."""
        field = np.empty((*matching.shape, 2), np.int16)
        everywhere = np.ones(matching.shape, np.uint8)
        patches.scatter(field, everywhere, *matching.octave.size, self.seed)
        search = Search(4, matching.octave.widest, self._tries(_SEARCHED[-1]))
        replace(matching, styled=False).improve(field, matching.blank(), search)
        return field

    def _reconsidered(self, field: np.ndarray, half: Matching, image: np.ndarray,
                      lost: np.ndarray, trust: np.ndarray) -> np.ndarray:
        """The field after a look at half size, where what is `lost` is found anew."""
        rows, columns = field.shape[:2]
        tall, wide = half.shape
        coarse = grown(field, tall, wide, *half.octave.size)
        half = replace(half, trust=np.ascontiguousarray(trust[::2, ::2][:tall, :wide]),
                       penalty=self._uses(coarse, 1))
        was, small = coarse.copy(), halved(image)
        unseen = np.ascontiguousarray(lost[::2, ::2][:tall, :wide])
        if unseen.any():
            patches.scatter(coarse, unseen, *half.octave.size, self.seed + half.turn)
            search = Search(3, half.octave.widest, self._tries(_SEARCHED[-1]))
            half.improve(coarse, small, search, unseen)
            small = half.voted(coarse)
        search = Search(1, half.octave.widest // 2, self._tries(_FOLLOWED), lasting=True)
        replace(half, turn=half.turn + 3).improve(coarse, small, search)
        changed = (coarse != was).any(2).astype(np.uint8)
        changed = cv2.resize(changed, (columns, rows), interpolation=cv2.INTER_NEAREST)
        better = grown(coarse, rows, columns, *self.octaves[0].size)
        return np.where(changed[..., None] > 0, better, field)

    def _at(self, level: int, guide: np.ndarray, tools: Tools) -> Matching:
        octave, guide = self.octaves[level], halved(guide, level)
        return Matching(octave, guide, np.zeros(guide.shape[:2], np.uint8), octave.avoided,
                        max(1, round(GUIDE * self._closeness)), tools, self.seed)

    @property
    def _closeness(self) -> float:
        """How many times their usual weight the guides have."""
        return float(4 ** (2 * self.fidelity - 1))

    def _tries(self, most: int) -> tuple[int, int]:
        """Where there is little detail, and where there is much."""
        return (round(most * max(2 * self.fidelity - 1, 0)),
                round(most * min(2 * self.fidelity, 1)))

    def _uses(self, field: np.ndarray, level: int) -> np.ndarray:
        """What each place of the paintings costs for being used: int32 (h, w)."""
        octave = self.octaves[level]
        uses = np.empty(octave.size, np.float32)
        patches.count(field, uses)
        mean = field.shape[0] * field.shape[1] / uses.size
        factor = _REPEATED * self.variety * self._closeness * UNIT / mean
        costs = np.minimum(cv2.blur(uses, (5, 5)) * np.float32(factor), _DEAREST)
        return octave.avoided + costs.astype(np.int32)


def _levels(guide: np.ndarray) -> int:
    """Octaves that a frame is large enough for."""
    short = min(guide.shape[:2])
    return max(n for n in range(1, OCTAVES + 1) if n == 1 or short >> (n - 1) >= _SMALLEST)
