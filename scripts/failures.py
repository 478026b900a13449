"""How an error ends a command: its exit code, its sentences, its JSON."""

from __future__ import annotations

from typing import Any

from core.errors import (
    BrushreelError,
    DiskFull,
    InputError,
    InvalidParameter,
    JobError,
    ModelError,
    UnknownStyle,
)

DONE, FAILED, REFUSED, STOPPED = 0, 1, 2, 130


class Stopped(BrushreelError):
    """Work was interrupted and can be resumed."""


def exit_code(error: BrushreelError) -> int:
    """DiskFull counts as refused: one that comes half-way is made a Stopped where it is met."""
    if isinstance(error, Stopped):
        return STOPPED
    refused = (InputError, InvalidParameter, UnknownStyle, ModelError, DiskFull, JobError)
    return REFUSED if isinstance(error, refused) else FAILED


def as_json(error: BrushreelError) -> dict[str, Any]:
    return {"error": error.message, "hint": error.hint, "code": exit_code(error)}

