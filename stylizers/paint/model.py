"""The file of a network that paints as any painting, and the parts of it that are run apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from core.edge import edge
from core.errors import ModelCorrupt, ModelMissing, UnsupportedModel
from stylizers.inference.graph import inputs, read_graph, shape
from stylizers.neural.conventions import declared
from stylizers.once import once

if TYPE_CHECKING:
    from onnx import ModelProto

SHIPPED = Path(__file__).resolve().parents[2] / "models" / "paint" / "any-painting.onnx"
"""The network that comes with Brushreel."""
TAKES = ("image", "code", "shift", "gain", "alpha")
"""What a frame is painted from; see `Parts`."""
T = TypeVar("T")
_GIVEN, _MADE = (*TAKES, "painting"), ("picture", "mean", "deviation", "painting_code")
_REACH, _MEMORY = 64, 1500
"""Where no card says more: how far a pixel is seen, and bytes a pixel takes."""


@dataclass(frozen=True, slots=True)
class Parts:
    """One network as three: each is the content of an ONNX file, R'G'B' 0..1 (1, 3, H, W).

    `statistics` gives mean and deviation, (1, channels) each, of what it sees in `image`; `coder`
    the `painting_code`, (1, codes), of a `painting`; `painter` the `picture` that `image` becomes.
    It takes the statistics of `image` itself, its mean moved by `shift` and its deviation times
    `gain`, and goes `alpha` of the way to what `code` asks for.
    """

    statistics: bytes
    coder: bytes
    painter: bytes
    channels: int
    codes: int
    reach: int
    memory: int


def parts_of(path: Path) -> Parts:
    """Those of a file; raises ModelError for anything but a network that paints as any painting."""
    try:
        state = path.stat()
    except OSError as error:
        raise ModelMissing(f"The model {path} is not there.",
                           "Check the path, or leave model_path out.") from error
    return _parts(path, state.st_mtime_ns, state.st_size)


def _read(path: Path, _changed: int, _size: int) -> Parts:
    from onnx.utils import Extractor

    def part(given: tuple[str, ...], made: tuple[str, ...]) -> bytes:
        return _translated(path.name, lambda: bytes(with_shapes.extract_model(
            list(given), list(made)).SerializeToString()))

    with edge(path):
        model = read_graph(path)
        channels, codes = _widths(path.name, model)
        with_shapes = _translated(path.name, lambda: Extractor(model))
        says = declared(path)
        return Parts(part(("image",), ("mean", "deviation")),
                     part(("painting",), ("painting_code",)),
                     part(TAKES, ("picture",)), channels, codes,
                     says.reach if says else _REACH, says.memory if says else _MEMORY)


_parts = once(_read, kept=2)


def _widths(name: str, model: ModelProto) -> tuple[int, int]:
    """Numbers of channels and codes, from what the graph declares; raises UnsupportedModel."""
    given = {value.name: shape(value) for value in inputs(model.graph)}
    made = {value.name for value in model.graph.output}
    if missing := [*(each for each in _GIVEN if each not in given),
                   *(each for each in _MADE if each not in made)]:
        raise UnsupportedModel(
            f"{name} does not paint as any painting: it has no {missing[0]}.",
            "Leave model_path out, or see docs/models.md on the look paint.")
    widths = [sides[1] if len(sides) == 2 else None for sides in (given["shift"], given["code"])]
    if None in widths or given["shift"] != given["gain"] or len(given["image"]) != 4:
        raise UnsupportedModel(f"{name} declares other shapes than a network of the look paint.",
                               "Export it again with the command train.")
    return int(widths[0] or 0), int(widths[1] or 0)


def _translated(name: str, work: Callable[[], T]) -> T:
    """`work()`, with what onnx says of a graph that contradicts itself put as our own error."""
    from onnx.shape_inference import InferenceError

    try:
        return work()
    except (InferenceError, RuntimeError, ValueError, KeyError) as error:
        raise ModelCorrupt(f"The network in {name} contradicts itself.",
                           "Fetch it again and compare its SHA-256.") from error
