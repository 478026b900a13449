"""The look drawn by a style network."""

from __future__ import annotations

import hashlib
import os
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, Self

import numpy as np
from pydantic import Field
from typing_extensions import override

from core.errors import ModelMissing
from stylizers.base import Analysis, Effort, Means, StyleParams, Stylizer
from stylizers.frame import REFERENCE_SHORT_SIDE, Frame
from stylizers.inference import sizes
from stylizers.inference.session import UseGpu
from stylizers.inference.shares import HEADROOM, shares
from stylizers.neural.conventions import Conventions, declared
from stylizers.neural.network import Network, Tiling


class NeuralParams(StyleParams):
    model_path: Path | None = Field(None, description="The network, an ONNX file; see the command "
                                                      "models.")
    detail: int = Field(540, ge=sizes.LEAST, le=2160, description="Short side, in pixels, of what "
                        "the network draws: more makes finer strokes and takes longer. The preset "
                        "speed takes half of it.")
    tile_size: int = Field(512, ge=128, le=2048, description="Longest side of the tiles a network "
                           "draws, in pixels, where it allows tiles.")
    overlap: int = Field(32, ge=0, le=256, description="What neighboring tiles share at least, in "
                         "pixels.")
    use_gpu: UseGpu = "auto"


class NeuralStylizer(Stylizer[NeuralParams]):
    name = "neural"
    summary = "Painting by a style network, any ONNX model."
    revision = 2
    Params = NeuralParams

    def __init__(self, params: NeuralParams | None = None, **values: Any) -> None:
        super().__init__(params, **values)
        if self.params.model_path is None:
            raise ModelMissing("The look neural needs a network, and none is chosen.",
                               "Name an installed one (neural:NAME), or install one with the "
                               "command models import.")
        if not self.params.model_path.is_file():
            raise ModelMissing(f"The model {self.params.model_path} is not there.",
                               "Check the path, or name an installed one (neural:NAME).")
        self._path = self.params.model_path
        self._opening = Lock()
        self._means = Means(cores=os.cpu_count() or 1)
        self._network: Network | None = None

    @override
    def at(self, effort: Effort) -> Self:
        return sizes.at(self, effort)

    @property
    def version(self) -> str:
        """Changes when the network is taken to expect something else."""
        return hashlib.sha256(self._conventions.model_dump_json().encode()).hexdigest()[:16]

    @override
    def support(self) -> float:
        from stylizers.kernels.detail import REACH

        return (self._conventions.reach + REACH) * REFERENCE_SHORT_SIDE / self.params.detail

    @property
    @override
    def device(self) -> str:
        return "" if self._network is None else self._network.session.device

    @override
    def prepare(self, width: int, height: int, means: Means) -> tuple[str, ...]:
        with self._opening:
            self._means, self._network = means, None
        network, size = self._opened(), self._size(width, height, 1.0)
        said = []
        if self.params.use_gpu == "auto" and not means.gpu:
            said.append("The GPU has too little memory for the network.")
        tiling = self._tiling(*size)
        rows, columns = network.lines(*size, tiling)
        count = len(rows.starts) * len(columns.starts)
        if count > 1 and not self._conventions.tileable:
            said.append(f"Memory has no room for the whole picture, so the network draws it in "
                        f"{count} tiles, though it looks at all of it at once; lower detail if "
                        "tiles differ.")
        elif count > 1 and self._conventions.height:
            said.append(f"The network takes pictures of {self._conventions.width}x"
                        f"{self._conventions.height} only, so it draws {count} tiles.")
        return tuple(said)

    @override
    def render(self, frame: Frame, analysis: Analysis) -> np.ndarray:
        from stylizers.kernels.detail import detailed

        height, width = frame.image.shape[:2]
        rows, columns = self._size(width, height, float(frame.sar))
        small = sizes.resized(frame.image, rows, columns)
        drawn = self._opened().draw(small, self._tiling(rows, columns))
        return detailed(drawn, small, frame.image)

    @cached_property
    def _conventions(self) -> Conventions:
        from stylizers.neural.inspection import inspect

        return declared(self._path) or inspect(self._path).conventions

    def _size(self, width: int, height: int, sar: float) -> tuple[int, int]:
        """Rows and columns of what the network draws: square pixels, the same for any size of
        picture, unless that would be far larger than it.
        """
        factor = sizes.factor(width, height, sar, self.params.detail)
        says = self._conventions
        if says.height and says.width and not says.tileable:
            # It must see all of the picture, and takes no more than this.
            edges = 2 * says.margin
            factor = min(factor, max(says.width - edges, 1) / (width * sar),
                         max(says.height - edges, 1) / height)
        return max(round(height * factor), 1), max(round(width * sar * factor), 1)

    def _tiling(self, rows: int, columns: int) -> Tiling:
        """Whole pictures where tiles would show, unless memory has no room for one."""
        means, says, on_gpu = self._means, self._conventions, self._on_gpu()
        free = means.gpu_memory if on_gpu else means.memory
        side: int | None = self.params.tile_size
        if means.tile is not None:
            side = min(self.params.tile_size, means.tile)
        elif not says.tileable and (free is None
                                    or rows * columns * says.memory < free * HEADROOM):
            side = None
        return Tiling(side, self.params.overlap, means.batch if on_gpu else 1)

    def _on_gpu(self) -> bool:
        return self._network is not None and self._network.session.on_gpu

    def _opened(self) -> Network:
        """The network, opened by whoever needs it first."""
        with self._opening:
            if self._network is None:
                at_once, threads = shares(self._means, self.params.detail,
                                          self._conventions.memory)
                self._network = Network(
                    self._path, self._conventions, threads=threads, at_once=at_once,
                    use_gpu=self.params.use_gpu if self._means.gpu else "off",
                    memory=self._means.gpu_memory)
            return self._network
