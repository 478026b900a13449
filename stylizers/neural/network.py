"""A network as the look uses it: pictures of any size in, pictures of that size out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from stylizers.inference.graph import read_bytes, read_graph
from stylizers.inference.session import Session, UseGpu
from stylizers.inference.sizes import SMALLEST
from stylizers.neural.conventions import Conventions
from stylizers.neural.freeing import freed
from stylizers.neural.tensors import from_tensor, to_tensor
from stylizers.neural.tiles import Line, cut, joined, line


@dataclass(frozen=True, slots=True)
class Tiling:
    """`side` is the longest a tile may be, None for the whole picture; `overlap` what neighbors
    share at least; `batch` how many tiles are drawn at a time.
    """

    side: int | None
    overlap: int
    batch: int = 1


class Network:
    """One model at work. `draw` may be called from several threads."""

    def __init__(self, path: Path, conventions: Conventions, *, use_gpu: UseGpu, threads: int,
                 at_once: int | None, memory: int | None = None) -> None:
        self.conventions = conventions
        content = freed(read_graph(path), conventions.layout, conventions.batch_axis) \
            if conventions.freed else read_bytes(path)
        self.session = Session(content, use_gpu=use_gpu, threads=threads, at_once=at_once,
                               memory=memory)

    def draw(self, picture: np.ndarray, tiling: Tiling) -> np.ndarray:
        """R'G'B' (H, W, 3) float32 0..1 in, the same size out, held to 0..1.

        Raises OutOfMemory or RenderError.
        """
        height, width = picture.shape[:2]
        margin = self.conventions.margin
        rows, columns = self.lines(height, width, tiling)
        padded = cv2.copyMakeBorder(
            picture, margin, rows.padded - height - margin, margin,
            columns.padded - width - margin, cv2.BORDER_REFLECT_101)
        drawn = list(self._drawn(cut(padded, rows, columns), tiling.batch))
        whole = drawn[0] if len(drawn) == 1 else joined(drawn, rows, columns,
                                                        self.conventions.reach)
        return np.clip(whole[margin:margin + height, margin:margin + width], 0, 1)

    def lines(self, height: int, width: int, tiling: Tiling) -> tuple[Line, Line]:
        """How a picture of this size is tiled down and across."""
        says = self.conventions
        height, width = height + 2 * says.margin, width + 2 * says.margin
        overlap = max(tiling.overlap, 2 * says.reach)
        smallest = -(-SMALLEST // says.multiple) * says.multiple

        def along(length: int, fixed: int | None) -> Line:
            side = fixed or tiling.side
            if side is None:
                return line(max(length, smallest), max(length, smallest), 0, says.multiple)
            # Where what a pixel sees does not fit into a tile, more of it would cost and not help.
            shared = overlap if overlap <= side // 2 else tiling.overlap
            return line(max(length, smallest), max(side, smallest), shared, says.multiple, fixed)

        return along(height, says.height), along(width, says.width)

    def _drawn(self, tiles: Sequence[np.ndarray], batch: int) -> Iterator[np.ndarray]:
        """Each tile drawn, `batch` at a time or as many as the network insists on."""
        says = self.conventions
        size = batch if says.batch is None else says.batch
        for first in range(0, len(tiles), size):
            group = list(tiles[first:first + size])
            # One shape for every run: a GPU prepares for each that it has not met.
            full = group + [group[-1]] * (min(size, len(tiles)) - len(group)) \
                if says.batch is None else group + [group[-1]] * (size - len(group))
            yield from self._run(full)[:len(group)]

    def _run(self, tiles: Sequence[np.ndarray]) -> np.ndarray:
        says = self.conventions
        [tensor] = self.session.run({says.input_name: to_tensor(tiles, says)}, says.output_name)
        return from_tensor(tensor, says)
