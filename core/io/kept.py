"""What becomes of everything beside the picture."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Kept:
    """What became of the streams beside the picture; every loss is said."""

    kept: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
