"""LPIPS against its published values, and what is said where it cannot be had."""

import importlib.util
import json
import math
import re

import cv2
import numpy as np
import pytest

from core.errors import ModelCorrupt, ModelMissing
from core.metrics import MetricsCollector
from core.metrics.lpips import Lpips
from core.metrics.unit import unit_rgb
from core.models import backbones
from tests.temporal_clips import gliding


@pytest.fixture(scope="module")
def backbone_files(shared):
    if importlib.util.find_spec("torch") is None:
        pytest.skip("torch is not installed")
    return shared / "nn" / "backbones"


@pytest.fixture(scope="module")
def measure(backbone_files):
    return Lpips.load(backbone_files)


@pytest.fixture
def reference(backbone_files):
    return json.loads((backbone_files / "lpips_squeeze_reference.json").read_text())


def test_published_values_of_the_example_patches(measure, reference, backbone_files):
    def patch(name):
        return unit_rgb(cv2.imread(str(backbone_files / f"ex_{name}.png"))[..., ::-1])

    wanted = reference["lpips_repo_examples_squeeze"]
    for other in ("p0", "p1"):
        assert measure(patch("ref"), patch(other)) == pytest.approx(
            wanted[f"ex_ref_vs_ex_{other}"], abs=1e-3)
    assert measure(patch("ref"), patch("ref")) == wanted.get("identity", 0.0)


def test_published_values_of_random_pictures(measure, reference):
    import torch

    generator = torch.Generator().manual_seed(42)
    one, other = (torch.rand(2, 3, 100, 100, generator=generator) for _ in range(2))
    found = [measure(a.permute(1, 2, 0).numpy(), b.permute(1, 2, 0).numpy())
             for a, b in zip(one, other, strict=True)]
    assert found == pytest.approx(reference["torchmetrics_doctest"]["computed"], abs=1e-3)


@pytest.mark.parametrize("size", [(17, 17), (17, 40), (64, 33)])
def test_pictures_down_to_the_smallest_are_compared(measure, size):
    rng = np.random.default_rng(1)
    one, other = (rng.random((*size, 3), np.float32) for _ in range(2))
    assert 0 < measure(one, other) < 2
    assert measure(one, other) == measure(other, one)


def test_what_is_too_small_gets_no_number(measure):
    assert math.isnan(measure(np.zeros((16, 99, 3), np.float32), np.ones((16, 99, 3), np.float32)))


@pytest.fixture
def nothing_here(tmp_path, monkeypatch):
    monkeypatch.setenv("BRUSHREEL_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(backbones, "FOLDER", tmp_path / "models")
    return tmp_path


@pytest.mark.parametrize("package", ["torch", "lpips"])
@pytest.mark.usefixtures("nothing_here")
def test_a_missing_package_is_named(backbone_files, monkeypatch, package):
    whole = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec",
                        lambda name: None if name == package else whole(name))
    with pytest.raises(ModelMissing, match=f"needs.* {package}"):
        Lpips.load(backbone_files)


def test_missing_weights_are_named(nothing_here):
    pytest.importorskip("torch")
    with pytest.raises(ModelMissing, match=r"squeezenet1_1.* not on this machine"):
        Lpips.load(nothing_here)


def test_weights_of_another_network_are_named(nothing_here, monkeypatch):
    torch = pytest.importorskip("torch")
    path = nothing_here / "other.pth"
    torch.save({"features.0.weight": torch.zeros(1)}, path)
    monkeypatch.setattr("core.metrics.lpips._heads", lambda: path)
    monkeypatch.setattr("core.metrics.lpips.find", lambda *_: path)
    with pytest.raises(ModelCorrupt, match=re.escape("lin0.model.1.weight")):
        Lpips.load()


@pytest.mark.long
def test_the_collector_measures_it(measure):
    source = [gliding(0, i) for i in range(3)]
    output = [source[0], 255 - source[1], source[2]]
    collector = MetricsCollector(measure)
    for pictures in zip(source, output, source, strict=True):
        collector.update(*pictures)
    clip = collector.result()
    assert not clip.unavailable
    assert clip.worst["lpips"].index == 1
    assert clip.values["lpips"] == clip.values["style_retention"]
    assert clip.values["lpips"] == pytest.approx(
        measure(unit_rgb(output[1]), unit_rgb(source[1])) / 3, rel=1e-4)
    wanted = [100 * abs(measure(*(unit_rgb(one) for one in output[i:i + 2]))
                        - measure(*(unit_rgb(one) for one in source[i:i + 2]))) for i in range(2)]
    assert clip.values["tlpips"] == pytest.approx(sum(wanted) / 2, rel=1e-4)
