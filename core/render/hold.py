"""Drawings that stand for several frames, as animation by hand is shot: on twos, on threes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from core.render.work import Drawing
from core.scenes import Decision


class Exposure:
    """Tells which frames repeat the drawing before them.

    Every shot begins with a new drawing, and every `hold`-th frame after it is one. A flash is one
    of its own, and so is what comes after it, from where counting goes on.
    """

    def __init__(self, hold: int, arrays: Mapping[str, np.ndarray]) -> None:
        """Goes on as the one that gave `arrays` would have."""
        self._hold = hold
        self._left = int(arrays["left"]) if "left" in arrays else 0

    def repeats(self, decision: Decision) -> bool:
        """Whether the next frame is the drawing before it once more."""
        repeated = self._left > 0 and not decision.cut and not decision.flash
        if decision.flash:
            self._left = 0
        else:
            self._left = self._left - 1 if repeated else self._hold - 1
        return repeated

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Empty where the next frame is a new drawing."""
        return {"left": np.array(self._left)} if self._left else {}


def drawing_arrays(drawing: Drawing, picture: np.ndarray) -> dict[str, np.ndarray]:
    """What the frames to come repeat: the steady `picture`, and what it was drawn from.

    What the looks had learned for it is among their own arrays, as it is what they learned last.
    """
    frame = drawing.frame
    alpha = {} if frame.alpha is None else {"alpha": frame.alpha}
    colors = {f"colors.{number}": plane for number, plane in enumerate(drawing.colors)}
    return {"image": frame.image, **alpha, **colors, "picture": picture,
            "pts": np.array(frame.pts)}


def colors_from(arrays: Mapping[str, np.ndarray]) -> tuple[np.ndarray, ...]:
    """The chroma planes among `drawing_arrays`."""
    return tuple(arrays[name] for name in sorted(arrays) if name.startswith("colors."))


def frozen(picture: np.ndarray) -> np.ndarray:
    """The same array, no more to be written to."""
    picture.flags.writeable = False
    return picture
