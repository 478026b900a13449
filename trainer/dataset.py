"""What a network learns from: pictures, frames of videos, and pairs of pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from core.edge import edge
from core.errors import BrushreelError, InputError, UnreadableImage
from core.io import VideoProbe, VideoReader

PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".bmp")
VIDEOS = (".mp4", ".mov", ".mkv", ".webm", ".m4v", ".avi")
PAIRS, SOURCE, WANTED = "pairs", "source", "wanted"
"""pairs/source and pairs/wanted of a data folder hold pictures of the same names."""
FRAMES_OF_A_VIDEO = 12
"""Pictures taken of one video, evenly spread: neighbors teach the same thing twice."""
LARGEST = 1280
"""Long side beyond which pictures are reduced when they are read; all of them stay in memory."""
_HINT = "Put photographs or clips there, or practice with --data trainer/data, which is filled."


def read_picture(path: Path) -> np.ndarray:
    """RGB uint8 (H, W, 3); raises UnreadableImage."""
    with edge(path):
        try:
            image = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
        except (OSError, cv2.error):
            image = None
        if image is None:
            raise UnreadableImage(f"{path} cannot be read as a picture.",
                                  "Give a PNG, JPEG or WebP file.")
        return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


def read_content(folder: Path, note: Callable[[str], object] = lambda _: None
                 ) -> list[np.ndarray]:
    """Every picture, and frames of every video, in a folder and those below it, in order of name.

    RGB uint8, at most LARGEST long; `pairs` are left out. A file that cannot be read is left out
    too, which `note` is told. Raises InputError where nothing can be read.
    """
    found: list[np.ndarray] = []
    refused: list[BrushreelError] = []
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if PAIRS in path.relative_to(folder).parts:
            continue
        try:
            if path.suffix.lower() in PICTURES:
                found.append(reduced(read_picture(path)))
            elif path.suffix.lower() in VIDEOS:
                with edge(path):
                    found.extend(_frames(path))
        except BrushreelError as error:
            refused.append(error)
            note(f"{path.name} was left out: {error.message}")
    if not found and refused:
        raise refused[0]
    if not found:
        raise InputError(f"There is no picture and no video in {folder}.", _HINT)
    return found


def lacks_pairs(folder: Path) -> bool:
    """Whether there are pictures or videos to learn on, but no pairs."""
    return not (folder / PAIRS).exists() and any(
        path.suffix.lower() in PICTURES + VIDEOS for path in folder.rglob("*"))


def read_pairs(folder: Path) -> list[tuple[np.ndarray, np.ndarray]]:
    """Pictures of `pairs/source` with those of the same names in `pairs/wanted`, RGB uint8.

    Raises InputError where there is none, or one has another size than its partner.
    """
    found = []
    sources = folder / PAIRS / SOURCE
    for path in sorted(sources.iterdir()) if sources.is_dir() else ():
        wanted = folder / PAIRS / WANTED / path.name
        if path.suffix.lower() not in PICTURES or not wanted.is_file():
            continue
        pair = read_picture(path), read_picture(wanted)
        if pair[0].shape != pair[1].shape:
            raise InputError(f"{path.name} has another size in {SOURCE} than in {WANTED}.",
                             "Make both the same size.")
        found.append((reduced(pair[0]), reduced(pair[1])))
    if not found:
        raise InputError(f"There are no pairs of pictures in {folder / PAIRS}.",
                         "Put pictures of the same names into pairs/source and pairs/wanted, give "
                         "--style-image, or practice with --data trainer/data, which is filled.")
    return found


def sized(image: np.ndarray, short_side: int) -> np.ndarray:
    """The picture with that short side."""
    factor = short_side / min(image.shape[:2])
    size = (max(short_side, round(image.shape[1] * factor)),
            max(short_side, round(image.shape[0] * factor)))
    return cv2.resize(image, size,
                      interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC)


def _frames(path: Path) -> list[np.ndarray]:
    known = VideoProbe.probe(path)
    count = known.frames or round((known.duration or 1) * known.rate)
    step = max(1, count // FRAMES_OF_A_VIDEO)
    with VideoReader(path) as reader:
        taken = [frame for number, frame in zip(range(step * FRAMES_OF_A_VIDEO),
                                                reader.read_frames(), strict=False)
                 if number % step == step // 2]
    return [reduced(frame if frame.dtype == np.uint8 else (frame >> 8).astype(np.uint8))
            for frame in taken]


def reduced(image: np.ndarray) -> np.ndarray:
    """At most LARGEST long, RGB uint8."""
    factor = LARGEST / max(image.shape[:2])
    if factor >= 1:
        return image
    size = max(1, round(image.shape[1] * factor)), max(1, round(image.shape[0] * factor))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)
