"""Which codec suits this machine, and why others cannot be had, in a sentence each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.hardware.nvml import GpuReport

if TYPE_CHECKING:
    from core.io.trials import Trial

_SLOW = 25
"""Pictures a second under which an encoder holds up a quick look."""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What `auto` takes for sources of 8 bits, and of more, and why."""

    codec: str
    deep_codec: str
    why: str


def recommended(codec: str, deep_codec: str, encoders: Sequence[Trial]) -> Recommendation:
    """Puts what `auto` takes into words; `encoders` are the trials of this machine."""
    trial = next(trial for trial in encoders if trial.codec == codec)
    if trial.device.endswith("_nvenc"):
        why = f"{codec} encodes on the GPU, which leaves the processor to drawing."
    elif trial.fps is not None and trial.fps < _SLOW:
        why = (f"No hardware encoder opens here; {codec} plays everywhere, and --preset speed "
               f"encodes faster than the {trial.fps:.0f} pictures a second measured.")
    else:
        why = f"No hardware encoder opens here, and {codec} plays everywhere."
    return Recommendation(codec, deep_codec, why)


def why_not(trial: Trial, report: GpuReport) -> str:
    """A sentence on what does not work; empty where it does."""
    if trial.works:
        return ""
    if trial.device.endswith("_nvenc"):
        if not report.gpus:
            return "It needs an NVIDIA GPU with its driver, and none answers here."
        return (f"{report.gpus[0].name} with driver {report.driver} does not offer it (FFmpeg: "
                f"{trial.why}).")
    return f"FFmpeg refuses it here ({trial.why})."
