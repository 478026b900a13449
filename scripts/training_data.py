"""Something to learn on where a user has nothing yet: what `demo --training-data` and a training on
trainer/data put there, and the painting that is learned where none is given.
"""

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
GIVEN_AS = Path("trainer/data")
"""What the documentation calls that folder, from wherever a command is given."""
_SHORT_SIDE = 512
_PAINTING = "marbled_paper.png"


def is_practice(data: Path) -> bool:
    """Whether `data` is meant to be the folder of practice data."""
    return data.resolve() == FOLDER.resolve() or (data == GIVEN_AS and not data.exists())


def is_whole(folder: Path) -> bool:
    """Whether nothing has to be made: it was filled to the end, or a user has put files there."""
    there = {path.relative_to(folder) for path in folder.rglob("*")
             if path.is_file() and path.suffix != durable.PARTIAL}
    ours = set(_ours())
    return bool(there - ours) or there == ours


def painting(folder: Path) -> Path:
    """Marbled paper that Brushreel draws itself, as a file in `folder`."""
    from stylizers.paint.paintings import seen

    path = folder / _PAINTING
    _save(path, np.rint(255 * seen(None)).astype(np.uint8))
    return path


def _ours() -> Iterator[Path]:
    from trainer.dataset import PAIRS, SOURCE, WANTED

    for name in PHOTOGRAPHS:
        for place in (Path(), Path(PAIRS, SOURCE), Path(PAIRS, WANTED)):
            yield place / Path(name).with_suffix(".png").name


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
