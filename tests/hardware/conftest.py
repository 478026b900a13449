"""A driver that exists in tests alone: pynvml's own errors and constants, answers set by hand."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pynvml
import pytest

GIB = 2**30


@dataclass
class Card:
    """What one GPU answers; an exception as an answer is raised."""

    answers: dict[str, Any] = field(default_factory=dict)
    gone: int | None = None
    """The code of the error that every question about it ends in."""

    def answer(self, question: str) -> Any:
        if self.gone is not None:
            raise pynvml.NVMLError(self.gone)
        answer = self.answers[question]
        if isinstance(answer, pynvml.NVMLError):
            raise answer
        return answer


def card(name: str = "NVIDIA GeForce RTX 3080", **changed: Any) -> Card:
    """A desktop card at rest, which answers everything."""
    return Card({
        "Name": name, "Temperature": 51, "TemperatureThreshold": 95,
        "UtilizationRates": SimpleNamespace(gpu=37, memory=12),
        "MemoryInfo": SimpleNamespace(total=10 * GIB, used=3 * GIB, free=7 * GIB),
        "PowerUsage": 210_500, "PowerManagementLimit": 320_000,
        "PowerManagementDefaultLimit": 320_000,
        "PowerManagementLimitConstraints": [100_000, 350_000], **changed})


@dataclass
class Driver:
    """The simulated machine: its cards, and how often the library was opened and closed."""

    cards: list[Card] = field(default_factory=list)
    refusal: int | None = None
    opened: int = 0
    closed: int = 0

    def module(self) -> types.ModuleType:
        """A module in pynvml's place, which knows only what Brushreel asks."""
        module = types.ModuleType("pynvml")
        for name, value in vars(pynvml).items():
            if name.startswith(("NVML_", "NVMLError")):
                setattr(module, name, value)
        for question in card().answers:
            setattr(module, f"nvmlDeviceGet{question}", self._asked(question))
        module.nvmlInit, module.nvmlShutdown = self._init, self._shutdown
        module.nvmlSystemGetDriverVersion = lambda: "560.94"
        module.nvmlDeviceGetCount = lambda: len(self.cards)
        module.nvmlDeviceGetHandleByIndex = self._handle
        return module

    def _init(self) -> None:
        if self.refusal is not None:
            raise pynvml.NVMLError(self.refusal)
        self.opened += 1

    def _shutdown(self) -> None:
        self.closed += 1

    def _handle(self, index: int) -> Card:
        found = self.cards[index]
        if found.gone is not None:
            raise pynvml.NVMLError(found.gone)
        return found

    def _asked(self, question: str) -> Callable[..., Any]:
        def ask(handle: Card, *_: int) -> Any:
            return handle.answer(question)

        return ask


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> Driver:
    """A driver with one card, in place of this machine's."""
    simulated = Driver([card()])
    monkeypatch.setitem(sys.modules, "pynvml", simulated.module())
    return simulated


UNSUPPORTED = pynvml.NVMLError(pynvml.NVML_ERROR_NOT_SUPPORTED)
