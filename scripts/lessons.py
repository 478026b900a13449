"""A training followed to its end: on the terminal, or at the desk of a job."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from core import durable
from core.jobs import JobProgress
from core.progress import Followed, Pace
from scripts.desk import Desk
from scripts.latest import LATEST
from scripts.terminal import Step, note, progress_shown

if TYPE_CHECKING:
    from trainer.train import TrainingProgress

T = TypeVar("T")


def shown(title: str, lessons: Generator[TrainingProgress, None, T]) -> T:
    """Progress on the terminal; gives what the training gives."""
    with progress_shown(title) as show, Followed(lessons) as course:
        for now, pace in _paced(course):
            show(Step("train", now.step, now.total, pace.fps, pace.eta, unit="steps"))
            if now.validation is not None:
                note(_epoch(now))
    return course.result


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
