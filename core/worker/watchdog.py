"""How long a job may show nothing new before it counts as hanging."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from core.jobs.job import JobProgress


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds without progress that are borne: while a job prepares, renders, and joins.

    A job whose frames take long is given `times` the longest it has needed for one step so far.
    """

    preparing: float = 1200.0
    rendering: float = 300.0
    joining: float = 1800.0
    times: float = 20.0

    def limit(self, progress: JobProgress, slowest: float) -> float:
        """`slowest` is the longest the job has gone between two steps, in seconds."""
        if not progress.stage:
            return self.preparing
        base = self.joining if progress.stage == "mux" else self.rendering
        return max(base, self.times * slowest)


@dataclass(slots=True)
class Watchdog:
    """Watches one run of one job. Times are seconds of any steady clock."""

    patience: Patience
    begun: float
    _seen: tuple[Any, ...] = ()
    _since: float = field(init=False)
    _slowest: float = 0.0

    def __post_init__(self) -> None:
        self._since = self.begun

    def excuse(self, now: float) -> None:
        """The job could not get on and is not to blame: it was frozen, or the machine slept."""
        self._since = now

    def why(self, progress: JobProgress, waited: float) -> str:
        """A sentence on a job that hangs."""
        place = (f"at frame {progress.frames} of {progress.total}" if progress.stage == "render"
                 else f"in {progress.stage}" if progress.stage else "while it was prepared")
        return f"It showed nothing new for {waited:.0f} s {place}, so its process was ended."

    def hangs(self, progress: JobProgress, now: float) -> float | None:
        """The seconds it has shown nothing new, where those are too many."""
        mark = (progress.stage, progress.frames, progress.chunk, progress.kept)
        if mark != self._seen:
            # Getting ready and joining say nothing of what a frame takes.
            if self._seen and self._seen[0] == progress.stage and self._since != self.begun:
                self._slowest = max(self._slowest, now - self._since)
            self._seen, self._since = mark, now
        waited = now - self._since
        return waited if waited > self.patience.limit(progress, self._slowest) else None
