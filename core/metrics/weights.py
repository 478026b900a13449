"""Files of weights, read as tensors and nothing else."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import TYPE_CHECKING

from core.edge import edge
from core.errors import ModelCorrupt

if TYPE_CHECKING:
    from torch import Tensor


def tensors_in(path: Path) -> dict[str, Tensor]:
    """By name; raises ModelCorrupt for what is no such file. A pickle could run any code."""
    import torch

    with edge(path):
        try:
            return dict(torch.load(path, map_location="cpu", weights_only=True))
        except (OSError, RuntimeError, ValueError, EOFError, KeyError, TypeError,
                pickle.UnpicklingError) as error:
            raise ModelCorrupt(f"{path} cannot be read as weights.",
                               "Remove the file and get it again.") from error
