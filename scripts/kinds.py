"""The kinds of job there are: one table, one line for each, loaded when a job needs it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from core.jobs import PREVIEW
from scripts.desk import Desk, Kind, Steps


def _render(desk: Desk) -> Steps:
    from scripts.rendering import steps

    return steps(desk)


def _train(desk: Desk) -> Steps:
    from scripts.training import steps

    return steps(desk)


def _tune(desk: Desk) -> Steps:
    from scripts.tuning import steps

    return steps(desk)


def _finetune(desk: Desk) -> Steps:
    from scripts.finetuning import steps

    return steps(desk)


KINDS: Mapping[str, Kind] = MappingProxyType({
    "render": _render,
    PREVIEW: _render,
    "train": _train,
    "tune": _tune,
    "finetune": _finetune,
})
