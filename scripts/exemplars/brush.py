"""A loaded brush on a canvas: strokes with bristles, their relief, and light on it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numba import njit

_BRISTLES = 24


@dataclass(frozen=True, slots=True)
class Brush:
    """Lengths in pixels. `relief` is how thick paint lies, `streaks` how far bristles differ in
    tone, `dry` the share of bristles that run out before the end of a stroke."""

    width: float
    length: float
    relief: float = 1.0
    streaks: float = 0.1
    dry: float = 0.3
    jitter: float = 0.06
    """How far the color of a stroke strays from what is painted, of 0..1."""
    opacity: float = 0.85


class Canvas:
    """R'G'B' (H, W, 3) and the height of paint (H, W), float32; colors are 0..1."""

    def __init__(self, ground: np.ndarray, seed: int, paper: np.ndarray | None = None) -> None:
        """`paper` (H, W) 0..1 is how deep its hollows are, which a dry stick passes over."""
        self.colors = ground.astype(np.float32).copy()
        self.height = np.zeros(ground.shape[:2], np.float32)
        self._paper = np.zeros(ground.shape[:2], np.float32) if paper is None else paper
        self._chance = np.random.default_rng(seed)

    def cover(self, subject: np.ndarray, direction: np.ndarray, brush: Brush, density: float,
              where: np.ndarray | None = None) -> None:
        """Paint `subject` (H, W, 3) in strokes along `direction` (H, W) radians.

        `density` is how many times the strokes would cover the canvas side by side; `where` (H, W)
        0..1 is the chance of a stroke at a place.
        """
        rows, columns = self.colors.shape[:2]
        count = int(density * rows * columns / (brush.width * brush.length))
        places = self._chance.uniform(0, 1, (count, 2)) * [rows - 1, columns - 1]
        if where is not None:
            chances = where[places[:, 0].astype(int), places[:, 1].astype(int)]
            places = places[self._chance.uniform(size=count) < chances]
        for y, x in places:
            color = subject[int(y), int(x)] + self._chance.normal(0, brush.jitter / 2, 3)
            color *= 1 + self._chance.normal(0, 2.5 * brush.jitter)
            size = self._chance.uniform(0.7, 1.25)
            tones = self._chance.normal(0, brush.streaks, _BRISTLES).astype(np.float32)
            ends = np.where(self._chance.uniform(size=_BRISTLES) < brush.dry,
                            self._chance.uniform(0.45, 1.0, _BRISTLES), 1.1).astype(np.float32)
            _stroke(self.colors, self.height, self._paper, direction, np.float32(x), np.float32(y),
                    np.clip(color, 0, 1).astype(np.float32), np.float32(brush.width * size),
                    np.float32(brush.length * size), np.float32(brush.relief),
                    np.float32(brush.opacity), tones, ends)

    def lit(self, strength: float, gloss: float) -> np.ndarray:
        """The canvas under a light from the upper left, R'G'B' uint8."""
        height = cv2.GaussianBlur(self.height, (0, 0), 0.7)
        across, down = cv2.Sobel(height, -1, 1, 0), cv2.Sobel(height, -1, 0, 1)
        slope = -(across * 0.6 + down * 0.8) * np.float32(strength)
        light = np.clip(1 - slope, 0.45, 1.5)
        shine = np.clip(-slope - 0.25, 0, 1) * np.float32(gloss)
        shown = self.colors * light[..., None] + shine[..., None]
        return np.rint(255 * np.clip(shown, 0, 1)).astype(np.uint8)


@njit(cache=True)
def _stroke(colors, height, paper, direction, x, y, color,  # type: ignore[no-untyped-def]
            width, length, relief, opacity, tones, ends):
    """One stroke: back along the direction for half its length, then forth all of it."""
    rows, columns = height.shape
    for _ in range(int(length / 2)):
        angle = direction[min(max(int(y), 0), rows - 1), min(max(int(x), 0), columns - 1)]
        x -= np.cos(angle)
        y -= np.sin(angle)
    radius = width / 2
    for step in range(int(length)):
        angle = direction[min(max(int(y), 0), rows - 1), min(max(int(x), 0), columns - 1)]
        along, beside = np.cos(angle), np.sin(angle)
        share = step / length
        taper = min(1.0, 0.35 + 4 * share, 0.3 + 5 * (1 - share))
        for offset in range(-int(radius * 2), int(radius * 2) + 1):
            across = offset / 2
            if abs(across) > radius * taper:
                continue
            bristle = min(int((across / width + 0.5) * len(tones)), len(tones) - 1)
            if share > ends[bristle]:
                continue
            i, j = int(np.rint(y + along * across)), int(np.rint(x - beside * across))
            if 0 <= i < rows and 0 <= j < columns and paper[i, j] < 0.75 + 3 * tones[bristle]:
                for channel in range(3):
                    mixed = colors[i, j, channel] + opacity * (
                        color[channel] + tones[bristle] - colors[i, j, channel])
                    colors[i, j, channel] = min(max(mixed, 0.0), 1.0)
                edge = abs(across) / radius
                height[i, j] = relief * (0.55 + 0.45 * edge * edge + 1.5 * tones[bristle])
        x += along
        y += beside
