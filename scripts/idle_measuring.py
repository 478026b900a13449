"""measure-renders: figures of finished renders that have none yet; for the worker, while idle.

They are kept with the cache, where the Style Lab finds them, and in the log of quality, which
Analytics reads. A render on which that once failed, or ended the process, is not tried again.
"""

from __future__ import annotations

import argparse
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from core import durable
from core.errors import BrushreelError
from core.jobs import Job, JobStore, State
from core.measured import place_of
from core.paths import cache_folder
from scripts.failures import DONE, STOPPED

HELP = "Measure finished renders while there is nothing to do; for the worker."

_DONE = frozenset({State.DONE, State.DONE_WITH_WARNINGS})
_MOST = 200


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--queue", type=Path, metavar="FILE", help="where the queue is kept")


def run(args: argparse.Namespace) -> int:
    begun = _Begun()
    threading.Thread(target=begun.end_when_asked, daemon=True).start()
    with JobStore(args.queue) as store:
        for job, place in unmeasured(store):
            with begun.on(place):
                _measure(job, place)
    return DONE


def unmeasured(store: JobStore) -> Iterator[tuple[Job, Path]]:
    """Finished renders without figures, the newest first, and where these are to be kept."""
    from core.metrics.quality import BESIDE

    for job in store.list(_DONE, newest_first=True, limit=_MOST):
        if job.kind != "render" or job.source is None or job.target.is_relative_to(cache_folder()):
            continue
        if not (job.target.is_file() and job.source.is_file()):
            continue
        with suppress(BrushreelError):  # of a later version
            options = job.order.render_options
            place = place_of(job.source, job.target, options.start, options.end)
            if not place.exists() and not job.target.with_name(job.target.name + BESIDE).exists():
                yield job, place


def _measure(job: Job, place: Path) -> None:
    from scripts.measuring import measuring

    assert job.source is not None
    with suppress(BrushreelError):  # the recipe is of a later version, say
        work = measuring(job.source, job.target, job.order.recipe, job.order.render_options, place)
        for _ in work:
            pass


class _Begun:
    """Marks the render that is being measured as tried, unless the process ends by request."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._place: Path | None = None

    @contextmanager
    def on(self, place: Path) -> Iterator[None]:
        with self._lock:
            place.parent.mkdir(parents=True, exist_ok=True)
            durable.write(place, json.dumps({"tried": True}).encode())
            self._place = place
        yield
        with self._lock:
            self._place = None

    def end_when_asked(self) -> None:
        """The worker closes our standard input when there is a job, and so does its death."""
        while os.read(0, 64):
            pass
        with self._lock:
            if self._place is not None:
                with suppress(OSError):
                    self._place.unlink()
            os._exit(STOPPED)
