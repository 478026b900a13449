"""Plain float64 twins of the conversions, written from the equations of ITU-T H.273."""

import numpy as np

from core.color import Matrix, Range

KR_KB = {
    Matrix.BT709: (0.2126, 0.0722),
    Matrix.FCC: (0.30, 0.11),
    Matrix.BT470BG: (0.299, 0.114),
    Matrix.SMPTE170M: (0.299, 0.114),
    Matrix.SMPTE240M: (0.212, 0.087),
    Matrix.BT2020_NCL: (0.2627, 0.0593),
}
MATRICES = [*KR_KB, Matrix.YCGCO, Matrix.IDENTITY]
RANGES = [Range.LIMITED, Range.FULL]


def to_signal(codes: np.ndarray, bits: int, code_range: int, chroma: bool) -> np.ndarray:
    """E'Y, E'R.. in 0..1, or E'P in -0.5..0.5 (equations 20 to 37 solved for the signal)."""
    codes, unit = np.asarray(codes, np.float64), 2.0 ** (bits - 8)
    if code_range == Range.LIMITED:
        return (codes / unit - 128) / 224 if chroma else (codes / unit - 16) / 219
    return (codes - 128 * unit * chroma) / (2.0**bits - 1)


def to_codes(signal: np.ndarray, bits: int, code_range: int, chroma: bool) -> np.ndarray:
    """Unrounded, unclipped codes (equations 20 to 37 without Clip and Round)."""
    unit = 2.0 ** (bits - 8)
    if code_range == Range.LIMITED:
        return unit * (224 * signal + 128 if chroma else 219 * signal + 16)
    return (2.0**bits - 1) * signal + 128 * unit * chroma


def rgb_from_signals(matrix: int, y: np.ndarray, pb: np.ndarray, pr: np.ndarray) -> np.ndarray:
    """Equations 38 to 40 solved for E'R, E'G, E'B; 41 to 43 for GBR, 44 to 49 for YCgCo."""
    if matrix == Matrix.IDENTITY:
        return np.stack(np.broadcast_arrays(pr, y, pb), -1)
    if matrix == Matrix.YCGCO:
        t = y - pb
        return np.stack(np.broadcast_arrays(t + pr, y + pb, t - pr), -1)
    kr, kb = KR_KB[matrix]
    r, b = y + 2 * (1 - kr) * pr, y + 2 * (1 - kb) * pb
    g = (y - kr * r - kb * b) / (1 - kr - kb)
    return np.stack(np.broadcast_arrays(r, g, b), -1)


def signals_from_rgb(matrix: int, rgb: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Equations 38 to 49 as printed."""
    r, g, b = np.moveaxis(rgb, -1, 0)
    if matrix == Matrix.IDENTITY:
        return g, b, r
    if matrix == Matrix.YCGCO:
        return 0.5 * g + 0.25 * (r + b), 0.5 * g - 0.25 * (r + b), 0.5 * (r - b)
    kr, kb = KR_KB[matrix]
    y = kr * r + (1 - kr - kb) * g + kb * b
    return y, 0.5 * (b - y) / (1 - kb), 0.5 * (r - y) / (1 - kr)


def decode(planes: tuple, bits: int, matrix: int, code_range: int) -> np.ndarray:
    """Unclipped R'G'B' of full-size planes (floats allowed), in 0..1."""
    chroma = matrix != Matrix.IDENTITY
    kinds = (False, chroma, chroma)
    signals = [to_signal(p, bits, code_range, k) for p, k in zip(planes, kinds, strict=True)]
    return rgb_from_signals(matrix, *signals)


def encode(rgb: np.ndarray, bits: int, matrix: int, code_range: int) -> list[np.ndarray]:
    """Unrounded full-size planes of R'G'B' in 0..1."""
    chroma = matrix != Matrix.IDENTITY
    signals, kinds = signals_from_rgb(matrix, rgb), (False, chroma, chroma)
    return [to_codes(s, bits, code_range, k) for s, k in zip(signals, kinds, strict=True)]


def clipped(rgb: np.ndarray, peak: int) -> range:
    """How many pixels may count as clipped: float32 leaves those right at half a level open."""
    strict, lenient = (
        int(((rgb < -slack / peak) | (rgb > 1 + slack / peak)).any(-1).sum())
        for slack in (0.55, 0.45)
    )
    return range(strict, lenient + 1)


def positions(count: int, shift: int, phase: float) -> np.ndarray:
    """Where chroma samples lie, in luma positions."""
    return np.arange(count) * 2.0**shift + phase


def widened(chroma: np.ndarray, length: int, shift: int, phase: float) -> np.ndarray:
    """Linear interpolation along the last axis at every luma position; steps of four repeat."""
    if shift == 2:
        return np.repeat(chroma, 4, -1)[..., :length]
    where = positions(chroma.shape[-1], shift, phase)
    lines = np.asarray(chroma, np.float64).reshape(-1, chroma.shape[-1])
    wide = [np.interp(np.arange(length), where, line) for line in lines]
    return np.array(wide).reshape(*chroma.shape[:-1], length)


def narrowed(luma: np.ndarray, shift: int, phase: float) -> np.ndarray:
    """The matched filter along the last axis, borders mirrored by `numpy.pad`."""
    if shift == 0:
        return luma
    length = luma.shape[-1]
    count, edges = -(-length >> shift), [(0, 0)] * (luma.ndim - 1)
    if shift == 2:
        padded = np.pad(luma, [*edges, (0, 4 * count - length)], "edge")
        return padded.reshape(*luma.shape[:-1], count, 4).mean(-1)
    taps = np.array([-1, 3, 3, -1]) / 4 if phase == 0.5 else np.array([-1, 2, 6, 2, -1]) / 8
    padded = np.pad(luma, [*edges, (4, 4)], "symmetric" if phase == 0.5 else "reflect")
    first = 4 + int(phase) - (1 if phase == 0.5 else 2)
    starts = first + 2 * np.arange(count)
    return sum(tap * padded[..., starts + k] for k, tap in enumerate(taps))
