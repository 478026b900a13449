"""The look that paints as any painting is painted."""

from __future__ import annotations

import hashlib
import os
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, Self

import numpy as np
from typing_extensions import override

from core.errors import ModelMissing
from stylizers.base import AnyAnalysis, Effort, Means, Stylizer
from stylizers.composite import recolor
from stylizers.frame import REFERENCE_SHORT_SIDE, Frame
from stylizers.inference import sizes
from stylizers.inference.graph import read_bytes
from stylizers.inference.shares import shares
from stylizers.paint import paintings
from stylizers.paint.manner import Manner, learned
from stylizers.paint.model import SHIPPED, parts_of
from stylizers.paint.painter import Painter
from stylizers.paint.params import PaintParams

_SMOOTHEST = 0.3
"""Weight of the total variation, of values 0..1, where it is smoothed most."""


class PaintStylizer(Stylizer[PaintParams]):
    name = "paint"
    summary = "Painting in the manner of any picture you give it."
    revision = 1
    stateful = True
    Params = PaintParams
    Analysis = Manner

    def __init__(self, params: PaintParams | None = None, **values: Any) -> None:
        super().__init__(params, **values)
        self._path = self.params.model_path or SHIPPED
        if not self._path.is_file():
            raise _missing(self.params.model_path)
        self._paintings = [(paintings.seen(path), weight)
                           for path, weight in self.params.paintings()]
        self._opening = Lock()
        self._means = Means(cores=os.cpu_count() or 1)
        self._opened: tuple[Painter, np.ndarray] | None = None

    @override
    def at(self, effort: Effort) -> Self:
        return sizes.at(self, effort)

    @property
    def version(self) -> str:
        """Changes with the network, also where its file is not named."""
        return hashlib.sha256(read_bytes(self._path)).hexdigest()[:16]

    @override
    def support(self) -> float:
        from stylizers.kernels.detail import REACH
        from stylizers.kernels.variation import STEPS

        reach = parts_of(self._path).reach + REACH + (STEPS if self.params.smoothness else 0)
        return reach * REFERENCE_SHORT_SIDE / self.params.detail

    @property
    @override
    def device(self) -> str:
        return "" if self._opened is None else self._opened[0].session.device

    @override
    def prepare(self, width: int, height: int, means: Means) -> tuple[str, ...]:
        with self._opening:
            self._means, self._opened = means, None
        self._ready()
        if self.params.use_gpu == "auto" and not _on_gpu(means):
            return ("The GPU has too little memory for the network.",)
        return ()

    @override
    def analyze(self, frame: Frame, previous: AnyAnalysis | None) -> Manner:
        painter, code = self._ready()
        before = previous if isinstance(previous, Manner) else None
        return learned(frame, before, painter, code, self.params.style_strength, self._tones)

    @override
    def render(self, frame: Frame, analysis: AnyAnalysis) -> np.ndarray:
        from stylizers.kernels.detail import detailed

        assert isinstance(analysis, Manner)
        small = sizes.reduced(frame, self.params.detail)
        picture = detailed(self._painted(small, analysis), small, frame.image)
        return recolor(picture, frame.image) if self.params.colors == "source" else picture

    def _painted(self, small: np.ndarray, manner: Manner) -> np.ndarray:
        from stylizers.kernels.luma import luma_of_planes
        from stylizers.kernels.variation import smoothed
        from stylizers.paint import colors

        painter, _ = self._ready()
        planes = painter.paint(small, manner.code, manner.shift, manner.gain)
        if self.params.smoothness:
            planes = smoothed(planes, _SMOOTHEST * self.params.smoothness)
        if self.params.colors == "matched":
            planes = colors.matched(planes, manner.tones)
        if self.params.colors == "palette":
            luma = np.empty(planes.shape[1:], np.float32)
            luma_of_planes(planes, luma)
            way = np.float32(self.params.style_strength) * (self._palette - manner.tones)
            return colors.carried(small, luma, manner.tones, manner.tones + way)
        return planes.transpose(1, 2, 0)

    def _tones(self, small: np.ndarray) -> np.ndarray:
        """What the chosen colors need to know of a picture."""
        from stylizers.paint.colors import moments, quantiles

        if self.params.colors == "matched":
            return quantiles(small.transpose(2, 0, 1))
        return moments(small) if self.params.colors == "palette" else np.empty(0, np.float32)

    @cached_property
    def _palette(self) -> np.ndarray:
        from stylizers.paint.colors import moments, pooled

        return pooled([(moments(painting), weight) for painting, weight in self._paintings])

    def _ready(self) -> tuple[Painter, np.ndarray]:
        """The network, and what is asked of it, made by whoever needs them first."""
        with self._opening:
            if self._opened is None:
                at_once, threads = shares(self._means, self.params.detail,
                                          parts_of(self._path).memory)
                painter = Painter(
                    self._path, threads=threads, at_once=at_once,
                    use_gpu=self.params.use_gpu if _on_gpu(self._means) else "off",
                    memory=self._means.gpu_memory)
                self._opened = painter, paintings.mixed(self._paintings, painter.code)
            return self._opened


def _on_gpu(means: Means) -> bool:
    """A picture that a GPU has no room for goes to the processor whole: tiles would each be painted
    by statistics of their own.
    """
    return means.gpu and means.tile is None


def _missing(path: Path | None) -> ModelMissing:
    if path is None:
        return ModelMissing("The look paint needs a network, and none is installed.",
                            "Train one (see trainer/recipes/any-painting.toml) and give it as "
                            "model_path.")
    return ModelMissing(f"The model {path} is not there.", "Check the path, or leave it out.")
