"""The compiled loops of the moving average.

Pictures come as (H, 3 W) rows of samples. Every loop over a row is kept plain enough to turn into
vector instructions, which is why rows pass through small buffers.
"""

import numpy as np
from numba import njit

BLOCK = 8
"""Side of the squares over which changes are averaged, in pixels."""


@njit(cache=True, nogil=True)
def block_changes(now: np.ndarray, before: np.ndarray,
                  shift: int) -> tuple[np.ndarray, np.ndarray]:
    """Sum and sum of squares of the change, per block: two (rows, columns) int64 arrays.

    Differences lose their `shift` lowest bits first and must then fit 13 bits with their sign, so
    that a column of a block sums in 32.
    """
    height, length = now.shape
    span = 3 * BLOCK
    rows, columns = -(-height // BLOCK), -(-length // span)
    totals = np.zeros((rows, columns), np.int64)
    squares = np.zeros((rows, columns), np.int64)
    first = np.empty(length, np.int32)
    second = np.empty(length, np.int32)
    for row in range(rows):
        first[:] = 0
        second[:] = 0
        for y in range(row * BLOCK, min((row + 1) * BLOCK, height)):
            for i in range(length):
                change = (np.int32(now[y, i]) - np.int32(before[y, i])) >> shift
                first[i] += change
                second[i] += change * change
        for i in range(length):
            totals[row, i // span] += first[i]
            squares[row, i // span] += second[i]
    return totals, squares


@njit(cache=True, nogil=True)
def blend(source: np.ndarray, source_before: np.ndarray, styled: np.ndarray,
          styled_before: np.ndarray, unit: np.float32, floor: np.float32, rest: np.float32,
          far: np.ndarray, state: np.ndarray, picture: np.ndarray) -> None:
    """One step of the average: `state` moves towards `styled`, and `picture` is it, rounded.

    `unit` makes the square root of the gate's argument of a difference, and `floor` is taken off
    the argument. `rest` is the share kept in still places, `far` (blocks) what changes nearby leave
    of it. All are float32.
    """
    height, length = styled.shape
    width = length // 3
    moved = np.empty(length, np.float32)
    turned = np.empty(length, np.float32)
    kept = np.empty(length, np.float32)
    near = np.empty(width, np.float32)
    half, zero, one = np.float32(0.5), np.float32(0), np.float32(1)
    part = np.float32(1 / 16)
    for y in range(height):
        for i in range(length):
            u = unit * np.float32(np.int32(source[y, i]) - np.int32(source_before[y, i]))
            v = unit * np.float32(np.int32(styled[y, i]) - np.int32(styled_before[y, i]))
            moved[i] = u * u
            turned[i] = v * v
        for x in range(width):
            a = moved[3 * x] + moved[3 * x + 1] + moved[3 * x + 2] - floor
            b = turned[3 * x] + turned[3 * x + 1] + turned[3 * x + 2] - floor
            c = max(one - part * max(a, b, zero), zero)
            c *= c
            c *= c
            c *= c
            near[x] = c * c
        for x in range(width):
            keep = rest * min(near[x], far[y // BLOCK, x // BLOCK])
            kept[3 * x] = keep
            kept[3 * x + 1] = keep
            kept[3 * x + 2] = keep
        for i in range(length):
            target = np.float32(styled[y, i])
            value = target + kept[i] * (state[y, i] - target)
            state[y, i] = value
            picture[y, i] = np.int32(value + half)
