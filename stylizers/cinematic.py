"""Motion picture film: light that spills, a tone curve, a grade, grain, darker corners."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from pydantic import Field
from typing_extensions import override

from stylizers import bloom, cube, grain
from stylizers.base import Analysis, StyleParams, Stylizer
from stylizers.cube.value import (
    LARGEST_CURVE,
    Cube,
    Curves,
    identity,
    lattice,
    refined,
    sampled,
)
from stylizers.frame import Frame
from stylizers.once import once

if TYPE_CHECKING:
    from stylizers.kernels.lattice import Lattice

Grade = Literal["teal-orange", "neutral", "bleach-bypass", "noir", "warm-film", "cool-night",
                "faded", "vivid"]
"""The grades that lie in LUTS."""
LUTS = Path(__file__).resolve().parent.parent / "luts"

_PIVOT = 0.42
"""Signal that contrast leaves where it is: a little under middle grey, as skin lies above it."""
_STEEPEST = 1.0
"""What full contrast adds to the slope there."""
_CORNERS = 1.5
"""Falloff at full strength: in the corners shadows keep 1 / (1 + 1.5) of their signal."""
_FINEST = 65
"""Points along each edge of a grid that a mixed table is sampled on."""


class CinematicParams(StyleParams):
    lut_path: Path | None = Field(
        None, description="A .cube file that takes the place of the named grade.")
    grade: Grade = Field("teal-orange", description="The color grade.")
    grade_strength: float = Field(1.0, ge=0, le=1, description="How much of the grade is applied.")
    contrast: float = Field(0.2, ge=0, le=1,
                            description="Steepness of the S-curve, with a soft toe and shoulder.")
    bloom_strength: float = Field(0.3, ge=0, le=1,
                                  description="How much light spills from highlights.")
    bloom_radius: float = Field(26.0, ge=6, le=80,
                                description="How far that light spills, in pixels at 1080p.")
    halation: float = Field(0.5, ge=0, le=1,
                            description="How red that light is around its source, as on film.")
    grain_strength: float = Field(0.02, ge=0, le=0.1,
                                  description="Strength of the grain, most in the mid-tones.")
    grain_size: float = Field(1.7, ge=1, le=5, description="Width of a grain, in pixels at 1080p.")
    grain_color: float = Field(0.3, ge=0, le=1,
                               description="How much the grain differs between the colors.")
    vignette_strength: float = Field(0.4, ge=0, le=1, description="How dark the corners become.")


class CinematicStylizer(Stylizer[CinematicParams]):
    name = "cinematic"
    summary = "Graded motion picture film with bloom, grain and vignette."
    revision = 2
    sdr_only = True  # its grades are made for BT.709 as it is displayed
    Params = CinematicParams

    def __init__(self, params: CinematicParams | None = None, **values: Any) -> None:
        super().__init__(params, **values)
        self._cube = cube.read(self.params.lut_path or LUTS / f"{self.params.grade}.cube")
        # Made once per depth or size, not once per frame.
        self._lattice = once(self._packed, 4)
        self._sheet = once(self._grain)

    @override
    def support(self) -> float:
        if not self.params.bloom_strength:
            return 0.0
        return bloom.REACH * self.params.bloom_radius + 2 * bloom.CELL

    @override
    def render(self, frame: Frame, analysis: Analysis) -> np.ndarray:
        from stylizers.kernels.lattice import grade, grade_glowing

        image, given = frame.image, self.params
        table = self._lattice(image.dtype, given.bloom_strength > 0)
        if not given.bloom_strength:
            return grade(image, table)
        glow, rows = bloom.glow(image, given.bloom_strength, given.bloom_radius, given.halation,
                                frame.scale)
        return grade_glowing(image, glow, rows, table)

    @override
    def finish(self, frame: Frame, picture: np.ndarray, analysis: Analysis) -> np.ndarray:
        given = self.params
        if not given.vignette_strength and not given.grain_strength:
            return picture
        from stylizers.kernels.emulsion import develop

        sheet = self._sheet(frame.scale)
        offset, sign = grain.place(frame.shot, frame.index, frame.scale, sheet)
        across, down = _distances(picture.shape[1], picture.shape[0], frame.scale)
        return develop(picture, across, down, _CORNERS * given.vignette_strength, sheet, offset,
                       sign * given.grain_strength / grain.DEVIATION)

    def _packed(self, dtype: np.dtype, glowing: bool) -> Lattice:
        from stylizers.kernels.lattice import LEVELS, packed

        steps = LEVELS[dtype] if glowing else int(np.iinfo(dtype).max)
        signal = s_curve(np.linspace(0.0, 1.0, steps + 1), self.params.contrast)
        mixed = _mixed(self._cube, self.params.grade_strength)
        places = np.repeat(signal[:, None], 3, axis=1)
        places = places if mixed.curves is None else mixed.curves(places)
        grid = refined(mixed.grid or identity())
        return packed((places - grid.low) / (grid.high - grid.low), grid.values, dtype)

    def _grain(self, scale: tuple[float, float]) -> np.ndarray:
        color = 0.0 if self._cube.monochrome else self.params.grain_color
        return grain.sheet(self.params.grain_size, color, scale)


def s_curve(signal: np.ndarray, contrast: float) -> np.ndarray:
    """`signal` 0..1 made steeper around the pivot, ever less so towards black and white.

    x^a / (x^a + (b (1 - x))^a) with b such that the pivot stays: a logistic curve over the log of
    the odds, straight at contrast 0.
    """
    slope = 1 + _STEEPEST * contrast
    odds = _PIVOT / (1 - _PIVOT)
    light, shade = signal**slope, (odds ** (1 - 1 / slope) * (1 - signal)) ** slope
    return light / (light + shade)


def _mixed(table: Cube, strength: float) -> Cube:
    """`table` laid over the unchanged picture; only a whole one need not be sampled anew."""
    if strength == 1:
        return table

    def mixed(plain: np.ndarray) -> np.ndarray:
        return plain + strength * (np.clip(table(plain), 0, 1) - plain)

    if table.grid is None:
        # Curves alone may be steeper, in the shadows above all, than a grid has points for.
        levels = np.repeat(np.linspace(0.0, 1.0, LARGEST_CURVE)[:, None], 3, axis=1)
        return Cube(table.title, Curves(mixed(levels).astype(np.float32), np.zeros(3), np.ones(3)),
                    None)
    return sampled(table.title, mixed(lattice(_FINEST)))


def _distances(width: int, height: int, scale: tuple[float, float]
               ) -> tuple[np.ndarray, np.ndarray]:
    """Squared distances of columns and rows from the center; both together are 1 in a corner."""
    half = (width / 2 / scale[0], height / 2 / scale[1])
    across, down = ((((np.arange(length) + 0.5) / length * 2 - 1) * reach / np.hypot(*half)) ** 2
                    for length, reach in zip((width, height), half, strict=True))
    return across.astype(np.float32), down.astype(np.float32)
