"""A network that paints as any painting, at work on pictures in memory."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import cv2
import numpy as np

from core.edge import edge
from core.errors import BrushreelError, ModelError, UnsupportedModel
from stylizers.inference.session import Session, UseGpu
from stylizers.inference.sizes import SMALLEST
from stylizers.paint.model import parts_of

_TRIED = 64
"""Side of the picture that a network is tried with."""


class Painter:
    """`paint` may be called from several threads; the statistics and codes are the processor's."""

    def __init__(self, path: Path, *, use_gpu: UseGpu, threads: int, at_once: int | None,
                 memory: int | None = None) -> None:
        """Raises ModelError for a file that holds no such network, or one that does not run."""
        with edge(path):
            self._name, self._parts = path.name, parts_of(path)
            try:
                self.session = Session(self._parts.painter, use_gpu=use_gpu, threads=threads,
                                       at_once=at_once, memory=memory)
                self._try()
            except ModelError as error:
                raise type(error)(f"{path.name}: {error.message}", error.hint) from error

    def statistics(self, picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean and deviation, float32 (channels,), of what the network sees in a picture.

        Pictures are R'G'B' (H, W, 3) float32 0..1, here and below.
        """
        mean, deviation = self._statistics.run({"image": _tensor(picture)}, "mean", "deviation")
        return mean[0], deviation[0]

    def code(self, painting: np.ndarray) -> np.ndarray:
        """What a painting is like, float32 (codes,)."""
        [code] = self._coder.run({"painting": _tensor(painting)}, "painting_code")
        return np.asarray(code[0])

    def paint(self, picture: np.ndarray, code: np.ndarray, shift: np.ndarray, gain: np.ndarray
              ) -> np.ndarray:
        """R'G'B' planes (3, H, W) float32 of the picture as `code` asks.

        `shift` and `gain`, (channels,), are added to its mean and multiplied with its deviation.
        Raises OutOfMemory or RenderError.
        """
        height, width = picture.shape[:2]
        [drawn] = self.session.run(
            {"image": _tensor(picture), "code": code[None], "shift": shift[None],
             "gain": gain[None], "alpha": np.array(1, np.float32)}, "picture")
        return np.ascontiguousarray(drawn[0, :, :height, :width])

    @cached_property
    def _statistics(self) -> Session:
        return Session(self._parts.statistics)

    @cached_property
    def _coder(self) -> Session:
        return Session(self._parts.coder)

    def _try(self) -> None:
        """Raises UnsupportedModel for a network that gives anything but what it should."""
        gray = np.full((_TRIED, _TRIED, 3), 0.5, np.float32)
        try:
            code, (mean, deviation) = self.code(gray), self.statistics(gray)
            drawn = self.paint(gray, code, 0 * mean, 0 * deviation + 1)
        except ModelError:
            raise
        except (BrushreelError, IndexError) as error:
            raise UnsupportedModel("this network does not paint a plain picture.",
                                   "Export it again with the command train.") from error
        found = (code.shape, mean.shape, deviation.shape, drawn.shape)
        channels = (self._parts.channels,)
        if found != ((self._parts.codes,), channels, channels, (3, _TRIED, _TRIED)):
            raise UnsupportedModel("this network gives pictures or codes of another shape than it "
                                   "declares.", "Export it again with the command train.")


def _tensor(picture: np.ndarray) -> np.ndarray:
    """As the network takes it, float32 (1, 3, H, W); small pictures are mirrored at two sides."""
    height, width = picture.shape[:2]
    if min(height, width) < SMALLEST:
        picture = cv2.copyMakeBorder(picture, 0, max(SMALLEST - height, 0), 0,
                                     max(SMALLEST - width, 0), cv2.BORDER_REFLECT_101)
    return np.ascontiguousarray(picture.transpose(2, 0, 1)[None])
