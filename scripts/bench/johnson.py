"""The network others are measured by: that of Johnson et al. 2016, untrained, as an ONNX file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

WIDTH = 32
"""Channels at full size in the paper and in most models that are passed around."""
_BLOCKS = 5


def write_johnson(path: Path) -> Path:
    """R'G'B' (1, 3, H, W) in and out, sides in multiples of four; what it draws is noise.

    "Perceptual Losses for Real-Time Style Transfer", supplementary material, with instance
    normalization (Ulyanov et al. 2016) and nearest upsampling (Odena et al. 2016), as it is used.
    """
    from onnx import TensorProto, helper

    graph = _Graph()
    now = graph.convolution("image", 3, WIDTH, 9)
    now = graph.convolution(now, WIDTH, 2 * WIDTH, 3, stride=2)
    now = graph.convolution(now, 2 * WIDTH, 4 * WIDTH, 3, stride=2)
    for _ in range(_BLOCKS):
        inner = graph.convolution(now, 4 * WIDTH, 4 * WIDTH, 3)
        inner = graph.convolution(inner, 4 * WIDTH, 4 * WIDTH, 3, active=False)
        now = graph.node("Add", [now, inner])
    for channels in (2 * WIDTH, WIDTH):
        now = graph.convolution(graph.enlarged(now), 2 * channels, channels, 3)
    graph.convolution(now, WIDTH, 3, 9, active=False, output="picture")
    pictures = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 3, "height", "width"])
                for name in ("image", "picture")]
    model = helper.make_model(
        helper.make_graph(graph.nodes, "johnson", pictures[:1], pictures[1:], graph.weights),
        opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path.write_bytes(model.SerializeToString())
    return path


class _Graph:
    """Nodes in order, with weights of chance."""

    def __init__(self) -> None:
        from onnx import NodeProto, TensorProto

        self.nodes: list[NodeProto] = []
        self.weights: list[TensorProto] = []
        self._chance = np.random.default_rng(1)

    def convolution(self, source: str, channels: int, features: int, size: int, *,
                    stride: int = 1, active: bool = True, output: str = "") -> str:
        """With a mirrored border; then, but for the last, normalized, and a ReLU if `active`."""
        edge = size // 2
        padded = self.node("Pad", [source, self._constant(
            np.array([0, 0, edge, edge, 0, 0, edge, edge], np.int64))], mode="reflect")
        weight = self._chance.standard_normal((features, channels, size, size)) / size / channels
        now = self.node("Conv", [padded, self._constant(weight.astype(np.float32))],
                        output, strides=[stride, stride])
        if output:
            return now
        scale, bias = (self._constant(np.full(features, value, np.float32)) for value in (1, 0))
        now = self.node("InstanceNormalization", [now, scale, bias])
        return self.node("Relu", [now]) if active else now

    def enlarged(self, source: str) -> str:
        scales = self._constant(np.array([1, 1, 2, 2], np.float32))
        return self.node("Resize", [source, "", scales], mode="nearest", nearest_mode="floor",
                         coordinate_transformation_mode="asymmetric")

    def node(self, kind: str, inputs: list[str], output: str = "", **attributes: Any) -> str:
        from onnx import helper

        output = output or f"value{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def _constant(self, value: np.ndarray) -> str:
        from onnx import numpy_helper

        name = f"weight{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(value, name))
        return name
