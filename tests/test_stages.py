"""Stages overlap, keep the order, look ahead no further than told, and stop when told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.render.stages import in_background, ordered_map

PATIENCE = 20
"""Seconds after which a test that waits gives up."""


@pytest.fixture(scope="module")
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(3) as executor:
        yield executor


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    yield
    assert not [thread for thread in threading.enumerate() if thread.name == "stage"]


class Source:
    """Counts what is drawn from it, and knows whether it was closed."""

    def __init__(self, count: int, fails_at: int | None = None) -> None:
        self.drawn, self.closed = 0, False
        self._count, self._fails_at = count, fails_at

    def __iter__(self) -> Iterator[int]:
        return self

    def __next__(self) -> int:
        if self.drawn == self._fails_at:
            raise ZeroDivisionError(self.drawn)
        if self.drawn == self._count:
            raise StopIteration
        self.drawn += 1
        return self.drawn - 1

    def close(self) -> None:
        self.closed = True



@given(items=st.lists(st.integers()), ahead=st.integers(1, 9))
def test_results_come_in_order(pool: ThreadPoolExecutor, items: list[int], ahead: int) -> None:
    assert list(ordered_map(pool, lambda item: item * 2, items, ahead)) == [
        item * 2 for item in items]


@given(items=st.lists(st.integers()), ahead=st.integers(1, 9))
def test_the_background_hands_on_the_same_items(items: list[int], ahead: int) -> None:
    assert list(in_background(items, ahead)) == items


def test_a_slow_first_item_holds_back_no_other(pool: ThreadPoolExecutor) -> None:
    others = threading.Semaphore(0)

    def work(item: int) -> int:
        if item == 0:
            assert others.acquire(timeout=PATIENCE) and others.acquire(timeout=PATIENCE)
        else:
            others.release()
        return item

    assert list(ordered_map(pool, work, range(5), 3)) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("ahead", [1, 2, 5])
def test_at_most_so_many_are_under_way(pool: ThreadPoolExecutor, ahead: int) -> None:
    source = Source(30)
    with closing(ordered_map(pool, lambda item: item, source, ahead)) as results:
        for taken, _ in enumerate(results, 1):
            assert source.drawn - taken <= ahead - 1


@pytest.mark.parametrize("ahead", [1, 2, 5])
def test_the_background_runs_only_so_far_ahead(ahead: int) -> None:
    full = threading.Event()

    class Watched(Source):
        def __next__(self) -> int:
            item = super().__next__()
            if self.drawn == ahead + 2:
                full.set()
            return item

    source = Watched(30)
    with closing(in_background(source, ahead)) as items:
        next(items)
        assert full.wait(PATIENCE)  # one in hand, `ahead` waiting, one that finds no room
        assert not any(source.drawn > ahead + 2 for _ in range(1000))


def test_a_failing_item_fails_in_its_place(pool: ThreadPoolExecutor) -> None:
    def work(item: int) -> int:
        if item == 3:
            raise KeyError(item)
        return item

    source = Source(30)
    results = ordered_map(pool, work, source, 4)
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(KeyError, match="3"):
        next(results)
    assert source.closed
    assert source.drawn < 30


@pytest.mark.parametrize("error", [KeyError, MemoryError, KeyboardInterrupt, SystemExit])
def test_what_the_background_raises_is_raised_in_its_place(error: type[BaseException]) -> None:
    def items() -> Iterator[int]:
        yield from range(3)
        raise error("here")

    results = in_background(items(), 8)
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(error, match="here"):
        next(results)


def test_a_failing_source_fails_after_what_came_before(pool: ThreadPoolExecutor) -> None:
    results = ordered_map(pool, str, in_background(Source(9, fails_at=4), 2), 3)
    seen = []
    with pytest.raises(ZeroDivisionError):
        for result in results:
            seen.append(result)
    assert seen == ["0", "1", "2", "3"]


@pytest.mark.parametrize("taken", [1, 4])
def test_closing_stops_what_comes_before(pool: ThreadPoolExecutor, taken: int) -> None:
    source = Source(10**9)
    with closing(ordered_map(pool, str, in_background(source, 3), 2)) as results:
        for _ in range(taken):
            next(results)
    assert source.closed
    assert source.drawn <= taken + 2 + 3 + 2


def test_closing_does_not_wait_for_items_nobody_takes() -> None:
    """The thread is stopped while it waits for room."""
    source = Source(10**9)
    items = in_background(source, 1)
    next(items)
    items.close()
    assert source.closed


def test_work_that_has_not_begun_is_not_begun_after_closing() -> None:
    begun, go = [], threading.Event()

    def work(item: int) -> int:
        begun.append(item)
        assert item == 0 or go.wait(PATIENCE)
        return item

    with ThreadPoolExecutor(1) as pool:
        results = ordered_map(pool, work, range(9), 5)
        next(results)
        results.close()
        go.set()
    assert begun in ([0], [0, 1])
