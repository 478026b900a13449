"""The compiled loops between planes and interleaved R'G'B', one row at a time.

Planes and pictures come flattened, with row strides in samples, so that one compiled version
serves every layout of a sample type. `real` is the float type of the arithmetic. The fast-math
flags exclude contraction and reassociation: results are the same on every processor.
Indices go through `np.uintp`, which spares the negative-index check that stops vectorization.

Everything compiled lies in this one file because Numba's cache watches only the file of the
function that is called.
"""

# mypy: disable-error-code="no-untyped-def"

import numpy as np
from numba import njit

RING = 8
"""Chroma rows kept while narrowing; more than the tallest vertical filter (5) reaches."""

_compiled = njit(nogil=True, cache=True, fastmath={"nnan", "ninf", "nsz"})


@_compiled
def _mix_rows(plane, near, far, weight, offset, count, out, real):
    """out[1..count] = two chroma rows mixed, less the offset; the borders repeat."""
    for x in range(count):
        first = real(plane[np.uintp(near + x)])
        second = real(plane[np.uintp(far + x)])
        out[np.uintp(x + 1)] = first + weight * (second - first) - offset
    out[0] = out[1]
    out[count + 1] = out[count]


@_compiled
def _widen(row, count, shift, even, odd, out):
    """Chroma at luma columns; `row` has one sample of margin on both sides."""
    if shift == 0:
        for x in range(count):
            out[np.uintp(x)] = row[np.uintp(x + 1)]
    elif shift == 1:
        for x in range(count):
            here = row[np.uintp(x + 1)]
            out[np.uintp(2 * x)] = here + even * (row[np.uintp(x)] - here)
            out[np.uintp(2 * x + 1)] = here + odd * (row[np.uintp(x + 2)] - here)
    else:
        for x in range(4 * count):
            out[np.uintp(x)] = row[np.uintp((x >> 2) + 1)]


@_compiled
def _join_row(luma, start, cb, cr, offset, matrix, peak, slack, width, out, place, real):
    """One row of levels; returns how many pixels lay outside 0..peak by more than `slack`."""
    ry, rb, rr, gy, gb, gr, by, bb, br = matrix
    zero, half, top = real(0.0), real(0.5), peak + slack
    clipped = np.int32(0)
    for x in range(width):
        y = real(luma[np.uintp(start + x)]) - offset
        u = cb[np.uintp(x)]
        v = cr[np.uintp(x)]
        r = ry * y + rb * u + rr * v
        g = gy * y + gb * u + gr * v
        b = by * y + bb * u + br * v
        clipped += np.int32((min(r, min(g, b)) < -slack) | (max(r, max(g, b)) > top))
        at = place + 3 * x
        out[np.uintp(at)] = np.int32(min(max(r, zero), peak) + half)
        out[np.uintp(at + 1)] = np.int32(min(max(g, zero), peak) + half)
        out[np.uintp(at + 2)] = np.int32(min(max(b, zero), peak) + half)
    return clipped


@_compiled
def planes_to_rgb(planes, strides, size, rows, weights, widen, matrix, offsets, limits, out, real):
    """Fills `out` (height * width * 3 levels) and returns how many pixels were clipped.

    `rows` (height, 2) and `weights` (height) say which chroma rows a luma row mixes; `widen` is
    (shift, even weight, odd weight); `matrix` the nine coefficients; `limits` (peak, slack).
    """
    luma, blue, red = planes
    height, width, count = size
    shift, even, odd = widen
    thin_b, thin_r = np.empty(count + 2, real), np.empty(count + 2, real)
    wide_b, wide_r = np.empty(count << shift, real), np.empty(count << shift, real)
    clipped = 0
    for y in range(height):
        near, far, weight = rows[y, 0], rows[y, 1], weights[y]
        _mix_rows(
            blue, near * strides[1], far * strides[1], weight, offsets[1], count, thin_b, real
        )
        _mix_rows(red, near * strides[2], far * strides[2], weight, offsets[2], count, thin_r, real)
        _widen(thin_b, count, shift, even, odd, wide_b)
        _widen(thin_r, count, shift, even, odd, wide_r)
        clipped += _join_row(
            luma, y * strides[0], wide_b, wide_r, offsets[0], matrix, limits[0], limits[1],
            width, out, y * width * 3, real,
        )  # fmt: skip
    return clipped


