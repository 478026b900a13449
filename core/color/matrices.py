"""The matrices and code ranges of ITU-T H.273 (section 8.3), for luma, chroma and R'G'B'."""

from dataclasses import dataclass

import numpy as np

from core.color.layout import PixelLayout
from core.color.tags import Matrix, Range

LUMA_COEFFICIENTS: dict[int, tuple[float, float]] = {
    Matrix.BT709: (0.2126, 0.0722),
    Matrix.FCC: (0.30, 0.11),
    Matrix.BT470BG: (0.299, 0.114),
    Matrix.SMPTE170M: (0.299, 0.114),
    Matrix.SMPTE240M: (0.212, 0.087),
    Matrix.BT2020_NCL: (0.2627, 0.0593),
}
"""(Kr, Kb) of each matrix that equations 38 to 40 derive from them (H.273 table 4)."""

SUPPORTED = frozenset(LUMA_COEFFICIENTS) | {Matrix.IDENTITY, Matrix.YCGCO}

_GBR = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
_YCGCO = np.array([[0.25, 0.5, 0.25], [-0.25, 0.5, -0.25], [0.5, 0.0, -0.5]])


def luma_weights(matrix: int) -> tuple[float, float, float]:
    """Shares of R', G', B' in luma; they sum to 1. GBR has no luma and takes that of BT.709."""
    if matrix == Matrix.YCGCO:
        return 0.25, 0.5, 0.25
    kr, kb = LUMA_COEFFICIENTS[Matrix.BT709 if matrix == Matrix.IDENTITY else matrix]
    return kr, 1.0 - kr - kb, kb


def encode_matrix(matrix: int) -> np.ndarray:
    """(3, 3): R'G'B' in 0..1 to Y' in 0..1 and P'b, P'r in -0.5..0.5."""
    if matrix == Matrix.IDENTITY:
        return _GBR
    if matrix == Matrix.YCGCO:
        return _YCGCO
    kr, kg, kb = luma_weights(matrix)
    blue, red = 2.0 * (1.0 - kb), 2.0 * (1.0 - kr)
    return np.array(
        [[kr, kg, kb], [-kr / blue, -kg / blue, 0.5], [0.5, -kg / red, -kb / red]],
    )


def decode_matrix(matrix: int) -> np.ndarray:
    """(3, 3): the inverse of `encode_matrix`, in closed form so that neutral stays neutral."""
    if matrix == Matrix.IDENTITY:
        return _GBR.T
    if matrix == Matrix.YCGCO:
        return np.array([[1.0, -1.0, 1.0], [1.0, 1.0, 0.0], [1.0, -1.0, -1.0]])
    kr, kg, kb = luma_weights(matrix)
    blue, red = 2.0 * (1.0 - kb), 2.0 * (1.0 - kr)
    return np.array([[1.0, 0.0, red], [1.0, -kb * blue / kg, -kr * red / kg], [1.0, blue, 0.0]])


@dataclass(frozen=True, slots=True)
class CodeMap:
    """The affine map between plane codes and picture levels.

    levels = decode @ (codes - offsets); codes = encode @ levels + offsets, per pixel, unrounded.
    """

    decode: np.ndarray
    encode: np.ndarray
    offsets: np.ndarray


def code_map(layout: PixelLayout, matrix: int, code_range: int) -> CodeMap:
    """The map of a layout; `matrix` is what a yuv layout uses, or gives gray its luma."""
    scales, offsets = _spans(layout, matrix, code_range)
    if layout.model == "yuv":
        decode, encode = decode_matrix(matrix), encode_matrix(matrix)
    elif layout.model == "rgb":
        decode = encode = np.eye(3)
    else:  # gray is given to the kernels as three equal planes
        decode, encode = np.eye(3), np.tile(luma_weights(matrix), (3, 1))
    peak = float(layout.picture_max)
    return CodeMap(decode * (peak / scales), encode * (scales[:, None] / peak), offsets)


def _spans(layout: PixelLayout, matrix: int, code_range: int) -> tuple[np.ndarray, np.ndarray]:
    """Codes from 0 to 1 and the code of 0, per plane (H.273 equations 20 to 37)."""
    unit = float(1 << (layout.bits - 8))
    if code_range == Range.LIMITED:
        luma, zero, chroma = 219.0 * unit, 16.0 * unit, 224.0 * unit
    else:
        luma, zero, chroma = float(layout.max_code), 0.0, float(layout.max_code)
    if layout.model != "yuv" or matrix == Matrix.IDENTITY:
        return np.full(3, luma), np.full(3, zero)
    return np.array([luma, chroma, chroma]), np.array([zero, 128.0 * unit, 128.0 * unit])
