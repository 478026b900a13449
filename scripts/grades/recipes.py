"""What each grade does to a color."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from scripts.grades import oklab
from stylizers.cube import Cube
from stylizers.cube.value import lattice, sampled

SIZE = 33
"""Points along each edge; what cameras, monitors and editing programs all take."""
DECIMALS = 4

_WARM = 0.04
"""Chroma along the axis at which half of the shadows' tint is spared."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Recipe:
    """A grade in the order it is applied; as it stands it changes nothing.

    Tones are grey signals 0..1, chroma is Oklab's, angles are degrees in its plane.
    """

    about: str
    exposure: float = 0.0
    """Stops of light."""
    contrast: float = 1.0
    """Slope of the tones at `pivot`, with a toe and a shoulder."""
    pivot: float = 0.42
    black: float = 0.0
    white: float = 1.0
    """Signals that black and white become."""
    saturation: float = 1.0
    vibrance: float = 0.0
    """More saturation for pale colors than for strong ones."""
    ends: float = 0.0
    """How far saturation falls towards black and white."""
    axis: float = 50.0
    """The hue that `across` keeps, and its opposite; skin lies around 50 degrees."""
    across: float = 1.0
    """What is kept of the chroma across that axis: below 1 hues gather at its two ends."""
    bend: float = 0.0
    """How far the end opposite to the axis turns towards green, per chroma."""
    shadows: Point = (0.0, 0.0)
    lights: Point = (0.0, 0.0)
    """Chroma laid into shadows and lights, none in pure black and white."""
    cast: Point = (0.0, 0.0)
    """Chroma laid into all tones but black and white."""

    def __call__(self, signal: np.ndarray) -> np.ndarray:
        """R'G'B' (..., 3), 0..1 there and back.

        The luminance that comes out is that which goes in, through the tones, whatever the color.
        """
        light = signal**oklab.DISPLAY
        grey = oklab.luminance(light) ** (1 / oklab.DISPLAY)
        tone = self.tone(grey)
        ratio = (tone / np.maximum(grey, 1e-3)) ** oklab.GREY
        lab = oklab.from_light(light)
        chroma = self._colored(lab[..., 1:] * np.minimum(ratio, 1.6), grey)
        chroma = chroma + self._tint(tone, chroma)
        # Black has no lightness to scale, but may be lifted.
        lightness = np.where(grey > 1e-3, lab[..., :1] * ratio, tone**oklab.GREY)
        colored = np.concatenate([lightness, chroma], axis=-1)
        return oklab.shown(oklab.to_light(colored), tone**oklab.DISPLAY)

    def tone(self, grey: np.ndarray) -> np.ndarray:
        exposed = grey * 2 ** (self.exposure / oklab.DISPLAY)
        odds = self.pivot / (1 - self.pivot)
        lit = np.clip(exposed, 0, 1) ** self.contrast
        shade = (odds ** (1 - 1 / self.contrast) * (1 - np.clip(exposed, 0, 1))) ** self.contrast
        return self.black + (self.white - self.black) * lit / (lit + shade)

    def _colored(self, chroma: np.ndarray, grey: np.ndarray) -> np.ndarray:
        strength = np.linalg.norm(chroma, axis=-1, keepdims=True)
        amount = self.saturation + self.vibrance * np.exp(-((strength / 0.12) ** 2))
        amount = amount * (1 - self.ends * (2 * grey - 1) ** 2)
        angle = np.radians(self.axis)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        along, side = np.moveaxis(chroma @ turn, -1, 0)
        # The positive part of -along, rounded off so that greys pass without a corner.
        opposite = (np.sqrt(along**2 + 0.02**2) - 0.02 - along) / 2
        gathered = np.stack([along, side * self.across - self.bend * opposite], axis=-1)
        return gathered @ turn.T * amount

    def _tint(self, tone: np.ndarray, chroma: np.ndarray) -> np.ndarray:
        """None on pure black and white, and no shadows' tint on what has the color of skin."""
        middle = 4 * tone * (1 - tone)
        dark, light = middle * (1 - tone) ** 2 * 1.6, middle * tone**2 * 1.6
        angle = np.radians(self.axis)
        warm = np.maximum(chroma @ np.array([[np.cos(angle)], [np.sin(angle)]]), 0)
        dark = dark / (1 + (warm / _WARM) ** 2)
        return (dark * np.array(self.shadows) + light * np.array(self.lights)
                + middle * np.array(self.cast))


@dataclass(frozen=True, slots=True)
class Unchanged:
    about: str

    def __call__(self, signal: np.ndarray) -> np.ndarray:
        return signal


@dataclass(frozen=True, slots=True)
class Panchromatic:
    """Black and white: `weights` of R, G, B in light, as through a colored filter, then tones."""

    about: str
    weights: tuple[float, float, float]
    tones: Recipe

    def __call__(self, signal: np.ndarray) -> np.ndarray:
        light = signal**oklab.DISPLAY @ np.array(self.weights)
        tone = self.tones.tone(light[..., None] ** (1 / oklab.DISPLAY))
        return np.repeat(tone, 3, axis=-1)


Grade = Recipe | Unchanged | Panchromatic

RECIPES: Mapping[str, Grade] = MappingProxyType({
    "neutral": Unchanged("Nothing but the other settings."),
    "teal-orange": Recipe(
        "Warm skin against teal shadows.", contrast=1.12, black=0.012, white=0.985, saturation=1.1,
        axis=44, across=0.68, bend=0.30, shadows=(-0.030, -0.034), lights=(0.006, 0.024)),
    "bleach-bypass": Recipe(
        "Silver left in the film: hard, pale, metallic.", contrast=1.3, pivot=0.42,
        saturation=0.42, vibrance=0.1, ends=0.25),
    "noir": Panchromatic(
        "Black and white with deep shadows and bright skin.", (0.42, 0.46, 0.12),
        Recipe("", contrast=1.25, pivot=0.38)),
    "warm-film": Recipe(
        "Late sun on print film.", contrast=1.1, black=0.022, white=0.972, saturation=0.98,
        ends=0.25, axis=65, across=0.82, shadows=(-0.005, 0.006), lights=(0.015, 0.046),
        cast=(0.006, 0.016)),
    "cool-night": Recipe(
        "Day turned into moonlight.", exposure=-1.5, contrast=1.2, pivot=0.3, saturation=0.55,
        ends=0.1, axis=60, across=0.8, shadows=(-0.008, -0.045), cast=(-0.014, -0.030)),
    "faded": Recipe(
        "An old print: milky blacks, creamy whites.", contrast=0.92, black=0.10, white=0.93,
        saturation=0.72, axis=70, across=0.85, shadows=(-0.010, -0.016), lights=(0.004, 0.030)),
    "vivid": Recipe(
        "Slide film: deep, clear colors.", contrast=1.18, saturation=1.16, vibrance=0.22,
        ends=0.15),
})
"""Every grade that lies in `luts`, by its name."""


def cube_of(name: str, size: int = SIZE) -> Cube:
    """The grade as a table; one that changes nothing is exact on its corners alone."""
    recipe = RECIPES[name]
    title = f"Brushreel {name}"
    if isinstance(recipe, Unchanged):
        return sampled(title, lattice(2))
    return sampled(title, recipe(lattice(size)))


