"""The brush against its plain twin and the paper's own weights; paint, relief and canvas."""

from __future__ import annotations

import math
from fractions import Fraction

import cv2
import numpy as np
import pytest
from skimage import data
from skimage.metrics import structural_similarity

from stylizers import Frame, OilStylizer, impasto
from stylizers.kernels import crisp, kuwahara, relief
from stylizers.kernels.tensor import structure_tensor
from tests.stylizers.stack import difference, frame_of, photo

RADIUS = 5.0


def at(image: np.ndarray, time: Fraction) -> Frame:
    return Frame(image, pts=time.numerator, duration=1, time_base=Fraction(1, time.denominator),
                 shot=0, index=0)


def small_photo(name: str = "astronaut") -> np.ndarray:
    image = cv2.resize(getattr(data, name)(), (160, 120), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(image.transpose(2, 0, 1).astype(np.float32) / 255)


def brushes_for(planes: np.ndarray, stretch: float = 1.0) -> np.ndarray:
    tensor = structure_tensor(np.ascontiguousarray(planes[1]), (1.0, 1.0), 3.0)
    return kuwahara.ellipses(tensor, (RADIUS, RADIUS), stretch)


def settled(means: np.ndarray, squares: np.ndarray, sharpness: int) -> np.ndarray:
    """Means (8, 3, H, W) and mean squares (8, H, W) of sectors, weighed by their calm."""
    spread = np.maximum(squares - (means**2).sum(1), 0) + (3.0 / 255) ** 2
    weights = (spread.min(0) / spread) ** sharpness
    return (weights[:, None] * means).sum(0) / weights.sum(0)


def plain_kuwahara(planes: np.ndarray, brushes: np.ndarray, sharpness: int) -> np.ndarray:
    """The same points and weights, one point at a time over the whole picture."""
    points, weights = kuwahara._pattern()
    _, height, width = planes.shape
    y, x = np.mgrid[:height, :width].astype(np.float32) + np.float32(0.5)
    means, squares = np.zeros((8, 3, height, width)), np.zeros((8, height, width))
    for (u, v), shares in zip(points, weights, strict=True):
        columns = np.clip(x + u * brushes[0] + v * brushes[2], 0, width - 1).astype(int)
        rows = np.clip(y + u * brushes[1] + v * brushes[3], 0, height - 1).astype(int)
        colors = planes[:, rows, columns].astype(np.float64)
        means += shares[:, None, None, None] * colors
        squares += shares[:, None, None] * (colors**2).sum(0)
    return settled(means, squares, sharpness)


def dense_kuwahara(planes: np.ndarray, brushes: np.ndarray, sharpness: int) -> np.ndarray:
    """As in the paper: every pixel of every ellipse, weighted where it lies."""
    _, height, width = planes.shape
    means, squares = np.zeros((8, 3, height, width)), np.zeros((8, height, width))
    totals = np.zeros((8, height, width))
    far = math.ceil(float(np.hypot(brushes[0], brushes[1]).max()))
    along, across = np.hypot(brushes[0], brushes[1]), np.hypot(brushes[2], brushes[3])
    padded = np.pad(planes.astype(np.float64), ((0, 0), (far, far), (far, far)), mode="edge")
    bend = (0.33 + math.cos(3 * math.pi / 8)) / math.sin(3 * math.pi / 8) ** 2
    for dy in range(-far, far + 1):
        for dx in range(-far, far + 1):
            u = (dx * brushes[0] + dy * brushes[1]) / along**2
            v = (dx * brushes[2] + dy * brushes[3]) / across**2
            colors = padded[:, far + dy:far + dy + height, far + dx:far + dx + width]
            turns = np.arange(8)[:, None, None] * (math.pi / 4)
            x, y = u * np.cos(turns) + v * np.sin(turns), v * np.cos(turns) - u * np.sin(turns)
            shares = np.maximum(x + 0.33 - bend * y * y, 0) ** 2
            shares *= np.exp(-2 * (u * u + v * v)) * (u * u + v * v <= 1) / shares.sum(0)
            means += shares[:, None] * colors
            squares += shares * (colors**2).sum(0)
            totals += shares
    return settled(means / totals[:, None], squares / totals, sharpness)


@pytest.mark.parametrize("sharpness", [1, 6, 16])
@pytest.mark.parametrize("stretch", [0.0, 1.0, 2.0])
def test_it_is_its_plain_twin(stretch: float, sharpness: int) -> None:
    planes = small_photo()
    brushes = brushes_for(planes, stretch)
    painted = kuwahara.kuwahara(planes, brushes, sharpness)
    error = np.abs(painted - plain_kuwahara(planes, brushes, sharpness)) * 255
    # Rounding may carry a point of the pattern over to the next pixel.
    assert np.quantile(error, 0.999) < 0.5
    assert error.mean() < 0.01


@pytest.mark.parametrize("name", ["astronaut", "coffee", "chelsea"])
def test_points_do_for_all_pixels_of_the_ellipse(name: str) -> None:
    planes = small_photo(name)
    brushes = brushes_for(planes)
    painted = kuwahara.kuwahara(planes, brushes, 6)
    dense = dense_kuwahara(planes, brushes, 6)
    assert structural_similarity(painted, dense, channel_axis=0, data_range=1) > 0.98


def test_brushes_lie_along_edges() -> None:
    """Light stripes at 30 degrees, downwards to the right: there the brush is longest."""
    y, x = np.mgrid[:120, :160]
    turn = math.radians(30)
    stripes = np.sin((y * math.cos(turn) - x * math.sin(turn)) * 0.5).astype(np.float32)
    tensor = structure_tensor(stripes, (1.0, 1.0), 6.0)
    middle = kuwahara.ellipses(tensor, (RADIUS, RADIUS), 1.0)[:, 60, 80]
    assert math.degrees(math.atan2(middle[1], middle[0])) == pytest.approx(30, abs=2)
    assert np.hypot(*middle[:2]) == pytest.approx(2 * RADIUS, rel=0.05)
    assert np.hypot(*middle[2:]) == pytest.approx(RADIUS / 2, rel=0.05)
    bearing = relief.bearings(tensor, 1e-5, 180)[60, 80]
    assert bearing == pytest.approx(30, abs=2)


def test_where_nothing_is_to_follow_the_brush_is_round_and_the_hand_has_its_habit() -> None:
    tensor = np.zeros((4, 4, 3), np.float32)
    brush = kuwahara.ellipses(tensor, (RADIUS, RADIUS), 2.0)
    assert np.allclose(np.hypot(brush[0], brush[1]), RADIUS)
    assert np.allclose(np.hypot(brush[2], brush[3]), RADIUS)
    assert (relief.bearings(tensor, 1e-5, 180) == 135).all()


def test_an_edge_stays_where_it_is_and_noise_goes() -> None:
    image = np.full((360, 480, 3), 60, np.uint8)
    image[:, 240:] = 180
    noisy = np.clip(image + np.random.default_rng(2).normal(0, 10, image.shape), 0, 255)
    picture = OilStylizer(relief=0, canvas=0).process(noisy.astype(np.uint8)).astype(float)
    assert np.abs(picture[:, :236] - 60).mean() < 3
    assert picture[:, :200].std() < 4
    assert np.abs(picture[100:260, 230:237] - 60).max() < 15
    assert np.abs(picture[100:260, 243:250] - 180).max() < 15


@pytest.mark.parametrize("size", [(540, 960), (541, 963)])
def test_enlarging_keeps_ramps_and_sharpens_edges(size: tuple[int, int]) -> None:
    ramp = np.broadcast_to(np.linspace(0.2, 0.8, 240, dtype=np.float32), (3, 135, 240)).copy()
    smooth = crisp.enlarged(ramp, size[1], size[0], np.dtype(np.uint16))
    expected = cv2.resize(ramp[0], size[::-1], interpolation=cv2.INTER_LINEAR) * 65535
    assert np.abs(smooth[..., 0] - expected)[:, 8:-8].max() < 70
    step = np.where(np.arange(240) < 120, 0.2, 0.8).astype(np.float32)
    edge = crisp.enlarged(np.broadcast_to(step, (3, 135, 240)).copy(), size[1], size[0],
                          np.dtype(np.uint8))[270, :, 0]
    assert abs(int(np.argmax(np.diff(edge.astype(int)))) + 1 - size[1] / 2) <= 1
    linear = cv2.resize(step[None], (size[1], 1), interpolation=cv2.INTER_LINEAR)[0] * 255
    assert edge.min() == 51
    assert edge.max() == 204
    steepest = np.abs(np.diff(linear)).max()
    assert np.abs(np.diff(edge.astype(int))).max() > 1.2 * steepest


def test_directions_are_averaged_in_real_time() -> None:
    """Two steps of a sixtieth of a second go as far as one of a thirtieth."""
    look, one, other = OilStylizer(), photo(180, 240), np.flipud(photo(180, 240)).copy()

    def later(times: list[Fraction]) -> np.ndarray:
        analysis = look.analyze(at(one, Fraction(0)), None)
        for time in times:
            analysis = look.analyze(at(other, time), analysis)
        return analysis.tensor

    first = look.analyze(at(one, Fraction(0)), None).tensor
    final = look.analyze(at(other, Fraction(0)), None).tensor
    once, twice = later([Fraction(1, 30)]), later([Fraction(1, 60), Fraction(1, 30)])
    assert np.allclose(once, twice, atol=1e-7)
    assert np.allclose(once, final + 0.7 * (first - final), atol=1e-7)


def test_relief_and_canvas_lie_on_the_screen_and_keep_the_tone() -> None:
    look = OilStylizer(relief=1, canvas=1)
    picture = np.full((540, 960, 3), (150, 110, 90), np.uint8)
    frames = [frame_of(np.full_like(picture, 90)), frame_of(np.full_like(picture, 91))]
    lit = [look.finish(frame, picture, look.analyze(frame, None)) for frame in frames]
    assert np.array_equal(*lit)
    assert np.abs(lit[0].mean(axis=(0, 1)) - picture[0, 0]).max() < 1.5
    assert lit[0].std(axis=(0, 1)).min() > 3


@pytest.mark.parametrize("values", [{"relief": 1.0, "canvas": 0.0}, {"relief": 0, "canvas": 1.0}])
def test_in_small_pictures_the_surface_melts(values: dict[str, float]) -> None:
    spreads = []
    for height in (1080, 540, 360, 270):
        flat = np.full((height, height, 3), 140, np.uint8)
        spreads.append(OilStylizer(**values).process(flat).std())
    assert spreads == sorted(spreads, reverse=True)
    assert spreads[0] > 2
    assert spreads[-1] < 0.5


def test_furrows_turn_smoothly_and_have_no_seam() -> None:
    planes = impasto.furrows((1.0, 1.0))
    for one, other in zip(planes, [*planes[1:], planes[0]], strict=True):
        # Half a turn on light and shade are the same: it is the same direction.
        assert np.corrcoef(one.ravel(), other.ravel())[0, 1] > 0.5
    inner = np.abs(np.diff(planes, axis=1)).mean()
    assert np.abs(planes[:, 0] - planes[:, -1]).mean() == pytest.approx(inner, rel=0.15)


def test_a_still_scene_under_noise_keeps_its_furrows() -> None:
    look, still = OilStylizer(), photo(360, 480).astype(float)
    noise, analysis, bearings = np.random.default_rng(3), None, []
    for index in range(12):
        image = np.clip(still + noise.normal(0, 2, still.shape), 0, 255).astype(np.uint8)
        analysis = look.analyze(at(image, Fraction(index, 30)), analysis)
        bearings.append(relief.bearings(analysis.tensor, 1e-5, 256).astype(int))
    turns = np.abs((np.diff(bearings[6:], axis=0) + 128) % 256 - 128) * 180 / 256
    assert np.quantile(turns, 0.95) < 4


def test_paint_of_reduced_pictures_is_finished_at_full_size() -> None:
    look, image = OilStylizer(), photo(540, 720)
    half = cv2.resize(image, (360, 270), interpolation=cv2.INTER_AREA)
    analysis = look.analyze(frame_of(half), None)
    painted = cv2.resize(look.render(frame_of(half), analysis), (720, 540))
    whole = frame_of(image)
    expected = look.finish(whole, painted, look.analyze(whole, None))
    assert difference(look.finish(whole, painted, analysis), expected).mean() < 2


@pytest.mark.parametrize("scale", [(0.5, 0.5), (2.0, 2.0), (0.5, 1.0)])
def test_edges_between_dabs_stand_as_high_at_every_size(scale: tuple[float, float]) -> None:
    def depth(across: float, down: float) -> float:
        """Mean light on an edge that runs downwards to the left, eight reference pixels wide."""
        y, x = np.mgrid[:round(96 * down), :round(96 * across)]
        way = (x + 0.5) / across + (y + 0.5) / down - 96
        picture = np.repeat((30000 + 4000 * np.tanh(way / 8))[..., None], 3, axis=2)
        picture = picture.astype(np.uint16)
        smooth = np.zeros((32, 64, 128), np.int8)
        lit = relief.light(picture, np.zeros((24, 24), np.uint8), smooth,
                           np.zeros(picture.shape[:2], np.int8), 1.0, 0.0, (across, down))
        return float((lit.astype(float) - picture).mean())

    assert depth(*scale) == pytest.approx(depth(1.0, 1.0), rel=0.1)
