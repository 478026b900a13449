"""Only one worker works on a queue."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import filelock

from core.errors import JobError
from core.jobs.store import JobStore

_LOCK = "worker.lock"


@contextmanager
def only_worker(store: JobStore) -> Iterator[None]:
    """Inside, no other process has it; JobError where one has it already.

    The system takes it back from a process that ends, however that comes about.
    """
    lock = _lock_of(store)
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout as error:
        raise JobError("A worker is at work on this queue already.",
                       "Leave it to that one; see the command queue list.") from error
    try:
        yield
    finally:
        lock.release()


def worker_is_there(store: JobStore) -> bool:
    """Whether a process holds the queue, even one that has not signed in yet."""
    lock = _lock_of(store)
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        return True
    lock.release()
    return False


def _lock_of(store: JobStore) -> filelock.FileLock:
    return filelock.FileLock(store.path.with_name(_LOCK))
