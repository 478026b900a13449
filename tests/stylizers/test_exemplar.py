"""Painting with pieces of a painting: the matcher against plain NumPy, and the look on film."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

import stylizers
from core.errors import UnreadableImage
from core.pipeline import Pipeline
from core.recipe import Recipe
from scripts.exemplars.recipes import RECIPES
from stylizers.exemplar import guides, paintings
from stylizers.exemplar.look import ExemplarStylizer, Painted
from stylizers.exemplar.params import SHIPPED, ExemplarParams
from stylizers.frame import Frame
from stylizers.kernels import patches
from stylizers.sequence import Motion, Tools
from tests import reels
from tests.stylizers.stack import photo

RNG = np.random.default_rng(4)


@pytest.fixture(scope="module")
def painting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Short strokes of every color and direction, on a dark ground."""
    chance = np.random.default_rng(11)
    canvas = np.full((240, 320, 3), 60, np.uint8)
    for _ in range(2500):
        middle = chance.integers(0, (320, 240))
        angle, length = chance.uniform(0, np.pi), chance.uniform(5, 14)
        end = middle + np.round(length * np.array([np.cos(angle), np.sin(angle)]))
        base = np.array([60, 120, 180]) + 60 * np.sin(middle[0] / 40 + np.array([0, 1, 2]))
        color = np.clip(base + chance.normal(0, 30, 3), 0, 255)
        cv2.line(canvas, [*map(int, middle)], [*map(int, end)], [*map(int, color)], 3, cv2.LINE_AA)
    path = tmp_path_factory.mktemp("paintings") / "strokes.png"
    path.write_bytes(cv2.imencode(".png", canvas)[1].tobytes())
    return path


def look(painting: Path, **values: object) -> ExemplarStylizer:
    return ExemplarStylizer(painting=painting, **{"detail": 96, **values})


def frame(image: np.ndarray, number: int = 0) -> Frame:
    return Frame(image, pts=number, duration=1, time_base=Fraction(1, 25), shot=0, index=number)


def textured(rows: int, columns: int) -> np.ndarray:
    image = RNG.integers(0, 256, (rows, columns, 3), dtype=np.uint8)
    return guides.features(image, guides.guides(image))


def plain_error(source: np.ndarray, target: np.ndarray, weights: np.ndarray, x: int, y: int,
                across: int, down: int) -> int:
    one = source[down:down + 5, across:across + 5].astype(np.int64)
    other = target[y:y + 5, x:x + 5].astype(np.int64)
    return int(((one - other) ** 2 * weights[:8]).sum())


def test_errors_are_those_of_plain_arithmetic() -> None:
    source, target = textured(20, 24), textured(12, 15)
    weights = np.tile(np.array([1, 2, 1, 0, 12, 12, 12, 9], np.int32), (2, 5))
    field = np.dstack([RNG.integers(0, 24, (12, 15)), RNG.integers(0, 20, (12, 15))]).astype(
        np.int16)
    penalty = RNG.integers(0, 999, (20, 24)).astype(np.int32)
    error, kinds = np.empty((12, 15), np.int32), np.zeros((12, 15), np.uint8)
    patches.measure(source, target, penalty, weights, kinds, field, error, 0, 12, 0, 256)
    for y, x in itertools.product(range(12), range(15)):
        across, down = field[y, x]
        expected = plain_error(source, target, weights[0], x, y, across, down)
        assert error[y, x] == expected + penalty[down, across]


@pytest.mark.parametrize("tries", [0, 4])
def test_a_pass_only_ever_improves(tries: int) -> None:
    source, target = textured(40, 44), textured(70, 33)
    weights = np.tile(np.array([1, 1, 1, 0, 12, 12, 12, 12], np.int32), (1, 5))
    field = np.zeros((70, 33, 2), np.int16)
    patches.scatter(field, np.ones((70, 33), np.uint8), 40, 44, 3)
    assert field.min() >= 0
    assert field[..., 0].max() < 44
    assert field[..., 1].max() < 40
    penalty, kinds = np.zeros((40, 44), np.int32), np.zeros((70, 33), np.uint8)
    error = np.empty((70, 33), np.int32)
    patches.measure(source, target, penalty, weights, kinds, field, error, 0, 70, 0, 256)
    start = error.mean()
    for turn in range(3):
        before, earlier = error.copy(), field.copy()
        patches.improve(source, target, penalty, weights, kinds, field, error, earlier, 0, 70,
                        np.zeros((0, 0), np.uint8), turn, 5, 44, np.array([tries], np.int32))
        assert (error <= before).all()
        checked = np.empty_like(error)
        patches.measure(source, target, penalty, weights, kinds, field, checked, 0, 70, 0, 256)
        assert np.array_equal(checked, error)
    assert error.mean() < 0.8 * start


