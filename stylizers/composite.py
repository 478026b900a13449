"""Strength, mask and kept colors: how one layer of a stack lies over what is below it."""

from __future__ import annotations

import numpy as np

from core.errors import InvalidParameter


def mix(below: np.ndarray, above: np.ndarray, weight: float | np.ndarray,
        strength: float = 1.0) -> np.ndarray:
    """`below` and `above`, R'G'B' (H, W, 3) uint8 or uint16, in the proportion of `weight`.

    `weight` is a number 0..1 or a mask (H, W), 0..255 in uint8 or 0..1 in float; either is
    multiplied by `strength` 0..1. Results are rounded to the nearest code, so where the product
    is 0 they are `below` and where it is 1 they are `above`, exactly. The array returned may be
    one of the two given. Raises InvalidParameter where sizes or kinds do not fit.
    """
    return _mix(below, above, weight, strength)


def mix_plane(below: np.ndarray, above: np.ndarray, weight: float | np.ndarray,
              strength: float = 1.0) -> np.ndarray:
    """`mix` for planes (H, W), uint8 or uint16 of any bit depth."""
    return _mix(below, above, weight, strength)


def recolor(luma_of: np.ndarray, chroma_of: np.ndarray) -> np.ndarray:
    """A picture with the luma of one and the color of another, R'G'B' (H, W, 3).

    It has the BT.709 luma Y of `luma_of` and the differences R-Y and B-Y of `chroma_of`, clipped
    to the codes there are. G-Y is a sum of those two, so all three channels of `chroma_of` move
    by the same amount, the difference of lumas.
    """
    from stylizers.kernels import blend
    from stylizers.kernels.samples import samples

    _check_alike(luma_of, chroma_of)
    out = np.empty(luma_of.shape, luma_of.dtype)
    peak = np.float32(np.iinfo(out.dtype).max)
    blend.recolor(samples(luma_of), samples(chroma_of), peak, out.reshape(-1))
    return out


def _mix(below: np.ndarray, above: np.ndarray, weight: float | np.ndarray,
         strength: float) -> np.ndarray:
    from stylizers.kernels import blend
    from stylizers.kernels.samples import samples

    _check_alike(below, above)
    if not isinstance(weight, np.ndarray):
        weight = min(max(float(weight) * strength, 0.0), 1.0)
        if weight in (0.0, 1.0):
            return above if weight else below
        out = np.empty(below.shape, below.dtype)
        blend.mix(samples(below), samples(above), weight, out.reshape(-1))
        return out
    if weight.shape != below.shape[:2]:
        raise InvalidParameter(f"The mask is {_size(weight)}, the picture {_size(below)}.",
                               "Give a mask of the picture's size.")
    full = 1.0 if weight.dtype.kind in "fb" else float(np.iinfo(weight.dtype).max)
    out = np.empty(below.shape, below.dtype)
    kernel = blend.mix_masked if below.ndim == 2 else blend.mix_masked_rgb
    kernel(samples(below), samples(above), samples(weight), strength / full, out.reshape(-1))
    return out


def _check_alike(one: np.ndarray, other: np.ndarray) -> None:
    if one.shape != other.shape or one.dtype != other.dtype:
        raise InvalidParameter(f"Pictures of {_size(one)} {one.dtype} and {_size(other)} "
                               f"{other.dtype} cannot be combined.",
                               "Give two of one size and kind.")


def _size(array: np.ndarray) -> str:
    return " x ".join(str(side) for side in array.shape[1::-1])
