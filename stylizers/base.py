"""What a look is: declared parameters and three steps, all but the first pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar, Generic, Literal, Self, TypeAlias, TypeVar, cast, get_args

import numpy as np
from pydantic import BaseModel, ConfigDict, model_validator

from core.errors import InvalidParameter
from stylizers.frame import Frame
from stylizers.refusal import validated
from stylizers.sequence import Tools
from stylizers.steadying import TONES, Steadying


class StyleParams(BaseModel):
    """The declared parameters of a look; options, widgets, presets and checks all read this."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @classmethod
    def build(cls, values: Mapping[str, Any]) -> Self:
        """Validated parameters, strings accepted as typed on a command line.

        Raises InvalidParameter naming the parameter, the value and what is allowed.
        """
        return validated(cls, values)

    @model_validator(mode="before")
    @classmethod
    def _typed_none(cls, values: Any) -> Any:
        """An option cleared in a form or on a command line arrives as '' or 'none'."""
        if not isinstance(values, Mapping):
            return values
        optional = {name for name, field in cls.model_fields.items()
                    if type(None) in get_args(field.annotation)}
        return {name: None if name in optional and value in ("", "none") else value
                for name, value in values.items()}

    def assets(self) -> dict[str, Path]:
        """The files these parameters name, by parameter, in declaration order."""
        values = ((name, getattr(self, name)) for name in type(self).model_fields)
        return {name: value for name, value in values if isinstance(value, Path)}


@dataclass(frozen=True, slots=True)
class Analysis:
    """What `analyze` learns from a frame and hands to the next one.

    Subclasses are frozen dataclasses whose fields are numbers or arrays, so that a checkpoint can
    hold them exactly.
    """

    def to_arrays(self) -> dict[str, np.ndarray]:
        return {field.name: np.asarray(getattr(self, field.name))
                for field in dataclasses.fields(self)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        def restore(array: np.ndarray) -> Any:
            return array.item() if array.ndim == 0 else array

        return cls(**{field.name: restore(arrays[field.name])
                      for field in dataclasses.fields(cls)})


AnyAnalysis: TypeAlias = Analysis
"""For signatures in `Stylizer`, where `Analysis` is the look's own class."""


@dataclass(frozen=True, slots=True)
class Means:
    """What a look may use to draw, where it can choose; it changes the picture as little as can be.

    `workers` pictures are asked for at a time on `cores` cores; `memory` and `gpu_memory` are
    bytes that are free, None where nobody knows. A network draws at most `batch` tiles at a time,
    in tiles of at most `tile` pixels a side (None for as large as it likes), and on a GPU only if
    `gpu` is True.
    """

    workers: int = 1
    cores: int = 1
    memory: int | None = None
    gpu_memory: int | None = None
    batch: int = 1
    tile: int | None = None
    gpu: bool = True


Effort = Literal["speed", "balanced", "quality"]
"""Quality presets, as far as a look is concerned."""

P = TypeVar("P", bound=StyleParams)


class Stylizer(Generic[P]):
    """Base of every look.

    `render` and `finish` are pure: same arguments, same result, on any thread, and their input is
    never written to. They return an array of the same shape and dtype as the picture they are
    given: a new one, or that picture itself where nothing changes. In a stack `analyze` and
    `finish` see the source frame, while the frame of `render` carries what the looks before have
    made of its image.
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    revision: ClassVar[int]
    """Raised whenever the same input would give another picture."""
    Params: ClassVar[type[StyleParams]]
    Analysis: ClassVar[type[Analysis]] = Analysis
    stateful: ClassVar[bool] = False
    """Whether `analyze` reads `previous`: then a chunk depends on the ones before it."""
    in_order: ClassVar[bool] = False
    """Whether frames are built on the one before by `advance`, and so are steady by themselves."""
    steadying: ClassVar[Steadying] = TONES
    sdr_only: ClassVar[bool] = False
    """Whether the look only makes sense on standard dynamic range."""

    def __init__(self, params: P | None = None, **values: Any) -> None:
        """Takes `params`, or builds them from `values`; given both, `values` replace."""
        if params is None or values:
            given = {} if params is None else params.model_dump()
            params = cast(P, self.Params.build({**given, **values}))
        self.params: P = params

    def at(self, effort: Effort) -> Self:
        """The same look at a quality preset: those that can be drawn finer or faster answer with
        another.
        """
        return self

    def support(self) -> float:
        """How far a source pixel reaches in the styled picture, in reference pixels."""
        return 0.0

    @property
    def device(self) -> str:
        """Where it is drawn, once it is prepared; empty for looks that know one place alone."""
        return ""

    def prepare(self, width: int, height: int, means: Means) -> tuple[str, ...]:
        """Get ready for pictures of this size in square pixels; say what it has to do without.

        Called before a render, and again with smaller means where memory ran out; a look works
        without it. Raises what keeps the look from being drawn at all.
        """
        return ()

    def analyze(self, frame: Frame, previous: AnyAnalysis | None) -> AnyAnalysis:
        """Cheap and in order; `previous` is None at the first frame of every shot."""
        return Analysis()

    def advance(self, frame: Frame, previous: AnyAnalysis | None, tools: Tools) -> AnyAnalysis:
        """What takes the place of `analyze` where the engine has frames in a row.

        A look that is built on the frame before does its expensive work here, with `tools`, and
        gets `previous` in a flash too, where what it returns is not carried on. Its arrays must be
        frozen: earlier frames are rendered from them later.
        """
        return self.analyze(frame, None if frame.flash else previous)

    def render(self, frame: Frame, analysis: AnyAnalysis) -> np.ndarray:
        """The expensive part."""
        return frame.image

    def finish(self, frame: Frame, picture: np.ndarray, analysis: AnyAnalysis) -> np.ndarray:
        """What is locked to the screen, laid on after temporal stabilisation."""
        return picture

    def process(self, image: np.ndarray) -> np.ndarray:
        """One picture on its own: RGB (H, W, 3) uint8 or uint16 in, a new one like it out.

        Raises InvalidParameter if it is no such picture.
        """
        _check(image)
        frame = Frame(image, pts=0, duration=1, time_base=Fraction(1, 25), shot=0, index=0)
        analysis = self.analyze(frame, None)
        picture = self.finish(frame, self.render(frame, analysis), analysis)
        return image.copy() if picture is image else picture


def _check(image: np.ndarray) -> None:
    if image.ndim != 3 or image.shape[2] != 3 or 0 in image.shape:
        size = " x ".join(str(side) for side in image.shape)
        raise InvalidParameter(f"An array of {size} is not a picture.",
                               "Give RGB as (height, width, 3).")
    if image.dtype not in (np.uint8, np.uint16):
        raise InvalidParameter(f"A picture of {image.dtype} cannot be styled.",
                               "Give uint8 (0 to 255) or uint16 (0 to 65535).")