def test_a_field_in_one_piece_gives_the_painting_itself() -> None:
    image = RNG.integers(0, 256, (30, 40, 3), dtype=np.uint8)
    field = np.dstack(np.meshgrid(np.arange(40), np.arange(30))).astype(np.int16)
    out = np.empty_like(image)
    patches.vote(guides.padded(image), field, np.zeros((0, 0), np.int32), np.float32(0), out, 0, 30)
    assert np.array_equal(out, image)


def test_a_vote_is_the_mean_of_the_patches_over_a_pixel() -> None:
    image = RNG.integers(0, 256, (30, 40, 3), dtype=np.uint8)
    field = np.dstack([RNG.integers(0, 40, (9, 9)), RNG.integers(0, 30, (9, 9))]).astype(np.int16)
    out = np.empty((9, 9, 3), np.uint8)
    padded = guides.padded(image)
    patches.vote(padded, field, np.zeros((0, 0), np.int32), np.float32(0), out, 0, 9)
    seen = [padded[field[4 + dy, 4 + dx, 1] + 2 - dy, field[4 + dy, 4 + dx, 0] + 2 - dx, :3]
            for dy in range(-2, 3) for dx in range(-2, 3)]
    assert np.abs(out[4, 4] - np.mean(seen, axis=0)).max() <= 0.5 + 1e-3


def test_what_moves_as_one_piece_grows_as_one() -> None:
    field = np.dstack(np.meshgrid(np.arange(5, 25), np.arange(3, 13))).astype(np.int16)
    grown = np.empty((15, 30, 2), np.int16)
    patches.grow(field, grown, 60, 60)
    assert (np.diff(grown[..., 0], axis=1) == 1).all()
    assert (np.diff(grown[..., 1], axis=0) == 1).all()


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (1, 37), (41, 1), (3, 5), (101, 67)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_any_size_and_depth(painting: Path, size: tuple[int, int], dtype: type) -> None:
    image = photo(*size, dtype)
    result = look(painting).process(image)
    assert (result.shape, result.dtype) == (image.shape, image.dtype)


def test_both_depths_agree(painting: Path) -> None:
    shallow = look(painting).process(photo(120, 160))
    deep = look(painting).process(photo(120, 160, np.uint16))
    assert np.abs(shallow - deep / 257).max() <= 0.51


def film(painting: Path, tools: Tools, count: int = 4) -> list[np.ndarray]:
    """The matches of a scene that slides two pixels to the right with every frame."""
    style, before, found = look(painting), None, []
    wide = photo(200, 260)
    rows, columns = 150, 200
    for number in range(count):
        image = np.ascontiguousarray(wide[20:20 + rows, 40 - 2 * number:40 - 2 * number + columns])
        flow = np.zeros((rows, columns, 2), np.float32)
        flow[..., 0] = -2
        trust = np.ones((rows, columns), np.float32)
        trust[:, :2] = 0
        motion = None if number == 0 else Motion(flow, trust)
        analysis = style.advance(frame(image, number), before,
                                 Tools(motion, tools.pool, tools.check))
        assert isinstance(analysis, Painted)
        before = analysis
        found.append(analysis.field)
    return found


def test_threads_change_nothing(painting: Path) -> None:
    alone = film(painting, Tools())
    with ThreadPoolExecutor(3) as pool:
        together = film(painting, Tools(pool=pool))
    assert all(map(np.array_equal, alone, together))


def test_brushwork_moves_with_the_scene(painting: Path) -> None:
    """Of what can be followed most keeps its piece of the painting from frame to frame."""
    fields = film(painting, Tools())
    for before, after in itertools.pairwise(fields):
        # On the grid that is searched the scene moves by 2 * 96 / 150 pixels, about one.
        kept = max(np.mean((before[:, 8:-8 - shift] == after[:, 8 + shift:-8]).all(2))
                   for shift in (1, 2))
        assert kept > 0.6


