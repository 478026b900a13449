"""Guided patch matching: which patch of a painting stands for each pixel, and the image they make.

Barnes, Shechtman, Finkelstein and Goldman, "PatchMatch" (2009): a field of nearest neighbors
improved by what the neighbors found and by random search. The error of a match counts guides and
style as Jamriška et al., "Stylizing Video by Example" (2019), section 3.3; that a source pixel is
used often costs, as in Fišer et al., "StyLit" (2016).

Features are uint8 (h + 4, w + 4, 8), mirrored by two pixels on each side: the style's R'G'B' and a
zero, then four guides. A patch is 5 x 5 pixels, which in each row are 40 neighboring bytes. A field
is int16 (H, W, 2): column and row, in the painting, of the middle of each pixel's patch. Errors and
penalties are int32, in units of squared 8-bit codes times weights, summed over the patch.

Rows are worked through in bands. What a band reads beyond its own rows is what the field was before
the pass, so the result depends on the bands, which depend on the size, and not on threads.
"""

from __future__ import annotations

import numba
import numpy as np

REACH = 2
"""Pixels from the middle of a patch to its side."""
CHANNELS = 8
SPAN = (2 * REACH + 1) * CHANNELS
"""Bytes in a row of a patch."""
_SIDE = 2 * REACH + 1
_MOST = np.int32(2**31 - 1)
_u64, _i32, _u32, _f32 = np.uint64, np.int32, np.uint32, np.float32


@numba.njit(nogil=True, inline="always")
def _distance(source, target, at, to, source_row, target_row, weights, row, limit):  # type: ignore[no-untyped-def]
    """Of the patches whose first bytes are `at` and `to`; any number above `limit` if it is more.

    `row` is where the eight weights, repeated for five pixels, begin. Indices are unsigned, so that
    none is looked at for being negative and the loop is done in vectors.
    """
    error = _i32(0)
    for _ in range(_SIDE):
        line = _i32(0)
        for k in range(SPAN):
            byte = _u64(k)
            difference = _i32(source[at + byte]) - _i32(target[to + byte])
            line += weights[row + byte] * difference * difference
        error += line
        if error > limit:
            return error
        at += source_row
        to += target_row
    return error


@numba.njit(nogil=True, inline="always")
def _hashed(x, y, turn, seed):  # type: ignore[no-untyped-def]
    """32 bits that depend on nothing else (Wellons' lowbias32); numba would count on in 64."""
    bits = _u32(_u32(x) * _u32(0x8DA6B343) ^ _u32(y) * _u32(0xD8163841)
                ^ _u32(turn) * _u32(0xCB1AB31F) ^ _u32(seed) * _u32(0x9E3779B1))
    bits = _u32((bits ^ (bits >> _u32(16))) * _u32(0x7FEB352D))
    bits = _u32((bits ^ (bits >> _u32(15))) * _u32(0x846CA68B))
    return _u32(bits ^ (bits >> _u32(16)))


@numba.njit(nogil=True, inline="always")
def _within(bits, extent):  # type: ignore[no-untyped-def]
    """16 bits as a whole number from 0 to below `extent`."""
    return (np.int64(bits & _u32(0xFFFF)) * np.int64(extent)) >> 16


@numba.njit(nogil=True, cache=True)
def scatter(field, chosen, height, width, seed):  # type: ignore[no-untyped-def]
    """Random places in a painting of that size for the `chosen` pixels (H, W) of a field."""
    for y in range(field.shape[0]):
        for x in range(field.shape[1]):
            if chosen[y, x]:
                bits = _hashed(x, y, 0, seed)
                field[y, x, 0] = _within(bits, width)
                field[y, x, 1] = _within(bits >> _u32(16), height)


