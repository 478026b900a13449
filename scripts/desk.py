"""What a kind of job works with, and how it tells how it goes and what it came to."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.jobs import Job, JobProgress


@dataclass(frozen=True, slots=True)
class Ending:
    """What a job came to. `report` is what report.json holds besides, `lines` are for people."""

    result: Mapping[str, Any]
    warnings: tuple[str, ...] = ()
    report: Mapping[str, Any] = field(default_factory=dict)
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Desk:
    """What a kind works with: the job and its folder, where to tell its plan, and its log."""

    job: Job
    folder: Path
    plan: Callable[[Mapping[str, Any]], None]
    log: Callable[[str], None]


Steps = Generator[JobProgress, None, Ending]
Kind = Callable[[Desk], Steps]
"""Works on a job, telling how far it is; closing it stops the work, to be gone on with later.

`kept` grows by what would survive an end just now. Raises BrushreelError where it fails.
"""
