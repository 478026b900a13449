"""What is made once is made by one thread, whoever else asks for it meanwhile."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest

from stylizers.once import once


def test_threads_that_come_together_share_one() -> None:
    together, made = Barrier(4), list[int]()

    def make(size: int) -> np.ndarray:
        made.append(size)
        return np.sort(np.random.default_rng(size).random(1 << 20))  # long enough to be overtaken

    shared = once(make)

    def ask(_: int) -> np.ndarray:
        together.wait()
        return shared(7)

    with ThreadPoolExecutor(4) as pool:
        first, *others = pool.map(ask, range(4))
    assert made == [7]
    assert all(other is first for other in others)


@pytest.mark.parametrize(("kept", "expected"), [(1, [1, 2, 1]), (2, [1, 2])])
def test_no_more_is_kept_than_asked_for(kept: int, expected: list[int]) -> None:
    made = list[int]()
    shared = once(lambda size: made.append(size) or size, kept)
    assert [shared(1), shared(2), shared(1)] == [1, 2, 1]
    assert made == expected


def test_a_failure_is_not_kept() -> None:
    calls = list[int]()

    def make() -> int:
        calls.append(0)
        if len(calls) == 1:
            raise MemoryError
        return 5

    shared = once(make)
    with pytest.raises(MemoryError):
        shared()
    assert shared() == 5
