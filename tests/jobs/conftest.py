"""A queue of its own for every test, and orders that differ in their target alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.jobs import JobStore, Order
from core.recipe import Recipe

PENCIL = Recipe.build({"layers": [{"style": "pencil"}]})
Ordering = Callable[..., Order]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[JobStore]:
    with JobStore(tmp_path / "data" / "queue.db") as opened:
        yield opened


@pytest.fixture
def order(tmp_path: Path) -> Ordering:
    def made(name: str = "out.mp4") -> Order:
        return Order.render(tmp_path / "clip.mp4", tmp_path / name, PENCIL)

    return made
