"""How good a network is: what optimizing a single picture by the same losses comes to.

The yardstick of Johnson et al. 2016 (section 4.1): L-BFGS on the pixels, held to 0..1, beginning
with noise. Each iteration costs several times what the network takes once for good.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from scipy.optimize import Bounds, OptimizeResult, minimize
from torch import Tensor, nn

from trainer.objectives import Painting

Start = Literal["photograph", "noise"]


@dataclass(frozen=True, slots=True)
class Judged:
    """The total loss of a network's picture, and of optimized ones by number of iterations."""

    network: float
    optimized: dict[int, float]

    def reached(self) -> int:
        """The most of those iterations that the network is at least as good as; 0 for none."""
        return max((count for count, loss in self.optimized.items() if self.network <= loss),
                   default=0)


def judged(objective: Painting, network: nn.Module, photographs: Sequence[Tensor],
           iterations: Sequence[int], start: Start = "photograph") -> Judged:
    """Means over photographs, R'G'B' 0..1 (1, 3, H, W) each."""
    with torch.no_grad():
        ours = [_total(objective, image, network(image)) for image in photographs]
    runs = [_optimized(objective, image, iterations, start) for image in photographs]
    return Judged(float(torch.stack(ours).mean()),
                  {count: sum(run[count] for run in runs) / len(runs) for count in iterations})


def _total(objective: Painting, image: Tensor, drawn: Tensor) -> Tensor:
    return torch.stack(list(objective.judged(image, drawn).values())).sum()


def _optimized(objective: Painting, image: Tensor, iterations: Sequence[int], start: Start
               ) -> dict[int, float]:
    """The loss after so many iterations of L-BFGS-B (Byrd et al. 1995), which knows the bounds."""
    first = image if start == "photograph" else \
        torch.rand(image.shape, generator=torch.Generator().manual_seed(1))

    def loss_and_slope(pixels: np.ndarray) -> tuple[float, np.ndarray]:
        drawn = torch.from_numpy(pixels.astype(np.float32)).reshape(image.shape).to(image.device)
        loss = _total(objective, image, drawn.requires_grad_())
        [slope] = torch.autograd.grad(loss, drawn)
        return float(loss.detach()), slope.cpu().numpy().astype(np.float64).ravel()

    after: list[float] = []

    def each(intermediate_result: OptimizeResult) -> None:
        after.append(float(intermediate_result.fun))

    minimize(loss_and_slope, first.cpu().numpy().astype(np.float64).ravel(), jac=True,
             method="L-BFGS-B", bounds=Bounds(0, 1), callback=each,
             options={"maxiter": max(iterations), "maxcor": 20, "ftol": 0, "gtol": 0})
    # Where it finds nothing better any more, further iterations would not change the picture.
    return {count: after[min(count, len(after)) - 1] for count in iterations}
