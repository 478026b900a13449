"""The fast style network: one pass from a photograph to a painting of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import torch
from torch import Tensor, nn

from core.edge import edge
from core.errors import UnsupportedModel


class StyleNetwork(nn.Module):
    """After Johnson et al. 2016, "Perceptual Losses for Real-Time Style Transfer", made for CPUs:
    both ends are 5x5 instead of 9x9, and channels grow by 1.6 instead of doubling.

    Takes and gives R'G'B' 0..1, float (N, 3, H, W), sides from 9 pixels. Nearest-neighbor
    upsampling before a convolution leaves no checkerboard (Odena et al. 2016).
    """

    def __init__(self, width: int = 16, blocks: int = 5) -> None:
        """`width` channels at full size, `blocks` residual ones at a quarter of it."""
        super().__init__()
        self.width = width
        half, quarter = round(width * 1.6), round(width * 1.6**2)
        self.down = nn.Sequential(
            convolution(3, width, 5), *_normed(width),
            convolution(width, half, 3, stride=2), *_normed(half),
            convolution(half, quarter, 3, stride=2), *_normed(quarter))
        self.blocks = nn.Sequential(*(_Residual(quarter) for _ in range(blocks)))
        self.up = nn.Sequential(
            nn.Upsample(scale_factor=2, mode="nearest"),
            convolution(quarter, half, 3), *_normed(half),
            nn.Upsample(scale_factor=2, mode="nearest"),
            convolution(half, width, 3), *_normed(width),
            convolution(width, 3, 5))

    def forward(self, image: Tensor) -> Tensor:
        drawn = torch.sigmoid(self.up(self.blocks(self.down(image - 0.5))))
        # Strides round sides up to multiples of four; what is beyond the picture goes.
        return drawn[..., :image.shape[2], :image.shape[3]]

    @classmethod
    def from_onnx(cls, path: Path) -> StyleNetwork:
        """The network of a file that training has exported, ready to learn on.

        Raises ModelError for a file that is not such a network.
        """
        weights = tensors_of(path)
        with trained_here(path):
            network = cls(weights["down.0.1.weight"].shape[0], count_of("blocks.", weights))
            network.load_state_dict(dict(weights))
        return network


@contextmanager
def trained_here(path: Path) -> Iterator[None]:
    """Raises UnsupportedModel where the weights of this file turn out to be another network's."""
    try:
        yield
    except (KeyError, ValueError, RuntimeError) as error:
        raise UnsupportedModel(f"{path.name} is not a network of this kind that was trained here.",
                               "Start from one that the command train has exported.") from error


def count_of(prefix: str, weights: Iterable[str]) -> int:
    """How many layers are numbered in names that begin so; raises ValueError for none."""
    return 1 + max(int(name.removeprefix(prefix).split(".")[0]) for name in weights
                   if name.startswith(prefix))


def tensors_of(path: Path) -> Mapping[str, Tensor]:
    """The named weights in an ONNX file; raises ModelError for what is none."""
    from onnx import numpy_helper

    from stylizers.inference.graph import read_graph

    with edge(path), trained_here(path):
        graph = read_graph(path).graph
        found = {each.name: torch.from_numpy(numpy_helper.to_array(each).copy()).float()
                 for each in graph.initializer}
        # Weights that are equal lie in the file once; the others are said to be the same.
        return found | {node.output[0]: found[node.input[0]] for node in graph.node
                        if node.op_type == "Identity" and node.input[0] in found}


def convolution(channels: int, features: int, size: int, stride: int = 1) -> nn.Sequential:
    """With a mirror for a border: zeros would draw a frame around every picture."""
    return nn.Sequential(nn.ReflectionPad2d(size // 2),
                         nn.Conv2d(channels, features, size, stride))


def _normed(channels: int) -> tuple[nn.Module, nn.Module]:
    return nn.InstanceNorm2d(channels, affine=True), nn.ReLU(inplace=True)


class _Residual(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(convolution(channels, channels, 3), *_normed(channels),
                                  convolution(channels, channels, 3),
                                  nn.InstanceNorm2d(channels, affine=True))

    def forward(self, features: Tensor) -> Tensor:
        return cast(Tensor, features + self.body(features))
