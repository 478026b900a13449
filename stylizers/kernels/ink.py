"""Ink on paper: the soft threshold of a sharpened picture, washes, and the tooth of the sheet."""

from __future__ import annotations

import numpy as np
from numba import njit

from stylizers.kernels.samples import samples

COHERENT = 0.8
"""Share of an edge's weight that it has only where its neighbors run alike."""


def lifted(plane: np.ndarray, gain: float) -> np.ndarray:
    """`plane` float32 0..1 with its dark tones raised by `gain`; black and white stay."""
    out = np.empty_like(plane)
    _lifted(samples(plane), np.float32(gain), out.reshape(-1))
    return out


def sharpened(fine: np.ndarray, wide: np.ndarray, masses: np.ndarray, tensor: np.ndarray,
              sharpness: float, faintest: float, lightest: float) -> np.ndarray:
    """The `masses` of a picture of 0..1 with its edges, the difference of two blurs, standing out.

    XDoG, equation 7, there of the finer blur itself. Edges count less where the structure `tensor`
    (H, W, 3) knows of few: half where its trace is `faintest`, and less where they run every way.
    Masses above `lightest` count as that: else no line would be strong enough for a light one.
    """
    out = np.empty_like(fine)
    _sharpened(samples(fine), samples(wide), samples(masses), samples(tensor),
               np.float32(sharpness), np.float32(faintest), np.float32(lightest), out.reshape(-1))
    return out


def washes(tone: np.ndarray, light: float, layers: int) -> np.ndarray:
    """`tone`, 0 to `light`, in as many steps as `layers` of wash give, float32 0..1, softly rimmed.

    Soft quantization, Winnemöller, Olsen and Gooch 2006, Real-Time Video Abstraction, section 3.3.
    """
    out = np.empty_like(tone)
    _washes(samples(tone), np.float32(light), np.float32(layers), out.reshape(-1))
    return out


def inked(sharp: np.ndarray, tone: np.ndarray, level: float, slope: float, wash: float,
          dtype: np.dtype) -> np.ndarray:
    """R'G'B' (H, W, 3) of `dtype`: black where `sharp`, float32 (H, W), is below `level`, on white.

    The rim is a ramp of `slope` about `level`, for the hyperbolic tangent of XDoG's equation 8,
    but nowhere steeper than a pixel. A wash darkens by the share `wash` where `tone` 0..1 is dark.
    """
    out = np.empty((*sharp.shape, 3), dtype)
    _inked(samples(sharp), samples(tone), sharp.shape[1], np.float32(level), np.float32(1 / slope),
           np.float32(wash), np.float32(np.iinfo(dtype).max), out.reshape(-1))
    return out


def on_paper(picture: np.ndarray, tooth: np.ndarray, dryness: float, relief: float,
             colors: np.ndarray) -> np.ndarray:
    """`picture` R'G'B' (H, W, 3) with its black in one color and its white in another.

    `colors` is float32 (2, 3), ink and paper in R'G'B' 0..1. Where ink is thin it holds on to the
    peaks of the `tooth`, float32 (H, W) of deviation 1, by `dryness`; bare paper is shaded by it,
    by `relief`.
    """
    out = np.empty(picture.shape, picture.dtype)
    _on_paper(samples(picture), samples(tooth), np.float32(dryness), np.float32(relief),
              samples(colors), np.float32(np.iinfo(picture.dtype).max), out.reshape(-1))
    return out


@njit(nogil=True, cache=True, error_model="numpy")
def _clip(value):  # type: ignore[no-untyped-def]
    return min(max(value, np.float32(0)), np.float32(1))


@njit(nogil=True, cache=True, error_model="numpy")
def _lifted(plane, gain, out):  # type: ignore[no-untyped-def]
    one = np.float32(1)
    for i in range(plane.size):
        out[i] = gain * plane[i] / (one + (gain - one) * plane[i])


