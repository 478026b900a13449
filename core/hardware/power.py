"""How far a GPU's power is best capped, where heat or a battery limits it."""

from __future__ import annotations

from dataclasses import dataclass

from core.hardware.nvml import Gpu

_SHARE = 0.8
"""Of the default limit: the last fifth of the power buys a few percent of speed."""
_STEP = 5
"""Watts a cap is rounded down to."""


@dataclass(frozen=True, slots=True)
class PowerCap:
    """A power limit worth setting, in watts, the command that sets it, and why."""

    watts: int
    command: str
    why: str


def power_cap(gpu: Gpu, *, laptop: bool, hot: bool) -> PowerCap | None:
    """A lower limit for a GPU in a laptop or running hot.

    None where neither is so, where the limit cannot be set, or where it is low enough already.
    """
    if not (laptop or hot) or gpu.power_default is None or gpu.power_limit is None:
        return None
    low, high = gpu.power_range or (0.0, gpu.power_default)
    watts = int(_SHARE * gpu.power_default // _STEP * _STEP)
    watts = int(min(max(watts, low), high))
    if watts >= gpu.power_limit:
        return None
    where = "It runs hot" if hot else "It sits in a laptop"
    return PowerCap(
        watts, f"nvidia-smi -i {gpu.index} -pl {watts}",
        f"{where}: at {watts} W instead of {gpu.power_limit:.0f} W it loses little speed, and "
        "stays cooler and quieter.")
