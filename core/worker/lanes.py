"""Which jobs run side by side: one that uses the GPU, and some that do not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from core.errors import BrushreelError
from core.jobs.job import Job, Order

Lane = Literal["gpu", "cpu"]


@dataclass(frozen=True, slots=True)
class Lanes:
    """How many jobs each lane takes at a time. Without a GPU all jobs are the processor's."""

    gpus: int = 0
    cpu_jobs: int = 1

    @property
    def most(self) -> int:
        """Jobs that run at a time, at most."""
        return min(self.gpus, 1) + self.cpu_jobs

    def lane(self, order: Order) -> Lane:
        return "gpu" if self.gpus and wants_gpu(order) else "cpu"

    def has_room(self, job: Job, running: Iterable[Order]) -> bool:
        taken = Counter(self.lane(order) for order in running)
        lane = self.lane(job.order)
        return taken[lane] < (1 if lane == "gpu" else self.cpu_jobs)


def wants_gpu(order: Order) -> bool:
    """Whether a job would use a GPU if there is one: a network, a hardware encoder, training."""
    return order.kind != "render" or _drawn_with_gpu(order.recipe_json)


@lru_cache(maxsize=4096)
def _drawn_with_gpu(recipe_json: str) -> bool:
    """Asked again and again of everything that is queued."""
    from core.io.codecs import CODECS
    from core.recipe import Recipe
    from core.render.stack import Stack

    try:
        recipe = Recipe.from_json(recipe_json)
        codec = recipe.output.codec
        drawn = Stack.of(recipe)
    except BrushreelError:
        return False  # its own process will say what is wrong with it
    return drawn.demanding or codec == "auto" or bool(CODECS[codec].software)
