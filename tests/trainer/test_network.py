"""The network takes any size, keeps it, and can be had again from the file it was exported to."""

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from torch import Tensor, nn

from core.errors import TrainingError, UnsupportedModel
from tests.networks import Network
from trainer.export_onnx import TOLERANCE, export, variants
from trainer.network import StyleNetwork


@pytest.fixture(scope="module")
def network() -> StyleNetwork:
    torch.manual_seed(3)
    return StyleNetwork(4, 2)


@pytest.fixture(scope="module")
def exported(network: StyleNetwork, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export(network, tmp_path_factory.mktemp("exported") / "small.onnx").path


@pytest.mark.parametrize("size", [(9, 9), (10, 31), (64, 64), (37, 50)])
def test_any_size_comes_back_as_it_was(network: StyleNetwork, size: tuple[int, int]) -> None:
    with torch.no_grad():
        picture = network(torch.rand(2, 3, *size))
    assert picture.shape == (2, 3, *size)
    assert 0 <= float(picture.min()) <= float(picture.max()) <= 1


def test_the_file_draws_what_the_network_draws(network: StyleNetwork, exported: Path) -> None:
    found = export(network, exported.with_name("again.onnx"))
    assert found.difference <= TOLERANCE / 100
    axes = onnx.load(exported).graph.input[0].type.tensor_type.shape.dim
    assert [axis.dim_param for axis in axes][2:] == ["height", "width"]


def test_the_network_comes_back_from_its_file(network: StyleNetwork, exported: Path) -> None:
    again = StyleNetwork.from_onnx(exported)
    image = torch.rand(1, 3, 40, 33)
    assert torch.equal(again(image), network(image))


def test_other_networks_are_no_start(tmp_path: Path) -> None:
    other = Network().write(tmp_path / "other.onnx")
    with pytest.raises(UnsupportedModel, match="not a network of this kind that was trained here"):
        StyleNetwork.from_onnx(other)


def test_a_file_that_draws_otherwise_is_not_given_out(tmp_path: Path) -> None:
    class Moody(nn.Module):
        """Its export keeps the mood it had then."""

        def __init__(self) -> None:
            super().__init__()
            self.gain, self.calls = nn.Parameter(torch.ones(1)), 0

        def forward(self, image: Tensor) -> Tensor:
            self.calls += 1
            return image * self.gain / self.calls

    with pytest.raises(TrainingError, match="draws other pictures"):
        export(Moody(), tmp_path / "moody.onnx")
    assert list(tmp_path.iterdir()) == []


def test_smaller_files_are_measured(exported: Path) -> None:
    picture = np.random.default_rng(1).integers(0, 256, (64, 80, 3), np.uint8)
    half, quarter = variants(exported, [picture])
    assert (half.path.name, quarter.path.name) == ("small-fp16.onnx", "small-int8.onnx")
    assert 0 < half.difference < 1 / 255
    assert half.difference < quarter.difference < 0.1
    assert half.size == half.path.stat().st_size
    assert min(half.speed, quarter.speed) > 0
