"""The frozen networks that judge pictures: VGG-19 up to relu3_1, and SqueezeNet 1.1."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.metrics.squeezenet import activations


class Vgg(nn.Module):
    """VGG-19 of Simonyan and Zisserman 2015 with weights scaled to mean activations of one (Gatys
    et al. 2016). Takes R'G'B' 0..1 (N, 3, H, W); gives relu1_1, relu2_1 and relu3_1.
    """

    _BLOCKS = (("2",), ("5", "9"), ("12", "16"))
    """Numbers of the convolutions that lead to each tap, in the file of weights."""

    def __init__(self, weights: Mapping[str, Tensor]) -> None:
        super().__init__()
        # The first turns RGB into BGR 0..255 less the mean of ImageNet.
        self.color = _convolution(weights, "0")
        layers = [[_convolution(weights, name) for name in block] for block in self._BLOCKS]
        self.blocks = nn.ModuleList(nn.ModuleList(block) for block in layers)
        self._layers = layers

    def forward(self, image: Tensor) -> list[Tensor]:
        now, taps = self.color(image), []
        for *before, last in self._layers:
            for layer in before:
                now = functional.max_pool2d(torch.relu(layer(now)), 2)
            now = torch.relu(last(now))
            taps.append(now)
        return taps


class SqueezeNet(nn.Module):
    """SqueezeNet 1.1: takes R'G'B' 0..1 (N, 3, H, W), gives what the layers `TAPS` answer."""

    TAPS = (1, 4, 7, 9, 12)
    """The first ReLU, then the last fire module of each width."""

    def __init__(self, weights: Mapping[str, Tensor]) -> None:
        super().__init__()
        self._names = {name.replace(".", "/"): name for name in weights
                       if name.startswith("features.")}
        for key, name in self._names.items():
            self.register_buffer(key, weights[name].float())
        # Mean and deviation of ImageNet, as torchvision publishes them with the weights.
        self.register_buffer("mean", torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1))
        self.register_buffer("deviation", torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1))

    def forward(self, image: Tensor) -> list[Tensor]:
        weights = {name: self.get_buffer(key) for key, name in self._names.items()}
        normalized = (image - self.get_buffer("mean")) / self.get_buffer("deviation")
        return activations(weights, normalized, self.TAPS)


def _convolution(weights: Mapping[str, Tensor], name: str) -> nn.Conv2d:
    """A frozen convolution that keeps the size, with the weights of that name."""
    weight, bias = weights[f"{name}.weight"].float(), weights[f"{name}.bias"].float()
    layer = nn.Conv2d(weight.shape[1], weight.shape[0], weight.shape[2],
                      padding=weight.shape[2] // 2)
    layer.weight, layer.bias = (nn.Parameter(tensor, requires_grad=False)
                                for tensor in (weight, bias))
    return layer
