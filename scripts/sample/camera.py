"""The pictures of the sample clip."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np

from scripts.sample.photographs import enlarged, photograph
from scripts.sample.shots import (
    DISSOLVE,
    FADE,
    FRAMES,
    HEIGHT,
    SHOTS,
    WIDTH,
    Shot,
    View,
    corners,
    pixel_map,
    smooth,
)

OVERSAMPLING = 1.17
"""How much finer a plate is than the closest view of it; with linear interpolation the sharpness
then stays the same wherever between two pixels the camera stands."""
MARGIN = 4
VIGNETTE = 0.2


@dataclass(frozen=True)
class Plate:
    """The part of a photograph that a shot passes over, enlarged, as layers that add up."""

    shot: Shot
    scale: float
    left: int
    top: int
    layers: tuple[np.ndarray, ...]

    @classmethod
    def of(cls, shot: Shot) -> Self:
        picture = photograph(shot.photograph)
        height, width = picture.shape[:2]
        reached = np.concatenate([corners(shot.opening), corners(shot.closing)])
        left, top = np.maximum(np.floor(reached.min(axis=0)).astype(int) - MARGIN, 0)
        right, bottom = np.minimum(np.ceil(reached.max(axis=0)).astype(int) + MARGIN,
                                   (width, height))
        scale = OVERSAMPLING * WIDTH / min(shot.opening.width, shot.closing.width)
        plate = enlarged(picture[top:bottom, left:right], scale)
        return cls(shot, scale, int(left), int(top), _layers(plate) if shot.depth else (plate,))

    def seen(self, index: int) -> np.ndarray:
        """The frame `index` of the clip as this shot shows it."""
        view = self.shot.at(index)
        view = View(view.x - self.left, view.y - self.top, view.width, view.angle)
        frame = self._through(view, self.layers[0])
        for layer in self.layers[1:]:
            zoom = (view.width / self.shot.opening.width) ** self.shot.depth
            nearer = View(view.x, view.y, view.width * zoom, view.angle)
            frame = cv2.add(frame, self._through(nearer, layer))
        return frame

    def _through(self, view: View, layer: np.ndarray) -> np.ndarray:
        return cv2.warpAffine(layer, pixel_map(view, self.scale), (WIDTH, HEIGHT),
                              flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                              borderMode=cv2.BORDER_REFLECT_101)


def frames(numbers: Iterable[int] = range(FRAMES)) -> Iterator[np.ndarray]:
    """The clip's frames, or those of these numbers: RGB uint8 (HEIGHT, WIDTH, 3), each new."""
    vignette = _vignette()
    plates: dict[Shot, Plate] = {}
    for index in numbers:
        on_screen = [shot for shot in SHOTS if shot.first <= index < shot.end]
        plates = {shot: plates.get(shot) or Plate.of(shot) for shot in on_screen}
        frame = plates[on_screen[0]].seen(index)
        if len(on_screen) > 1:
            mix = smooth((index + 1 - DISSOLVE[0]) / (DISSOLVE[1] + 1 - DISSOLVE[0]))
            frame = cv2.addWeighted(frame, 1 - mix, plates[on_screen[1]].seen(index), mix, 0)
        light = 1 - smooth((index + 1 - FADE[0]) / (FADE[1] - FADE[0]))
        yield cv2.multiply(frame, vignette, scale=light / 255)


def _layers(plate: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A starry picture as (what is far, the large bright objects)."""
    glow = cv2.GaussianBlur(cv2.cvtColor(plate, cv2.COLOR_RGB2GRAY), (0, 0), 7)
    mask = cv2.dilate((glow > 72).astype(np.uint8), np.ones((25, 25), np.uint8)) * np.uint8(255)
    mask = cv2.cvtColor(cv2.GaussianBlur(mask, (0, 0), 6), cv2.COLOR_GRAY2RGB)
    sky = np.median(plate[::8, ::8], axis=(0, 1))
    near = cv2.multiply(cv2.subtract(plate, (*sky, 0)), mask, scale=1 / 255)
    return cv2.subtract(plate, near), near


def _vignette() -> np.ndarray:
    x = np.linspace(-1, 1, WIDTH, dtype=np.float32)
    y = np.linspace(-1, 1, HEIGHT, dtype=np.float32)[:, np.newaxis]
    falloff = 1 - VIGNETTE * ((x * x + 0.7 * y * y) / 1.7) ** 1.5
    return cv2.cvtColor(np.rint(falloff * 255).astype(np.uint8), cv2.COLOR_GRAY2RGB)
