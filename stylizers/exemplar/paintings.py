"""The paintings that are painted from: read, converted to sRGB, trimmed, laid side by side."""

from __future__ import annotations

import io
from pathlib import Path

import cv2
import numpy as np

from core.errors import UnreadableImage
from stylizers.once import once

LEAST = 32
"""Pixels a painting's short side must have."""
_LARGEST = 20_000
"""Pixels a side may have: more would fill the memory before it is reduced."""
_MARGIN = 0.05
"""Share of each side that is left out: frames and signatures are there."""
_LONGEST = 4
"""Times the short side, beyond which a painting shows its middle."""
_SCARCE = 0.5
"""Share of the frame's area below which a painting is laid out mirrored as well."""


Size = tuple[int, int]
"""Rows and columns."""


def palette(paths: tuple[Path, ...]) -> np.ndarray:
    """All paintings at a small size, for their colors: R'G'B' (h, w, 3) uint8."""
    return sheet(paths, 135, mirrored=False)


def sheet(paths: tuple[Path, ...], short: int, *, mirrored: bool, size: Size | None = None
          ) -> np.ndarray:
    """The paintings side by side, each with its short side of `short` pixels.

    R'G'B' (h, w, 3) uint8 in sRGB; where `size` is given, the same layout made so large. Lower ones
    go on mirrored below; with `mirrored` all go on mirrored beside. Raises UnreadableImage.
    """
    images = [painting(path) for path in paths]
    cells = [_reduced(image, short) for image in images]
    tall, wide = max(rows for rows, _ in cells), sum(columns for _, columns in cells)
    rows, columns = size or (tall, wide * (1 + mirrored))
    down, across = rows / tall, columns / (wide * (1 + mirrored))
    row, left = [], 0
    for image, (lines, width) in zip(images, cells, strict=True):
        begin, end = round(left * across), round((left + width) * across)
        laid = _resized(image, min(round(lines * down), rows), end - begin)
        row.append(cv2.copyMakeBorder(laid, 0, rows - laid.shape[0], 0, 0, cv2.BORDER_REFLECT))
        left += width
    laid = np.hstack([*row, *(image[:, ::-1] for image in reversed(row) if mirrored)])
    return np.ascontiguousarray(laid[:, :columns])


def seams(paths: tuple[Path, ...], short: int) -> list[int]:
    """Columns of the sheet at which another painting begins."""
    widths = [_reduced(image, short)[1] for image in map(painting, paths)]
    return [sum(widths[:number]) for number in range(1, len(widths))]


def scarce(paths: tuple[Path, ...], short: int, area: int) -> bool:
    """Whether the paintings are so small beside a frame of `area` pixels that they would repeat."""
    cells = [_reduced(image, short) for image in map(painting, paths)]
    return sum(rows * columns for rows, columns in cells) < _SCARCE * area


def painting(path: Path) -> np.ndarray:
    """The picture in a file, trimmed, R'G'B' (H, W, 3) uint8 in sRGB; raises UnreadableImage."""
    try:
        state = path.stat()
    except OSError as error:
        raise UnreadableImage(f"The painting {path} is not there.", "Check the path.") from error
    return _kept(path, state.st_mtime_ns, state.st_size)


def _read(path: Path, _changed: int, _size: int) -> np.ndarray:
    from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(path.read_bytes())) as opened:
            if max(opened.size) > _LARGEST or min(opened.size) < LEAST:
                raise UnreadableImage(
                    f"{path.name} is {opened.width} x {opened.height} pixels.",
                    f"Choose a painting of {LEAST} to {_LARGEST} pixels a side.")
            image = ImageOps.exif_transpose(opened)
            profile = image.info.get("icc_profile")
            if image.mode in ("P", "LA", "PA", "RGBA", "RGBa"):
                rgba = image.convert("RGBA")
                image = Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba)
            if profile and image.mode in ("RGB", "CMYK", "L"):
                image = ImageCms.profileToProfile(
                    image, ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                    ImageCms.createProfile("sRGB"), outputMode="RGB") or image
            pixels = np.asarray(_eight_bits(image).convert("RGB"))
    except (OSError, UnidentifiedImageError, ValueError, SyntaxError,
            Image.DecompressionBombError, ImageCms.PyCMSError) as error:
        raise UnreadableImage(f"{path.name} cannot be read as a painting.",
                              "Choose a PNG, JPEG, TIFF or WebP file.") from error
    return _trimmed(pixels)


_kept = once(_read, kept=8)


def _eight_bits(image):  # type: ignore[no-untyped-def]
    """Pillow clips 16-bit gray to 8 bits where it should scale it."""
    from PIL import Image

    if image.mode.startswith("I"):
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    return image


def _trimmed(pixels: np.ndarray) -> np.ndarray:
    rows, columns = (round(_MARGIN * side) for side in pixels.shape[:2])
    pixels = pixels[rows:pixels.shape[0] - rows, columns:pixels.shape[1] - columns]
    longest = _LONGEST * min(pixels.shape[:2])
    top, left = (max(side - longest, 0) // 2 for side in pixels.shape[:2])
    return np.ascontiguousarray(pixels[top:top + longest, left:left + longest])


def _reduced(pixels: np.ndarray, short: int) -> Size:
    factor = short / min(pixels.shape[:2])
    rows, columns = (max(round(side * factor), 1) for side in pixels.shape[:2])
    return rows, columns


def _resized(pixels: np.ndarray, rows: int, columns: int) -> np.ndarray:
    method = cv2.INTER_AREA if rows < pixels.shape[0] else cv2.INTER_CUBIC
    return cv2.resize(pixels, (columns, rows), interpolation=method)
