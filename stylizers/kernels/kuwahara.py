"""Anisotropic Kuwahara filter: paint in dabs that lie along the form and stop at its edges.

Kyprianidis, Kang and Döllner 2009, Image and Video Abstraction by Anisotropic Kuwahara Filtering;
sectors weighted by polynomials as in Kyprianidis, Semmo, Kang and Döllner 2010, Anisotropic
Kuwahara Filtering with Polynomial Weighting Functions.

The papers visit every pixel of each ellipse and weight it anew. Here one pattern of points in the
unit disc, weighted once, is laid over each ellipse: all weights are constants, and the cost does
not depend on the shape of the ellipse.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from stylizers.kernels.samples import samples

SECTORS = 8
_POINTS = 72
_OVERLAP = 0.33
"""zeta: how far, in radii, a sector reaches over the middle of the disc."""
_OPENING = 3 * math.pi / 8
"""gamma: half the angle of a sector at the rim of the disc."""
_FALLOFF = 2.0
"""Exponent of the Gaussian over the disc, at its rim."""
_PIECE = 128
_STILL = 1e-5
"""Squared gradient per reference pixel, of luma 0..1, in which no direction is seen."""
_GRAIN = (3.0 / 255) ** 2
"""Variance under which all sectors are about as calm: blocks of compression make no dabs."""


def ellipses(tensor: np.ndarray, radius: tuple[float, float], stretch: float) -> np.ndarray:
    """Half axes of each pixel's brush in pixels, float32 (4, H, W): along x, y and across x, y.

    `tensor` is xx, xy, yy per reference pixel, float32 (H, W, 3); `radius` the brush in columns and
    rows where nothing has a direction; where one is certain it is 1 + `stretch` times as long, and
    as much narrower.
    """
    out = np.empty((4, *tensor.shape[:2]), np.float32)
    _ellipses(samples(tensor), np.float32(radius[0]), np.float32(radius[1]), np.float32(stretch),
              out.reshape(4, -1))
    return out


@njit(nogil=True, cache=True, error_model="numpy")
def _ellipses(tensor, columns, rows, stretch, out):  # type: ignore[no-untyped-def]
    zero, half, one, four = np.float32(0), np.float32(0.5), np.float32(1), np.float32(4)
    for i in range(out.shape[1]):
        xx, xy, yy = tensor[3 * i], tensor[3 * i + 1], tensor[3 * i + 2]
        spread = np.sqrt((xx - yy) * (xx - yy) + four * xy * xy)
        certain = spread / (xx + yy + np.float32(_STILL))
        # The tangent is a quarter turn from the gradient: its double angle is the opposite.
        double = half * (yy - xx) / (spread + np.float32(1e-20))
        cosine, sine = np.sqrt(max(half + double, zero)), np.sqrt(max(half - double, zero))
        sine = -sine if xy > zero else sine
        longer = one + stretch * certain
        out[0, i], out[1, i] = columns * longer * cosine, rows * longer * sine
        out[2, i], out[3, i] = -columns / longer * sine, rows / longer * cosine


def _pattern() -> tuple[np.ndarray, np.ndarray]:
    """Points (N, 2) in the unit disc and their weights in each sector (N, SECTORS)."""
    index = np.arange(_POINTS)
    distance = np.sqrt((index + 0.5) / _POINTS)
    angle = index * (math.pi * (3 - math.sqrt(5)))  # Vogel's sunflower spreads them evenly
    turned = angle[:, None] - np.arange(SECTORS) * (2 * math.pi / SECTORS)
    x, y = distance[:, None] * np.cos(turned), distance[:, None] * np.sin(turned)
    bend = (_OVERLAP + math.cos(_OPENING)) / math.sin(_OPENING) ** 2
    weights = np.maximum(x + _OVERLAP - bend * y * y, 0) ** 2
    weights *= np.exp(-_FALLOFF * distance**2)[:, None] / weights.sum(1, keepdims=True)
    weights[weights < 0.02 * weights.max()] = 0
    points = np.stack([distance * np.cos(angle), distance * np.sin(angle)], -1)
    return points.astype(np.float32), (weights / weights.sum(0)).astype(np.float32)


def kuwahara(planes: np.ndarray, brushes: np.ndarray, sharpness: int) -> np.ndarray:
    """R', G', B' planes 0..1, float32 (3, H, W), painted with `brushes` from `ellipses`.

    Each pixel is the mean of its brush's sectors, weighted by the inverse of their variance to the
    power of `sharpness`.
    """
    points, weights = _pattern()
    members, shares = _quartets(weights)
    out = np.empty_like(planes)
    _kuwahara(planes, brushes.reshape(4, -1), points, members, shares, sharpness,
              out.reshape(3, -1))
    return out


def _quartets(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The points of each sector and their weights, (SECTORS, n), n a multiple of four."""
    longest = int((weights > 0).sum(0).max() + 3) // 4 * 4
    members = np.argsort(-weights, axis=0, kind="stable")[:longest].T
    return np.ascontiguousarray(members), np.take_along_axis(weights.T, members, 1)


