"""What `demo --training-data` puts into trainer/data: photographs, and pairs made of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from core import durable
from scripts.terminal import Step

FOLDER = Path(__file__).resolve().parent.parent / "trainer" / "data"
PHOTOGRAPHS = ("astronaut.png", "chelsea.png", "coffee.png", "motorcycle_left.png", "rocket.jpg",
               "hubble_deep_field.jpg")
"""Of those inside scikit-image's wheel, all free to use."""
_SHORT_SIDE = 512


def fill(folder: Path) -> Iterator[Step]:
    """Photographs into `folder`, and into its pairs/ the same ones with oil paintings of them."""
    from scripts.sample.photographs import photograph
    from stylizers import OilStylizer
    from trainer.dataset import PAIRS, SOURCE, WANTED, sized

    look = OilStylizer()
    for number, name in enumerate(PHOTOGRAPHS, 1):
        picture = np.ascontiguousarray(sized(photograph(name), _SHORT_SIDE))
        target = Path(name).with_suffix(".png").name
        _save(folder / target, picture)
        _save(folder / PAIRS / SOURCE / target, picture)
        _save(folder / PAIRS / WANTED / target, look.process(picture))
        yield Step("draw", number, len(PHOTOGRAPHS), unit="pictures")


def _save(path: Path, picture: np.ndarray) -> None:
    _, content = cv2.imencode(".png", picture[..., ::-1])
    with durable.saving(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    durable.write(path, content.tobytes())
