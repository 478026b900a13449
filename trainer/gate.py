"""The gate a fine-tuned network must pass to take its parent's place."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from core.metrics import Lpips
from core.metrics.edges import gradient
from trainer.crops import tensor
from trainer.motion import fake_motion, moved
from trainer.network import StyleNetwork

_MOTION, _REACH = 7, 4.0
_TIMED = (256, 256)
_SHORTEST = 1e-6
"""Seconds: what no pass takes, so that there is a ratio."""
_LEAST = 1e-4
"""Mean gradient of a picture in which there is nothing, so that it has a logarithm."""


@dataclass(frozen=True, slots=True)
class Measures:
    """Of one network on pairs held back; all are better lower.

    `objective` is the mean absolute difference to the wanted pictures, 0..1, and `lpips` the
    perceptual one; `warp_error` the mean squared difference between a drawing moved along a
    made-up flow and the drawing of the moved picture, as E_warp of Lai et al. 2018 with the flow
    known, over the drawing's own variance, else a paler one would count as steadier; `sharpness`
    how far its mean gradient is from the wanted pictures', as a logarithm; `seconds` what it takes
    for 256x256 pixels (see `compared`).
    """

    objective: float
    lpips: float
    warp_error: float
    sharpness: float
    seconds: float

    def document(self) -> dict[str, float]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Margins:
    """What a candidate must gain, and what it may lose, of each measure of its parent's."""

    gain: float = 0.02
    lpips: float = 0.02
    warp_error: float = 0.10
    sharpness: float = 0.10
    seconds: float = 0.25

    def objections(self, parent: Measures, candidate: Measures) -> tuple[str, ...]:
        """Why the candidate is not to take its parent's place; none if it is."""
        found = []
        if not candidate.objective <= parent.objective * (1 - self.gain):
            found.append(f"it is not nearer to what is wanted ({candidate.objective:.4f} against "
                         f"{parent.objective:.4f}; at least {self.gain:.0%} is asked for)")
        for name, allowed, words in (
                ("lpips", parent.lpips * (1 + self.lpips), "less like the wanted pictures (LPIPS)"),
                ("warp_error", parent.warp_error * (1 + self.warp_error), "less steady (E_warp)"),
                ("sharpness", parent.sharpness + self.sharpness, "further from their sharpness"),
                ("seconds", parent.seconds * (1 + self.seconds), "slower")):
            now, before = getattr(candidate, name), getattr(parent, name)
            if not now <= allowed:
                found.append(f"it is {words}: {now:.4f} against {before:.4f}")
        return tuple(found)


def compared(parent: StyleNetwork, candidate: StyleNetwork,
             pairs: Sequence[tuple[np.ndarray, np.ndarray]], lpips: Lpips
             ) -> tuple[Measures, Measures]:
    """What both come to on pairs of RGB uint8 (H, W, 3).

    Networks of the same width and blocks do the same arithmetic, so the candidate is as fast as its
    parent without being timed. Others are timed in turns, and the median of the ratios is what the
    candidate takes more or less: a machine that is busy for a while slows down both.
    """
    seconds = _seconds(parent)
    ratio = 1.0 if _shape(parent) == _shape(candidate) else _ratio(parent, candidate)
    one, other = (_means(network, pairs, lpips) for network in (parent, candidate))
    return Measures(**one, seconds=seconds), Measures(**other, seconds=seconds * ratio)


def _means(network: nn.Module, pairs: Sequence[tuple[np.ndarray, np.ndarray]], lpips: Lpips
           ) -> dict[str, float]:
    rows = [_measured(network, tensor(source), tensor(wanted), lpips) for source, wanted in pairs]
    return {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}


def _measured(network: nn.Module, source: Tensor, wanted: Tensor, lpips: Lpips
              ) -> Mapping[str, float]:
    place = next(network.parameters()).device
    grid = fake_motion((source.shape[2], source.shape[3]), _REACH,
                       torch.Generator().manual_seed(_MOTION))
    with torch.no_grad():
        drawn = network(source.to(place)).float().cpu().clamp(0, 1)
        after = network(moved(source, grid).to(place)).float().cpu().clamp(0, 1)
    inside = (grid.abs() <= 1).all(-1)[:, None].float()
    error = ((after - moved(drawn, grid)).square() * inside).sum() / inside.sum().clamp(min=1) / 3
    error = error / drawn.var().clamp(min=1e-6)
    return {"objective": float((drawn - wanted).abs().mean()),
            "lpips": lpips(_picture(drawn), _picture(wanted)), "warp_error": float(error),
            "sharpness": abs(float(np.log(_gradient(drawn) / _gradient(wanted))))}


def _picture(image: Tensor) -> np.ndarray:
    return np.ascontiguousarray(image[0].permute(1, 2, 0).numpy())


def _gradient(image: Tensor) -> float:
    return _LEAST + float(gradient(cv2.cvtColor(_picture(image), cv2.COLOR_RGB2GRAY)).mean())


def _shape(network: StyleNetwork) -> tuple[int, int]:
    return network.width, len(network.blocks)


def _seconds(network: nn.Module, repeats: int = 5) -> float:
    return float(np.median([_once(network) for _ in range(repeats)]))


def _ratio(parent: nn.Module, candidate: nn.Module, turns: int = 9) -> float:
    for network in (parent, candidate):
        _once(network)  # the first pass also allocates
    return float(np.median([_once(candidate) / max(_once(parent), _SHORTEST)
                            for _ in range(turns)]))


def _once(network: nn.Module) -> float:
    image = torch.zeros(1, 3, *_TIMED, device=next(network.parameters()).device)
    with torch.no_grad():
        begun = time.perf_counter()
        network(image).cpu()  # waits for a GPU
        return time.perf_counter() - begun
