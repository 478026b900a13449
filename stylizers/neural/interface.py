"""What a graph declares of its input and output, and what keeps it from being a style network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import UnsupportedModel
from stylizers.inference.graph import inputs, shape
from stylizers.neural.conventions import Layout

if TYPE_CHECKING:
    from onnx import ModelProto, ValueInfoProto

_TYPES = {1: "float32", 2: "uint8", 10: "float16"}
"""TensorProto.DataType."""
_EXPORT = "Give a network that turns a color picture into one of the same size."


@dataclass(frozen=True, slots=True)
class Interface:
    """As declared; sides and batch are None where they are free."""

    input_name: str
    output_name: str
    layout: Layout
    batch_axis: bool
    dtype: str
    height: int | None
    width: int | None
    batch: int | None

    def shape(self, height: int, width: int) -> tuple[int, ...]:
        """Of an input with these sides."""
        sides = (height, width, 3) if self.layout == "NHWC" else (3, height, width)
        return (self.batch or 1, *sides) if self.batch_axis else sides


def interface_of(model: ModelProto, layout: Layout | None = None) -> Interface:
    """Raises UnsupportedModel for what takes or gives no color picture; `layout` settles doubt."""
    given = inputs(model.graph)
    if len(given) != 1:
        raise UnsupportedModel(f"This network takes {len(given)} inputs, and a style network takes "
                               "one picture.", _EXPORT)
    value = given[0]
    kind = value.type.tensor_type.elem_type
    if kind not in _TYPES:
        raise UnsupportedModel("This network does not take pictures of float32, float16 or uint8.",
                               _EXPORT)
    sides = shape(value)
    if len(sides) not in (3, 4):
        raise UnsupportedModel(f"This network takes arrays of {len(sides)} dimensions, which are "
                               "no pictures.", _EXPORT)
    batch_axis = len(sides) == 4
    chosen = _layout(sides[batch_axis:], layout)
    rows = batch_axis + (chosen == "NCHW")
    return Interface(
        input_name=value.name, output_name=_output(model, chosen, len(sides)), layout=chosen,
        batch_axis=batch_axis, dtype=_TYPES[kind], height=sides[rows], width=sides[rows + 1],
        batch=sides[0] if batch_axis else 1)


def _layout(sides: list[int | None], wanted: Layout | None) -> Layout:
    fitting: list[Layout] = []
    if sides[0] == 3:
        fitting.append("NCHW")
    if sides[2] == 3:
        fitting.append("NHWC")
    if 1 in (sides[0], sides[2]):
        raise UnsupportedModel("This network works on one channel, as those do that enlarge "
                               "pictures; it is no style.", _EXPORT)
    open_ended = sides[0] is None and sides[2] is None
    if wanted is not None and (wanted in fitting or open_ended):
        return wanted
    if wanted is None and len(fitting) == 1:
        return fitting[0]
    if wanted is None and (fitting or open_ended):
        raise UnsupportedModel("It cannot be told where this network has its colors.",
                               "Say whether they come first or last: --layout NCHW or NHWC.")
    raise UnsupportedModel("This network does not take color pictures of three channels.", _EXPORT)


def _output(model: ModelProto, layout: Layout, rank: int) -> str:
    """The first output that may be a picture in the layout of the input."""
    axis = rank - 1 if layout == "NHWC" else rank - 3

    def may_be(value: ValueInfoProto) -> bool:
        sides = shape(value)
        return not sides or (len(sides) == rank and sides[axis] in (3, None))

    found = next((value.name for value in model.graph.output if may_be(value)), None)
    if found is None:
        raise UnsupportedModel("This network gives no color picture.", _EXPORT)
    return found
