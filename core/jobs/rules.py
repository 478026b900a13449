"""What a worker keeps to, as people set it while it is at work."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from core.errors import JobError
from core.jobs.database import Database


@dataclass(frozen=True, slots=True)
class Rules:
    """`cpu_jobs` run at a time on the processor, beside one on the GPU.

    Above `ceiling`, in degrees Celsius, everything stands still until the GPU is cooler; None for
    where it would slow itself down.
    """

    cpu_jobs: int = 1
    ceiling: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.cpu_jobs <= 16:
            raise JobError(f"{self.cpu_jobs} jobs at a time are refused.", "Give 1 to 16.")
        if self.ceiling is not None and not 50 <= self.ceiling <= 100:
            raise JobError(f"A ceiling of {self.ceiling} °C is refused.", "Give 50 to 100 °C.")


def rules_of(database: Database) -> Rules:
    """The defaults where nobody set any, or what was set cannot be read."""
    rows = database.read("SELECT rules FROM rules")
    try:
        return Rules(**json.loads(rows[0]["rules"])) if rows else Rules()
    except (ValueError, TypeError, RecursionError, JobError):
        return Rules()


def set_rules(database: Database, rules: Rules) -> None:
    with database.writing() as connection:
        connection.execute("INSERT OR REPLACE INTO rules (one, rules) VALUES (1, ?)",
                           (json.dumps(asdict(rules)),))
