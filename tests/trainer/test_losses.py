"""Losses against plain formulas, and what must be zero."""

from pathlib import Path

import numpy as np
import pytest
import skimage.data
import torch
from torch import nn

from trainer import losses
from trainer.crops import Crops, tensor
from trainer.losses import Perception
from trainer.motion import fake_motion, moved, stability_loss


@pytest.fixture(scope="module")
def perception(shared: Path) -> Perception:
    return Perception.load(shared / "nn" / "backbones", torch.device("cpu"))


@pytest.fixture(scope="module")
def photograph() -> torch.Tensor:
    return tensor(skimage.data.astronaut()[100:228, 150:278])


def test_gram_is_the_mean_of_products() -> None:
    features = np.random.default_rng(1).random((2, 3, 4, 5), np.float32)
    wanted = np.einsum("nchw,ndhw->ncd", features, features) / 20
    assert np.allclose(losses.gram(torch.from_numpy(features)), wanted, atol=1e-6)


def test_a_picture_has_its_own_style_and_content(perception: Perception,
                                                 photograph: torch.Tensor) -> None:
    features = perception(photograph)
    assert len(features) == 8
    assert float(losses.style_loss(features, [losses.gram(each) for each in features])) < 1e-9
    assert float(losses.content_loss(features, perception.content(photograph))) < 1e-9
    assert float(losses.total_variation(torch.ones(1, 3, 8, 8))) == 0


def test_style_is_what_a_shift_keeps_and_content_what_it_does_not(
        perception: Perception, photograph: torch.Tensor) -> None:
    own = [losses.gram(each) for each in perception(photograph)]
    shifted, noise = photograph.roll(24, 3), torch.rand_like(photograph)
    style = [float(losses.style_loss(perception(each), own)) for each in (shifted, noise)]
    assert style[0] < 0.2 * style[1]
    seen = perception.content(photograph)
    assert float(losses.content_loss(perception(shifted), seen)) > 0.1


def test_motion_moves_by_whole_pixels_exactly() -> None:
    image = torch.rand(1, 3, 40, 48)
    still = fake_motion((40, 48), 0.0, torch.Generator().manual_seed(1))
    assert torch.allclose(moved(image, still), image, atol=1e-5)
    right = still + torch.tensor([2 * 5 / 48, 0.0])
    assert torch.allclose(moved(image, right)[..., :-5], image[..., 5:], atol=1e-5)


def test_what_draws_each_pixel_alone_is_steady_and_what_looks_at_the_place_is_not(
        photograph: torch.Tensor) -> None:
    class Screen(nn.Module):
        """Stripes that stay on the screen."""

        def forward(self, image: torch.Tensor) -> torch.Tensor:
            return image * (torch.arange(image.shape[3]) % 8 < 4)

    def lost(network: nn.Module) -> float:
        chance = torch.Generator().manual_seed(1)
        return float(stability_loss(network, photograph, network(photograph), chance, noise=0.0))

    assert lost(nn.Identity()) < 1e-9
    assert lost(Screen()) > 1e-3


def test_crops_are_a_function_of_their_number() -> None:
    pictures = [np.random.default_rng(n).integers(0, 256, (50 + n, 70, 3), np.uint8)
                for n in range(3)]
    first, again, other = (Crops(pictures, 32, 2, seed) for seed in (1, 1, 2))
    assert torch.equal(first.batch(5), again.batch(5))
    assert not torch.equal(first.batch(5), first.batch(6))
    assert not torch.equal(first.batch(5), other.batch(5))
    assert first.batch(0).shape == (2, 3, 32, 32)
