"""A network under examination: run on pictures of several sizes, with nothing yet known of it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np

from core.errors import BrushreelError, ModelCorrupt, RenderError, UnsupportedModel
from stylizers.inference.graph import LARGEST_TENSOR, tensors
from stylizers.inference.session import Session
from stylizers.neural.conventions import Conventions
from stylizers.neural.interface import Interface
from stylizers.neural.tensors import from_tensor, to_tensor

if TYPE_CHECKING:
    from onnx import ModelProto

MULTIPLES = (1, 2, 4, 8, 16, 32, 64)
_SIDES = (97, 131)
"""Tried first; they are odd, as sides of videos may be."""
_SUPER = 1.4
"""How many times its input's sides a network's output has that enlarges."""

_SHOWS = 0.02
"""Share of its range by which a network draws differently at an edge before it counts."""
_WIDEST = 48
_USUAL_MEMORY = 1500
"""Bytes per pixel of a network whose shapes cannot be told."""


class Trial:
    """Runs a network as its interface declares; `run` takes and gives pictures in its ranges."""

    def __init__(self, content: bytes, interface: Interface) -> None:
        self.interface = interface
        self._session = Session(content, threads=min(os.cpu_count() or 1, 4))
        self._plain = Conventions(
            input_name=interface.input_name, output_name=interface.output_name,
            layout=interface.layout, batch_axis=interface.batch_axis, input_range="0..1",
            output_range="0..1", dtype=interface.dtype, batch=interface.batch)

    def run(self, picture: np.ndarray) -> np.ndarray:
        """(H, W, 3) float32 there and back, nothing scaled, order left as it is.

        Raises RenderError where the network does not take this size.
        """
        return self.run_all([picture] * (self.interface.batch or 1))[0]

    def run_all(self, pictures: Sequence[np.ndarray]) -> np.ndarray:
        [tensor] = self._session.run({self._plain.input_name: to_tensor(pictures, self._plain)},
                                     self._plain.output_name)
        rank = 4 if self._plain.batch_axis else 3
        if tensor.ndim != rank or tensor.dtype.kind not in "fu":
            raise UnsupportedModel("This network gives no color picture.",
                                   "Give a network that turns a picture into a picture.")
        return from_tensor(tensor, self._plain)

    def multiple(self) -> int:
        """What both sides must be multiples of, for the output to have the size of the input.

        Raises UnsupportedModel for what enlarges, reduces, or takes none of these sizes.
        """
        failure: BrushreelError | None = None
        for multiple in MULTIPLES:
            # Multiples of this number that are not of the next.
            height, width = (multiple * (max(side // multiple, 1) | 1) for side in _SIDES)
            try:
                if self._keeps_size(height, width):
                    return multiple
            except RenderError as error:
                failure = error
        raise UnsupportedModel(
            "This network takes no picture whose sides are multiples of 64 or less.",
            "Export it with free sides.") from failure

    def check_size(self) -> None:
        """Raises UnsupportedModel unless a network of one size gives pictures of that size."""
        height, width = self.interface.height or 0, self.interface.width or 0
        if not self._keeps_size(height, width):
            raise UnsupportedModel("This network gives pictures of another size than it takes.",
                                   "Give a style network; those keep the size.")

    def takes_batches(self) -> bool:
        """Whether two pictures at a time come out as each does alone."""
        one = np.random.default_rng(1).random((*self.some_size(), 3), dtype=np.float32)
        pair = [one, one[::-1].copy()]
        try:
            together = self.run_all(pair)
        except (RenderError, UnsupportedModel):
            return False
        return together.shape[0] == 2 and all(
            np.allclose(both, self.run(single), atol=1e-3 * max(1.0, float(np.abs(both).max())))
            for both, single in zip(together, pair, strict=True))

    def some_size(self) -> tuple[int, int]:
        return self.interface.height or 128, self.interface.width or 128

    def _keeps_size(self, height: int, width: int) -> bool:
        ramp = np.linspace(0, 1, height * width * 3, dtype=np.float32).reshape(height, width, 3)
        shape = self.run(ramp).shape
        if shape[2] != 3:
            raise UnsupportedModel(f"This network gives {shape[2]} channels, not three.",
                                   "Give a network that turns a picture into a picture.")
        ratio = max(shape[0] / height, shape[1] / width)
        if ratio >= _SUPER:
            raise UnsupportedModel(
                f"This network enlarges pictures {round(ratio)} times; it is no style.",
                "Give a style network; those keep the size.")
        if ratio < 1 / _SUPER:
            raise UnsupportedModel("This network gives smaller pictures than it takes.",
                                   "Give a style network; those keep the size.")
        return shape[:2] == (height, width)


def reach_of(trial: Trial, picture: np.ndarray) -> int | None:
    """How far, in pixels, a change of the input is seen in the output; None for all the way.

    Halves are changed rather than dots, for a dot may be lost where the network looks elsewhere.
    `picture` is in the network's own range.
    """
    before = trial.run(picture)
    farthest = 0
    for axis in (0, 1):
        side = picture.shape[axis]
        first = side // 4
        changed = picture.copy()
        part = (slice(0, first), slice(None)) if axis == 0 else (slice(None), slice(0, first))
        changed[part] = picture.max() + picture.min() - picture[part]
        apart = np.abs(trial.run(changed) - before).max(axis=2)
        lines = np.flatnonzero(apart.max(axis=1 - axis) > 1e-6 * float(np.ptp(before)))
        last = int(lines[-1]) if len(lines) else 0
        if last >= side - 1:
            return None
        farthest = max(farthest, last - first + 1)
    return farthest


def margin_of(trial: Trial, picture: np.ndarray, span: float, *, tileable: bool) -> int:
    """How far, in pixels, the edge of the picture shows; 0 for networks that mirror it themselves.

    To half a code where the network may be tiled, since then whole pictures and tiles are to agree;
    otherwise as far as the eye sees it.

    The left half is drawn once with its right side at the edge and once beside its mirror image,
    in pictures of the same pixels. `span` is the network's range of values.
    """
    half = picture.shape[1] // 2
    part = picture[:, :half]
    outside = trial.run(np.concatenate([part[:, ::-1], part], axis=1))[:, half:2 * half]
    inside = trial.run(np.concatenate([part, part[:, ::-1]], axis=1))[:, :half]
    apart = np.abs(outside - inside)[:, half // 2:][:, ::-1] / span
    seen = np.flatnonzero(apart.max(axis=(0, 2)) > 0.5 / 255 if tileable
                          else apart.mean(axis=(0, 2)) > _SHOWS)
    return min(int(seen[-1]) + 1, _WIDEST) if len(seen) else 0


def memory_of(model: ModelProto, interface: Interface, height: int, width: int) -> int:
    """Bytes per pixel that are in use at a time, about, when pictures of this size are drawn.

    Three times the largest sum of what one operator reads and writes: other things wait beside it,
    and ONNX Runtime keeps what it once had. Raises ModelCorrupt for a graph whose shapes contradict
    each other, and UnsupportedModel for one that would take all memory there is.
    """
    largest = 0
    sizes = _sizes(model, interface, height, width)
    if max(sizes.values(), default=0) > LARGEST_TENSOR:
        raise UnsupportedModel("This network would take more memory than any machine has.",
                               "Give another one.")
    weights = {tensor.name for tensor in tensors(model)}
    for node in model.graph.node:
        names = {*node.input, *node.output} - weights
        largest = max(largest, sum(sizes.get(name, 0) for name in names))
    told = sum(node.output[0] in sizes for node in model.graph.node if node.output)
    if told < len(model.graph.node) / 2:
        return _USUAL_MEMORY  # operators older than the inference of shapes
    return max(3 * 4 * largest // (height * width), 64)


def _sizes(model: ModelProto, interface: Interface, height: int, width: int) -> dict[str, int]:
    """Elements of every tensor whose shape can be told, by name."""
    from onnx import ModelProto, shape_inference

    fixed = ModelProto()
    fixed.CopyFrom(model)
    for value in fixed.graph.input:
        if value.name == interface.input_name:
            sides = value.type.tensor_type.shape.dim
            for dim, side in zip(sides, interface.shape(height, width), strict=True):
                dim.Clear()
                dim.dim_value = side
    for value in fixed.graph.output:  # what is declared would stand in the way of what follows
        value.type.tensor_type.ClearField("shape")
    try:
        known = shape_inference.infer_shapes(fixed, data_prop=True).graph
    except (shape_inference.InferenceError, RuntimeError, ValueError) as error:
        raise ModelCorrupt("The shapes in this network contradict each other.",
                           "Fetch it again and compare its SHA-256.") from error
    return {value.name: int(np.prod([dim.dim_value or 1 for dim in
                                     value.type.tensor_type.shape.dim], dtype=np.float64))
            for value in (*known.value_info, *known.output)}


def sized(picture: np.ndarray, height: int, width: int) -> np.ndarray:
    """float32 0..1 at another size."""
    small = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    return small.astype(np.float32) / np.float32(255)
