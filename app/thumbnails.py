"""Small pictures of jobs: the latest that each has drawn."""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path

from app.media import PictureStore

WIDTH = 128
"""Pixels across, for a place half as wide on a screen of twice the density."""
_KEPT = 600


class Thumbnails:
    """Pictures of files, made small once for as long as a file stays as it is.

    Safe for use by several threads.
    """

    def __init__(self, pictures: PictureStore) -> None:
        self._pictures = pictures
        self._made: OrderedDict[Path, tuple[int, bytes]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, path: Path) -> str:
        """The address of a small one of the picture in a file; empty where there is none yet."""
        try:
            stamp = path.stat().st_mtime_ns
        except OSError:
            return ""
        with self._lock:
            known = self._made.get(path)
        if known is None or known[0] != stamp:
            known = stamp, _small(path)
        with self._lock:
            self._made[path] = known
            self._made.move_to_end(path)
            while len(self._made) > _KEPT:
                self._made.popitem(last=False)
        return self._pictures.put(known[1]) if known[1] else ""


def _small(path: Path) -> bytes:
    """A JPEG; nothing where the file is no picture, or is just being replaced."""
    import cv2
    import numpy as np

    try:
        data = np.fromfile(path, np.uint8)
    except OSError:
        return b""
    picture = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    if picture is None:
        return b""
    height, width = picture.shape[:2]
    size = WIDTH, max(1, round(height * WIDTH / width))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 85])[1].tobytes()
