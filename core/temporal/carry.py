"""The compiled loop that carries the past along the motion and lets it into the new picture.

Every loop over samples is kept plain enough to turn into vector instructions, and long enough to be
worth it, which is why cells are packed before they are filtered.
"""

from __future__ import annotations

import numpy as np
from numba import njit

CELL = 4
"""Side, in pixels, of the squares that move as one."""
_TALL = CELL + 3
SPAN = 3 * (CELL + 4)
"""Samples of a packed row: what the filter needs and one pixel more, for whole vectors."""


@njit(cache=True, nogil=True, error_model="numpy")
def carry(past, styled, motion, keep, spread, slack, give, span, state, picture):  # type: ignore[no-untyped-def]
    """One step: `state` becomes the styled picture with the past let in, `picture` is it, rounded.

    Rows of samples (H, 3 W), `past` and `state` float32. By cell, float32: `motion` (rows, columns,
    2) to where the past lies, in pixels; `keep`, its share.

    The past may differ from the new picture by `slack` times the fourth power of its share, in
    samples, and by `spread` times what the pixels on either side do, in the direction in which they
    differ least. So a texture is averaged, but nothing comes over an edge, as it would within the
    mean and deviation of all 3 x 3 pixels (variance clipping: Salvi, "An Excursion in Temporal
    Supersampling", 2016). `give` is added to `slack` for every sample by which they differ most: so
    the rim of a line is averaged, and no line is left where the new picture has none.

    `span` is SPAN: were it known to the compiler, it would unroll the loops over it instead of
    vectorizing them.
    """
    height, length = styled.shape
    flat = past.reshape(-1)
    down, across = np.empty(4, np.float32), np.empty(4, np.float32)
    packed = np.zeros(_TALL * span, np.float32)
    filtered = np.zeros(_TALL * span, np.float32)
    moved = np.zeros(CELL * span, np.float32)
    found = np.zeros((CELL, length + span), np.float32)
    kept = np.empty(length, np.float32)
    above, here = np.empty(length + 6, np.float32), np.empty(length + 6, np.float32)
    below = np.empty(length + 6, np.float32)
    peak = np.float32(np.iinfo(styled.dtype).max)
    _pad(styled[0], here)
    _pad(styled[0], below)
    for row in range(keep.shape[0]):
        top = row * CELL
        for column in range(keep.shape[1]):
            u, v = motion[row, column, 0], motion[row, column, 1]
            if u == 0 and v == 0:
                _copy(past, top, 3 * CELL * column, found)
                continue
            x, y = np.floor(u), np.floor(v)
            _pack(flat, height, length, column * CELL + int(x) - 1, top + int(y) - 1, span, packed)
            _weights(u - x, across)
            _weights(v - y, down)
            _filter(packed, across, down, span, filtered, moved)
            for r in range(CELL):
                source, target = moved[r * span:], found[r, 3 * CELL * column:]
                for i in range(span // 2):
                    target[i] = source[i]
        for r in range(min(CELL, height - top)):
            y = top + r
            _enlarge(keep, row, r, kept)
            above, here, below = here, below, above
            _pad(styled[min(y + 1, height - 1)], below)
            _blend(above, here, below, found[r, :length], kept, spread, slack, give, peak,
                   state[y], picture[y])


@njit(cache=True, nogil=True, inline="always")
def _copy(past, top, start, found):  # type: ignore[no-untyped-def]
    for r in range(min(CELL, past.shape[0] - top)):
        source, target = past[top + r, start:], found[r, start:]
        for i in range(min(3 * CELL, source.size)):
            target[i] = source[i]


@njit(cache=True, nogil=True, inline="always")
def _weights(f, out):  # type: ignore[no-untyped-def]
    """Of four samples, `f` past the second: Catmull and Rom's cubic (1974)."""
    half, one, two = np.float32(0.5), np.float32(1), np.float32(2)
    three, four, five = np.float32(3), np.float32(4), np.float32(5)
    out[0] = half * f * (f * (two - f) - one)
    out[1] = half * (f * f * (three * f - five) + two)
    out[2] = half * f * (f * (four - three * f) + one)
    out[3] = half * f * f * (f - one)


@njit(cache=True, nogil=True, inline="always")
def _pack(flat, height, length, first, above, span, packed):  # type: ignore[no-untyped-def]
    """The pixels from (first, above) that a cell is filtered from; outside, those at the edge."""
    base = 3 * first
    if base >= 0 and base + span <= length and above >= 0 and above + _TALL <= height:
        for r in range(_TALL):
            source = flat[(above + r) * length + base:]
            target = packed[r * span:]
            for i in range(span):
                target[i] = source[i]
        return
    for r in range(_TALL):
        start = min(max(above + r, 0), height - 1) * length
        for i in range(span):
            pixel = min(max(first + i // 3, 0), length // 3 - 1)
            packed[r * span + i] = flat[start + 3 * pixel + i % 3]


@njit(cache=True, nogil=True, error_model="numpy")
def _filter(packed, across, down, span, filtered, out):  # type: ignore[no-untyped-def]
    """Across and down; the last pixels of each row are not meant."""
    a, b, c, d = across[0], across[1], across[2], across[3]
    length = _TALL * span - 9
    p0, p1, p2, p3 = packed[:length], packed[3:], packed[6:], packed[9:]
    for i in range(length):
        filtered[i] = a * p0[i] + b * p1[i] + c * p2[i] + d * p3[i]
    a, b, c, d = down[0], down[1], down[2], down[3]
    f0, f1, f2, f3 = filtered, filtered[span:], filtered[2 * span:], filtered[3 * span:]
    for i in range(CELL * span):
        out[i] = a * f0[i] + b * f1[i] + c * f2[i] + d * f3[i]


@njit(cache=True, nogil=True, inline="always")
def _enlarge(cells, row, within, out):  # type: ignore[no-untyped-def]
    """A row of samples out of cells, linear between their centers."""
    rows, columns = cells.shape
    share = np.float32((within + 0.5) / CELL - 0.5)
    other = min(max(row + (1 if share > 0 else -1), 0), rows - 1)
    share = abs(share)
    before = now = cells[row, 0] + share * (cells[other, 0] - cells[row, 0])
    for column in range(columns):
        follower = min(column + 1, columns - 1)
        after = cells[row, follower] + share * (cells[other, follower] - cells[row, follower])
        for p in range(CELL):
            t = np.float32((p + 0.5) / CELL - 0.5)
            value = now + t * (after - now) if t > 0 else now + t * (now - before)
            for i in range(3 * (column * CELL + p), 3 * (column * CELL + p) + 3):
                if i < out.size:
                    out[i] = value
        before, now = now, after


@njit(cache=True, nogil=True, inline="always")
def _pad(row, out):  # type: ignore[no-untyped-def]
    """A row as float32, with its first and last pixel once more on either side."""
    length = row.size
    target = out[3:length + 3]
    for i in range(length):
        target[i] = np.float32(row[i])
    for c in range(3):
        out[c], out[length + 3 + c] = out[c + 3], out[length + c]


@njit(cache=True, nogil=True, error_model="numpy")
def _blend(above, here, below, found, kept, spread, slack, give, peak, state, picture):  # type: ignore[no-untyped-def]
    """One row; the first three are padded."""
    length = state.size
    a, b, c = above[:length], above[3:length + 3], above[6:]
    d, now, e = here[:length], here[3:length + 3], here[6:]
    f, g, h = below[:length], below[3:length + 3], below[6:]
    zero, half = np.float32(0), np.float32(0.5)
    for i in range(length):
        s = now[i]
        one = max(abs(d[i] - s), abs(e[i] - s))
        two = max(abs(b[i] - s), abs(g[i] - s))
        three = max(abs(a[i] - s), abs(h[i] - s))
        four = max(abs(c[i] - s), abs(f[i] - s))
        square = kept[i] * kept[i]
        least, most = min(min(one, two), min(three, four)), max(max(one, two), max(three, four))
        reach = spread * least + (slack + give * most) * square * square
        change = min(max(found[i] - s, -reach), reach)
        value = min(max(s + kept[i] * change, zero), peak)
        state[i] = value
        picture[i] = np.int32(value + half)
