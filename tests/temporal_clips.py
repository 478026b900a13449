"""Clips whose right answer is known, and what the tests of stabilization measure on them."""

from collections.abc import Iterator
from fractions import Fraction

import cv2
import numpy as np

from core.temporal import Temporal, stabilizer
from stylizers.frame import Frame

RATE = Fraction(1, 30)
SIDE, STEP = 120, 7


def frame(image, time=Fraction(0), shot=0, flash=False):
    image.flags.writeable = False
    return Frame(image, pts=time.numerator, duration=1, time_base=Fraction(1, time.denominator),
                 shot=shot, index=0, flash=flash)


def codes(values):
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def texture(seed, shape, contrast):
    """Blobs of about 3 pixels, of a standard deviation of `contrast` codes."""
    noise = np.random.default_rng(seed).normal(0, 1, (*shape, 3)).astype(np.float32)
    return cv2.GaussianBlur(noise, (0, 0), 1.5) * contrast * 5.3


def moving_square(contrast, noise, count=26, shape=(360, 640)) -> Iterator:
    """The left edge of a dark square that moves over a still ground; with it, and without."""
    ground = 150 + texture(0, shape, contrast)
    square = 76 + texture(1, (SIDE, SIDE), contrast)
    rng = np.random.default_rng(2)
    for i in range(count):
        left = 20 + i * STEP
        grain = rng.normal(0, noise, ground.shape) if noise else np.zeros(ground.shape)
        moved = ground.copy()
        moved[SIDE:2 * SIDE, left:left + SIDE] = square
        yield left, codes(moved + grain), codes(ground + grain)


def trail(look, mode, contrast, noise):
    """Largest mean trail, in 8-bit codes, in any column anywhere behind a moving square.

    A trail is what stabilization adds to the styled picture and would not add without the square.
    """
    steady = [stabilizer(Temporal(mode=mode), look.support(), None, look.steadying)
              for _ in range(2)]
    worst = 0.0
    for i, (left, *images) in enumerate(moving_square(contrast, noise)):
        added = []
        for one, image in zip(steady, images, strict=True):
            now = frame(image, i * RATE)
            styled = look.render(now, look.analyze(now, None))
            added.append(one.step(now, styled).astype(np.float32) - styled)
        if i > 10:
            behind = (added[0] - added[1])[SIDE - 20:2 * SIDE + 20, :left].mean((0, 2))
            worst = max(worst, float(np.abs(behind).max()))
    return worst


def gliding(seed, offset, shape=(180, 240)):
    """A texture that moves by `offset` columns of pixels, whole or not."""
    wide = texture(seed, (shape[0], shape[1] + 80), 25) + 128
    rows, columns = np.indices(shape, np.float32)
    return codes(cv2.remap(wide, columns + 40 - offset, rows, cv2.INTER_CUBIC))
