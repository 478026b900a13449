"""Reading an ONNX file as data: whether it is a plain graph, and what the graph tells."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.edge import edge
from core.errors import ModelCorrupt, ModelMissing, UnsupportedModel

if TYPE_CHECKING:
    from onnx import FunctionProto, GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto

LARGEST = 512 * 2**20
"""Bytes of a file that is still taken for a style network."""
LARGEST_TENSOR = 2**31
"""Elements; a graph that names more at import size is made to exhaust memory."""
DOMAINS = frozenset({"", "ai.onnx", "ai.onnx.ml", "com.microsoft"})
"""Whose operators may appear. Any other needs code from elsewhere."""
_UNBOUNDED = frozenset({"Loop", "Scan", "SequenceMap"})
_STATISTICS = frozenset({
    "InstanceNormalization", "GroupNormalization", "LayerNormalization", "LpNormalization",
    "MeanVarianceNormalization", "GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool"})
_ANOTHER = {b"PK": "a PyTorch or Keras file", b"\x80\x02": "a pickle", b"\x89HDF": "a Keras file",
            b"\x80\x03": "a pickle", b"\x80\x04": "a pickle", b"\x80\x05": "a pickle"}


def read_graph(path: Path, name: str = "") -> ModelProto:
    """The model in a file; raises a ModelError for anything but one plain, complete graph.

    `name` is what the file is called in errors, where `path` is a copy of it.
    """
    from google.protobuf.message import DecodeError
    from onnx import load_model_from_string

    name = name or path.name
    content = read_bytes(path)
    kind = next((kind for start, kind in _ANOTHER.items() if content.startswith(start)), None)
    if kind is not None:
        raise UnsupportedModel(f"{name} is {kind}, not an ONNX model.",
                               "Export it to ONNX where it was made; other kinds are never opened.")
    with edge(name):
        try:
            model = load_model_from_string(content)
        except (DecodeError, ValueError) as error:
            raise ModelCorrupt(f"{name} is not a complete ONNX file.",
                               "Fetch it again and compare its SHA-256.") from error
        if not (model.graph.node and model.graph.input and model.graph.output):
            raise ModelCorrupt(f"{name} holds no network.", "Give an ONNX file.")
        _check_plain(name, model)
    return model


def read_bytes(path: Path) -> bytes:
    """The whole file; raises a ModelError where there is none or it is too large."""
    try:
        if path.stat().st_size > LARGEST:
            raise UnsupportedModel(
                f"{path.name} has {path.stat().st_size / 2**20:.0f} MB, more than the "
                f"{LARGEST // 2**20} MB a style network may have.", "Give a smaller network.")
        return path.read_bytes()
    except OSError as error:
        raise ModelMissing(f"The model {path} cannot be read ({error.strerror or error}).",
                           "Check the path, or name an installed model.") from error


def nodes(model: ModelProto) -> Iterator[NodeProto]:
    """Every node, those of branches and of functions included."""
    for holder in _holders(model):
        yield from holder.node


def tensors(model: ModelProto) -> Iterator[TensorProto]:
    """Every constant that lies in the file, or says that it lies elsewhere."""
    for holder in _holders(model):
        yield from getattr(holder, "initializer", ())
        for sparse in getattr(holder, "sparse_initializer", ()):
            yield from (sparse.values, sparse.indices)
        for node in holder.node:
            for attribute in node.attribute:
                if attribute.HasField("t"):
                    yield attribute.t
                yield from attribute.tensors


def _holders(model: ModelProto) -> Iterator[GraphProto | FunctionProto]:
    waiting: list[GraphProto | FunctionProto] = [model.graph, *model.functions]
    while waiting:
        holder = waiting.pop()
        yield holder
        for node in holder.node:
            for attribute in node.attribute:
                waiting += [*([attribute.g] if attribute.HasField("g") else []), *attribute.graphs]


def inputs(graph: GraphProto) -> list[ValueInfoProto]:
    """What must be given; old files list their constants among the inputs."""
    constants = {tensor.name for tensor in graph.initializer}
    return [value for value in graph.input if value.name not in constants]


def shape(value: ValueInfoProto) -> list[int | None]:
    """Declared sides, None where they are free."""
    dims = value.type.tensor_type.shape.dim
    return [dim.dim_value if dim.HasField("dim_value") and dim.dim_value > 0 else None
            for dim in dims]


def has_statistics(model: ModelProto) -> bool:
    """Whether any operator gathers over all of the picture, by name or by the axes it reduces."""
    return any(node.op_type in _STATISTICS
               or (node.op_type.startswith("Reduce") and _spatial(node, model.graph))
               for node in nodes(model))


def constants(model: ModelProto) -> Iterator[np.ndarray]:
    """Small constants, such as means of color, in attributes and initializers."""
    from onnx import numpy_helper

    for tensor in tensors(model):
        if 0 < np.prod(tensor.dims, dtype=np.int64) <= 4 and tensor.data_type in (1, 10, 11):
            yield np.ravel(numpy_helper.to_array(tensor))
    for node in nodes(model):
        for attribute in node.attribute:
            if attribute.floats:
                yield np.array(attribute.floats)


def _spatial(node: NodeProto, graph: GraphProto) -> bool:
    """Whether a reduction runs over rows or columns; over channels alone it does not."""
    from onnx import numpy_helper

    axes = [list(attribute.ints) for attribute in node.attribute if attribute.name == "axes"]
    if not axes and len(node.input) > 1:
        axes = [numpy_helper.to_array(tensor).ravel().tolist() for tensor in graph.initializer
                if tensor.name == node.input[1]]
    return not axes or set(axes[0]) not in ({1}, {-1}, {3})


def _check_plain(name: str, model: ModelProto) -> None:
    from onnx import TensorProto

    if any(tensor.data_location == TensorProto.EXTERNAL or tensor.external_data
           for tensor in tensors(model)):
        raise UnsupportedModel(f"{name} keeps its weights in other files.",
                               "Export it as one file, without external data.")
    used = {(node.domain, node.op_type) for node in nodes(model)}
    own = {(function.domain, function.name) for function in model.functions}
    strange = sorted({f"{domain}.{kind}" for domain, kind in used - own if domain not in DOMAINS})
    if strange:
        raise UnsupportedModel(f"{name} uses operators that are not ONNX's: "
                               f"{', '.join(strange[:3])}.", "Export it with plain operators.")
    if loops := {kind for _, kind in used} & _UNBOUNDED:
        raise UnsupportedModel(f"{name} runs in a loop ({', '.join(sorted(loops))}).",
                               "Give a network that runs straight through.")
