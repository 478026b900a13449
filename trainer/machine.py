"""Where training computes, and how exactly."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

import torch

from trainer.settings import TrainingSettings


def device() -> torch.device:
    """A GPU where torch has one, else the processor."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def reduced_precision(place: torch.device, settings: TrainingSettings
                      ) -> AbstractContextManager[Any]:
    """bfloat16 where the machine multiplies it faster; it has the range of float32, so that no
    scaling of gradients is needed.
    """
    able = torch.cuda.is_bf16_supported() if place.type == "cuda" \
        else torch.cpu._is_avx512_bf16_supported()  # torch has no public name
    return torch.autocast(place.type, torch.bfloat16,
                          enabled=able and settings.precision == "auto")
