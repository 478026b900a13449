"""Finding out what a network expects: from its graph where that tells, else by trying."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from pydantic import BaseModel, ConfigDict

from core.edge import edge
from core.errors import BrushreelError, InternalError, ModelError, RenderError
from stylizers.inference.graph import has_statistics, read_graph
from stylizers.neural.conventions import LIMITS, Conventions, Layout, Order, Range
from stylizers.neural.freeing import freed
from stylizers.neural.guess import guessed_order, guessed_ranges
from stylizers.neural.interface import Interface, interface_of
from stylizers.neural.trying import Trial, margin_of, memory_of, reach_of, sized

if TYPE_CHECKING:
    from onnx import ModelProto

_SIDE = 256
"""Of the photograph, for networks that take any size."""


class Hints(BaseModel):
    """What the user knows of a network; None is to be found out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input_range: Range | None = None
    output_range: Range | None = None
    order: Order | None = None
    layout: Layout | None = None


@dataclass(frozen=True, slots=True)
class Inspection:
    """`drawn` is the photograph as the network draws it under `conventions`, (H, W, 3) uint8;
    `notes` are what the file says of itself: author, license and such.
    """

    conventions: Conventions
    drawn: np.ndarray
    producer: str
    notes: dict[str, str]


def inspect(path: Path, hints: Hints | None = None, name: str = "") -> Inspection:
    """What the network in `path` expects, checked by drawing a photograph.

    `name` is what the file is called in errors, where `path` is a copy of it. Raises ModelError,
    with one sentence, for anything that is no style network, or asks for the one thing that cannot
    be found out.
    """
    hints = hints or Hints()
    with edge(name or path), _named(name or path.name):
        model = read_graph(path, name)
        interface = interface_of(model, hints.layout)
        trial, opened = _opened(model, interface)
        interface = trial.interface
        if interface.batch is None and not trial.takes_batches():
            interface = replace(interface, batch=1)
        multiple = 1 if interface.height and interface.width else trial.multiple()
        conventions, picture = _conventions(model, trial, hints)
        conventions = conventions.model_copy(update={
            "batch": interface.batch, "multiple": multiple, "freed": opened})
        drawn = _drawn(trial, picture, conventions)
    return Inspection(conventions, drawn, f"{model.producer_name} {model.producer_version}".strip(),
                      {note.key.lower(): note.value for note in model.metadata_props})


def photograph(height: int = _SIDE, width: int = _SIDE) -> np.ndarray:
    """The picture networks are tried with, R'G'B' (H, W, 3) float32 0..1."""
    stored = np.fromfile(Path(__file__).with_name("probe.jpg"), np.uint8)
    return sized(np.asarray(cv2.imdecode(stored, cv2.IMREAD_COLOR))[..., ::-1], height, width)


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Puts the name of the file before what is wrong with it."""
    try:
        yield
    except InternalError:
        raise
    except BrushreelError as error:
        if name in error.message:
            raise
        kind = type(error) if isinstance(error, ModelError) else ModelError
        raise kind(f"{name}: {error.message}", error.hint) from error


def _opened(model: ModelProto, interface: Interface) -> tuple[Trial, bool]:
    """A trial of the network, at any size where its file names one for no good reason."""
    memory_of(model, interface, interface.height or _SIDE, interface.width or _SIDE)
    trial = Trial(model.SerializeToString(), interface)
    if interface.height is None or interface.width is None:
        return trial, False
    try:
        other = Trial(freed(model, interface.layout, interface.batch_axis),
                      replace(interface, height=None, width=None))
        other.multiple()
        native = photograph(interface.height, interface.width)
        if np.allclose(other.run(native), trial.run(native), atol=1e-4):
            return other, True
    except (ModelError, RenderError):
        pass
    trial.check_size()
    return trial, False


def _conventions(model: ModelProto, trial: Trial, hints: Hints
                 ) -> tuple[Conventions, np.ndarray]:
    interface = trial.interface
    height, width = interface.height or _SIDE, interface.width or _SIDE
    picture = photograph(height, width)
    order = hints.order or guessed_order(model)
    shown = picture[..., ::-1] if order == "BGR" else picture
    given = {"input": hints.input_range, "output": hints.output_range}
    known = {end: name for end, name in given.items() if name is not None}
    if interface.dtype == "uint8":
        known = {"input": "0..255", **known}
    guess = guessed_ranges(shown, trial.run, known)
    low, high = LIMITS[guess.input_range]
    fed = shown * np.float32(high - low) + np.float32(low)
    reach = reach_of(trial, fed)
    low, high = LIMITS[guess.output_range]
    tileable = reach is not None and not has_statistics(model)
    margin = 0 if width % 2 else margin_of(trial, fed, high - low, tileable=tileable)
    return Conventions(
        input_name=interface.input_name, output_name=interface.output_name,
        layout=interface.layout, batch_axis=interface.batch_axis, order=order,
        input_range=guess.input_range, output_range=guess.output_range, dtype=interface.dtype,
        height=interface.height, width=interface.width,
        global_statistics=not tileable, reach=reach or 0, margin=margin,
        memory=memory_of(model, interface, height, width)), picture


def _drawn(trial: Trial, picture: np.ndarray, conventions: Conventions) -> np.ndarray:
    shown = picture[..., ::-1] if conventions.order == "BGR" else picture
    low, high = LIMITS[conventions.input_range]
    drawn = trial.run(shown * np.float32(high - low) + np.float32(low))
    low, high = LIMITS[conventions.output_range]
    drawn = np.nan_to_num(np.clip((drawn - low) / (high - low), 0, 1))
    if conventions.order == "BGR":
        drawn = drawn[..., ::-1]
    return np.rint(drawn * 255).astype(np.uint8)
