"""Small networks made in the tests, as ONNX files: plain ones, odd ones, and ones to be refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnx.parser
from onnx import TensorProto, helper, numpy_helper

_TYPES = {"float32": TensorProto.FLOAT, "float16": TensorProto.FLOAT16, "uint8": TensorProto.UINT8}
_SCALES = {"0..255": (1 / 255, 0.0), "0..1": (1.0, 0.0), "-1..1": (0.5, 0.5)}


@dataclass(frozen=True)
class Network:
    """A style network: blurs of 3x3 pixels, a color matrix, sharper edges, and a curve of tones.

    It works on 0..1, with what its conventions need before and after. `statistics` has it
    normalize by the whole picture; `height` and `width` None leave the sides free; `spread`
    widens each blur, so that it reaches `blurs * spread` pixels.
    """

    layout: str = "NCHW"
    order: str = "RGB"
    range: str = "0..1"
    dtype: str = "float32"
    batch_axis: bool = True
    batch: int | str = "N"
    height: int | None = None
    width: int | None = None
    statistics: bool = False
    blurs: int = 2
    spread: int = 1
    strides: int = 1
    names: tuple[str, str] = ("input", "output")
    seed: int = 1

    def write(self, path: Path) -> Path:
        path.write_bytes(self.model().SerializeToString())
        return path

    def model(self) -> onnx.ModelProto:
        graph = _Graph(self.names[0])
        if not self.batch_axis:
            graph.add("Unsqueeze", np.array([0]))
        if self.dtype != "float32":
            graph.add("Cast", to=TensorProto.FLOAT)
        if self.layout == "NHWC":
            graph.add("Transpose", perm=[0, 3, 1, 2])
        scale, offset = _SCALES[self.range]
        graph.add("Mul", np.float32(scale))
        graph.add("Add", np.float32(offset))
        self._draw(graph)
        graph.add("Sub", np.float32(offset))
        graph.add("Mul", np.float32(1 / scale))
        if self.layout == "NHWC":
            graph.add("Transpose", perm=[0, 2, 3, 1])
        if self.dtype == "uint8":
            graph.add("Clip", np.float32(0), np.float32(255))
            graph.add("Round")
        if self.dtype != "float32":
            graph.add("Cast", to=_TYPES[self.dtype])
        if not self.batch_axis:
            graph.add("Squeeze", np.array([0]))
        return graph.finished(self.names[1], self._shape(), _TYPES[self.dtype])

    def _draw(self, graph: _Graph) -> None:
        random = np.random.default_rng(self.seed)
        tint = np.array([[1.25, -0.15, -0.1], [-0.05, 1.0, 0.0], [-0.3, 0.1, 1.0]], np.float32)
        if self.order == "BGR":
            tint = tint[::-1, ::-1]
        if self.statistics:
            ones = np.ones(3, np.float32)
            graph.add("InstanceNormalization", ones * 0.25, ones * 0.5)
        for _ in range(self.blurs):
            kernel = np.zeros((3, 3, 3, 3), np.float32)
            weights = random.uniform(0.5, 1.5, (3, 3)).astype(np.float32)
            kernel[range(3), range(3)] = weights / weights.sum()
            graph.add("Conv", kernel, dilations=[self.spread] * 2,
                      pads=[self.spread] * 4)
        if self.strides > 1:
            size = self.strides
            graph.add("AveragePool", kernel_shape=[size] * 2, strides=[size] * 2)
            graph.add("Resize", None, np.array([1, 1, size, size], np.float32), mode="nearest")
        graph.add("Conv", tint.reshape(3, 3, 1, 1))
        sharpen = np.zeros((3, 3, 3, 3), np.float32)
        sharpen[range(3), range(3)] = np.array([[0, -.4, 0], [-.4, 2.6, -.4], [0, -.4, 0]])
        graph.add("Conv", sharpen, pads=[1] * 4)
        graph.add("Mul", np.float32(5))
        graph.add("Sub", np.float32(2.5))
        graph.add("Sigmoid")

    def _shape(self) -> list[int | str]:
        rows, columns = self.height or "H", self.width or "W"
        sides: list[int | str] = [3, rows, columns] if self.layout == "NCHW" \
            else [rows, columns, 3]
        return [self.batch, *sides] if self.batch_axis else sides


class _Graph:
    """A chain of operators, each with constants behind what came before."""

    def __init__(self, start: str) -> None:
        self._start = self._last = start
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def add(self, kind: str, *constants: Any, **attributes: Any) -> None:
        number = len(self._nodes)
        names = [self._constant(value) for value in constants]
        made = f"t{number}"
        self._nodes.append(helper.make_node(kind, [self._last, *names], [made], **attributes))
        self._last = made

    def _constant(self, value: Any) -> str:
        if value is None:
            return ""
        name = f"c{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def finished(self, name: str, shape: Sequence[int | str], kind: int) -> onnx.ModelProto:
        self._nodes[-1].output[0] = name
        graph = helper.make_graph(
            self._nodes, "style", [helper.make_tensor_value_info(self._start, kind, shape)],
            [helper.make_tensor_value_info(name, kind, shape)], self._constants)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def chain(*operators: tuple[str, Sequence[Any], dict[str, Any]],
          shape: Sequence[int | str] = (1, 3, "H", "W"),
          given: Sequence[int | str] = (1, 3, "H2", "W2"), kind: int = TensorProto.FLOAT
          ) -> onnx.ModelProto:
    """Any chain of operators as a model, for those that are to be refused."""
    graph = _Graph("input")
    for name, constants, attributes in operators:
        graph.add(name, *constants, **attributes)
    model = graph.finished("output", shape, kind)
    dims = model.graph.output[0].type.tensor_type.shape.dim
    for dim, side in zip(dims, given, strict=True):
        dim.Clear()
        if isinstance(side, str):
            dim.dim_param = side
        else:
            dim.dim_value = side
    return model


def painter(seed: float = 0.0) -> onnx.ModelProto:
    """A network as the look paint runs it, whose features are the colors themselves.

    What it paints has the mean and the deviation of the painting's red, green and blue; `seed` is
    added to its means.
    """
    return onnx.parser.parse_model(f"""
        <ir_version: 8, opset_import: ["": 17]>
        paint (float[1, 3, H, W] image, float[1, 3, P, Q] painting, float[1, 6] code,
               float[1, 3] shift, float[1, 3] gain, float alpha)
            => (float[1, 3, H, W] picture, float[1, 3] mean, float[1, 3] deviation,
                float[1, 6] painting_code)
            <int64[2] space = {{2, 3}}, int64[2] halves = {{3, 3}}, float least = {{1e-10}},
             float extra = {{{seed}}}> {{
            {_moments("image", "mean", "deviation")}
            {_moments("painting", "center", "spread")}
            shown = Add(center, extra)
            painting_code = Concat<axis = 1>(shown, spread)
            moved = Add(mean, shift)
            scaled = Mul(deviation, gain)
            wanted, width = Split<axis = 1>(code, halves)
            middle = Unsqueeze(moved, space)
            unit = Unsqueeze(scaled, space)
            target = Unsqueeze(wanted, space)
            amount = Unsqueeze(width, space)
            apart = Sub(image, middle)
            normal = Div(apart, unit)
            stretched = Mul(normal, amount)
            painted = Add(stretched, target)
            way = Sub(painted, image)
            gone = Mul(alpha, way)
            picture = Add(image, gone)
        }}""")


def _moments(picture: str, mean: str, deviation: str) -> str:
    return f"""
        {mean} = ReduceMean<axes = [2, 3], keepdims = 0>({picture})
        {picture}2 = Mul({picture}, {picture})
        {mean}2 = Mul({mean}, {mean})
        {picture}m = ReduceMean<axes = [2, 3], keepdims = 0>({picture}2)
        {picture}v = Sub({picture}m, {mean}2)
        {picture}r = Max({picture}v, least)
        {deviation} = Sqrt({picture}r)"""