def test_a_new_seed_paints_anew(painting: Path) -> None:
    image = photo(120, 160)
    assert (look(painting, seed=1).process(image) != look(painting).process(image)).mean() > 0.3


def test_colors_are_those_of_the_painting(painting: Path) -> None:
    """Whatever the scene's are: here they have nothing in common."""
    scene = np.zeros((120, 160, 3), np.uint8)
    scene[..., 1] = 40 + np.arange(160, dtype=np.uint8)
    drawn = look(painting).process(scene).reshape(-1, 3).astype(float)
    palette = paintings.painting(painting).reshape(-1, 3).astype(float)
    assert np.abs(drawn.mean(0) - palette.mean(0)).max() < 25


@pytest.mark.parametrize("name", ["gone.png", "empty.png", "text.png", "small.png"])
def test_what_is_no_painting_is_refused_in_words(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    content = {"empty.png": b"", "text.png": b"no picture at all",
               "small.png": cv2.imencode(".png", np.zeros((1, 1, 3), np.uint8))[1].tobytes()}
    if name in content:
        path.write_bytes(content[name])
    with pytest.raises(UnreadableImage, match=name) as refused:
        ExemplarStylizer(painting=path)
    assert refused.value.hint


@pytest.mark.parametrize("mode", ["L", "LA", "RGBA", "CMYK", "P", "I;16"])
def test_paintings_of_every_kind_are_read(tmp_path: Path, mode: str) -> None:
    from PIL import Image

    path = tmp_path / "painting.tif"
    Image.fromarray(photo(64, 80)).convert("I" if mode == "I;16" else mode).save(path)
    read = paintings.painting(path)
    assert read.dtype == np.uint8
    assert read.shape[2] == 3


@pytest.mark.long
@pytest.mark.parametrize(("name", "hold"), [("b-frames", 1), ("flashes", 1), ("b-frames", 2)])
def test_chunks_workers_and_a_stop_change_no_frame(
        painting: Path, name: str, hold: int, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stylizers, "STYLES", {**stylizers.STYLES, "exemplar": ExemplarStylizer})
    source = reels.source(name, tmp_path)
    recipe = Recipe.build({
        "layers": [{"style": "exemplar", "params": {"painting": str(painting), "detail": 64}}],
        "temporal": {"mode": "flow"}, "output": {"codec": "ffv1"}, "hold": hold})

    def pipeline(target: Path, chunk: float | None, workers: int) -> Pipeline:
        return Pipeline(source, target, recipe=recipe, chunk_duration=chunk, workers=workers)

    whole, parts, stopped = (tmp_path / f"{name}.mkv" for name in ("whole", "parts", "stopped"))
    pipeline(whole, None, 1).process()
    pipeline(parts, 1, 3).process()
    assert reels.shown(parts) == reels.shown(whole)
    steps = pipeline(stopped, 1, 2).run()
    for _ in range(45):
        next(steps)
    steps.close()
    assert pipeline(stopped, 1, 2).process().resumed_frames > 0
    assert reels.shown(stopped) == reels.shown(whole)


def test_a_painting_comes_with_every_manner() -> None:
    manners = ExemplarParams.model_json_schema()["properties"]["manner"]["enum"]
    files = sorted(SHIPPED.glob("*.jpg"))
    assert [path.stem for path in files] == sorted(manners)
    assert sorted(RECIPES) == sorted(manners)
    assert max(path.stat().st_size for path in files) <= 300_000
    assert all(min(paintings.painting(path).shape[:2]) >= 700 for path in files)


@pytest.mark.long
def test_the_paintings_are_what_their_recipes_give() -> None:
    """Compared small: how JPEG is written and drawn differs from one library to the next."""
    for name, recipe in RECIPES.items():
        kept = cv2.cvtColor(cv2.imread(str(SHIPPED / f"{name}.jpg")), cv2.COLOR_BGR2RGB)
        small, expected = (cv2.resize(image, (96, 75), interpolation=cv2.INTER_AREA).astype(float)
                           for image in (kept, recipe()))
        assert np.abs(small - expected).mean() < 3, name
