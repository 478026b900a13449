"""Where in a file decoding may start."""

from __future__ import annotations

import bisect
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Landing:
    """Decode from the packet `key` on; the first picture is then to be no later than `must_show`.

    Both are pts. Not `by_seeking` the file is read from its start, but not decoded.
    """

    key: int
    must_show: int
    by_seeking: bool


@dataclass(frozen=True, slots=True)
class AccessPoints:
    """Sorted pts of the packets decoding may start at.

    They are found `by_seeking` but in a file whose clock jumps.
    """

    pts: np.ndarray
    by_seeking: bool = True

    def landings(self, start: int) -> list[Landing]:
        """Where to decode from to see `start`, the best first; none for the start of the file.

        One group of pictures more than needed is decoded, so that nothing a stream refers to
        across a key frame (open groups, recovery points) is missing at `start`, and the picture
        before it, which deinterlacing looks at, is always there.
        """
        at_or_before = bisect.bisect_right(self.pts, start)
        if at_or_before < 3:
            return []
        must_show = min(int(self.pts[at_or_before - 1]), start - 1)
        return [Landing(int(self.pts[at_or_before - back]), must_show, self.by_seeking)
                for back in (2, 4) if back <= at_or_before]
