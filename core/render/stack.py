"""A recipe's layers at work: looks chained over one source picture."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import cv2
import numpy as np

from core.io.orientation import DisplayMatrix
from core.recipe import Layer, Recipe
from core.render.masks import Mask
from stylizers import IdentityStylizer, style
from stylizers.base import Analysis, Effort, Means, StyleParams, Stylizer
from stylizers.composite import mix, recolor
from stylizers.frame import Frame
from stylizers.sequence import ALONE, Tools
from stylizers.steadying import TONES, Steadying

Weights = tuple[float | np.ndarray, ...]
"""How much of each layer is laid on: a number 0..1, or (H, W) float32."""


@dataclass(frozen=True, slots=True)
class Look:
    """One layer, ready to draw."""

    stylizer: Stylizer[Any]
    strength: float = 1.0
    keep_colors: bool = False
    mask: Mask | None = None

    @property
    def inert(self) -> bool:
        """Whether it changes nothing."""
        return self.strength == 0 or isinstance(self.stylizer, IdentityStylizer)


class CallableStylizer(Stylizer[StyleParams]):
    """A user's own function of one RGB picture; drawn serially and in order."""

    name = "callable"
    summary = "A function."
    Params = StyleParams

    def __init__(self, function: Callable[[np.ndarray], np.ndarray]) -> None:
        super().__init__()
        self.function = function
        self.version: str | None = getattr(function, "version", None)

    def render(self, frame: Frame, analysis: Analysis) -> np.ndarray:  # noqa: ARG002
        return self.function(frame.image)


def look_of(layer: Layer, effort: Effort = "balanced") -> Look:
    """The layer's look at a quality preset, its mask not yet opened."""
    stylizer = style(layer.style)(layer.settings).at(effort)
    mask = None if layer.mask is None else Mask(layer.mask)
    return Look(stylizer, layer.strength, layer.keep_colors, mask)


class Stack:
    """Layers over one another: each analyzes the source and draws what those below have made."""

    def __init__(self, looks: Sequence[Look]) -> None:
        self.looks = tuple(looks)

    @classmethod
    def of(cls, recipe: Recipe) -> Stack:
        return cls([look_of(layer, recipe.quality.effort) for layer in recipe.layers])

    @property
    def inert(self) -> bool:
        """Whether the source comes through unchanged."""
        return all(look.inert for look in self.looks)

    @property
    def serial(self) -> bool:
        """Whether pictures must be drawn one after the other."""
        return any(isinstance(look.stylizer, CallableStylizer) for look in self.looks)

    @property
    def stateful(self) -> bool:
        return any(look.stylizer.stateful for look in self.looks)

    @property
    def in_order(self) -> bool:
        """Whether some look is built on the frame before."""
        return any(look.stylizer.in_order for look in self.looks if not look.inert)

    @property
    def steady(self) -> bool:
        """Whether every look keeps its own frames steady."""
        return all(look.stylizer.in_order for look in self.looks if not look.inert)

    @property
    def demanding(self) -> bool:
        """Whether some look has to be got ready, with an eye on memory."""
        return any(type(look.stylizer).prepare is not Stylizer.prepare
                   for look in self.looks if not look.inert)

    @property
    def accelerated(self) -> bool:
        """Whether some look runs on a GPU where there is one, and was not told to keep off it."""
        return any(getattr(look.stylizer.params, "use_gpu", "off") != "off"
                   for look in self.looks if not look.inert)

    def prepare(self, width: int, height: int, sar: Fraction, means: Means) -> tuple[str, ...]:
        """Get every look ready for pictures of this size; what they have to say of it."""
        square = max(round(width * sar), 1)
        return tuple(said for look in self.looks if not look.inert
                     for said in look.stylizer.prepare(square, height, means))

    def support(self) -> float:
        """How far a source pixel reaches in the result, in reference pixels."""
        return sum(look.stylizer.support() for look in self.looks if not look.inert)

    def steadying(self) -> Steadying:
        """What its looks ask of `flow`; where they do not agree, what any look bears."""
        asked = {look.stylizer.steadying for look in self.looks if not look.inert}
        return asked.pop() if len(asked) == 1 else TONES

    def weights(self, time: Fraction, width: int, height: int,
                matrix: DisplayMatrix | None = None) -> Weights:
        """`time` in seconds since the source began; in order, as a video mask is read along."""
        return tuple(
            look.strength if look.mask is None
            else look.mask.at(time, width, height, matrix) * np.float32(look.strength)
            for look in self.looks)

    def close(self) -> None:
        """Let go of the files that masks are read from; they are opened again where needed."""
        for look in self.looks:
            if look.mask is not None:
                look.mask.close()

    def analyze(self, frame: Frame, previous: tuple[Analysis, ...] | None, tools: Tools = ALONE
                ) -> tuple[Analysis, ...]:
        """In order; `previous` is None at the first frame of a shot."""
        before = previous or (None,) * len(self.looks)
        return tuple(look.stylizer.advance(frame, known, tools)
                     for look, known in zip(self.looks, before, strict=True))

    def render(self, frame: Frame, analyses: Sequence[Analysis], weights: Weights) -> np.ndarray:
        """The drawn picture before stabilization; pure."""
        return self._chain(frame.image, weights, analyses,
                           lambda look, picture, analysis: look.stylizer.render(
                               dataclasses.replace(frame, image=picture), analysis))

    def finish(self, frame: Frame, picture: np.ndarray, analyses: Sequence[Analysis],
               weights: Weights) -> np.ndarray:
        """What is locked to the screen, laid over the steady picture; pure."""
        return self._chain(picture, weights, analyses,
                           lambda look, below, analysis: look.stylizer.finish(
                               frame, below, analysis))

    def _chain(self, picture: np.ndarray, weights: Weights, analyses: Sequence[Analysis],
               draw: Callable[[Look, np.ndarray, Analysis], np.ndarray]) -> np.ndarray:
        alone = len(self.looks) == 1
        for look, analysis, weight in zip(self.looks, analyses, weights, strict=True):
            if look.inert:
                continue
            drawn = _frozen(draw(look, picture, analysis))
            if not alone and drawn is not picture:
                # A single layer is composited once, on planes, after everything else.
                if look.keep_colors:
                    drawn = recolor(drawn, picture)
                drawn = _frozen(mix(picture, drawn, fitting(weight, picture)))
            picture = drawn
        return picture

    def state_of(self, analyses: Sequence[Analysis]) -> dict[str, np.ndarray]:
        """Arrays for a checkpoint."""
        return {f"{number}.{name}": array for number, analysis in enumerate(analyses)
                for name, array in analysis.to_arrays().items()}

    def analyses_from(self, arrays: Mapping[str, np.ndarray]) -> tuple[Analysis, ...]:
        """The inverse of `state_of`."""
        return tuple(
            look.stylizer.Analysis.from_arrays({
                name.removeprefix(f"{number}."): array for name, array in arrays.items()
                if name.startswith(f"{number}.")})
            for number, look in enumerate(self.looks))


def fitting(weight: float | np.ndarray, picture: np.ndarray) -> float | np.ndarray:
    """A mask at the size of a picture drawn smaller, or of a plane that is subsampled."""
    if not isinstance(weight, np.ndarray) or weight.shape == picture.shape[:2]:
        return weight
    return cv2.resize(weight, picture.shape[1::-1], interpolation=cv2.INTER_AREA)


def _frozen(picture: np.ndarray) -> np.ndarray:
    picture.flags.writeable = False
    return picture
