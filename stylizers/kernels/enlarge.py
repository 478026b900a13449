"""A small drawing enlarged to the picture that it was made from, along that picture's edges.

Joint bilateral upsampling (Kopf, Cohen, Lischinski and Uyttendaele, SIGGRAPH 2007), first along the
rows and then along the columns: of two neighboring samples the one counts more whose luma is nearer
to that of the full-size pixel. So the small drawing's colors end where the full picture's edges
are, and the seam between them is as sharp.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from stylizers.kernels.samples import samples
from stylizers.kernels.weights import BLUE, GREEN, RED

_CLOSE = 0.03
"""Distance in luma at which a sample counts half as much."""


def enlarged(image: np.ndarray, drawing: np.ndarray, blocks: tuple[int, int], ink: np.ndarray,
             edge: tuple[float, float], strength: float) -> np.ndarray:
    """R'G'B' like `image`: the colors of `drawing` (4, h, w), under lines of black.

    `drawing` holds R', G', B' and the luma they were made from, of blocks of `blocks` (columns,
    rows) samples of `image`. `ink` uint16 (h', w') becomes a line of `strength` 0..1 between the
    two values of `edge`, given as shares of 65535; it may be of any size and covers the same
    picture.
    """
    height, width = image.shape[:2]
    out = np.empty_like(image, order="C")
    across = places(width, drawing.shape[2], blocks[0])
    down = places(height, drawing.shape[1], blocks[1])
    ink_across = places(width, ink.shape[1], width / ink.shape[1])
    ink_down = places(height, ink.shape[0], height / ink.shape[0])
    peak, (start, end) = np.iinfo(image.dtype).max, edge
    _enlarged(samples(image), 1 / peak, drawing, blocks[1], *across, *down, ink, *ink_across,
              *ink_down, np.float32(start * 65535), np.float32(1 / 65535 / (end - start)),
              np.float32(strength), np.float32(peak), out.reshape(height, -1))
    return out


def places(size: int, small: int, step: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each of `size` samples the two of `small` it lies between, and how far along."""
    at = np.clip((np.arange(size) + 0.5) / step - 0.5, 0, small - 1)
    first = np.minimum(at.astype(np.int64), max(small - 2, 0))
    return (first.astype(np.uint32), np.minimum(first + 1, small - 1).astype(np.uint32),
            (at - first).astype(np.float32))


@njit(nogil=True, cache=True, error_model="numpy")
def _nearer(guide, low, high, along):  # type: ignore[no-untyped-def]
    """The share of the second of two samples, whose lumas are `low` and `high`."""
    close = np.float32(_CLOSE * _CLOSE)
    one, two = guide - low, guide - high
    toward = along * (close + one * one)
    return toward / (toward + (np.float32(1) - along) * (close + two * two))


@njit(nogil=True, cache=True, error_model="numpy")
def _shares_down(guide, low, high, along, share):  # type: ignore[no-untyped-def]
    for x in range(guide.size):
        share[x] = _nearer(guide[x], low[x], high[x], along)


@njit(nogil=True, cache=True, error_model="numpy")
def _shares(guide, luma, first, second, along, share):  # type: ignore[no-untyped-def]
    for x in range(guide.size):
        share[x] = _nearer(guide[x], luma[first[x]], luma[second[x]], along[x])


@njit(nogil=True, cache=True, error_model="numpy")
def _shares_of_pairs(guide, luma, share):  # type: ignore[no-untyped-def]
    """`_shares` where every sample covers two, but for its first and last: this vectorizes."""
    far, near = np.float32(0.75), np.float32(0.25)
    for j in range(1, luma.size - 1):
        share[2 * j] = _nearer(guide[2 * j], luma[j - 1], luma[j], far)
        share[2 * j + 1] = _nearer(guide[2 * j + 1], luma[j], luma[j + 1], near)


@njit(nogil=True, cache=True)
def _across(line, first, second, share, out):  # type: ignore[no-untyped-def]
    for x in range(out.size):
        low = np.float32(line[first[x]])
        out[x] = low + (np.float32(line[second[x]]) - low) * share[x]


@njit(nogil=True, cache=True)
def _across_pairs(line, share, out):  # type: ignore[no-untyped-def]
    for j in range(1, line.size - 1):
        low, here, high = np.float32(line[j - 1]), np.float32(line[j]), np.float32(line[j + 1])
        out[2 * j] = low + (here - low) * share[2 * j]
        out[2 * j + 1] = here + (high - here) * share[2 * j + 1]


