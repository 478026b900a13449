"""Which jobs run side by side: one on the GPU, some on the processor, and one preview."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from core.errors import BrushreelError
from core.jobs.job import PREVIEW, Job, Order

Lane = Literal["gpu", "cpu", "preview"]


@dataclass(frozen=True, slots=True)
class Lanes:
    """How many jobs each lane takes at a time. Without a GPU all jobs are the processor's.

    Somebody sits and waits for a preview, which therefore waits for no other job but one on the
    GPU that it needs itself.
    """

    gpus: int = 0
    cpu_jobs: int = 1

    @property
    def most(self) -> int:
        """Jobs that run at a time, at most."""
        return min(self.gpus, 1) + self.cpu_jobs + 1

    def lane(self, order: Order) -> Lane:
        if self.gpus and wants_gpu(order):
            return "gpu"
        return "preview" if order.kind == PREVIEW else "cpu"

    def has_room(self, job: Job, running: Iterable[Order]) -> bool:
        taken = Counter(self.lane(order) for order in running)
        lane = self.lane(job.order)
        return taken[lane] < (self.cpu_jobs if lane == "cpu" else 1)


def wants_gpu(order: Order) -> bool:
    """Whether a job would use a GPU if there is one: a network, a hardware encoder, training.

    A search for settings draws its recipe too, but encodes nothing.
    """
    return not order.recipe_json or _drawn_with_gpu(order.recipe_json, order.renders)


@lru_cache(maxsize=4096)
def _drawn_with_gpu(recipe_json: str, encoded: bool) -> bool:
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
    return drawn.accelerated or (encoded and (codec == "auto" or bool(CODECS[codec].software)))
