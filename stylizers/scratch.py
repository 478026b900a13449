"""Arrays that a thread uses again and again."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np


class Scratch(threading.local):
    """Room to work in: on each thread its own, kept from one frame to the next.

    A system hands out fresh memory page by page and cleared, which for planes takes longer than
    what is computed in them. Nothing here is carried from frame to frame: whoever asks for an
    array fills it, and hands none of it out.
    """

    def __init__(self) -> None:
        self._arrays: dict[str, np.ndarray] = {}

    def array(self, name: str, shape: tuple[int, ...], dtype: Any = np.float32) -> np.ndarray:
        """The array called `name`, of any content."""
        kept = self._arrays.get(name)
        if kept is None or kept.shape != shape or kept.dtype != dtype:
            kept = self._arrays[name] = np.empty(shape, dtype)
        return kept
