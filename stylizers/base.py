"""What a look is: declared parameters and three steps, all but the first pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar, Generic, Self, TypeVar

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from core.errors import InvalidParameter
from stylizers.frame import Frame


class StyleParams(BaseModel):
    """The declared parameters of a look; options, widgets, presets and checks all read this."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @classmethod
    def build(cls, values: Mapping[str, Any]) -> Self:
        """Validated parameters, strings accepted as typed on a command line.

        Raises InvalidParameter naming the parameter, the value and what is allowed.
        """
        try:
            return cls.model_validate(dict(values))
        except ValidationError as error:
            raise _refusal(cls, error) from error

    def assets(self) -> dict[str, Path]:
        """The files these parameters name, by parameter, in declaration order."""
        values = ((name, getattr(self, name)) for name in type(self).model_fields)
        return {name: value for name, value in values if isinstance(value, Path)}


def _refusal(params: type[StyleParams], error: ValidationError) -> InvalidParameter:
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"]) or params.__name__
    if first["type"] == "extra_forbidden":
        known = ", ".join(params.model_fields) or "none"
        return InvalidParameter(f"There is no parameter '{name}'.", f"Known parameters: {known}.")
    allowed = first["msg"][0].lower() + first["msg"][1:]
    return InvalidParameter(f"{name}={first['input']!r} is refused: {allowed}.",
                            "See `styles` for every parameter and its range.")


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


P = TypeVar("P", bound=StyleParams)


class Stylizer(Generic[P]):
    """Base of every look.

    `render` and `finish` are pure: same arguments, same result, on any thread, and their input is
    never written to. They return a new array of the same shape and dtype as the picture they are
    given. In a stack `analyze` and `finish` see the source frame, while the frame of `render`
    carries what the looks before have made of its image.
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    revision: ClassVar[int]
    """Raised whenever the same input would give another picture."""
    Params: ClassVar[type[StyleParams]]
    Analysis: ClassVar[type[Analysis]] = Analysis
    stateful: ClassVar[bool] = False
    """Whether `analyze` reads `previous`: then a chunk depends on the ones before it."""
    sdr_only: ClassVar[bool] = False
    """Whether the look only makes sense on standard dynamic range."""

    def __init__(self, params: P | None = None, **values: Any) -> None:
        self.params: P = params if params is not None else self.Params.build(values)  # type: ignore[assignment]

    def support(self) -> float:
        """How far a source pixel reaches in the styled picture, in reference pixels."""
        return 0.0

    def analyze(self, frame: Frame, previous: Analysis | None) -> Analysis:
        """Cheap and in order; `previous` is None at the first frame of every shot."""
        return Analysis()

    def render(self, frame: Frame, analysis: Analysis) -> np.ndarray:
        """The expensive part."""
        return frame.image

    def finish(self, frame: Frame, picture: np.ndarray, analysis: Analysis) -> np.ndarray:
        """What is locked to the screen, laid on after temporal stabilisation."""
        return picture

    def process(self, image: np.ndarray) -> np.ndarray:
        """One picture on its own: RGB (H, W, 3) uint8 or uint16 in, the same out."""
        frame = Frame(image, pts=0, duration=1, time_base=Fraction(1, 25), shot=0, index=0)
        analysis = self.analyze(frame, None)
        return self.finish(frame, self.render(frame, analysis), analysis)