@njit(nogil=True, cache=True, error_model="numpy")
def _kuwahara(planes, brushes, points, members, shares, sharpness, out):  # type: ignore[no-untyped-def]
    """By pieces of rows, so that the inner loops run over pixels and vectorize."""
    _, height, width = planes.shape
    colors = planes.reshape(3, -1)
    taken = np.empty((len(points), 4, _PIECE), np.float32)
    means, places = np.empty((SECTORS, 4, _PIECE), np.float32), np.empty(_PIECE, np.int32)
    calmest = np.empty(_PIECE, np.float32)
    for y in range(height):
        for start in range(0, width, _PIECE):
            count = min(_PIECE, width - start)
            first = y * width + start
            last = first + count
            for k in range(len(points)):
                # Whole rows of brushes cut to the piece: numba knows those to lie in order.
                _place(points[k, 0], points[k, 1], brushes[0][first:last], brushes[1][first:last],
                       brushes[2][first:last], brushes[3][first:last],
                       start, y, width, height, places)
                _take(colors[0], colors[1], colors[2], places, count, taken[k, 0], taken[k, 1],
                      taken[k, 2], taken[k, 3])
            means[:] = 0
            for sector in range(SECTORS):
                for q in range(0, members.shape[1], 4):
                    one, two, three, four = members[sector, q:q + 4]
                    for part in range(4):
                        _add(taken[one, part], taken[two, part], taken[three, part],
                             taken[four, part], shares[sector, q], shares[sector, q + 1],
                             shares[sector, q + 2], shares[sector, q + 3], count,
                             means[sector, part])
            _settle(means, count, sharpness, calmest, out[0][first:last], out[1][first:last],
                    out[2][first:last])


@njit(nogil=True, cache=True, error_model="numpy")
def _place(u, v, along_x, along_y, across_x, across_y, start, y, width, height, places):  # type: ignore[no-untyped-def]
    """Index of the pixel under a point of each brush, held to the picture."""
    zero, half = np.float32(0), np.float32(0.5)
    right, bottom, row = np.float32(width - 1), np.float32(height - 1), np.int32(width)
    left, top = np.float32(start) + half, np.float32(y) + half
    for i in range(len(along_x)):
        x = left + np.float32(i) + u * along_x[i] + v * across_x[i]
        down = top + u * along_y[i] + v * across_y[i]
        x, down = min(max(x, zero), right), min(max(down, zero), bottom)
        places[i] = np.int32(down) * row + np.int32(x)


@njit(nogil=True, cache=True, error_model="numpy")
def _take(colors_red, colors_green, colors_blue, places, count, reds, greens, blues, squares):  # type: ignore[no-untyped-def]
    """Colors at `places`, and their squared length."""
    for i in range(count):
        place = np.uint64(places[i])
        red, green, blue = colors_red[place], colors_green[place], colors_blue[place]
        reds[i], greens[i], blues[i] = red, green, blue
        squares[i] = red * red + green * green + blue * blue


@njit(nogil=True, cache=True, error_model="numpy")
def _add(one, two, three, four, first, second, third, fourth, count, sums):  # type: ignore[no-untyped-def]
    """Four points at a time: the sums are loaded and stored a quarter as often."""
    for i in range(count):
        sums[i] += first * one[i] + second * two[i] + third * three[i] + fourth * four[i]


@njit(nogil=True, cache=True, error_model="numpy")
def _settle(means, count, sharpness, calmest, reds, greens, blues):  # type: ignore[no-untyped-def]
    """The mean of the sectors, each weighted by how calm it is beside the calmest."""
    calmest[:] = np.float32(10)
    for s in range(SECTORS):
        _spread(means[s, 0], means[s, 1], means[s, 2], count, means[s, 3], calmest)
    total, weight = calmest, np.empty(_PIECE, np.float32)
    for s in range(SECTORS):
        _power(means[s, 3], calmest, count, sharpness, weight)
        means[s, 3] = weight
    total[:] = 0
    reds[:], greens[:], blues[:] = 0, 0, 0
    for s in range(SECTORS):
        _weigh(means[s, 0], means[s, 1], means[s, 2], means[s, 3], count, total, reds, greens,
               blues)
    for i in range(count):
        reds[i] /= total[i]
        greens[i] /= total[i]
        blues[i] /= total[i]


@njit(nogil=True, cache=True, error_model="numpy")
def _spread(reds, greens, blues, count, squares, calmest):  # type: ignore[no-untyped-def]
    """Turns mean squares into variances, and keeps the least."""
    grain, zero = np.float32(_GRAIN), np.float32(0)
    for i in range(count):
        red, green, blue = reds[i], greens[i], blues[i]
        spread = max(squares[i] - red * red - green * green - blue * blue, zero) + grain
        squares[i] = spread
        calmest[i] = min(calmest[i], spread)


@njit(nogil=True, cache=True, error_model="numpy")
def _power(spreads, calmest, count, sharpness, weights):  # type: ignore[no-untyped-def]
    for i in range(count):
        spreads[i] = calmest[i] / spreads[i]
        weights[i] = spreads[i]
    for _ in range(sharpness - 1):
        for i in range(count):
            weights[i] *= spreads[i]


@njit(nogil=True, cache=True, error_model="numpy")
def _weigh(red, green, blue, weight, count, total, reds, greens, blues):  # type: ignore[no-untyped-def]
    for i in range(count):
        total[i] += weight[i]
        reds[i] += weight[i] * red[i]
        greens[i] += weight[i] * green[i]
        blues[i] += weight[i] * blue[i]
