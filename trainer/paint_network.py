"""The network that paints as any painting it is shown.

After Huang and Belongie 2017 (adaptive instance normalization, AdaIN) with the small encoders and
the modulated decoder of MicroAST (Wang et al., AAAI 2023). Statistics of the picture are taken in
one place only, so that whoever paints a video can smooth them from frame to frame.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from trainer.export_onnx import Export, Signature, export
from trainer.network import convolution, count_of, tensors_of, trained_here

_LEAST = 1e-5
_ENCODING = 2
"""Residual blocks of an encoder."""


class PaintNetwork(nn.Module):
    """`encoder` and `decoder` are run for every frame, `coder` once for every painting.

    Pictures are R'G'B' 0..1 (N, 3, H, W), sides from 9 pixels; features (N, 4 * width, H / 4,
    W / 4); a code is (N, codes).
    """

    def __init__(self, width: int = 16, blocks: int = 3) -> None:
        super().__init__()
        self.width, self.codes = width, 8 * width + 2 * sum(_modulated(width, blocks))
        self.encoder = Encoder(width, _ENCODING)
        self.coder = Coder(width, blocks)
        self.decoder = Decoder(width, blocks)

    @classmethod
    def from_onnx(cls, path: Path) -> PaintNetwork:
        """The network of a file that training has exported, ready to learn on.

        Raises ModelError for a file that is not such a network.
        """
        weights = {name.removeprefix("network."): each for name, each in tensors_of(path).items()}
        with trained_here(path):
            network = cls(weights["encoder.layers.0.1.weight"].shape[0],
                          count_of("decoder.blocks.", weights))
            network.load_state_dict(weights)
        return network

    @property
    def reach(self) -> int:
        """How far a pixel is seen, in pixels, but for the statistics."""
        quarter = 2 * (_ENCODING + len(self.decoder.blocks))
        # The first and last layer, those of both strides, and what is enlarged by repeating pixels.
        return 2 + 1 + 2 + 4 * quarter + (4 + 2 + 2) + 2 + 3

    def forward(self, image: Tensor, painting: Tensor, alpha: float = 1.0) -> Tensor:
        """`image` painted as `painting`, or by `alpha` of the way there."""
        features = self.encoder(image)
        drawn = self.decoder(features, *statistics(features), self.coder(painting),
                             torch.tensor(alpha))
        return drawn[..., :image.shape[2], :image.shape[3]]


class PaintGraph(nn.Module):
    """All of a PaintNetwork as one graph, of which each use takes the part it needs.

    `statistics` of a small picture need `image` alone, a code `painting` alone. A frame is painted
    with its own statistics, its mean moved by `shift` and its deviation times `gain`, (1, 4 *
    width) each, by which they are smoothed.
    """

    def __init__(self, network: PaintNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: Tensor, painting: Tensor, code: Tensor, shift: Tensor, gain: Tensor,
                alpha: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        features = self.network.encoder(image)
        mean, deviation = statistics(features)
        drawn = self.network.decoder(features, mean + shift, deviation * gain, code, alpha)
        picture = drawn[..., :image.shape[2], :image.shape[3]]
        return picture, mean, deviation, self.network.coder(painting)


class Encoder(nn.Module):
    def __init__(self, width: int, blocks: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            convolution(3, width, 5), nn.ReLU(), convolution(width, 2 * width, 3, 2), nn.ReLU(),
            convolution(2 * width, 4 * width, 3, 2), nn.ReLU(),
            *(Block(4 * width) for _ in range(blocks)))

    def forward(self, image: Tensor) -> Tensor:
        features: Tensor = self.layers(image - 0.5)
        return features


class Coder(nn.Module):
    """What a painting is like, in a few hundred numbers: mean and deviation of its features, then
    how each layer of the decoder is to be modulated.
    """

    def __init__(self, width: int, blocks: int) -> None:
        super().__init__()
        self.encoder = Encoder(width, _ENCODING)
        channels = 4 * width
        self.modulation = nn.Sequential(
            nn.Linear(2 * channels, 2 * channels), nn.ReLU(),
            nn.Linear(2 * channels, 2 * sum(_modulated(width, blocks))))

    def forward(self, painting: Tensor) -> Tensor:
        mean, deviation = statistics(self.encoder(painting))
        seen = torch.cat([mean, deviation], 1)
        return torch.cat([seen, self.modulation(seen)], 1)


class Decoder(nn.Module):
    """AdaIN, then blocks and upsampling convolutions whose channels the code scales and shifts."""

    def __init__(self, width: int, blocks: int) -> None:
        super().__init__()
        self.width, self.layers = width, _modulated(width, blocks)
        self.blocks = nn.ModuleList(Block(4 * width) for _ in range(blocks))
        self.to_half = convolution(4 * width, 2 * width, 3)
        self.to_full = convolution(2 * width, width, 3)
        self.last = convolution(width, 3, 5)

    def forward(self, features: Tensor, mean: Tensor, deviation: Tensor, code: Tensor,
                alpha: Tensor) -> Tensor:
        """`mean` and `deviation` (N, 4 * width) are those of `features`, or smoothed ones."""
        channels = 4 * self.width
        wanted, spread, rest = code.split([channels, channels, code.shape[1] - 2 * channels], 1)
        normal = (features - _spatial(mean)) / _spatial(deviation)
        painted = normal * _spatial(spread) + _spatial(wanted)
        now = features + alpha * (painted - features)
        turns = iter(rest.split([2 * count for count in self.layers], 1))
        for block in self.blocks:
            now = block(_modulate(now, next(turns), alpha))
        now = torch.relu(_modulate(self.to_half(_enlarged(now)), next(turns), alpha))
        now = torch.relu(_modulate(self.to_full(_enlarged(now)), next(turns), alpha))
        return torch.sigmoid(self.last(now))


class Block(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(convolution(channels, channels, 3), nn.ReLU(),
                                  convolution(channels, channels, 3))

    def forward(self, features: Tensor) -> Tensor:
        grown: Tensor = features + self.body(features)
        return grown


def export_paint(network: PaintNetwork, path: Path) -> Export:
    """Write a PaintGraph; raises TrainingError where it paints otherwise."""
    channels = 4 * network.width
    signature = Signature(
        ("image", "painting", "code", "shift", "gain", "alpha"),
        ("picture", "mean", "deviation", "painting_code"),
        {"image": "", "picture": "", "painting": "painting_"},
        {"code": network.codes, "shift": channels, "gain": channels, "alpha": 0})
    return export(PaintGraph(network), path, signature)


def statistics(features: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation over the picture, (N, C) each."""
    with torch.autocast(features.device.type, enabled=False):
        flat = features.float().flatten(2)
        return flat.mean(2), (flat.var(2, unbiased=False) + _LEAST).sqrt()


def _modulated(width: int, blocks: int) -> list[int]:
    """Channels of the layers that a code modulates, in order."""
    return [4 * width] * blocks + [2 * width, width]


def _modulate(features: Tensor, turn: Tensor, alpha: Tensor) -> Tensor:
    scale, shift = turn.chunk(2, 1)
    return features * (1 + alpha * _spatial(scale)) + alpha * _spatial(shift)


def _spatial(values: Tensor) -> Tensor:
    return values[..., None, None]


def _enlarged(features: Tensor) -> Tensor:
    return nn.functional.interpolate(features, scale_factor=2.0, mode="nearest")
