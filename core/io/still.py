"""Still pictures that FFmpeg reads."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from core.color import ColorSpaceManager
from core.io.containers import open_input, reading
from core.io.picture import Picture
from core.io.probe import color_tags, is_still


def read_still(path: Path) -> tuple[np.ndarray, Picture] | None:
    """R'G'B' (H, W, 3), uint8 or uint16, and the picture it is of; None for what is no still.

    Raises UnreadableVideo where FFmpeg cannot read it.
    """
    with open_input(path) as container, reading(path):
        if not is_still(container) or not container.streams.video:
            return None
        frame = next(container.decode(video=0), None)
        if frame is None:
            return None
        picture, tags = Picture.of(frame), color_tags(frame)
        colors = ColorSpaceManager(picture.layout, tags, frame.width, frame.height)
        return colors.to_rgb(picture.planes).image, picture
