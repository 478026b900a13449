"""How many pictures networks draw at a time, and with how many threads."""

from __future__ import annotations

from stylizers.base import Means

HEADROOM = 0.5
"""Share of the free memory that networks may take together."""


def shares(means: Means, detail: int, memory: int) -> tuple[int, int]:
    """How many pictures are drawn at a time, and on how many threads each.

    One thread each is best, since most of a picture's work splits no further; fewer pictures with
    more threads where memory has no room for as many. `detail` is the short side of what is drawn,
    `memory` what a pixel of it takes in bytes.
    """
    at_once = max(means.workers, 1)
    if means.memory is not None:
        whole = detail * detail * 2 * memory  # as wide as a film may well be
        at_once = min(at_once, max(int(means.memory * HEADROOM) // whole, 1))
    return at_once, max(means.cores // at_once, 1)