@numba.njit(nogil=True, cache=True)
def measure(source, target, penalty, weights, kinds, field, error, first, last, broken, kept):  # type: ignore[no-untyped-def]
    """The error of every match in rows `first` to `last`.

    `kinds` (H, W) names each pixel's row of `weights` (kinds, 40). With `broken`, every neighbor
    beyond the first whose patch does not go on in this one costs so much, and a match that is whole
    counts for `kept` / 256 of its error: it stays unless another is plainly better.
    """
    source_row = _u64(source.shape[1] * CHANNELS)
    target_row = _u64(target.shape[1] * CHANNELS)
    flat_source, flat_target, flat_weights = source.ravel(), target.ravel(), weights.ravel()
    height, width = field.shape[:2]
    for y in range(first, last):
        for x in range(width):
            across, down = field[y, x, 0], field[y, x, 1]
            seams = 0
            if broken > 0:
                if x > 0 and (field[y, x - 1, 0] != across - 1 or field[y, x - 1, 1] != down):
                    seams += 1
                if x < width - 1 and (field[y, x + 1, 0] != across + 1
                                      or field[y, x + 1, 1] != down):
                    seams += 1
                if y > 0 and (field[y - 1, x, 0] != across or field[y - 1, x, 1] != down - 1):
                    seams += 1
                if y < height - 1 and (field[y + 1, x, 0] != across
                                       or field[y + 1, x, 1] != down + 1):
                    seams += 1
            found = _distance(
                flat_source, flat_target, _u64(down) * source_row + _u64(across * CHANNELS),
                _u64(y) * target_row + _u64(x * CHANNELS), source_row, target_row, flat_weights,
                _u64(kinds[y, x]) * _u64(SPAN), _MOST) + penalty[down, across]
            if broken > 0:
                if seams > 1:
                    found += broken * (seams - 1)
                else:
                    found = _i32((np.int64(found) * kept) >> 8)
            error[y, x] = found


@numba.njit(nogil=True, cache=True)
def improve(source, target, penalty, weights, kinds, field, error, before, first, last,  # type: ignore[no-untyped-def]
            chosen, turn, seed, radius, tries):
    """One pass over rows `first` to `last`: what the neighbors found, then random search.

    `before` is the field as it was before the pass, which goes down where `turn` is even and up
    where it is odd. Then come random places, the first within `radius` of the match, each next one
    within half of that, as many as `tries` (kinds,) says for the pixel's kind. With `chosen` (H, W)
    pixels where it is 0 are left alone; give one of no rows for all of them.
    """
    tall, wide = penalty.shape
    height, width = field.shape[:2]
    source_row = _u64(source.shape[1] * CHANNELS)
    target_row = _u64(target.shape[1] * CHANNELS)
    flat_source, flat_target, flat_weights = source.ravel(), target.ravel(), weights.ravel()
    way = 1 if turn % 2 == 0 else -1
    for j in range(last - first):
        y = first + j if way > 0 else last - 1 - j
        back = y - way
        for i in range(width):
            x = i if way > 0 else width - 1 - i
            if chosen.shape[0] and not chosen[y, x]:
                continue
            across, down, least = field[y, x, 0], field[y, x, 1], error[y, x]
            to = _u64(y) * target_row + _u64(x * CHANNELS)
            row = _u64(kinds[y, x]) * _u64(SPAN)
            reach = radius
            for step in range(-2, tries[kinds[y, x]]):
                if step == -2:
                    beside = x - way
                    a, d = -1, -1
                    if 0 <= beside < width:
                        a, d = field[y, beside, 0] + way, field[y, beside, 1]
                elif step == -1:
                    a, d = -1, -1
                    if first <= back < last:
                        a, d = field[back, x, 0], field[back, x, 1] + way
                    elif 0 <= back < height:
                        a, d = before[back, x, 0], before[back, x, 1] + way
                else:
                    bits = _hashed(x, y, turn * 16 + step, seed)
                    a = across + _within(bits, 2 * reach + 1) - reach
                    d = down + _within(bits >> _u32(16), 2 * reach + 1) - reach
                    reach = max(reach >> 1, 1)
                if a < 0 or d < 0 or a >= wide or d >= tall or (a == across and d == down):
                    continue
                cost = penalty[d, a]
                if cost >= least:
                    continue
                found = _distance(flat_source, flat_target,
                                  _u64(d) * source_row + _u64(a * CHANNELS), to, source_row,
                                  target_row, flat_weights, row, least - cost) + cost
                if found < least:
                    across, down, least = a, d, found
            field[y, x, 0], field[y, x, 1], error[y, x] = across, down, least


@numba.njit(nogil=True, cache=True)
def count(field, uses):  # type: ignore[no-untyped-def]
    """How many pixels use each pixel of the painting as a middle, into `uses` (h, w) float32."""
    uses[:] = 0
    for y in range(field.shape[0]):
        for x in range(field.shape[1]):
            uses[field[y, x, 1], field[y, x, 0]] += _f32(1)


