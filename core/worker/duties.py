"""How a worker goes about its work, as whoever starts it says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.worker.notify import notify
from core.worker.watchdog import Patience


@dataclass(frozen=True, slots=True)
class Duties:
    """What a worker needs to know besides the rules that its queue holds.

    `command` starts a job's process, completed by the job's number. `hot` is given the ceiling, in
    degrees Celsius, and says why everything has to stand still, or nothing. A worker that is not
    `staying` ends when nothing is left that may start now. One that stays starts what `idle` gives,
    a command or nothing, once nothing was queued for `quiet` seconds.
    """

    command: Sequence[str]
    gpus: int = 0
    patience: Patience = Patience()
    hot: Callable[[int | None], str] = lambda _: ""
    tell: Callable[[str], None] = lambda _: None
    announce: Callable[[str, str], None] = notify
    staying: bool = True
    idle: Callable[[], Sequence[str]] = lambda: ()
    quiet: float = 60.0
