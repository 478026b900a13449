"""Compositions to paint: color, and the direction in which strokes lie, from noise and curves."""

from __future__ import annotations

import cv2
import numpy as np

SIZE = (1500, 1920)
"""Rows and columns that are painted; the paintings are kept at 0.6 of it, which smooths edges."""


def noise(cells: float, seed: int, size: tuple[int, int] = SIZE) -> np.ndarray:
    """Smooth noise of about -1..1 with `cells` bumps along the width."""
    chance = np.random.default_rng(seed)
    across = max(int(cells) + 3, 4)
    down = max(int(cells * size[0] / size[1]) + 3, 4)
    grid = chance.normal(0, 1, (down, across)).astype(np.float32)
    return np.asarray(cv2.resize(grid, size[::-1], interpolation=cv2.INTER_CUBIC))


def blend(colors: list[tuple[float, float, float]], place: np.ndarray) -> np.ndarray:
    """R'G'B' along a row of colors, `place` 0..1."""
    stops = np.linspace(0, 1, len(colors))
    return np.dstack([np.interp(place, stops, [color[channel] for color in colors])
                      for channel in range(3)]).astype(np.float32)


def grid() -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns, 0..1 from top to bottom and from left to right."""
    rows, columns = SIZE
    down, across = np.mgrid[0:rows, 0:columns]
    return down / rows, across / columns


def night_hills() -> tuple[np.ndarray, np.ndarray]:
    """A swirling sky with lights over dark hills, fields and trees: every tone, warm and cool."""
    down, across = grid()
    field = noise(5, 1) + 0.5 * noise(11, 2)
    swirl = 2.2 * noise(3.2, 3) + 0.9 * noise(7, 4)
    sky = blend([(.05, .09, .30), (.10, .22, .55), (.22, .42, .72), (.52, .68, .80),
                 (.86, .88, .74)], np.clip(0.12 + 0.45 * down + 0.17 * field, 0, 1))
    direction = swirl + 0.3
    for cx, cy, size in ((.2, .16, .07), (.47, .10, .05), (.78, .2, .09), (.62, .3, .035),
                         (.35, .33, .04), (.9, .38, .03)):
        away = np.hypot(across - cx, (down - cy) * SIZE[0] / SIZE[1])
        glow = np.exp(-(away / size) ** 2)
        ring = np.exp(-((away - 1.6 * size) / (0.5 * size)) ** 2)
        sky += glow[..., None] * (np.array([.99, .86, .35]) - sky)
        sky += 0.55 * ring[..., None] * (np.array([.85, .90, .72]) - sky)
        turn = np.arctan2((down - cy) * SIZE[0] / SIZE[1], across - cx) + np.pi / 2 + 0.35
        near = np.exp(-(away * (1 + 0.25 * noise(9, 33)) / (2.6 * size)) ** 4)
        direction = np.where(near > 0.3, turn + 0.5 * noise(10, 34), direction)
    subject = sky
    for base, sway, seed, colors in (
            (.56, .05, 5, [(.10, .16, .34), (.16, .30, .46), (.36, .50, .56)]),
            (.68, .06, 6, [(.08, .16, .14), (.20, .36, .18), (.48, .56, .24)]),
            (.80, .05, 7, [(.22, .16, .08), (.62, .42, .14), (.93, .78, .34)]),
            (.92, .04, 8, [(.10, .06, .05), (.34, .13, .07), (.72, .30, .12)])):
        ridge = base + sway * noise(3, seed)[:1] + 0.25 * sway * noise(14, seed + 20)[:1]
        land = down > ridge
        tone = np.clip(0.5 + 0.3 * noise(8, seed + 40) + 0.8 * (down - ridge), 0, 1)
        subject = np.where(land[..., None], blend(colors, tone), subject)
        slope = np.arctan(np.gradient(ridge[0]) * SIZE[0])
        direction = np.where(land, slope[None] + 0.5 * noise(6, seed + 60), direction)
    for cx, cy, tall, wide in ((.10, .98, .62, .05), (.17, .99, .40, .035), (.72, .76, .14, .02),
                               (.86, .80, .18, .025)):
        up = (cy - down) / tall
        edge = wide * (1 - up) * (1 + 0.25 * noise(30, 90)) * np.clip(4 * up + .3, 0, 1)
        tree = (up > 0) & (up < 1) & (np.abs(across - cx) < edge)
        dark = blend([(.03, .06, .05), (.10, .17, .09), (.26, .22, .10)],
                     np.clip(0.4 + 0.4 * noise(20, 91), 0, 1))
        subject = np.where(tree[..., None], dark, subject)
        direction = np.where(tree, np.pi / 2 + 0.5 * noise(14, 92), direction)
    return subject.astype(np.float32), direction.astype(np.float32)


def valley(sky: list[tuple[float, float, float]], far: list[tuple[float, float, float]],
           near: list[tuple[float, float, float]], flowers: list[tuple[float, float, float]]
           ) -> tuple[np.ndarray, np.ndarray]:
    """Clouds over mountains, a lake, meadows in bloom and dark trees, each in its row of colors."""
    down, across = grid()
    clouds = np.clip(noise(4, 11) + 0.6 * noise(9, 12) + 0.3 * noise(21, 13), -2, 2)
    subject = blend(sky, np.clip(0.15 + 0.5 * down + 0.28 * clouds, 0, 1))
    direction = 0.25 * noise(4, 14) + 0.15 * noise(11, 15)
    for base, rise, seed in ((.36, .12, 21), (.44, .08, 22)):
        ridge = base - rise * np.abs(noise(5, seed)[:1]) - 0.02 * noise(24, seed + 30)[:1]
        land = down > ridge
        light = np.clip(0.5 + 0.35 * noise(12, seed + 50) - 1.4 * (down - ridge), 0, 1)
        subject = np.where(land[..., None], blend(far, light), subject)
        direction = np.where(land, 0.9 * np.sign(noise(12, seed + 50)) + 0.3 * noise(9, 23),
                             direction)
    lake = (down > 0.47) & (down < 0.62)
    water = np.clip(0.55 + 0.3 * noise(5, 24) + 0.35 * np.sin(90 * down + 2 * noise(8, 25)), 0, 1)
    subject = np.where(lake[..., None], blend(sky, water), subject)
    direction = np.where(lake, 0.08 * noise(6, 26), direction)
    meadow = down > 0.6 + 0.03 * noise(5, 27)[:1]
    tone = np.clip(0.45 + 0.3 * noise(9, 28) + 0.2 * noise(26, 29), 0, 1)
    subject = np.where(meadow[..., None], blend(near, tone), subject)
    direction = np.where(meadow, -1.3 + 0.7 * noise(7, 30), direction)
    bloom = meadow & (noise(70, 31) + 0.8 * noise(6, 32) > 1.25)
    subject = np.where(bloom[..., None], blend(flowers, np.clip(0.5 + 0.5 * noise(9, 33), 0, 1)),
                       subject)
    for cx, cy, size in ((.1, .5, .13), (.21, .56, .09), (.86, .52, .15), (.74, .58, .07)):
        away = np.hypot(across - cx, 0.8 * (down - cy)) + 0.02 * noise(16, 34) * size / .1
        crown = away < size * 0.7
        shade = np.clip(0.4 - 2.5 * (down - cy) / size * 0.2 + 0.4 * noise(30, 35), 0, 1)
        subject = np.where(crown[..., None], blend([near[0], near[0], near[1]], shade) * 0.75,
                           subject)
        direction = np.where(crown, 0.8 * noise(20, 36) + 0.8, direction)
    return subject.astype(np.float32), direction.astype(np.float32)
