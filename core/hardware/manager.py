"""HardwareManager: the GPUs of this machine, watched over time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

from core.hardware.nvml import Gpu, GpuReport, Nvml
from core.hardware.power import PowerCap, power_cap
from core.hardware.temperature import TemperatureAlert


@dataclass(frozen=True, slots=True)
class Observation:
    """The GPUs at one moment. `hot` are sentences, `caps` go by the index of the GPU."""

    report: GpuReport
    hot: tuple[str, ...]
    caps: dict[int, PowerCap]


class HardwareManager:
    """Asks the driver, and remembers only which GPUs run hot.

    >>> with HardwareManager() as hardware:
    ...     for gpu in hardware.report().gpus:
    ...         print(gpu.name, gpu.temperature)

    Without a driver, a GPU or the library nothing fails: the report says in a sentence what is
    missing. Not for use by several threads at once.
    """

    def __init__(self) -> None:
        self._nvml: Nvml | None = None
        self._alerts: dict[int, TemperatureAlert] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the driver; the next question opens it again."""
        if self._nvml is not None:
            self._nvml.close()
            self._nvml = None

    def report(self) -> GpuReport:
        """Every GPU now. Where something is missing, the driver is opened anew the next time."""
        if self._nvml is None:
            self._nvml = Nvml()
        report = self._nvml.report()
        if report.missing:  # a lost GPU may come back, a driver may be started
            self.close()
        return report

    def observe(self, *, laptop: bool = False, ceiling: int | None = None) -> Observation:
        """The GPUs now, which of them are too hot since when it began, and what would help.

        `ceiling`, in degrees Celsius, is where one counts as hot; None for shortly before it slows
        itself down.
        """
        report = self.report()
        for gpu in report.gpus:
            known = self._alerts.get(gpu.index) or TemperatureAlert.for_gpu(gpu)
            now = known.below(ceiling).observe(gpu.temperature)
            self._alerts[gpu.index] = replace(known, active=now.active)
        caps = {gpu.index: power_cap(gpu, laptop=laptop or in_laptop(gpu), hot=self._hot(gpu))
                for gpu in report.gpus}
        return Observation(
            report, tuple(self._sentence(gpu, ceiling) for gpu in report.gpus if self._hot(gpu)),
            {index: cap for index, cap in caps.items() if cap is not None})

    def _hot(self, gpu: Gpu) -> bool:
        return self._alerts[gpu.index].active

    def _sentence(self, gpu: Gpu, ceiling: int | None) -> str:
        now = "was last seen too hot" if gpu.temperature is None else f"is at {gpu.temperature} °C"
        limit = ("slows itself down when it gets hotter" if ceiling is None
                 else f"is to stay below {ceiling} °C")
        return (f"{gpu.name} {now} and {limit}; give it air until it is below "
                f"{self._alerts[gpu.index].below(ceiling).clear} °C.")


def in_laptop(gpu: Gpu) -> bool:
    """Whether the name says so, as NVIDIA's names for laptops do."""
    return any(word in gpu.name for word in ("Laptop", "Max-Q", "Mobile"))
