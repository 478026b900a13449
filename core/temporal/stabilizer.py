"""What the pipeline's temporal stage runs, whichever mode is set."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np

from core.temporal.ema import Ema
from core.temporal.settings import Temporal
from stylizers.frame import Frame


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


def stabilizer(settings: Temporal, support: float,
               arrays: Mapping[str, np.ndarray] | None = None) -> Stabilizer:
    """The stabilizer that `settings` ask for, where one that gave `arrays` left off.

    `support` is how far a source pixel reaches in the styled picture, in reference pixels.
    """
    if settings.mode == "off":
        return Off()
    return Ema.from_arrays(arrays or {}, settings, support)
