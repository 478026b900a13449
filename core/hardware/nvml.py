"""NVIDIA GPUs as their driver's library NVML describes them; pynvml's one user."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any


@dataclass(frozen=True, slots=True)
class Gpu:
    """One GPU at one moment; None wherever this GPU or its driver does not tell.

    Temperatures are in degrees Celsius, `utilization` in percent, memory in bytes, power in
    watts. `slowdown_at` is the temperature at which the hardware slows itself down.
    """

    index: int
    name: str
    temperature: int | None = None
    slowdown_at: int | None = None
    utilization: int | None = None
    memory_used: int | None = None
    memory_total: int | None = None
    power: float | None = None
    power_limit: float | None = None
    power_default: float | None = None
    power_range: tuple[float, float] | None = None

    @property
    def memory_free(self) -> int | None:
        if self.memory_used is None or self.memory_total is None:
            return None
        return self.memory_total - self.memory_used


@dataclass(frozen=True, slots=True)
class GpuReport:
    """Every GPU that answers, and a sentence for each thing that is missing."""

    gpus: tuple[Gpu, ...] = ()
    driver: str | None = None
    missing: tuple[str, ...] = ()


NO_DRIVER = "No NVIDIA driver is installed here, or there is no NVIDIA GPU."

_REASONS = {
    "NVML_ERROR_LIBRARY_NOT_FOUND": NO_DRIVER,
    "NVML_ERROR_DRIVER_NOT_LOADED": "The NVIDIA driver is installed but does not run; restart the "
                                    "computer, or install the driver again.",
    "NVML_ERROR_LIB_RM_VERSION_MISMATCH": "The NVIDIA driver was updated while it ran; restart the "
                                          "computer.",
    "NVML_ERROR_NO_PERMISSION": "This user may not ask the NVIDIA driver anything.",
    "NVML_ERROR_FUNCTION_NOT_FOUND": "The NVIDIA driver is too old; update it.",
}
_GONE = ("NVML_ERROR_GPU_IS_LOST", "NVML_ERROR_RESET_REQUIRED", "NVML_ERROR_UNINITIALIZED",
         "NVML_ERROR_DRIVER_NOT_LOADED", "NVML_ERROR_LIB_RM_VERSION_MISMATCH")
"""Errors after which a GPU, or the whole library, answers nothing more."""


class Nvml:
    """The library, opened; `missing` is a sentence where it could not be, and empty otherwise."""

    def __init__(self) -> None:
        self._library: ModuleType | None = None
        self.missing = ""
        try:
            import pynvml
        except ImportError:
            self.missing = ("The Python package nvidia-ml-py is not installed, so NVIDIA GPUs "
                            "cannot be seen.")
            return
        try:
            pynvml.nvmlInit()
        except pynvml.NVMLError as error:
            self.missing = _reason(pynvml, error)
        else:
            self._library = pynvml

    def close(self) -> None:
        """Let go of the driver; also where it is gone already."""
        library, self._library = self._library, None
        if library is not None:
            _ask(library, library.nvmlShutdown, fatal=())

    def report(self) -> GpuReport:
        """Every GPU now; one that is lost becomes a sentence, and the others stay."""
        library = self._library
        if library is None:
            return GpuReport(missing=(self.missing,))
        found, missing = [], []
        try:
            driver = _text(_ask(library, library.nvmlSystemGetDriverVersion))
            count = library.nvmlDeviceGetCount()
        except library.NVMLError as error:
            return GpuReport(missing=(_reason(library, error),))
        for index in range(count):
            try:
                found.append(_gpu(library, index))
            except library.NVMLError as error:
                missing.append(f"GPU {index} does not answer ({_words(library, error)}); restart "
                               "the computer if it stays away.")
        if not count:
            missing.append("The NVIDIA driver runs, but it sees no GPU.")
        return GpuReport(tuple(found), driver, tuple(missing))


def _gpu(library: Any, index: int) -> Gpu:
    handle = library.nvmlDeviceGetHandleByIndex(index)

    def ask(question: str, *about: int) -> Any:
        return _ask(library, getattr(library, question), handle, *about)

    memory = ask("nvmlDeviceGetMemoryInfo")
    busy = ask("nvmlDeviceGetUtilizationRates")
    allowed = ask("nvmlDeviceGetPowerManagementLimitConstraints")
    return Gpu(
        index=index, name=_text(ask("nvmlDeviceGetName")) or f"GPU {index}",
        temperature=ask("nvmlDeviceGetTemperature", library.NVML_TEMPERATURE_GPU),
        slowdown_at=ask("nvmlDeviceGetTemperatureThreshold",
                        library.NVML_TEMPERATURE_THRESHOLD_SLOWDOWN),
        utilization=None if busy is None else int(busy.gpu),
        memory_used=None if memory is None else int(memory.used),
        memory_total=None if memory is None else int(memory.total),
        power=_watts(ask("nvmlDeviceGetPowerUsage")),
        power_limit=_watts(ask("nvmlDeviceGetPowerManagementLimit")),
        power_default=_watts(ask("nvmlDeviceGetPowerManagementDefaultLimit")),
        power_range=None if allowed is None else (allowed[0] / 1000, allowed[1] / 1000))


def _ask(library: Any, question: Callable[..., Any], *about: Any,
         fatal: tuple[str, ...] = _GONE) -> Any:
    """The answer, or None where this one thing is not known; raises where nothing more will be."""
    try:
        return question(*about)
    except library.NVMLError as error:
        if error.value in [getattr(library, name) for name in fatal]:
            raise
        return None


def _reason(library: Any, error: Any) -> str:
    for name, sentence in _REASONS.items():
        if error.value == getattr(library, name):
            return sentence
    return f"The NVIDIA driver does not answer ({_words(library, error)})."


def _words(library: Any, error: Any) -> str:
    """NVML's own words: the tail of a name, as pynvml knows no text for some codes."""
    names = (name for name in vars(library) if name.startswith("NVML_ERROR_")
             and getattr(library, name) == error.value)
    return next(names, f"NVML_ERROR_{error.value}").removeprefix("NVML_ERROR_").replace(
        "_", " ").lower()


def _watts(milliwatts: int | None) -> float | None:
    return None if milliwatts is None else milliwatts / 1000


def _text(answer: str | bytes | None) -> str | None:
    return answer.decode(errors="replace") if isinstance(answer, bytes) else answer
