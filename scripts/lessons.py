"""A training followed to its end: on the terminal, or at the desk of a job."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from core import durable
from core.errors import DiskFull
from core.jobs import JobProgress
from core.progress import Followed, Pace
from scripts.desk import Desk
from scripts.failures import Stopped
from scripts.latest import LATEST
from scripts.terminal import Step, note, progress_shown

if TYPE_CHECKING:
    from trainer.train import TrainingProgress

T = TypeVar("T")


def shown(title: str, lessons: Generator[TrainingProgress, None, T]) -> T:
    """Progress on the terminal; gives what the training gives."""
    with progress_shown(title) as show, Followed(lessons) as course, _resumable(title):
        for now, pace in _paced(course):
            show(Step("train", now.step, now.total, pace.fps, pace.eta, unit="steps"))
            if now.validation is not None:
                note(_epoch(now))
    return course.result


@contextmanager
def _resumable(title: str) -> Iterator[None]:
    """An end on the way loses what came after the last checkpoint, and no more."""
    try:
        yield
    except KeyboardInterrupt:
        raise Stopped(f"{title}: stopped.", "Run the same command again; it resumes.") from None
    except DiskFull as error:
        raise Stopped(error.message, error.hint) from error


def worked(desk: Desk, lessons: Generator[TrainingProgress, None, T], epoch: int,
           sheet: Callable[[int], Path]) -> Generator[JobProgress, None, T]:
    """The same as a job: checkpoints are `epoch` steps apart, `sheet` finds an epoch's samples."""
    with Followed(lessons) as course:
        for now, pace in _paced(course):
            if now.validation is not None:
                desk.log(_epoch(now))
                with suppress(OSError):  # for looking at alone
                    durable.write(desk.folder / LATEST, sheet(now.epoch).read_bytes())
            yield JobProgress("train", now.step, now.total, pace.fps, pace.eta,
                              kept=now.step - now.step % epoch)
    return course.result


def _paced(lessons: Iterable[TrainingProgress]) -> Iterator[tuple[TrainingProgress, Pace]]:
    pace: Pace | None = None
    for now in lessons:
        pace = pace or Pace(now.total - now.step + 1)
        pace.step()
        yield now, pace


def _epoch(now: TrainingProgress) -> str:
    return (f"Epoch {now.epoch}: {now.loss:.3f}, on pictures held back {now.validation:.3f}"
            f"{', the best so far' if now.best else ''}.")
