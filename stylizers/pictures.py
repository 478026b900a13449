"""Reading the picture files that looks are given."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from core.edge import edge
from core.errors import UnreadableImage


def read_picture(path: Path) -> np.ndarray:
    """R'G'B' (H, W, 3), uint8 or uint16; raises UnreadableImage."""
    with edge(path):
        try:
            # cv2.imread cannot open names outside the code page on Windows.
            image = cv2.imdecode(np.fromfile(path, np.uint8),
                                 cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH)
        except (OSError, cv2.error) as error:
            raise _unreadable(path) from error
        if image is None or image.dtype not in (np.uint8, np.uint16):
            raise _unreadable(path)
        return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


def _unreadable(path: Path) -> UnreadableImage:
    return UnreadableImage(f"{path.name} cannot be read as a picture.",
                           "Choose a PNG, JPEG, TIFF or WebP file that exists.")
