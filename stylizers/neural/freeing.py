"""Giving a network whose file names one size any size, where its operators allow it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stylizers.inference.graph import inputs

if TYPE_CHECKING:
    from onnx import ModelProto

    from stylizers.neural.conventions import Layout


def freed(model: ModelProto, layout: Layout, batch_axis: bool) -> bytes:
    """The same network with its rows and columns left open, as a file.

    Exporters write down the size of the picture they traced. What they noted of the tensors in
    between is dropped, for it would contradict any other.
    """
    from onnx import ModelProto

    other = ModelProto()
    other.CopyFrom(model)
    rows = (0 if layout == "NHWC" else 1) + batch_axis
    for value in (*inputs(other.graph), *other.graph.output):
        for axis in (rows, rows + 1):
            dim = value.type.tensor_type.shape.dim[axis]
            dim.Clear()
            dim.dim_param = f"{value.name}_{axis}"
    del other.graph.value_info[:]
    return bytes(other.SerializeToString())
