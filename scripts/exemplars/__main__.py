"""Paint them all again, into the folder `paintings`."""

from pathlib import Path

import cv2

from scripts.exemplars.recipes import RECIPES
from scripts.terminal import say

_SHARE = 0.6
"""Of the size they are painted at."""
_QUALITY = 74
FOLDER = Path(__file__).resolve().parents[2] / "paintings"

for name, paint in RECIPES.items():
    small = cv2.resize(paint(), None, fx=_SHARE, fy=_SHARE, interpolation=cv2.INTER_AREA)
    content = cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR),
                           [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1].tobytes()
    (FOLDER / f"{name}.jpg").write_bytes(content)
    say(f"{name}.jpg, {len(content) // 1000} kB")
