"""A queue of 500 jobs is as quick as one of five."""

import time
from collections.abc import Callable
from typing import Any

from core.jobs import JobProgress, JobStore
from core.jobs.claims import claim_next
from tests.jobs.conftest import Ordering

MANY = 500


def seconds(act: Callable[[], Any]) -> float:
    """The best of a few, as other programs are running."""
    taken = []
    for _ in range(5):
        begun = time.perf_counter()
        act()
        taken.append(time.perf_counter() - begun)
    return min(taken)


def test_500_jobs(store: JobStore, order: Ordering) -> None:
    """The limits leave a live page of 200 ms most of its time."""
    jobs = store.add_all([order(f"{number}.mp4") for number in range(MANY)])
    assert len(store.list()) == MANY
    claim = claim_next(store, lambda _: True)
    assert claim is not None
    assert seconds(store.list) < 0.1
    assert seconds(lambda: store.list(limit=20, newest_first=True)) < 0.02
    assert seconds(store.counts) < 0.02
    assert seconds(store.changed) < 0.02
    assert seconds(lambda: claim.report(JobProgress("render", 1, 9))) < 0.05
    assert seconds(lambda: store.move(jobs[-1].id, to_top=True)) < 0.2
    assert seconds(lambda: claim_next(store, lambda _: False)) < 0.1
