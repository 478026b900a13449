"""How good a network is: what optimizing a single picture by the same losses comes to.

The yardstick of Johnson et al. 2016 (section 4.1): L-BFGS on the pixels, held to 0..1 after every
iteration, each of which costs what a network takes once for good.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import torch
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
    first = image if start == "photograph" else \
        torch.rand(image.shape, generator=torch.Generator().manual_seed(1)).to(image.device)
    drawn = first.clone().requires_grad_()
    optimizer = torch.optim.LBFGS([drawn], max_iter=1, history_size=20,
                                  line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = _total(objective, image, drawn)
        loss.backward()
        if drawn.grad is not None:  # the optimizer wants it in one piece
            drawn.grad = drawn.grad.contiguous()
        return loss

    found = {}
    for count in range(1, max(iterations) + 1):
        optimizer.step(closure)
        with torch.no_grad():
            drawn.clamp_(0, 1)
            if count in iterations:
                found[count] = float(_total(objective, image, drawn))
    return found
