"""Word of the wait while loops are compiled, which their cache on disk saves every later run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def on_compiling(tell: Callable[[], None]) -> Iterator[None]:
    """Calls `tell` once, when the first loop is compiled that the cache does not hold.

    On the thread that needs the loop, before the wait.
    """
    from numba.core import event

    class Once(event.Listener):
        told = False

        def on_start(self, event: event.Event) -> None:  # noqa: ARG002
            if not self.told:
                self.told = True
                tell()

        def on_end(self, event: event.Event) -> None:
            pass

    with event.install_listener("numba:compile", Once()):
        yield
