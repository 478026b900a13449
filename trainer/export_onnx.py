"""A trained network as an ONNX file, checked against the network it was made from."""

from __future__ import annotations

import io
import logging
import time
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from core import durable
from core.errors import TrainingError

OPSET = 17
TOLERANCE = 1e-3
"""Largest difference between both, of values 0..1, with which a file is given out."""
SIZES = ((256, 256), (270, 480), (97, 131), (9, 9))
"""Rows and columns at which they are compared: such as no stride divides among them."""
_TIMED = (288, 512)


@dataclass(frozen=True, slots=True)
class Variant:
    """A file in fewer bits: how far its pictures are from those of the full one, and how fast.

    `difference` is the mean absolute one of values 0..1, `speed` how many times the full one's
    frames a second, by processor time.
    """

    path: Path
    size: int
    difference: float
    speed: float


@dataclass(frozen=True, slots=True)
class Export:
    path: Path
    difference: float
    """The largest to PyTorch's pictures, of values 0..1, over SIZES."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Names of what a network takes and gives.

    `pictures` among them have any height and width, which go by the name given here (those of one
    name are equal); `vectors` are the widths of the other inputs, (1, width) each, 0 for a plain
    number.
    """

    inputs: tuple[str, ...] = ("image",)
    outputs: tuple[str, ...] = ("picture",)
    pictures: Mapping[str, str] = field(default_factory=lambda: {"image": "", "picture": ""})
    vectors: Mapping[str, int] = field(default_factory=dict)

    def example(self, height: int, width: int, seed: int = 0) -> tuple[np.ndarray, ...]:
        """Inputs of chance: pictures 0..1 of that size."""
        chance = np.random.default_rng(seed)
        shapes = [(1, 3, height, width) if name in self.pictures else
                  (1, self.vectors[name]) if self.vectors[name] else () for name in self.inputs]
        return tuple(np.asarray(chance.random(shape, np.float32)) for shape in shapes)

    def axes(self) -> dict[str, dict[int, str]]:
        """Those that are free, as the exporter is told."""
        return {name: {2: f"{whose}height", 3: f"{whose}width"}
                for name, whose in self.pictures.items()}


STYLE = Signature()


def export(network: nn.Module, path: Path, signature: Signature = STYLE) -> Export:
    """Write the network, whose pictures are R'G'B' 0..1 (1, 3, H, W) of any H and W.

    Raises TrainingError where the file draws other pictures than the network; nothing is written
    then.
    """
    content = _exported(network, signature)
    difference = _difference(network, content, signature)
    if not difference <= TOLERANCE:
        raise TrainingError(f"The exported network draws other pictures: {difference:.2g} apart.",
                            "Train on; if it stays so, report it with the training folder.")
    with durable.saving(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    durable.write(path, content)
    return Export(path, difference)


def variants(path: Path, pictures: Sequence[np.ndarray]) -> list[Variant]:
    """The same network in 16-bit floats and 8-bit integers, written beside `path`.

    `pictures`, RGB uint8, are what ranges of values are taken from, and what is compared.
    """
    inputs = [np.ascontiguousarray(picture.transpose(2, 0, 1)[None], np.float32) / 255
              for picture in pictures]
    made = {"fp16": _half(path), "int8": _quantized(path, inputs)}
    found = []
    for name, content in made.items():
        target = path.with_name(f"{path.stem}-{name}.onnx")
        durable.write(target, content)
        found.append(Variant(target, len(content), _mean_difference(path, target, inputs),
                             _speed(path, target)))
    return found


def _exported(network: nn.Module, signature: Signature) -> bytes:
    content: Any = io.BytesIO()
    with warnings.catch_warnings():
        # The exporter that needs no further package is the older one, and says so.
        warnings.simplefilter("ignore")
        logging.getLogger("torch.onnx").setLevel(logging.ERROR)
        torch.onnx.export(network.eval(), _tensors(network, signature.example(64, 64)), content,
                          input_names=list(signature.inputs),
                          output_names=list(signature.outputs), opset_version=OPSET,
                          dynamic_axes=signature.axes(), dynamo=False)
    return bytes(content.getvalue())


def _difference(network: nn.Module, content: bytes, signature: Signature) -> float:
    session, worst = _session(content), 0.0
    for number, size in enumerate(SIZES):
        inputs = signature.example(*size, number)
        with torch.no_grad():
            given = network(*_tensors(network, inputs))
        wanted = given if isinstance(given, tuple) else (given,)
        found = session.run(None, dict(zip(signature.inputs, inputs, strict=True)))
        for one, other in zip(found, wanted, strict=True):
            if one.shape != tuple(other.shape):
                return float("inf")
            worst = max(worst, float(np.abs(one - other.float().cpu().numpy()).max()))
    return worst


def _tensors(network: nn.Module, inputs: Sequence[np.ndarray]) -> tuple[torch.Tensor, ...]:
    place = next(network.parameters()).device
    return tuple(torch.from_numpy(each).to(place) for each in inputs)


def _half(path: Path) -> bytes:
    import onnx
    from onnxruntime.transformers.float16 import convert_float_to_float16

    made: bytes = convert_float_to_float16(onnx.load(path), keep_io_types=True).SerializeToString()
    return made


def _quantized(path: Path, inputs: Sequence[np.ndarray]) -> bytes:
    """Convolutions in 8 bits, whose ranges the inputs show; the rest stays as it is."""
    import tempfile

    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, quantize_static

    class Shown(CalibrationDataReader):
        def __init__(self) -> None:
            self._left = iter([{"image": image} for image in inputs])

        def get_next(self) -> Any:
            return next(self._left, None)

    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "int8.onnx"
        logging.getLogger().setLevel(logging.ERROR)  # it advises on what is done on purpose
        quantize_static(path, made, Shown(), quant_format=QuantFormat.QDQ, per_channel=True,
                        op_types_to_quantize=["Conv"])
        return made.read_bytes()


def _mean_difference(one: Path, other: Path, inputs: Sequence[np.ndarray]) -> float:
    sessions = _session(one.read_bytes()), _session(other.read_bytes())
    return float(np.mean([np.abs(np.subtract(*(session.run(None, {"image": image})[0]
                                               for session in sessions))).mean()
                          for image in inputs]))


def _speed(one: Path, other: Path, repeats: int = 5) -> float:
    image = np.random.default_rng(0).random((1, 3, *_TIMED), np.float32)
    sessions = [_session(path.read_bytes()) for path in (one, other)]
    taken: list[list[float]] = [[], []]
    for _ in range(repeats):
        for session, times in zip(sessions, taken, strict=True):
            start = time.process_time()
            session.run(None, {"image": image})
            times.append(time.process_time() - start)
    full, fewer = (float(np.median(times[1:])) for times in taken)
    return full / fewer


def _session(content: bytes) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
