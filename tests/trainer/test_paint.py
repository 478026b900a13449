"""The network that paints as any painting: what its parts promise whoever paints a video."""

from pathlib import Path

import numpy as np
import onnx.utils
import onnxruntime
import pytest
import torch

from core.errors import UnsupportedModel
from trainer.export_onnx import export
from trainer.network import StyleNetwork
from trainer.objectives.any_painting import recolored
from trainer.paint_network import PaintNetwork, export_paint, statistics


@pytest.fixture(scope="module")
def network() -> PaintNetwork:
    torch.manual_seed(2)
    return PaintNetwork(4, 1).eval()


@pytest.fixture(scope="module")
def exported(network: PaintNetwork, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = export_paint(network, tmp_path_factory.mktemp("paint") / "paint.onnx")
    assert made.difference < 1e-4
    return made.path


def test_any_size_comes_back_as_it_was(network: PaintNetwork) -> None:
    with torch.no_grad():
        for size in ((9, 9), (33, 50)):
            picture = network(torch.rand(1, 3, *size), torch.rand(1, 3, 40, 40))
            assert picture.shape == (1, 3, *size)


def test_the_network_comes_back_from_its_file(
        network: PaintNetwork, exported: Path, tmp_path: Path) -> None:
    image, painting = torch.rand(1, 3, 40, 33), torch.rand(1, 3, 30, 30)
    with torch.no_grad():
        assert torch.equal(PaintNetwork.from_onnx(exported)(image, painting),
                           network(image, painting))
    other = export(StyleNetwork(4, 1), tmp_path / "other.onnx").path
    with pytest.raises(UnsupportedModel, match="not a network of this kind"):
        PaintNetwork.from_onnx(other)


def test_no_way_there_is_the_same_for_all_paintings(network: PaintNetwork) -> None:
    image, *paintings = torch.rand(3, 1, 3, 32, 32)
    with torch.no_grad():
        near, far = ([network(image, painting, alpha) for painting in paintings]
                     for alpha in (0.0, 1.0))
    assert torch.equal(*near)
    assert not torch.allclose(*far)


def test_statistics_are_the_pictures(network: PaintNetwork) -> None:
    features = torch.randn(2, 5, 16, 16) * 3 + 1
    mean, deviation = statistics(features)
    assert torch.allclose(mean, features.mean((2, 3)), atol=1e-5)
    assert torch.allclose(deviation, features.std((2, 3), unbiased=False), atol=1e-3)
    assert network.coder(torch.rand(1, 3, 32, 32)).shape == (1, network.codes)


def test_a_pixel_is_seen_as_far_as_it_says(network: PaintNetwork) -> None:
    image, painting = torch.rand(1, 3, 160, 160), torch.rand(1, 3, 40, 40)
    other = image.clone()
    other[:, :, 81, 82] = 1 - other[:, :, 81, 82]
    with torch.no_grad():
        known = statistics(network.encoder(image))
        one, two = (network.decoder(network.encoder(each), *known, network.coder(painting),
                                    torch.tensor(1.0)) for each in (image, other))
    rows, columns = (one - two).abs().amax((0, 1)).nonzero().T
    far = max(int((rows - 81).abs().max()), int((columns - 82).abs().max()))
    assert network.reach / 2 < far <= network.reach


def test_each_use_takes_its_part_of_the_file(network: PaintNetwork, exported: Path) -> None:
    """A code is made once, statistics of a small picture; a frame needs neither painting nor more.
    """
    chance = np.random.default_rng(1)
    image, painting = (chance.random((1, 3, 32, 40), np.float32) for _ in range(2))
    whole = onnx.utils.Extractor(onnx.load(exported))

    def run(inputs: dict[str, np.ndarray], *outputs: str) -> list[np.ndarray]:
        part = whole.extract_model(list(inputs), list(outputs)).SerializeToString()
        session = onnxruntime.InferenceSession(part, providers=["CPUExecutionProvider"])
        return list(session.run(list(outputs), inputs))

    [code] = run({"painting": painting}, "painting_code")
    mean, _ = run({"image": image}, "mean", "deviation")
    none, one = np.zeros_like(mean), np.ones_like(mean)
    alpha = np.float32(1)
    frame = {"image": image, "code": code, "shift": none, "gain": one, "alpha": np.array(alpha)}
    [picture] = run(frame, "picture")
    with torch.no_grad():
        wanted = network(torch.from_numpy(image), torch.from_numpy(painting))
    assert np.allclose(picture, wanted.numpy(), atol=1e-5)
    [moved] = run({**frame, "shift": one}, "picture")
    assert not np.allclose(moved, picture, atol=1e-5)


def test_colors_of_chance_are_a_function_of_it() -> None:
    paintings = torch.rand(4, 3, 8, 8)
    one, same, other = (recolored(paintings, torch.Generator().manual_seed(seed))
                        for seed in (1, 1, 2))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
    assert 0 <= float(one.min()) <= float(one.max()) <= 1