@njit(nogil=True, cache=True)
def _widened(line, first, second, share, out):  # type: ignore[no-untyped-def]
    """A row at full width."""
    if out.size == line.size:
        for x in range(out.size):
            out[x] = line[x]
    elif out.size // 2 == line.size:
        _across_pairs(line, share, out)
        _across(line, first[:2], second[:2], share[:2], out[:2])
        end = out.size - 2
        _across(line, first[end:], second[end:], share[end:], out[end:])
    else:
        _across(line, first, second, share, out)


@njit(nogil=True, cache=True)
def _shared(guide, luma, first, second, along, share):  # type: ignore[no-untyped-def]
    """How much the second of two samples in a row counts at each place."""
    if guide.size == luma.size:
        return
    if guide.size // 2 == luma.size:
        _shares_of_pairs(guide, luma, share)
        _shares(guide[:2], luma, first[:2], second[:2], along[:2], share[:2])
        end = guide.size - 2
        _shares(guide[end:], luma, first[end:], second[end:], along[end:], share[end:])
    else:
        _shares(guide, luma, first, second, along, share)


@njit(nogil=True, cache=True)
def _lines(low, high, along, start, slope, strength, light):  # type: ignore[no-untyped-def]
    """What light the lines leave: 1 - strength * smoothstep(ink)."""
    for x in range(light.size):
        ink = (low[x] + (high[x] - low[x]) * along - start) * slope
        ink = min(max(ink, np.float32(0)), np.float32(1))
        light[x] = np.float32(1) - strength * ink * ink * (np.float32(3) - np.float32(2) * ink)


@njit(nogil=True, cache=True)
def _mix(low, high, share, light, tone):  # type: ignore[no-untyped-def]
    for x in range(tone.size):
        tone[x] = (low[x] + (high[x] - low[x]) * share[x]) * light[x]


@njit(nogil=True, cache=True)
def _store(red, green, blue, peak, out):  # type: ignore[no-untyped-def]
    half = np.float32(0.5)
    for x in range(red.size):
        out[3 * x] = out.dtype.type(red[x] * peak + half)
        out[3 * x + 1] = out.dtype.type(green[x] * peak + half)
        out[3 * x + 2] = out.dtype.type(blue[x] * peak + half)


@njit(nogil=True, cache=True)
def _add_luma(line, unit, luma):  # type: ignore[no-untyped-def]
    red, green, blue = np.float32(RED) * unit, np.float32(GREEN) * unit, np.float32(BLUE) * unit
    for x in range(luma.size):
        luma[x] += (red * np.float32(line[3 * x]) + green * np.float32(line[3 * x + 1])
                    + blue * np.float32(line[3 * x + 2]))


@njit(nogil=True, cache=True)
def _enlarged(image, unit, drawing, rows,  # type: ignore[no-untyped-def]
              first, second, along, top, bottom, down,
              ink, ink_first, ink_second, ink_along, ink_top, ink_bottom, ink_down,
              start, slope, strength, peak, out):
    height, row = out.shape
    width = row // 3
    # Two rows of the drawing and two of the ink at full width, in turn.
    wide = np.empty((2, 4, width), np.float32)
    wide_ink = np.empty((2, width), np.float32)
    ready, ready_ink = np.full(2, -1), np.full(2, -1)
    guide, share, light = (np.empty(width, np.float32), np.empty(width, np.float32),
                           np.empty(width, np.float32))
    tones = np.empty((3, width), np.float32)
    for y in range(height):
        for j in (np.int64(top[y]), np.int64(bottom[y])):
            slot = j % 2
            if ready[slot] != j:
                ready[slot] = j
                above, below = min(j * rows, height - 1), min((j + 1) * rows, height)
                guide[:] = 0
                for line in range(above, below):
                    _add_luma(image[line * row:(line + 1) * row],
                              np.float32(unit / (below - above)), guide)
                _shared(guide, drawing[3, j], first, second, along, share)
                for c in range(4):
                    _widened(drawing[c, j], first, second, share, wide[slot, c])
        for j in (np.int64(ink_top[y]), np.int64(ink_bottom[y])):
            slot = j % 2
            if ready_ink[slot] != j:
                ready_ink[slot] = j
                _widened(ink[j], ink_first, ink_second, ink_along, wide_ink[slot])
        a, b = top[y] % 2, bottom[y] % 2
        guide[:] = 0
        _add_luma(image[y * row:(y + 1) * row], np.float32(unit), guide)
        _shares_down(guide, wide[a, 3], wide[b, 3], down[y], share)
        _lines(wide_ink[ink_top[y] % 2], wide_ink[ink_bottom[y] % 2], ink_down[y], start, slope,
               strength, light)
        for c in range(3):
            _mix(wide[a, c], wide[b, c], share, light, tones[c])
        _store(tones[0], tones[1], tones[2], peak, out[y])
