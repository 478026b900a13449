"""The look that paints each frame with pieces of real paintings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import cv2
import numpy as np
from typing_extensions import override

from stylizers.base import Analysis as BaseAnalysis
from stylizers.base import AnyAnalysis, Effort, Stylizer
from stylizers.composite import recolor
from stylizers.exemplar import colors, paintings
from stylizers.exemplar.guides import guides, padded
from stylizers.exemplar.matching import Octave, octaves, painted
from stylizers.exemplar.params import ExemplarParams
from stylizers.exemplar.synthesis import Synthesis
from stylizers.frame import Frame
from stylizers.once import once
from stylizers.sequence import ALONE, Motion, Tools

_SETTLED = 0.5
"""Seconds into a shot from which its colors are known; from then on they follow slowly."""
_SLOWLY = 4.0
"""Seconds in which they follow a lasting change."""


@dataclass(frozen=True, slots=True)
class Painted(BaseAnalysis):
    """The field of matches, int16 (h, w, 2), and the colors of the shot so far.

    `mean` (3,) and `covariance` (3, 3) are in 8-bit codes; `known` is how many seconds they stand
    for, `index` the frame's number in its shot and `time` when it is shown, in seconds.
    """

    field: np.ndarray
    mean: np.ndarray
    covariance: np.ndarray
    known: float
    index: int
    time: float


class ExemplarStylizer(Stylizer[ExemplarParams]):
    name = "exemplar"
    summary = "The brushwork of any painting, piece by piece."
    revision = 1
    stateful = True
    in_order = True
    sdr_only = True
    Params = ExemplarParams
    Analysis = Painted

    def __init__(self, params: ExemplarParams | None = None, **values: object) -> None:
        super().__init__(params, **values)
        self._palette = colors.moments(paintings.palette(self.params.paintings()))

    @override
    def at(self, effort: Effort) -> Self:
        if effort != "speed":
            return self
        return type(self)(self.params, detail=max(self.params.detail * 4 // 5, 64))

    @override
    def analyze(self, frame: Frame, previous: AnyAnalysis | None) -> Painted:
        return self.advance(frame, previous, ALONE)

    @override
    def advance(self, frame: Frame, previous: AnyAnalysis | None, tools: Tools) -> Painted:
        rows, columns = self._grid(frame)
        before = previous if isinstance(previous, Painted) else None
        if before is not None and before.field.shape[:2] != (rows, columns):
            before = None
        image = colors.contrasted(_small(frame.image, rows, columns), self.params.contrast)
        mean, covariance, known = _learned(image, before, float(frame.time))
        matrix = colors.transfer((mean, covariance), self._palette)
        guide = guides(np.clip(cv2.transform(image.astype(np.float32), matrix), 0, 255)
                       .astype(np.uint8))
        synthesis = Synthesis(self._octaves(rows, columns), self.params.fidelity,
                              self.params.variety, self.params.seed)
        index = 0 if before is None else before.index + 1
        if before is None or tools.motion is None:
            field = synthesis.first(guide, tools)
        else:
            motion: Motion = tools.motion.resized(rows, columns)
            field = synthesis.next(guide, before.field, motion, index, tools)
        for array in (field, mean, covariance):
            array.flags.writeable = False
        return Painted(field, mean, covariance, known, index, float(frame.time))

    @override
    def render(self, frame: Frame, analysis: AnyAnalysis) -> np.ndarray:
        assert isinstance(analysis, Painted)
        height, width = frame.image.shape[:2]
        votes = self._votes(analysis.field.shape[0], analysis.field.shape[1], height, width)
        picture = painted(analysis.field, votes, height, width, frame.image.dtype.type)
        return recolor(picture, frame.image) if self.params.colors == "scene" else picture

    def _grid(self, frame: Frame) -> tuple[int, int]:
        """Rows and columns, in square pixels, of what patches are searched for."""
        height, width = frame.image.shape[0], frame.image.shape[1] * float(frame.sar)
        factor = min(self.params.detail / min(height, width), 1.0)
        return max(round(height * factor), 1), max(round(width * factor), 1)

    def _short(self, rows: int, columns: int) -> int:
        """The short side of a painting on that grid."""
        return max(round(min(rows, columns) * self.params.stroke_size), paintings.LEAST)

    def _octaves(self, rows: int, columns: int) -> tuple[Octave, ...]:
        return _octaves(self.params.paintings(), self._short(rows, columns), rows * columns)

    def _votes(self, rows: int, columns: int, height: int, width: int) -> np.ndarray:
        """The paintings as much larger as the frame is than the grid."""
        tall, wide = self._octaves(rows, columns)[0].size
        size = (max(round(tall * height / rows), 1), max(round(wide * width / columns), 1))
        return _votes(self.params.paintings(), self._short(rows, columns), rows * columns, size)


def _learned(image: np.ndarray, before: Painted | None, time: float
             ) -> tuple[np.ndarray, np.ndarray, float]:
    """Mean, covariance and for how many seconds they stand, with those of one more frame."""
    mean, covariance = colors.moments(image)
    if before is None:
        return mean, covariance, 0.0
    passed = min(max(time - before.time, 1e-3), 1.0)
    known = before.known + passed
    share = passed / (known + passed if known < _SETTLED else _SLOWLY)
    return (before.mean + share * (mean - before.mean),
            before.covariance + share * (covariance - before.covariance), known)


def _small(image: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """R'G'B' uint8 on a grid."""
    if image.dtype != np.uint8:
        image = (image >> 8).astype(np.uint8)
    return cv2.resize(image, (columns, rows), interpolation=cv2.INTER_AREA)


def _sheet_octaves(paths: tuple[Path, ...], short: int, area: int) -> tuple[Octave, ...]:
    mirrored = paintings.scarce(paths, short, area)
    sheet = paintings.sheet(paths, short, mirrored=mirrored)
    seams = paintings.seams(paths, short)
    if mirrored:
        seams = seams + [sheet.shape[1] - seam for seam in seams]
    return octaves(sheet, seams)


def _sheet_votes(paths: tuple[Path, ...], short: int, area: int, size: paintings.Size
                 ) -> np.ndarray:
    """The same sheet with `size` rows and columns, made from the paintings as they are."""
    mirrored = paintings.scarce(paths, short, area)
    return padded(paintings.sheet(paths, short, mirrored=mirrored, size=size))


_octaves = once(_sheet_octaves, kept=2)
_votes = once(_sheet_votes, kept=2)
