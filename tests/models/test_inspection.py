"""What networks expect is found out, and what is no style network is refused in one sentence."""

from __future__ import annotations

import csv
import itertools
import os
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest

from core.errors import ModelCorrupt, ModelError, ModelMissing, UnsupportedModel
from stylizers.inference import graph
from stylizers.neural.inspection import Hints, inspect, photograph
from tests.networks import Network, chain


def found(network: Network, folder: Path, **hints: str) -> dict[str, object]:
    path = network.write(folder / "style.onnx")
    return inspect(path, Hints.model_validate(hints)).conventions.model_dump()


@pytest.mark.parametrize(("layout", "range_", "dtype"), [
    (layout, range_, dtype)
    for layout, range_ in itertools.product(["NCHW", "NHWC"], ["0..255", "0..1", "-1..1"])
    for dtype in ("float32", "float16")] + [("NHWC", "0..255", "uint8")])
def test_every_convention_is_told_from_the_network(layout: str, range_: str, dtype: str,
                                                   tmp_path: Path) -> None:
    network = Network(layout=layout, range=range_, dtype=dtype)
    says = found(network, tmp_path)
    told = (says["layout"], says["input_range"], says["output_range"], says["dtype"])
    assert told == (layout, range_, range_, dtype)


@pytest.mark.parametrize("batch_axis", [True, False])
@pytest.mark.parametrize("names", [("input", "output"), ("x:0/a b", "Ünïcode/Tanh;7")])
def test_axes_and_names(batch_axis: bool, names: tuple[str, str], tmp_path: Path) -> None:
    says = found(Network(batch_axis=batch_axis, names=names), tmp_path)
    assert says["batch_axis"] == batch_axis
    assert (says["input_name"], says["output_name"]) == names


def test_batches_are_tried(tmp_path: Path) -> None:
    assert found(Network(), tmp_path)["batch"] is None
    assert found(Network(batch=1), tmp_path)["batch"] == 1
    assert found(Network(batch=3), tmp_path)["batch"] == 3


def test_sides(tmp_path: Path) -> None:
    assert found(Network(), tmp_path)["multiple"] == 1
    assert found(Network(strides=8), tmp_path)["multiple"] == 8


def test_a_size_that_is_only_written_down_is_overlooked(tmp_path: Path) -> None:
    says = found(Network(height=90, width=120), tmp_path)
    assert (says["height"], says["width"], says["freed"]) == (None, None, True)


def test_a_size_that_is_built_in_is_kept(tmp_path: Path) -> None:
    model = chain(("Reshape", [np.array([1, 3, 90 * 120])], {}),
                  ("Reshape", [np.array([1, 3, 90, 120])], {}),
                  shape=(1, 3, 90, 120), given=(1, 3, 90, 120))
    (tmp_path / "fixed.onnx").write_bytes(model.SerializeToString())
    says = inspect(tmp_path / "fixed.onnx", Hints(input_range="0..1")).conventions
    assert (says.height, says.width, says.freed) == (90, 120, False)


@pytest.mark.parametrize("spread", [1, 5])
def test_how_far_it_sees(spread: int, tmp_path: Path) -> None:
    says = found(Network(blurs=3, spread=spread), tmp_path)
    assert (says["reach"], says["global_statistics"]) == (3 * spread + 1, False)


def test_statistics_of_the_whole_picture(tmp_path: Path) -> None:
    assert found(Network(statistics=True), tmp_path)["global_statistics"]


def test_the_order_that_caffe_left(tmp_path: Path) -> None:
    model = Network(order="BGR", range="0..255").model()
    means = np.array([103.939, 116.779, 123.68], np.float32).reshape(1, 3, 1, 1)
    model.graph.initializer.append(onnx.numpy_helper.from_array(means.reshape(3), "means"))
    (tmp_path / "caffe.onnx").write_bytes(model.SerializeToString())
    assert inspect(tmp_path / "caffe.onnx").conventions.order == "BGR"


