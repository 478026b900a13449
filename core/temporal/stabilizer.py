"""What the pipeline's temporal stage runs, whichever mode is set."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np

from core.temporal.deflicker import Deflicker
from core.temporal.ema import Ema
from core.temporal.flow import Flow
from core.temporal.settings import Temporal
from stylizers.frame import Frame
from stylizers.steadying import TONES, Steadying


class Stabilizer(Protocol):
    """One render's stabilization: frames in presentation order, from one thread at a time."""

    def step(self, frame: Frame, styled: np.ndarray) -> np.ndarray:
        """The steady picture for `frame`, of the shape and dtype of `styled`.

        Neither argument may be written to afterwards, and neither may the result.
        """

    def to_arrays(self) -> dict[str, np.ndarray]:
        """All that the coming pictures depend on besides the settings, exactly."""


class Off:
    """Hands every picture through."""

    def step(self, frame: Frame, styled: np.ndarray) -> np.ndarray:  # noqa: ARG002
        return styled

    def to_arrays(self) -> dict[str, np.ndarray]:
        return {}


class Deflickered:
    """Takes out pulsing before the stabilizer sees the pictures."""

    def __init__(self, deflicker: Deflicker, inner: Stabilizer) -> None:
        self._deflicker, self._inner = deflicker, inner

    def step(self, frame: Frame, styled: np.ndarray) -> np.ndarray:
        return self._inner.step(frame, self._deflicker.step(frame, styled))

    def to_arrays(self) -> dict[str, np.ndarray]:
        own = {_OWN + name: array for name, array in self._deflicker.to_arrays().items()}
        return {**self._inner.to_arrays(), **own}


_OWN = "deflicker."


def stabilizer(settings: Temporal, support: float,
               arrays: Mapping[str, np.ndarray] | None = None,
               steadying: Steadying = TONES) -> Stabilizer:
    """The stabilizer that `settings` ask for, where one that gave `arrays` left off.

    `support` is how far a source pixel reaches in the styled picture, in reference pixels;
    `steadying` is what the look asks of `flow`.
    """
    known = arrays or {}
    past = {name: array for name, array in known.items() if not name.startswith(_OWN)}
    inner: Stabilizer = Off()
    if settings.mode == "flow":
        inner = Flow.from_arrays(past, settings, support, steadying)
    elif settings.mode == "ema":
        inner = Ema.from_arrays(past, settings, support)
    if not settings.deflicker:
        return inner
    own = {name.removeprefix(_OWN): array for name, array in known.items()
           if name.startswith(_OWN)}
    return Deflickered(Deflicker.from_arrays(own, settings.deflicker), inner)
