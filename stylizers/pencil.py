"""Graphite drawing: a grey picture color-dodged by its own blurred negative, laid on paper."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import Field
from typing_extensions import override

from stylizers import paper
from stylizers.base import Analysis, StyleParams, Stylizer
from stylizers.frame import Frame

_DEPTH = 0.3
"""Luma towards which the dodge's divisor bends in the dark. The plain recipe, zero, turns every
flat tone to white paper, black too, and magnifies the noise in it without bound. A draughtsman
lays flat graphite there: black stays black, tones under 0.6 keep their shading, lighter ones are
the plain recipe."""

_REACH = 3.5
"""Sigmas that a source pixel reaches: the blur's three, and the reduction it is computed on."""


class PencilParams(StyleParams):
    blur_sigma: float = Field(21.0, ge=5, le=50,
                              description="Softness of the shading, in pixels at 1080p.")
    use_texture: bool = Field(False, description="Draw on grained paper instead of plain white.")
    texture_path: Path | None = Field(
        None, description="Picture of the paper to draw on; without one the grain is generated.")


class PencilStylizer(Stylizer[PencilParams]):
    name = "pencil"
    summary = "Graphite drawing on white or grained paper."
    revision = 1
    sdr_only = True  # its paper is the signal's white, which on HDR is far brighter than paper
    Params = PencilParams

    def __init__(self, params: PencilParams | None = None, **values: Any) -> None:
        super().__init__(params, **values)
        path = self.params.texture_path
        self._loaded = None if path is None else paper.load(path)
        # Paper is laid once per picture size, not once per frame.
        self._paper = lru_cache(maxsize=1)(self._lay)

    def _lay(self, width: int, height: int, scale: tuple[float, float]) -> paper.Paper:
        return paper.lay(self._loaded or paper.generated(), width, height, scale)

    @override
    def support(self) -> float:
        return _REACH * self.params.blur_sigma

    @override
    def render(self, frame: Frame, analysis: Analysis) -> np.ndarray:
        from stylizers.kernels.blur import gaussian
        from stylizers.kernels.dodge import dodge
        from stylizers.kernels.luma import luma

        columns, rows = (self.params.blur_sigma * scale for scale in frame.scale)
        grey = luma(frame.image)
        return dodge(grey, gaussian(grey, columns, rows), _DEPTH, frame.image.dtype)

    @override
    def finish(self, frame: Frame, picture: np.ndarray, analysis: Analysis) -> np.ndarray:
        if not self.params.use_texture:
            return picture
        from stylizers.kernels.graphite import graphite

        height, width = picture.shape[:2]
        laid = self._paper(width, height, frame.scale)
        return graphite(picture, laid.color, laid.tooth)
