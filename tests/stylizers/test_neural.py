"""Style networks as a look: any convention, any size, tiles without seams, fine detail kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import (
    GpuOutOfMemory,
    ModelCorrupt,
    ModelError,
    ModelMissing,
    OutOfMemory,
    RenderError,
)
from stylizers import NeuralStylizer
from stylizers.base import Means
from stylizers.inference.session import guarded
from stylizers.neural.conventions import Conventions, declared
from stylizers.neural.network import Network as Drawing
from stylizers.neural.network import Tiling
from stylizers.neural.tiles import line, windows
from tests.networks import Network, chain
from tests.stylizers.stack import difference, made, network, photo

WHOLE = Tiling(None, 0)


def opened(path: Path) -> Drawing:
    conventions = declared(path)
    assert conventions is not None
    return Drawing(path, conventions, use_gpu="off", threads=1, at_once=None)


def picture(height: int, width: int) -> np.ndarray:
    return photo(height, width).astype(np.float32) / 255


@given(length=st.integers(64, 5000), tile=st.integers(128, 2048), overlap=st.integers(0, 256),
       multiple=st.sampled_from([1, 2, 4, 8, 16, 32]),
       fixed=st.one_of(st.none(), st.integers(64, 800)), reach=st.integers(0, 300))
@settings(deadline=None)
def test_tiles_cover_and_weights_sum_to_one(length: int, tile: int, overlap: int, multiple: int,
                                            fixed: int | None, reach: int) -> None:
    found = line(length, tile, overlap, multiple, fixed)
    assert found.padded >= length
    assert found.tile == (fixed or found.tile) and (fixed or found.tile % multiple == 0)
    assert all(start % multiple == 0 for start in found.starts)
    pairs = list(zip(found.starts, found.starts[1:], strict=False))
    assert all(after > before for before, after in pairs)
    wanted = min(overlap, found.tile // 2 - 16 - multiple)
    assert all(before + found.tile - after >= min(overlap, wanted) for before, after in pairs)
    total = np.zeros(found.padded)
    for start, window in zip(found.starts, windows(found, reach), strict=True):
        assert window.min() >= 0
        total[start:start + found.tile] += window
    assert np.allclose(total, 1, atol=1e-5)


def test_tiles_are_as_few_as_their_side_allows() -> None:
    assert len(line(540, 512, 32, 1).starts) == 2
    assert line(540, 512, 32, 1).tile < 320
    assert line(512, 512, 32, 1) == line(512, 9999, 32, 1)


@pytest.mark.parametrize("what", [{}, {"strides": 4}, {"blurs": 12}, {"layout": "NHWC"},
                                  {"batch": 1}, {"batch": 3}])
@pytest.mark.parametrize("size", [(300, 500), (129, 411)])
def test_tiled_equals_whole(what: dict[str, Any], size: tuple[int, int]) -> None:
    """Within a code, where a network takes no statistics and what it sees fits the overlap."""
    drawing = opened(network(**what))
    image = picture(*size)
    whole = drawing.draw(image, WHOLE)
    for batch in (1, 4):
        tiled = drawing.draw(image, Tiling(128, 32, batch))
        assert np.abs(tiled - whole).max() <= 1 / 255


def test_a_network_that_takes_statistics_is_not_tiled_unless_memory_forces_it() -> None:
    look = made("neural:statistics", detail=1080)
    assert look.prepare(1920, 1080, Means()) == () and look.device == "CPU"
    [said] = look.prepare(1920, 1080, Means(memory=2**20))
    assert "tiles, though it looks at all of it at once" in said
    plain = made("neural", detail=1080)
    assert plain.prepare(1920, 1080, Means()) == ()


CONVENTIONS: list[dict[str, Any]] = [
    {"layout": "NHWC"}, {"range": "0..255"}, {"range": "-1..1"}, {"batch_axis": False},
    {"dtype": "float16"}, {"order": "BGR"}, {"batch": 4}, {"layout": "NHWC", "range": "-1..1"},
    {"layout": "NHWC", "range": "0..255", "dtype": "uint8"}, {"names": ("a:0/b c", "ü;Tanh")},
    {"height": 96, "width": 160}]


@pytest.mark.parametrize("what", CONVENTIONS, ids=str)
def test_the_same_network_in_other_conventions_draws_the_same(what: dict[str, Any]) -> None:
    path = network(**what)
    if what.get("order") == "BGR":  # which nothing but the user can know here
        card = json.loads(path.with_suffix(".json").read_text())
        card["conventions"]["order"] = "BGR"
        path.with_suffix(".json").write_text(json.dumps(card))
    image = photo(180, 240)
    usual = made("neural", detail=180).process(image)
    error = difference(made("neural", model_path=path, detail=180).process(image), usual)
    assert np.quantile(error, 0.999) <= (4 if what.get("dtype") else 1)


@pytest.mark.parametrize("statistics", [False, True])
@pytest.mark.parametrize("size", [(1, 1), (300, 40), (97, 131), (200, 1000)])
def test_a_network_of_one_size_draws_any(size: tuple[int, int], statistics: bool,
                                         tmp_path: Path) -> None:
    look = NeuralStylizer(model_path=of_one_size(tmp_path, statistics), detail=300)
    image = photo(*size)
    drawn = look.process(image)
    assert drawn.shape == image.shape
    if statistics:
        assert look.prepare(1000, 200, Means()) == ()
    if min(size) > 90:
        shown = np.corrcoef(image.mean(2).ravel(), drawn.mean(2).ravel())[0, 1]
        assert shown > 0.9


def of_one_size(folder: Path, statistics: bool) -> Path:
    """A network with 96 x 128 pixels built in, with its card."""
    normalize = [("InstanceNormalization", [np.full(3, 0.25, np.float32),
                                            np.full(3, 0.5, np.float32)], {})] if statistics else []
    model = chain(("Reshape", [np.array([1, 3, 96 * 128])], {}),
                  ("Reshape", [np.array([1, 3, 96, 128])], {}), *normalize,
                  shape=(1, 3, 96, 128), given=(1, 3, 96, 128))
    path = folder / "fixed.onnx"
    path.write_bytes(model.SerializeToString())
    says = Conventions(input_name="input", output_name="output", layout="NCHW", height=96,
                       width=128, input_range="0..1", output_range="0..1",
                       global_statistics=statistics)
    path.with_suffix(".json").write_text(f'{{"conventions": {says.model_dump_json()}}}')
    return path


def test_edges_of_the_picture_do_not_show() -> None:
    """A network that pads with black draws a plain picture plainly all the same."""
    drawing = opened(network(blurs=4))
    assert drawing.conventions.margin > 0
    plain = drawing.draw(np.full((150, 200, 3), 0.8, np.float32), WHOLE)
    assert np.ptp(plain.reshape(-1, 3), axis=0).max() < 1 / 255


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_fine_detail_comes_back_from_the_source(dtype: type, tmp_path: Path) -> None:
    """What a network that changes nothing draws at a quarter of the size is nearer to the source
    than any enlarging of it is.
    """
    path = tmp_path / "same.onnx"
    path.write_bytes(chain(("Identity", [], {}), given=(1, 3, "H", "W")).SerializeToString())
    says = Conventions(input_name="input", output_name="output", layout="NCHW",
                       input_range="0..1", output_range="0..1")
    path.with_suffix(".json").write_text(f'{{"conventions": {says.model_dump_json()}}}')
    image = photo(512, 512, dtype)
    small = cv2.resize(image, (128, 128), interpolation=cv2.INTER_AREA)
    plain = cv2.resize(small, (512, 512), interpolation=cv2.INTER_CUBIC)
    drawn = NeuralStylizer(model_path=path, detail=128).process(image)
    assert difference(drawn, image).mean() < 0.5 * difference(plain, image).mean()


def test_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="none is chosen") as error:
        NeuralStylizer()
    assert "models import" in error.value.hint
    with pytest.raises(ModelMissing, match=r"gone\.onnx is not there"):
        NeuralStylizer(model_path=tmp_path / "gone.onnx")


def test_a_file_that_is_damaged_after_its_import(tmp_path: Path) -> None:
    whole = network()
    path = tmp_path / "cut.onnx"
    path.with_suffix(".json").write_bytes(whole.with_suffix(".json").read_bytes())
    for content in (b"", whole.read_bytes()[:-50], b"\x80\x04", b"x" * 300):
        path.write_bytes(content)
        with pytest.raises(ModelError):
            NeuralStylizer(model_path=path).process(photo(64, 64))
    path.write_bytes(whole.read_bytes())
    path.with_suffix(".json").write_text("{}")
    with pytest.raises(ModelCorrupt, match="card of"):
        NeuralStylizer(model_path=path).process(photo(64, 64))


def test_a_network_without_a_card_is_inspected(tmp_path: Path) -> None:
    path = Network(layout="NHWC", range="-1..1").write(tmp_path / "bare.onnx")
    image = photo(90, 120)
    assert difference(NeuralStylizer(model_path=path).process(image),
                      made("neural").process(image)).max() <= 1


def test_what_it_is_taken_to_expect_is_part_of_what_determines_pictures(tmp_path: Path) -> None:
    path = Network().write(tmp_path / "style.onnx")
    before = NeuralStylizer(model_path=path).version
    says = Conventions(input_name="input", output_name="output", layout="NCHW", order="BGR",
                       input_range="0..1", output_range="0..1")
    path.with_suffix(".json").write_text(f'{{"conventions": {says.model_dump_json()}}}')
    assert NeuralStylizer(model_path=path).version != before


@pytest.mark.parametrize("said", [
    "Non-zero status code returned while running Conv node. Name:'c' Status Message: "
    "/onnxruntime_src/onnxruntime/core/framework/bfc_arena.cc:376 Failed to allocate memory for "
    "requested buffer of size 1073741824",
    "CUDA failure 2: out of memory ; GPU=0 ; hostname=pc ; expr=cudaMalloc((void**)&p, size);",
    "std::bad_alloc", None])
@pytest.mark.parametrize("on_gpu", [True, False])
def test_a_full_memory_is_known_by_what_the_runtime_says_of_it(said: str | None, on_gpu: bool
                                                              ) -> None:
    """The words of ONNX Runtime 1.31 and of CUDA, which has no type of its own for it."""
    from onnxruntime.capi.onnxruntime_pybind11_state import RuntimeException

    def full() -> None:
        raise MemoryError if said is None else RuntimeException(said)

    with pytest.raises(OutOfMemory) as error:
        guarded(full, "run", lambda _, words: RenderError(words), on_gpu=on_gpu)
    assert isinstance(error.value, GpuOutOfMemory) == on_gpu


def test_another_failure_is_told_in_short() -> None:
    drawing = opened(network())
    with pytest.raises(RenderError, match="did not run") as error:
        drawing.session.run({"input": np.zeros((1, 3, 8, 8), np.float32)}, "nothing")
    assert "\n" not in error.value.message and len(error.value.message) < 250


@pytest.mark.long
@pytest.mark.parametrize("name", [
    "fst_wave_nhwc_dynamic", "gnsmrky_udnie_nc16_256", "whitebox_cartoon_nhwc_224",
    "winml_candy", "animegan_hayao_nhwc_720"])
def test_networks_of_others_draw_what_they_see(name: str, shared: Path) -> None:
    photograph = cv2.imread(str(shared / "nn" / "content" / "kodim15.png"))[..., ::-1]
    look = NeuralStylizer(model_path=shared / "nn" / "models" / f"{name}.onnx", detail=256)
    drawn = look.process(np.ascontiguousarray(photograph))
    edges = [cv2.Sobel(cv2.GaussianBlur(image.mean(2), (0, 0), 4), cv2.CV_64F, 1, 0)
             for image in (photograph, drawn)]
    assert np.corrcoef(edges[0].ravel(), edges[1].ravel())[0, 1] > 0.4
    assert drawn.std() > 20