@njit(nogil=True, cache=True, error_model="numpy")
def _sharpened(fine, wide, masses, tensor, sharpness, faintest, lightest, out):  # type: ignore[no-untyped-def]
    base, rest = np.float32(1 - COHERENT), np.float32(COHERENT)
    for i in range(fine.size):
        xx, xy, yy = tensor[3 * i], tensor[3 * i + 1], tensor[3 * i + 2]
        energy = xx + yy
        across = np.sqrt((xx - yy) * (xx - yy) + np.float32(4) * xy * xy)
        sure = (base * energy + rest * across) / (energy + faintest)
        out[i] = min(masses[i], lightest) + sharpness * sure * (fine[i] - wide[i])


@njit(nogil=True, cache=True, error_model="numpy")
def _washes(tone, light, layers, out):  # type: ignore[no-untyped-def]
    half, three, two = np.float32(0.5), np.float32(3), np.float32(2)
    for i in range(tone.size):
        place = _clip(tone[i] / light) * layers
        step = np.float32(np.int32(place))
        # The middle half of a step is its rim.
        rise = _clip((place - step - half) * two + half)
        out[i] = (step + rise * rise * (three - two * rise)) / layers


@njit(nogil=True, cache=True, error_model="numpy")
def _light(here, across, down, level, rim, shade):  # type: ignore[no-untyped-def]
    half = np.float32(0.5)
    change = half * np.sqrt(across * across + down * down)
    return _clip((here - level) / max(change, rim) + half) * shade


@njit(nogil=True, cache=True, error_model="numpy")
def _inked(sharp, tone, width, level, rim, wash, peak, out):  # type: ignore[no-untyped-def]
    one, half = np.float32(1), np.float32(0.5)
    height, last = sharp.size // width, width - 1
    for y in range(height):
        above = sharp[max(y - 1, 0) * width:][:width]
        here, tones = sharp[y * width:][:width], tone[y * width:][:width]
        below, row = sharp[min(y + 1, height - 1) * width:][:width], out[3 * y * width:][:3 * width]
        for x in range(1, last):
            shade = one - wash * (one - tones[x])
            value = out.dtype.type(peak * _light(
                here[x], here[x + 1] - here[x - 1], below[x] - above[x], level, rim, shade) + half)
            row[3 * x] = value
            row[3 * x + 1] = value
            row[3 * x + 2] = value
        for x in (0, last):
            shade = one - wash * (one - tones[x])
            row[3 * x:3 * x + 3] = out.dtype.type(peak * _light(
                here[x], here[min(x + 1, last)] - here[max(x - 1, 0)], below[x] - above[x], level,
                rim, shade) + half)


@njit(nogil=True, cache=True, error_model="numpy")
def _torn(sample, catch, unit):  # type: ignore[no-untyped-def]
    one = np.float32(1)
    light = np.float32(sample) * unit
    thin = light * (one - light)
    return _clip(light - catch * thin * thin)


@njit(nogil=True, cache=True, error_model="numpy")
def _on_paper(picture, tooth, dryness, relief, colors, peak, out):  # type: ignore[no-untyped-def]
    unit, half, one = np.float32(1) / peak, np.float32(0.5), np.float32(1)
    red, green, blue = colors[0] * peak, colors[1] * peak, colors[2] * peak
    over_red, over_green = colors[3] * peak - red, colors[4] * peak - green
    over_blue = colors[5] * peak - blue
    for i in range(tooth.size):
        catch, shade = dryness * tooth[i], one + relief * tooth[i]
        r, g = _torn(picture[3 * i], catch, unit), _torn(picture[3 * i + 1], catch, unit)
        b = _torn(picture[3 * i + 2], catch, unit)
        out[3 * i] = out.dtype.type(min((red + over_red * r) * shade, peak) + half)
        out[3 * i + 1] = out.dtype.type(min((green + over_green * g) * shade, peak) + half)
        out[3 * i + 2] = out.dtype.type(min((blue + over_blue * b) * shade, peak) + half)
