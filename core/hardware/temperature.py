"""When a GPU counts as too hot: a state machine of two thresholds, so that it does not chatter."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.hardware.nvml import Gpu

ALERT, CLEAR = 85, 78
"""Degrees Celsius from which a GPU is too hot, and below which it is no longer."""

_MARGIN = 4
"""Degrees below its own slowdown at which a GPU is too hot, where that comes before ALERT."""


@dataclass(frozen=True, slots=True)
class TemperatureAlert:
    """On from `alert` degrees Celsius up, off below `clear`, and in between as it was."""

    alert: int = ALERT
    clear: int = CLEAR
    active: bool = False

    @classmethod
    def for_gpu(cls, gpu: Gpu) -> TemperatureAlert:
        """Thresholds that warn before this GPU slows itself down."""
        if gpu.slowdown_at is None:
            return cls()
        alert = min(ALERT, gpu.slowdown_at - _MARGIN)
        return cls(alert, alert - (ALERT - CLEAR))

    def below(self, ceiling: int | None) -> TemperatureAlert:
        """The same with somebody's own threshold, in degrees Celsius, where they have one."""
        if ceiling is None:
            return self
        return replace(self, alert=ceiling, clear=ceiling - (ALERT - CLEAR))

    def observe(self, temperature: int | None) -> TemperatureAlert:
        """The next state; an unknown temperature changes nothing."""
        if temperature is None:
            return self
        active = temperature >= (self.clear if self.active else self.alert)
        return replace(self, active=active)
