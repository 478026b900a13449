"""Ctrl-C and its relatives: the first stops cleanly, the second at once."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from scripts.failures import STOPPED

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""Those of them that the platform has: SIGHUP is a closed terminal, SIGBREAK Ctrl-Break."""


@contextmanager
def interruptible() -> Iterator[None]:
    """Inside, any of these signals raises KeyboardInterrupt in the main thread."""
    caught = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal caught
        if caught:
            os._exit(STOPPED)  # finished chunks survive any kind of end
        caught = True
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    present = [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]
    # In the background, or under nohup, some are ignored, and must stay so.
    before = {number: signal.signal(number, stop) for number in present
              if signal.getsignal(number) is not signal.SIG_IGN}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
