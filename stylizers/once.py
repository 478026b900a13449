"""What is made once and used for every frame.

Sheets that depend on nothing but a size are shared between looks too: whoever tries parameters in
a form makes a new look with every change.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import lru_cache
from typing import ParamSpec, TypeVar, cast

A = ParamSpec("A")
T = TypeVar("T")


def once(make: Callable[A, T], kept: int = 1) -> Callable[A, T]:
    """`make`, whose last `kept` results are kept, each made by one thread while others wait.

    An `lru_cache` alone lets every thread of a pool that finds nothing make its own: sheets for
    4K take a second and 200 MB each.
    """
    lock, made = threading.Lock(), cast(Callable[A, T], lru_cache(maxsize=kept)(make))

    def get(*args: A.args, **values: A.kwargs) -> T:
        with lock:
            return made(*args, **values)

    return get
