"""How each painting is painted, in the manner that it is named for."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import cv2
import numpy as np

from scripts.exemplars.brush import Brush, Canvas
from scripts.exemplars.scenery import SIZE, night_hills, noise, valley


def _grain(cells: float, seed: int) -> np.ndarray:
    """Fine paper, 0..1."""
    chance = np.random.default_rng(seed)
    soft = cv2.GaussianBlur(chance.normal(0, 1, SIZE).astype(np.float32), (0, 0), cells)
    return np.clip(0.5 + soft / (3 * soft.std()), 0, 1)


def _sheet(red: float, green: float, blue: float) -> np.ndarray:
    """Ground of one color."""
    return np.full((*SIZE, 3), (red, green, blue), np.float32)


def impasto() -> np.ndarray:
    """Thick swirls under stars."""
    subject, direction = night_hills()
    canvas = Canvas(subject * 0.5 + 0.1, 1)
    canvas.cover(subject, direction, Brush(44, 150, streaks=.05, dry=.2, jitter=.03), 2.0)
    canvas.cover(subject, direction, Brush(26, 110, streaks=.06, jitter=.04), 2.2)
    canvas.cover(subject, direction, Brush(15, 75, streaks=.07, dry=.35, jitter=.05), 1.3)
    return canvas.lit(0.28, 0.25)


def gouache() -> np.ndarray:
    """Flat, matte, opaque touches of a wide brush."""
    subject, direction = valley(
        [(.30, .52, .72), (.55, .74, .84), (.97, .93, .84), (.98, .84, .70)],
        [(.22, .26, .44), (.42, .44, .62), (.72, .66, .74)],
        [(.10, .24, .18), (.30, .48, .22), (.66, .70, .30), (.90, .84, .50)],
        [(.86, .24, .20), (.96, .60, .52), (.98, .94, .88)])
    canvas = Canvas(subject * 0.6 + 0.25, 2)
    for width, length, density in ((70, 130, 2.0), (44, 90, 2.0), (26, 60, 1.4), (15, 34, 0.7)):
        canvas.cover(subject, direction, Brush(width, length, relief=.35, streaks=.018, dry=.15,
                                               jitter=.035, opacity=.95), density)
    return canvas.lit(0.10, 0.0)


def pastel() -> np.ndarray:
    """Dry, layered sticks on a rough warm sheet."""
    subject, direction = valley(
        [(.36, .34, .62), (.72, .52, .68), (.97, .70, .52), (.99, .88, .62)],
        [(.26, .22, .42), (.48, .36, .58), (.82, .58, .60)],
        [(.14, .20, .24), (.30, .40, .34), (.62, .58, .34), (.88, .74, .46)],
        [(.94, .52, .30), (.98, .80, .74), (.80, .34, .48)])
    paper = _grain(1.6, 3)
    canvas = Canvas(_sheet(.62, .50, .42), 3, paper)
    slanted = direction * 0.5 - 0.6
    for width, length, density in ((46, 170, 1.5), (30, 130, 1.6), (18, 90, 1.6), (10, 60, 0.9)):
        canvas.cover(subject, slanted, Brush(width, length, relief=0, streaks=.10, dry=.5,
                                             jitter=.06, opacity=.72), density)
    return canvas.lit(0.0, 0.0)


def mosaic() -> np.ndarray:
    """Small stones in rows, set into dark mortar."""
    subject, direction = night_hills()
    chance = np.random.default_rng(4)
    step, (rows, columns) = 27, SIZE
    down, across = np.mgrid[0:rows:step, 0:columns:step].astype(np.float32)
    across[1::2] += step / 2
    turn = direction[::step, ::step]
    away = chance.normal(0, 2.2, (2, *down.shape)) + 3 * np.stack([np.sin(turn), np.cos(turn)])
    seeds = np.ones(SIZE, np.uint8)
    i = np.clip(down + away[0], 0, rows - 1).astype(int)
    j = np.clip(across + away[1], 0, columns - 1).astype(int)
    seeds[i, j] = 0
    far, label = cv2.distanceTransformWithLabels(seeds, cv2.DIST_L2, 5,
                                                 labelType=cv2.DIST_LABEL_PIXEL)
    stones = np.zeros((label.max() + 1, 3), np.float32)
    stones[label[i, j]] = subject[i, j]
    stones *= 1 + chance.normal(0, .10, (len(stones), 1))
    stones += chance.normal(0, .03, stones.shape)
    borders = (cv2.morphologyEx(label.astype(np.float32), cv2.MORPH_GRADIENT,
                                np.ones((3, 3), np.uint8)) > 0).astype(np.uint8)
    inside = cv2.distanceTransform(1 - borders, cv2.DIST_L2, 3)
    canvas = Canvas(stones[label], 4)
    canvas.colors += 0.03 * noise(160, 5)[..., None]
    mortar = np.clip((3.2 - inside) / 1.6, 0, 1)[..., None]
    canvas.colors += mortar * (np.array([.13, .12, .12], np.float32) - canvas.colors)
    canvas.height += np.clip(inside / 5, 0, 1) + 0.02 * far * chance.normal(0, .1, SIZE)
    return canvas.lit(0.22, 0.25)


def woodcut() -> np.ndarray:
    """Lines cut from a dark block, over three flat plates of color."""
    subject, direction = night_hills()
    luma = cv2.cvtColor(subject, cv2.COLOR_RGB2GRAY)
    plates = np.array([(.86, .44, .20), (.94, .82, .52), (.36, .56, .58), (.96, .92, .80)])
    warm = subject[..., 0] > subject[..., 2]
    number = np.where(warm, np.where(luma > .45, 1, 0), np.where(luma > .5, 3, 2))
    color = cv2.GaussianBlur(plates[number].astype(np.float32), (0, 0), 3)
    canvas = Canvas(_sheet(.09, .08, .09), 5, 0.8 * _grain(2.5, 6))
    for width, length, density, darkest in ((15, 120, 2.6, .10), (9, 90, 1.6, .25)):
        chance = np.clip((luma - darkest) / (.62 - darkest), 0, 1) ** 1.3
        canvas.cover(color, direction, Brush(width, length, relief=0, streaks=.01, dry=.05,
                                             jitter=.006, opacity=1.0), density, chance)
    return canvas.lit(0.0, 0.0)


def ink_wash() -> np.ndarray:
    """Diluted ink on white paper, wet edges, and dry strokes of black."""
    subject, direction = valley(
        [(.62, .63, .64), (.80, .81, .81), (.97, .97, .95), (.99, .98, .96)],
        [(.28, .30, .32), (.50, .52, .54), (.78, .79, .78)],
        [(.08, .08, .10), (.30, .31, .32), (.62, .62, .60), (.92, .91, .88)],
        [(.70, .70, .68), (.96, .95, .93), (.99, .98, .97)])
    paper = _grain(2.2, 7)
    canvas = Canvas(_sheet(.97, .96, .93), 6)
    for width, length, opacity, density in ((120, 260, .30, 2.4), (60, 160, .34, 2.2)):
        canvas.cover(subject, direction, Brush(width, length, relief=0, streaks=.012, dry=.1,
                                               jitter=.02, opacity=opacity), density)
        wet = cv2.GaussianBlur(canvas.colors, (0, 0), 4)
        canvas.colors += 0.9 * (wet - cv2.GaussianBlur(wet, (0, 0), 9)) + (wet - canvas.colors)
    dark = np.clip(0.75 - cv2.cvtColor(subject, cv2.COLOR_RGB2GRAY), 0, 1) ** 1.2
    dry = Canvas(canvas.colors, 7, paper)
    for width, length, density in ((30, 150, .9), (14, 90, .8), (7, 60, .5)):
        dry.cover(subject * 0.55, direction, Brush(width, length, relief=0, streaks=.09, dry=.6,
                                                   jitter=.03, opacity=.75), density, dark)
    dry.colors *= (1 - 0.05 * paper)[..., None]
    return dry.lit(0.0, 0.0)


RECIPES: Mapping[str, Callable[[], np.ndarray]] = {
    "gouache": gouache, "impasto": impasto, "ink-wash": ink_wash, "mosaic": mosaic,
    "pastel": pastel, "woodcut": woodcut}
"""By name: R'G'B' uint8 of SIZE."""
