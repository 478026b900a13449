"""The script of the sample clip: five shots, three cuts, one dissolve, one fade."""

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

WIDTH, HEIGHT = 1920, 1080
RATE = Fraction(30)
FRAMES = 300


@dataclass(frozen=True)
class View:
    """What the camera sees of a photograph, in its pixels: center, width, tilt in degrees."""

    x: float
    y: float
    width: float
    angle: float = 0.0


@dataclass(frozen=True)
class Shot:
    """One camera move over a photograph, on the frames `first` up to but not including `end`.

    `depth` is how much farther the bright objects come forward than the rest, as a share of the
    zoom.
    """

    photograph: str
    first: int
    end: int
    opening: View
    closing: View
    depth: float = 0.0

    def at(self, index: int) -> View:
        """The view at a frame of the clip: under way at once, calmer at both ends."""
        time = (index - self.first) / (self.end - 1 - self.first)
        moved = 0.6 * time + 0.4 * smooth(time)
        a, b = self.opening, self.closing
        return View(x=a.x + (b.x - a.x) * moved,
                    y=a.y + (b.y - a.y) * moved,
                    width=a.width * (b.width / a.width) ** moved,
                    angle=a.angle + (b.angle - a.angle) * moved)


SHOTS = (
    Shot("coffee.png", 0, 60, View(298, 177, 585, -1.0), View(310, 156, 500, 1.2)),
    Shot("chelsea.png", 60, 120, View(222, 161, 436), View(232, 160, 394)),
    Shot("astronaut.png", 120, 180, View(232, 139, 458), View(278, 141, 450)),
    Shot("rocket.jpg", 180, 252, View(320, 254, 606), View(320, 168, 540)),
    Shot("hubble_deep_field.jpg", 228, 300, View(490, 432, 940, -1.5), View(512, 442, 800, 2.0),
         depth=0.5),
)
CUTS = (60, 120, 180)
"""The frames that start a shot without a transition."""
DISSOLVE = (228, 252)
FADE = (274, 300)
"""From the first frame that darkens to the end, which is black."""


def smooth(time: float) -> float:
    """0..1 to 0..1 with level ends."""
    time = min(max(time, 0.0), 1.0)
    return time * time * (3 - 2 * time)


def pixel_map(view: View, scale: float) -> np.ndarray:
    """2x3 matrix from pixels of the frame to pixels of a photograph enlarged by `scale`."""
    step = view.width / WIDTH * scale
    angle = math.radians(view.angle)
    across, down = step * math.cos(angle), step * math.sin(angle)
    middle_x, middle_y = (WIDTH - 1) / 2, (HEIGHT - 1) / 2
    center_x, center_y = view.x * scale - 0.5, view.y * scale - 0.5
    return np.array([[across, -down, center_x - across * middle_x + down * middle_y],
                     [down, across, center_y - down * middle_x - across * middle_y]])


def corners(view: View) -> np.ndarray:
    """The four corners of the screen in pixels of the photograph: (4, 2), x before y."""
    screen = np.array([[0, 0, 1], [WIDTH, 0, 1], [0, HEIGHT, 1], [WIDTH, HEIGHT, 1]])
    return screen @ pixel_map(view, 1.0).T
