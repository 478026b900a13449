"""Every encoder tried for real, once per start."""

from __future__ import annotations

from dataclasses import dataclass

from core.hardware import GpuReport, Recommendation, recommended, why_not
from core.io.codecs import CODECS
from core.io.trials import Trial, auto_codec, try_encoder


@dataclass(frozen=True, slots=True)
class Tried:
    """Each trial with a sentence where it failed, and what suits this machine."""

    encoders: tuple[tuple[Trial, str], ...]
    recommendation: Recommendation


def try_all(report: GpuReport) -> Tried:
    trials = [try_encoder(codec) for codec in CODECS]
    return Tried(tuple((trial, why_not(trial, report)) for trial in trials),
                 recommended(auto_codec("yuv420p"), auto_codec("yuv420p10le"), trials))
