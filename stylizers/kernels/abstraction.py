"""A picture abstracted on a coarse grid, brought back to a finer one along that one's edges."""

from __future__ import annotations

import numpy as np
from numba import njit

from stylizers.kernels.enlarge import _mix, _shared, _shares_down, _widened, places


def refined(small: np.ndarray, guide: np.ndarray, out: np.ndarray) -> None:
    """Fills `out` (C, H, W) with `small` (C + 1, h, w), whose last plane is its luma, all float32.

    Joint bilateral upsampling as in kernels.enlarge: of two neighboring samples the one counts
    more whose luma is nearer to `guide` (H, W), the luma of the finer picture.
    """
    height, width = guide.shape
    down, across = small.shape[1:]
    _refined(small, guide, *places(width, across, width / across),
             *places(height, down, height / down), out)


@njit(nogil=True, cache=True, error_model="numpy")
def _refined(small, guide, first, second, along,  # type: ignore[no-untyped-def]
             top, bottom, down, out):
    count, height, width = out.shape
    wide = np.empty((2, count + 1, width), np.float32)
    ready = np.full(2, -1)
    share, light, line = (np.empty(width, np.float32), np.ones(width, np.float32),
                          np.empty(width, np.float32))
    for y in range(height):
        for j in (np.int64(top[y]), np.int64(bottom[y])):
            slot = j % 2
            if ready[slot] != j:
                ready[slot] = j
                # Of the finer rows that this one covers the first and the last.
                begin = min(j * height // small.shape[1], height - 1)
                end = min(max((j + 1) * height // small.shape[1] - 1, begin), height - 1)
                for x in range(width):
                    line[x] = np.float32(0.5) * (guide[begin, x] + guide[end, x])
                _shared(line, small[count, j], first, second, along, share)
                for c in range(count + 1):
                    _widened(small[c, j], first, second, share, wide[slot, c])
        a, b = top[y] % 2, bottom[y] % 2
        _shares_down(guide[y], wide[a, count], wide[b, count], down[y], share)
        for c in range(count):
            _mix(wide[a, c], wide[b, c], share, light, out[c, y])
