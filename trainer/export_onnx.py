"""A trained network as an ONNX file, checked against the network it was made from."""

from __future__ import annotations

import io
import logging
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
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


def export(network: nn.Module, path: Path) -> Export:
    """Write the network, which takes and gives R'G'B' 0..1 (1, 3, H, W) of any H and W.

    Raises TrainingError where the file draws other pictures than the network; nothing is written
    then.
    """
    content = _exported(network)
    difference = _difference(network, content)
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


def _exported(network: nn.Module) -> bytes:
    content: Any = io.BytesIO()
    place = next(network.parameters()).device
    axes = {2: "height", 3: "width"}
    with warnings.catch_warnings():
        # The exporter that needs no further package is the older one, and says so.
        warnings.simplefilter("ignore")
        logging.getLogger("torch.onnx").setLevel(logging.ERROR)
        torch.onnx.export(network.eval(), (torch.zeros(1, 3, 64, 64, device=place),), content,
                          input_names=["image"], output_names=["picture"], opset_version=OPSET,
                          dynamic_axes={"image": axes, "picture": axes}, dynamo=False)
    return content.getvalue()


def _difference(network: nn.Module, content: bytes) -> float:
    session, place = _session(content), next(network.parameters()).device
    worst = 0.0
    for number, (height, width) in enumerate(SIZES):
        image = np.random.default_rng(number).random((1, 3, height, width), np.float32)
        with torch.no_grad():
            wanted = network(torch.from_numpy(image).to(place)).float().cpu().numpy()
        found = session.run(None, {"image": image})[0]
        if found.shape != wanted.shape:
            return float("inf")
        worst = max(worst, float(np.abs(found - wanted).max()))
    return worst


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
