"""How a render goes about its work, apart from what it draws: range, chunks, workers, places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, Self


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """What `Pipeline` takes besides source, target and recipe; None leaves it to the engine.

    `start` and `end` are seconds since the source begins, `chunk` is seconds; `scratch` is the
    folder for unfinished work, by default beside the output. `metrics` is at how many moments the
    result is measured when it is done, 0 for as many as its length asks for, None for not at all.
    """

    start: Fraction | None = None
    end: Fraction | None = None
    chunk: float | None = None
    workers: int | None = None
    resume: bool = True
    overwrite: bool = False
    on_encoder_failure: Literal["restart", "fail"] = "restart"
    scratch: Path | None = None
    metrics: int | None = None

    def document(self) -> dict[str, Any]:
        """As JSON can hold it, exactly; only what differs from the defaults."""
        default = type(self)()
        return {name: str(value) if isinstance(value, Fraction | Path) else value
                for name, value in asdict(self).items() if value != getattr(default, name)}

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """The inverse of `document`."""
        times = {name: Fraction(document[name]) for name in ("start", "end") if name in document}
        places = {"scratch": Path(document["scratch"])} if document.get("scratch") else {}
        return cls(**{**document, **times, **places})