def test_hints_settle_what_is_given(tmp_path: Path) -> None:
    says = found(Network(range="0..255"), tmp_path, order="BGR", input_range="0..255")
    assert (says["order"], says["input_range"]) == ("BGR", "0..255")


def test_what_cannot_be_told_is_asked(tmp_path: Path) -> None:
    """A network that changes nothing does so in every range."""
    (tmp_path / "same.onnx").write_bytes(
        chain(("Identity", [], {}), given=(1, 3, "H", "W")).SerializeToString())
    with pytest.raises(UnsupportedModel, match="cannot be told") as error:
        inspect(tmp_path / "same.onnx")
    assert "--range=" in error.value.hint
    assert inspect(tmp_path / "same.onnx", Hints(input_range="0..1")).conventions.reach == 0


# What is no style network ----------------------------------------------------------------------


def external() -> bytes:
    model = Network().model()
    tensor = model.graph.initializer[2]
    tensor.ClearField("raw_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", "../../etc/passwd"
    return bytes(model.SerializeToString())


def foreign() -> bytes:
    model = Network().model()
    model.graph.node[0].domain = "my.company"
    return bytes(model.SerializeToString())


def in_a_loop() -> bytes:
    model = Network().model()
    body = onnx.helper.make_graph([], "body", [], [])
    model.graph.node.append(onnx.helper.make_node("Loop", ["", ""], ["looped"], body=body))
    return bytes(model.SerializeToString())


def greedy() -> bytes:
    return bytes(chain(("Expand", [np.array([2**20, 1, 1, 1])], {})).SerializeToString())


def enlarging() -> bytes:
    sizes = np.array([1, 1, 2, 2], np.float32)
    return bytes(chain(("Resize", [None, sizes], {"mode": "nearest"})).SerializeToString())


def reducing() -> bytes:
    return bytes(chain(("MaxPool", [], {"kernel_shape": [2, 2], "strides": [2, 2]})
                       ).SerializeToString())


def noise() -> bytes:
    random = np.random.default_rng(0).random((3, 3, 1, 1), dtype=np.float32)
    return bytes(chain(("Conv", [random], {}), ("Mul", [np.float32(0)], {}),
                       given=(1, 3, "H", "W")).SerializeToString())


def pickled() -> bytes:
    return pickle.dumps({"state": [1, 2, 3]})


def zipped(folder: Path) -> bytes:
    with zipfile.ZipFile(folder / "a.zip", "w") as file:
        file.writestr("archive/data.pkl", pickle.dumps(print))
    return (folder / "a.zip").read_bytes()


def two_inputs() -> bytes:
    model = Network().model()
    model.graph.input.append(onnx.helper.make_tensor_value_info("style", 1, [1, 3, "H", "W"]))
    return bytes(model.SerializeToString())


def missing_operator() -> bytes:
    model = Network().model()
    model.graph.node[1].op_type = "Stylize"
    return bytes(model.SerializeToString())


def whole_numbers() -> bytes:
    return bytes(chain(("Identity", [], {}), kind=onnx.TensorProto.INT64).SerializeToString())


BAD: dict[str, tuple[Callable[..., bytes], type[ModelError], str]] = {
    "empty": (lambda: b"", ModelCorrupt, "no network"),
    "random bytes": (lambda: np.random.default_rng(5).bytes(5000), ModelCorrupt, "not a complete"),
    "text": (lambda: b"<html>404</html>" * 40, ModelCorrupt, "bad.onnx"),
    "truncated": (lambda: Network().model().SerializeToString()[:-40], ModelCorrupt, "complete"),
    "a pickle": (pickled, UnsupportedModel, "a pickle"),
    "external data": (external, UnsupportedModel, "other files"),
    "foreign operators": (foreign, UnsupportedModel, "my.company"),
    "a missing operator": (missing_operator, UnsupportedModel, "Stylize"),
    "a loop": (in_a_loop, UnsupportedModel, "loop"),
    "greedy": (greedy, UnsupportedModel, "more memory"),
    "enlarging": (enlarging, UnsupportedModel, "enlarges pictures 2 times"),
    "reducing": (reducing, UnsupportedModel, "smaller pictures"),
    "black": (noise, UnsupportedModel, "looks like a picture"),
    "two inputs": (two_inputs, UnsupportedModel, "2 inputs"),
    "integers": (whole_numbers, UnsupportedModel, "float32, float16 or uint8"),
    "luma": (lambda: chain(("Identity", [], {}), shape=(1, 1, "H", "W"), given=(1, 1, "H", "W")
                           ).SerializeToString(), UnsupportedModel, "one channel"),
    "alpha": (lambda: chain(("Identity", [], {}), shape=(1, 4, "H", "W"), given=(1, 4, "H", "W")
                            ).SerializeToString(), UnsupportedModel, "three channels"),
    "a vector": (lambda: chain(("Identity", [], {}), shape=(1, 9), given=(1, 9)
                               ).SerializeToString(), UnsupportedModel, "2 dimensions"),
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_no_style_network_is_refused(what: str, tmp_path: Path) -> None:
    make, kind, words = BAD[what]
    (tmp_path / "bad.onnx").write_bytes(make())
    with pytest.raises(kind, match=words) as error:
        inspect(tmp_path / "bad.onnx")
    assert "\n" not in str(error.value)
    assert error.value.message.endswith(".") and error.value.hint.endswith((".", "NHWC"))
    assert "bad.onnx" in error.value.message


def test_no_pickle_is_opened(tmp_path: Path) -> None:
    (tmp_path / "model.pt").write_bytes(zipped(tmp_path))
    with pytest.raises(UnsupportedModel, match="PyTorch"):
        inspect(tmp_path / "model.pt")


def test_a_file_over_the_limit_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.onnx"
    with path.open("wb") as file:
        os.truncate(file.fileno(), graph.LARGEST + 1)
    with pytest.raises(UnsupportedModel, match="more than the 512 MB"):
        inspect(path)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"gone\.onnx"):
        inspect(tmp_path / "gone.onnx")


def test_every_length_of_a_cut_file_is_a_sentence(tmp_path: Path) -> None:
    whole = Network().model().SerializeToString()
    for length in range(0, len(whole), max(len(whole) // 60, 1)):
        (tmp_path / "cut.onnx").write_bytes(whole[:length])
        with pytest.raises(ModelError):
            inspect(tmp_path / "cut.onnx")


def test_flipped_bits_never_end_in_anything_but_a_sentence(tmp_path: Path) -> None:
    whole = bytearray(Network().model().SerializeToString())
    random = np.random.default_rng(3)
    for _ in range(40):
        damaged = bytearray(whole)
        for place in random.integers(0, len(whole), 4):
            damaged[place] ^= 1 << int(random.integers(8))
        (tmp_path / "odd.onnx").write_bytes(damaged)
        try:
            inspect(tmp_path / "odd.onnx")
        except ModelError as error:
            assert error.message and error.hint


# Networks made by others -----------------------------------------------------------------------


def declared_by_others(shared: Path) -> list[dict[str, str]]:
    with (shared / "nn" / "MANIFEST.tsv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t")
                if row["file"].startswith("models/")]
    assert len(rows) == 8
    return rows


@pytest.mark.long
def test_networks_of_others(shared: Path) -> None:
    """The notes beside them say in words what is guessed here."""
    guessed = 0
    for row in declared_by_others(shared):
        path, says = shared / "nn" / row["file"], row["I/O convention"]
        if path.suffix != ".onnx" or path.stem.startswith("sr_"):
            with pytest.raises(UnsupportedModel, match=r"pickle|enlarge"):
                inspect(path)
            continue
        found = inspect(path)
        conventions = found.conventions
        assert conventions.layout in says
        assert conventions.order in says
        assert conventions.input_name in says and conventions.output_name in says
        assert {"-1..1": "-1..1", "0..255": "0..255"}[conventions.input_range] in says
        assert conventions.output_range == conventions.input_range
        shown = photograph(*found.drawn.shape[:2])
        assert np.corrcoef(shown.mean(2).ravel(), found.drawn.mean(2).ravel())[0, 1] > 0.5
        guessed += 1
    assert guessed == 5
