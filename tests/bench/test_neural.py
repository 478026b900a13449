"""What bench neural and bench training measure."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import pytest
import torch

from core.models import ModelRegistry
from scripts.bench.johnson import write_johnson
from scripts.bench.neural import Speed, _rules
from tests.cli.conftest import Cli, cli, left_in, write_clip
from tests.networks import Network
from trainer.losses import Perception
from trainer.objectives import Painting
from trainer.settings import TrainingSettings
from trainer.yardstick import Judged, judged

__all__ = ["cli"]


def test_the_network_others_are_measured_by_is_johnsons(tmp_path: Path) -> None:
    path = write_johnson(tmp_path / "johnson.onnx")
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    [drawn] = session.run(None, {"image": np.random.default_rng(1).random((1, 3, 48, 64),
                                                                          np.float32)})
    assert drawn.shape == (1, 3, 48, 64)
    assert 1.6e6 < path.stat().st_size / 4 < 1.7e6  # parameters, as the paper's network has


@pytest.mark.long
def test_a_network_is_measured_beside_plain_onnx_runtime(cli: Cli, tmp_path: Path) -> None:
    write_clip(tmp_path / "clip.mp4")
    ModelRegistry().add(Network().write(tmp_path / "small.onnx"), name="small")
    (tmp_path / "small.onnx").unlink()
    ended = cli("bench", "neural", "--in", "clip.mp4", "--style", "neural:small", "--frames", "4",
                "--repeat", "1", "--json")
    [small] = ended.document["models"]
    assert (small["name"], small["shipped"]) == ("small", False)
    assert min(small[key] for key in ("network", "runtime", "fps", "whole", "memory")) > 0
    assert ended.document["johnson_core_seconds"] > small["network"]
    assert len(ended.document["rules"]) == 2
    assert left_in(tmp_path) == {"clip.mp4"}


def test_shipped_networks_must_be_fast_as_well() -> None:
    slow = Speed("slow", True, 0.2, 0.2, 5.0, 0.4, 4.0, 1.05, 10**9)
    rules = {rule.limit: rule for rule in _rules(slow, 8.0)}
    assert [rule.holds for rule in rules.values()] == [True, True, False, True]
    assert len(_rules(Speed("other", False, 9, 9, 0.1, 9, 0.1, 1.0, 1), 8.0)) == 2


def test_iterations_are_reached_by_a_lower_loss() -> None:
    assert Judged(1.0, {20: 1.5, 50: 0.9}).reached() == 20
    assert Judged(0.8, {20: 1.5, 50: 0.9}).reached() == 50
    assert Judged(2.0, {20: 1.5, 50: 0.9}).reached() == 0


@pytest.mark.long
@pytest.mark.parametrize("start", ["photograph", "noise"])
def test_optimizing_gets_better_with_every_iteration(shared: Path, start: str) -> None:
    content = np.ascontiguousarray(cv2.imread(str(shared / "nn/content/kodim04.png"))[..., ::-1])
    painting = np.ascontiguousarray(cv2.imread(str(shared / "nn/styles/great_wave.jpg"))[..., ::-1])
    settings = TrainingSettings(precision="float32", style_size=64)
    objective = Painting(settings, Perception.load(shared / "nn" / "backbones"), painting,
                         [content])
    image = torch.from_numpy(cv2.resize(content, (64, 64)).transpose(2, 0, 1)[None] / 255).float()
    found = judged(objective, torch.nn.Identity(), [image], (1, 3, 6), start)  # type: ignore[arg-type]
    assert found.optimized[6] < found.optimized[3] < found.optimized[1]
    assert found.optimized[6] < found.network
