"""bench neural: our networks beside others and beside plain ONNX Runtime."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from core.errors import InvalidParameter
from scripts.bench.drawing import CORES, WALL, interleaved, single_threaded
from scripts.bench.johnson import WIDTH, write_johnson
from scripts.bench.rules import Rule, say_rules
from scripts.bench.runs import peak_memory, timed_render
from scripts.demo import sample_clip
from scripts.failures import DONE, FAILED
from scripts.report import print_json
from scripts.stills import stills
from scripts.targets import OUTPUTS, made
from scripts.terminal import Step, note, progress_shown, say, show

if TYPE_CHECKING:
    from core.models import Model
    from stylizers.neural.network import Network

HD = (1080, 1920)
SPEED = (270, 480)
"""What the preset speed draws of 1080p."""
_FULL_RUNS = 2
"""Of the network at full size, which takes seconds each."""


@dataclass(frozen=True, slots=True)
class Speed:
    """One network. `network` and `runtime` are core-seconds a picture of 480x270 by us and by plain
    ONNX Runtime, `fps` what two threads draw of them; `whole` is the core-seconds a 1080p frame
    takes from decoding to encoding at the preset speed, `render_fps` what that comes to by the
    clock, `bound` its wall time over what its stages need at least, `memory` its peak in bytes.
    """

    name: str
    shipped: bool
    network: float
    runtime: float
    fps: float
    whole: float
    render_fps: float
    bound: float
    memory: int


def bench_neural(args: argparse.Namespace) -> int:
    from core.models import ModelRegistry

    models = list(ModelRegistry().models().values())
    if args.style:
        names = [name.strip().removeprefix("neural:") for name in args.style.split(",")]
        models = [ModelRegistry().model(name) for name in names]
    if not models:
        raise InvalidParameter("There is no model to measure.", "See the command models import.")
    with made(OUTPUTS), tempfile.TemporaryDirectory(prefix=".bench-", dir=OUTPUTS) as folder, \
            single_threaded():
        source = args.input or sample_clip(OUTPUTS)
        [picture] = stills(source, 1)
        full = _full_size(Path(folder), picture)
        measured = []
        for model in models:
            with progress_shown(f"Measuring {model.name}") as advance:
                measured.append(_measure(model, source, picture, args, Path(folder), advance))
    rules = [rule for each in measured for rule in _rules(each, full)]
    if args.json:
        print_json({"source": source.name, "repeat": args.repeat, "johnson_core_seconds": full,
                    "models": [asdict(each) for each in measured],
                    "rules": [rule.document() for rule in rules]})
    else:
        _show(measured, full)
        say_rules(rules)
    return DONE if all(rule.holds for rule in rules) else FAILED


def _rules(speed: Speed, full: float) -> list[Rule]:
    rules = [
        Rule(f"{speed.name}: the network per core-second, times plain ONNX Runtime",
             speed.runtime / speed.network, 0.95, at_most=False),
        Rule(f"{speed.name}: the least time its stages need / wall time of a render",
             1 / speed.bound, 0.9, at_most=False)]
    return rules if not speed.shipped else [
        *rules,
        Rule(f"{speed.name}: 1080p frames a second in the network, preset speed, two threads",
             speed.fps, 10, at_most=False),
        Rule(f"{speed.name}: throughput, times a Johnson network of width {WIDTH} at 1080p",
             full / speed.network, 25, at_most=False)]


def _measure(model: Model, source: Path, picture: np.ndarray, args: argparse.Namespace,
             folder: Path, advance: Callable[[Step], None]) -> Speed:
    from stylizers.neural.network import Network
    from stylizers.neural.tensors import to_tensor

    says = model.card.conventions
    network = Network(model.path, says, use_gpu="off", threads=1, at_once=None)
    size = [-(-side // says.multiple) * says.multiple
            for side in (says.height or SPEED[0], says.width or SPEED[1])]
    small = _reduced(picture, size)
    tensor = to_tensor([small] * (says.batch or 1), says)
    plain = _plain(model, network)
    works: Mapping[str, Callable[[], object]] = {
        "ours": lambda: network.session.run({says.input_name: tensor}, says.output_name),
        "plain": lambda: plain.run([says.output_name], {says.input_name: tensor})}
    cores = interleaved(works, args.repeat, CORES, lambda: None)
    advance(Step("measure", 1, 3, unit="parts"))
    with ThreadPoolExecutor(2) as pool:
        both = {"two": lambda: list(pool.map(lambda _: works["ours"](), range(4)))}
        walls = interleaved(both, args.repeat, WALL, lambda: None)["two"]
    advance(Step("measure", 2, 3, unit="parts"))
    whole, fps, bound, memory = _rendered(model.name, source, args, folder)
    advance(Step("measure", 3, 3, unit="parts"))
    share = says.batch or 1
    return Speed(model.name, model.shipped, median(cores["ours"]) / share,
                 median(cores["plain"]) / share, 4 * share / median(walls), whole, fps, bound,
                 memory)


def _rendered(name: str, source: Path, args: argparse.Namespace, folder: Path
              ) -> tuple[float, float, float, int]:
    """Core-seconds a frame, frames a second, wall time over the least, and peak memory."""
    from core.io import VideoProbe
    from core.presets import preset
    from core.recipe import Recipe

    target, end = folder / "neural.mp4", (args.frames or 60) / VideoProbe.probe(source).rate
    recipe = Recipe.build({
        "layers": [preset("neural", name).layer],
        "preset": "speed", "output": {"codec": "h264", "container": "mp4", "audio": "none"}})
    runs = [timed_render(source, target, recipe, end) for _ in range(args.repeat + 1)][1:]
    memory = peak_memory(source, target, f"neural:{name}", "--preset", "speed", "--end",
                         f"{float(end):.3f}")
    return (median(run.core_seconds / run.frames for run in runs),
            median(run.frames / run.wall for run in runs),
            median(run.overhead for run in runs), memory)


def _plain(model: Model, network: Network) -> Any:
    """A session as anyone would open it, but for its threads, which are as many as ours."""
    import onnxruntime

    from stylizers.inference.graph import read_graph
    from stylizers.neural.freeing import freed

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    says = network.conventions
    content: bytes | str = freed(read_graph(model.path), says.layout, says.batch_axis) \
        if says.freed else str(model.path)
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def _full_size(folder: Path, picture: np.ndarray) -> float:
    """Core-seconds of one 1080p picture in a Johnson network, on one thread."""
    import onnxruntime

    note(f"A Johnson network of width {WIDTH} at full size, for comparison ...")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        str(write_johnson(folder / "johnson.onnx")), options, providers=["CPUExecutionProvider"])
    tensor = np.ascontiguousarray(_reduced(picture, HD).transpose(2, 0, 1)[None])
    taken = interleaved({"full": partial(session.run, None, {"image": tensor})}, _FULL_RUNS, CORES,
                        lambda: None)
    return median(taken["full"])


def _reduced(picture: np.ndarray, size: Sequence[int]) -> np.ndarray:
    """R'G'B' float32 0..1 of (rows, columns)."""
    unit = np.float32(1 / np.iinfo(picture.dtype).max)
    return cv2.resize(picture.astype(np.float32), (size[1], size[0]),
                      interpolation=cv2.INTER_AREA) * unit


def _show(measured: Sequence[Speed], full: float) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in ("Model", "ms in the network", "ONNX Runtime", "fps, two threads",
                    "ms a 1080p frame, all", "fps rendered", "peak MB"):
        table.add_column(heading, justify="left" if heading == "Model" else "right")
    for each in measured:
        table.add_row(f"{each.name}{'' if each.shipped else ' (imported)'}",
                      f"{1000 * each.network:.0f}", f"{1000 * each.runtime:.0f}",
                      f"{each.fps:.1f}", f"{1000 * each.whole:.0f}", f"{each.render_fps:.1f}",
                      f"{each.memory / 2**20:.0f}")
    say(f"Core-seconds at the preset speed; a Johnson network of width {WIDTH} takes "
        f"{1000 * full:.0f} ms at 1080p.")
    show(table)