@_compiled
def _split_row(rgb, start, matrix, offset, top, width, luma, place, cb, cr, margin, real):
    """Luma codes of one row, and its chroma without offset after `margin` samples."""
    yr, yg, yb, ur, ug, ub, vr, vg, vb = matrix
    zero, lift = real(0.0), offset + real(0.5)
    for x in range(width):
        at = start + 3 * x
        r = real(rgb[np.uintp(at)])
        g = real(rgb[np.uintp(at + 1)])
        b = real(rgb[np.uintp(at + 2)])
        y = yr * r + yg * g + yb * b + lift
        luma[np.uintp(place + x)] = np.int32(min(max(y, zero), top))
        cb[np.uintp(x + margin)] = ur * r + ug * g + ub * b
        cr[np.uintp(x + margin)] = vr * r + vg * g + vb * b


@_compiled
def _narrow(row, count, shift, margin, taps, out):
    """Chroma at chroma columns; `taps` lie around every second sample, or 4 share their mean."""
    if shift == 0:
        for x in range(count):
            out[np.uintp(x)] = row[np.uintp(x + margin)]
    elif shift == 1:
        far, left, here, right, end = taps
        for x in range(count):
            at = 2 * x + margin - 2
            outer = far * row[np.uintp(at)] + end * row[np.uintp(at + 4)]
            inner = left * row[np.uintp(at + 1)] + right * row[np.uintp(at + 3)]
            out[np.uintp(x)] = here * row[np.uintp(at + 2)] + inner + outer
    else:
        quarter = taps[0]
        for x in range(count):
            at = 4 * x + margin
            first = row[np.uintp(at)] + row[np.uintp(at + 1)]
            second = row[np.uintp(at + 2)] + row[np.uintp(at + 3)]
            out[np.uintp(x)] = quarter * (first + second)


@_compiled
def _store_row(ring, rows, weights, offset, top, out, place, total, real):
    """Mixes rows of the ring and writes their codes."""
    count = total.shape[0]
    total[:] = offset + real(0.5)
    for tap in range(rows.shape[0]):
        row, weight = ring[rows[tap] % RING], weights[tap]
        for x in range(count):
            total[x] += weight * row[x]
    for x in range(count):
        out[np.uintp(place + x)] = np.int32(min(max(total[x], real(0.0)), top))


@_compiled
def rgb_to_planes(rgb, size, rows, weights, narrow, pads, matrix, offsets, top, planes, strides,
                  real):  # fmt: skip
    """Fills the three planes from `rgb` (height * width * 3 levels).

    `rows`, `weights` (chroma rows, taps) say which luma rows a chroma row mixes; `narrow` is
    (shift, margin, taps); `pads` (n, 2) copies samples of a full-width row into its margins, as
    (to, from) counted with the margin; `top` is the largest code.
    """
    luma, blue, red = planes
    height, width, count = size
    shift, margin, taps = narrow
    wide_b = np.zeros((count << shift) + 2 * margin, real)
    wide_r = np.zeros((count << shift) + 2 * margin, real)
    ring_b, ring_r = np.empty((RING, count), real), np.empty((RING, count), real)
    total = np.empty(count, real)
    done = 0
    for y in range(rows.shape[0]):
        while done < height and done <= rows[y].max():
            _split_row(
                rgb, done * width * 3, matrix, offsets[0], top, width, luma, done * strides[0],
                wide_b, wide_r, margin, real,
            )  # fmt: skip
            for k in range(pads.shape[0]):
                wide_b[pads[k, 0]] = wide_b[pads[k, 1]]
                wide_r[pads[k, 0]] = wide_r[pads[k, 1]]
            _narrow(wide_b, count, shift, margin, taps, ring_b[done % RING])
            _narrow(wide_r, count, shift, margin, taps, ring_r[done % RING])
            done += 1
        _store_row(ring_b, rows[y], weights[y], offsets[1], top, blue, y * strides[1], total, real)
        _store_row(ring_r, rows[y], weights[y], offsets[2], top, red, y * strides[2], total, real)
