"""Alpha between n-bit planes and pictures; alpha always uses the full range of its codes."""

import numpy as np

PICTURE_MAX = 65535


def alpha_to_picture(plane: np.ndarray, bits: int) -> np.ndarray:
    """A copy on the picture's scale: uint8 at 8 bits, else uint16 with opaque at 65535."""
    if bits == 8:
        return np.array(plane, np.uint8, order="C")
    top = (1 << bits) - 1
    wide = plane.astype(np.uint32)  # 65535 * 65535 + 32767 still fits
    return ((wide * PICTURE_MAX + top // 2) // top).astype(np.uint16)


def alpha_to_plane(picture: np.ndarray, bits: int) -> np.ndarray:
    """The inverse of `alpha_to_picture`, exact for what that gave."""
    if bits == 8:
        return np.array(picture, np.uint8, order="C")
    wide = picture.astype(np.uint32)
    return ((wide * ((1 << bits) - 1) + PICTURE_MAX // 2) // PICTURE_MAX).astype(np.uint16)