@numba.njit(nogil=True, cache=True)
def carry(field, motion, carried, first, last):  # type: ignore[no-untyped-def]
    """The field moved by `motion` (H, W, 2) float32: columns and rows to where each pixel was.

    Rounded to whole pixels, so that patches move in one piece and stay sharp.
    """
    height, width = field.shape[:2]
    for y in range(first, last):
        for x in range(width):
            a = min(max(x + _i32(np.rint(motion[y, x, 0])), 0), width - 1)
            d = min(max(y + _i32(np.rint(motion[y, x, 1])), 0), height - 1)
            carried[y, x, 0] = field[d, a, 0]
            carried[y, x, 1] = field[d, a, 1]


@numba.njit(nogil=True, fastmath=True, inline="always")
def _mean(painting, field, error, scale, y, x):  # type: ignore[no-untyped-def]
    """R'G'B' of pixel (y, x): the mean of the patches over it."""
    height, width = field.shape[:2]
    red, green, blue, total = _f32(0), _f32(0), _f32(0), _f32(0)
    for down in range(-REACH, REACH + 1):
        other = y + down
        if other < 0 or other >= height:
            continue
        for across in range(-REACH, REACH + 1):
            beside = x + across
            if beside < 0 or beside >= width:
                continue
            a = _u64(field[other, beside, 0] + REACH - across)
            d = _u64(field[other, beside, 1] + REACH - down)
            share = _f32(1)
            if error.shape[0]:
                share /= _f32(1) + scale * _f32(error[other, beside])
            red += share * painting[d, a, 0]
            green += share * painting[d, a, 1]
            blue += share * painting[d, a, 2]
            total += share
    return red / total, green / total, blue / total


@numba.njit(nogil=True, fastmath=True, cache=True)
def vote(painting, field, error, scale, image, first, last):  # type: ignore[no-untyped-def]
    """Each pixel the mean of all patches over it, into rows of `image` (H, W, 3) uint8 or uint16.

    `painting` is (h + 4, w + 4, 4) uint8, mirrored as features are. A patch weighs
    1 / (1 + scale error); with an `error` of no rows all weigh the same. Where one piece of the
    painting covers a pixel and all about it, which is often so, that is its pixel there.
    """
    height, width = field.shape[:2]
    full = _f32(257) if image.itemsize == 2 else _f32(1)
    for y in range(first, last):
        top, bottom = max(y - REACH, 0), min(y + REACH + 1, height)
        run = 0
        for ahead in range(width + REACH):
            if ahead < width:
                # How many columns up to this one are a single piece of the painting.
                a, d = field[y, ahead, 0], field[y, ahead, 1]
                whole = True
                for other in range(top, bottom):
                    whole &= field[other, ahead, 0] == a and field[other, ahead, 1] - d == other - y
                if not whole:
                    run = 0
                elif run and field[y, ahead - 1, 0] == a - 1 and field[y, ahead - 1, 1] == d:
                    run += 1
                else:
                    run = 1
            x = ahead - REACH
            if x < 0:
                continue
            if ahead < width and run >= _SIDE:
                a, d = _u64(field[y, x, 0] + REACH), _u64(field[y, x, 1] + REACH)
                for channel in range(3):
                    image[y, x, channel] = _f32(painting[d, a, channel]) * full
                continue
            red, green, blue = _mean(painting, field, error, scale, y, x)
            image[y, x, 0] = red * full + _f32(0.5)
            image[y, x, 1] = green * full + _f32(0.5)
            image[y, x, 2] = blue * full + _f32(0.5)


@numba.njit(nogil=True, cache=True)
def grow(field, grown, tall, wide):  # type: ignore[no-untyped-def]
    """A field on the grid of `grown`, whose painting has `tall` rows and `wide` columns.

    The way from a pixel to its match is scaled and rounded, so that one piece stays one piece.
    """
    height, width = field.shape[:2]
    rows, columns = grown.shape[:2]
    down, across = rows / height, columns / width
    for y in range(rows):
        j = min(y * height // rows, height - 1)
        for x in range(columns):
            i = min(x * width // columns, width - 1)
            a = x + _i32(np.rint((field[j, i, 0] - i) * across))
            d = y + _i32(np.rint((field[j, i, 1] - j) * down))
            grown[y, x, 0] = min(max(a, 0), wide - 1)
            grown[y, x, 1] = min(max(d, 0), tall - 1)
