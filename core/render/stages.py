"""Stages that overlap: bounded, in order, and closed as soon as the caller stops."""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Executor, Future
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")


def ordered_map(pool: Executor, work: Callable[[T], R], items: Iterable[T],
                ahead: int) -> Generator[R, None, None]:
    """`work` on every item by the pool, results in order, at most `ahead` items under way.

    Where `items` fails, that is raised after the results of what came before.
    """
    pending: deque[Future[R]] = deque()
    source = iter(items)
    try:
        while True:
            try:
                item = next(source)
            except Exception as error:  # noqa: BLE001 - raised again below, in its turn
                failure = error
                break
            pending.append(pool.submit(work, item))
            if len(pending) >= ahead:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
        if not isinstance(failure, StopIteration):
            raise failure
    finally:
        for future in pending:
            future.cancel()
        _close(items)


def in_background(items: Iterable[T], ahead: int) -> Generator[T, None, None]:
    """The same items, drawn by a thread of their own that runs at most `ahead` items in front.

    What the thread raises is raised here, at the item where it happened.
    """
    ready: queue.Queue[tuple[bool, Any]] = queue.Queue(ahead)
    stopped = threading.Event()

    def hand_over(entry: tuple[bool, Any]) -> bool:
        while not stopped.is_set():
            try:
                ready.put(entry, timeout=0.1)
            except queue.Full:
                continue
            return True
        return False

    def draw() -> None:
        try:
            for item in items:
                if not hand_over((True, item)):
                    return
            hand_over((False, None))
        except BaseException as error:  # noqa: BLE001 - whatever it is, it belongs to the reader
            hand_over((False, error))
        finally:
            _close(items)

    thread = threading.Thread(target=draw, name="stage", daemon=True)
    thread.start()
    try:
        while True:
            more, value = ready.get()
            if more:
                yield value
            elif value is None:
                return
            else:
                raise value
    finally:
        stopped.set()
        thread.join()


def _close(items: Iterable[Any]) -> None:
    close = getattr(items, "close", None)
    if close is not None:
        close()
