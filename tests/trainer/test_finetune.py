"""A fine-tuned network takes over only where it is better, and can always be taken back."""

import itertools
import time
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from core.metrics import Lpips
from core.models import ModelRegistry
from core.progress import Followed
from trainer import gate
from trainer.crops import tensor
from trainer.evidence import weighed
from trainer.export_onnx import export
from trainer.finetune import GENTLE, FineTuner, Pair, Verdict
from trainer.gate import Margins, Measures, compared
from trainer.losses import Perception
from trainer.network import StyleNetwork
from trainer.tuning import FineTuning

QUICK = GENTLE.model_copy(update={"size": 64, "batch": 1, "epochs": 1, "steps": 60,
                                  "warm_up": 2, "learning_rate": 5e-3, "stability_weight": 1.0})


@pytest.fixture(scope="module")
def photographs(shared: Path) -> list[np.ndarray]:
    return [np.ascontiguousarray(cv2.resize(cv2.imread(str(path)), (96, 96))[..., ::-1])
            for path in sorted((shared / "nn" / "content").glob("*.png"))[:12]]


@pytest.fixture(scope="module")
def backbones(shared: Path) -> Path:
    return shared / "nn" / "backbones"


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """With one shipped network, untrained."""
    torch.manual_seed(5)
    maker = ModelRegistry(tmp_path / "maker", shipped=tmp_path / "none")
    made = maker.add(export(StyleNetwork(4, 1), tmp_path / "small.onnx").path,
                     hints={"input_range": "0..1", "output_range": "0..1"})
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    for path in (made.path, made.path.with_suffix(".json")):
        (shipped / path.name).write_bytes(path.read_bytes())
    return ModelRegistry(tmp_path / "own", shipped=shipped)


def tuned(registry: ModelRegistry, pairs: list[Pair], backbones: Path, folder: Path) -> Verdict:
    return ended(FineTuner("small", pairs, folder, settings=QUICK, registry=registry,
                           backbones=backbones))


def slow(network: StyleNetwork) -> None:
    """As on a machine that is busy whenever this network's turn comes."""
    network.register_forward_hook(
        lambda network, *_: None if network.training else time.sleep(0.05))


def ended(tuner: FineTuner) -> Verdict:
    lessons = Followed(tuner.run())
    list(lessons)
    return lessons.result


def drawn(registry: ModelRegistry, picture: np.ndarray) -> np.ndarray:
    """What the current version makes of it."""
    import onnxruntime

    session = onnxruntime.InferenceSession(registry.model("small").path,
                                           providers=["CPUExecutionProvider"])
    return session.run(None, {"image": tensor(picture).numpy()})[0]


def garbage(kind: str, photographs: list[np.ndarray], seed: int) -> list[Pair]:
    """Pairs that teach nothing: of other pictures, of black ones, of noise, or too few."""
    chance = np.random.default_rng(seed)
    around = chance.permutation(len(photographs))  # one cycle: none is its own partner
    partner = dict(zip(around, np.roll(around, 1), strict=True))
    return {"shuffled": [(each, photographs[partner[number]])
                         for number, each in enumerate(photographs)],
            "black": [(each, np.zeros_like(each)) for each in photographs],
            "noise": [(each, chance.integers(0, 256, each.shape, np.uint8))
                      for each in photographs],
            "few": [(each, 255 - each) for each in photographs[:3]]}[kind]


@pytest.mark.long
def test_good_pairs_make_it_better_and_rollback_takes_it_back(
        registry: ModelRegistry, photographs: list[np.ndarray], backbones: Path, tmp_path: Path
        ) -> None:
    shipped, first = registry.model("small"), drawn(registry, photographs[0])
    pairs = [(each, cv2.convertScaleAbs(each, alpha=0.8, beta=40)) for each in photographs]
    tuner = FineTuner("small", pairs, tmp_path / "work", settings=QUICK, registry=registry,
                      backbones=backbones)
    slow(tuner._network)
    verdict = ended(tuner)
    assert verdict.before and verdict.after
    assert verdict.current, verdict.reasons
    assert verdict.after.objective < 0.9 * verdict.before.objective
    now = registry.model("small")
    assert (now.shipped, now.card.version) == (False, 1)
    assert now.card.lineage is not None
    assert now.card.lineage.parent == shipped.card.sha256
    learned = drawn(registry, photographs[0])
    assert not np.array_equal(learned, first)
    assert registry.rollback("small").path == shipped.path
    assert np.array_equal(drawn(registry, photographs[0]), first)
    assert registry.model("small").intact()
    assert registry.rollback("small", 1).card.sha256 == now.card.sha256
    assert np.array_equal(drawn(registry, photographs[0]), learned)
    assert "better on all counts" in registry.changes("small")[0].what
    registry.remove("small")
    assert registry.model("small").shipped


@pytest.mark.parametrize("kind", ["shuffled", "black", "noise", "few"])
def test_nothing_is_learned_from_garbage(kind: str, registry: ModelRegistry, backbones: Path,
                                         photographs: list[np.ndarray], tmp_path: Path) -> None:
    verdict = tuned(registry, garbage(kind, photographs, 1), backbones, tmp_path / "work")
    assert (verdict.model, verdict.current, len(verdict.reasons)) == (None, False, 1)
    assert registry.model("small").shipped


@pytest.mark.long
def test_a_shipped_network_learns_a_warmer_print(
        photographs: list[np.ndarray], backbones: Path, tmp_path: Path) -> None:
    """Its own drawings in warmer inks, on yellowed paper, are wanted."""
    registry = ModelRegistry(tmp_path / "own")
    network = StyleNetwork.from_onnx(registry.model("great-wave").path).eval()
    inks = np.array([[1.05, 0.10, 0.02], [0.10, 0.85, 0.03], [0.05, 0.12, 0.62]])
    with torch.no_grad():
        pictures = [network(tensor(each))[0].permute(1, 2, 0).numpy() for each in photographs]
    wanted = [np.round(255 * np.clip(each @ inks.T + (0.04, 0, -0.04), 0, 1)).astype(np.uint8)
              for each in pictures]
    gentle = GENTLE.model_copy(update={"size": 64, "batch": 1, "epochs": 1, "steps": 40,
                                       "warm_up": 5})
    verdict = ended(FineTuner(
        "great-wave", list(zip(photographs, wanted, strict=True)), tmp_path / "work",
        settings=gentle, registry=registry, backbones=backbones))
    assert verdict.before and verdict.after
    assert verdict.current, verdict.reasons
    assert verdict.after.objective <= 0.9 * verdict.before.objective
    assert not registry.model("great-wave").shipped
    assert registry.rollback("great-wave").shipped


@pytest.mark.long
def test_garbage_is_refused_twenty_times_of_twenty(
        registry: ModelRegistry, photographs: list[np.ndarray], backbones: Path, tmp_path: Path
        ) -> None:
    refused = 0
    for seed in range(20):
        pairs = garbage(("shuffled", "black", "noise")[seed % 3], photographs, seed)
        verdict = tuned(registry, pairs, backbones, tmp_path / f"work-{seed}")
        refused += not verdict.current and registry.model("small").shipped
    assert refused == 20


def test_looks_belong_to_their_sources(photographs: list[np.ndarray], backbones: Path) -> None:
    """Whatever an artist may do to a picture, it is told to be the same."""
    from stylizers import STYLES, style

    perception = Perception.load(backbones, torch.device("cpu"))
    for name in STYLES:
        if name in ("identity", "neural", "paint"):
            continue
        look = style(name)()
        pairs = [(each, look.process(each)) for each in photographs[:8]]
        assert weighed(pairs, perception).objection == "", name


def test_each_measure_may_object() -> None:
    parent = Measures(0.1, 0.3, 0.001, 0.2, 0.05)
    better = Measures(0.09, 0.3, 0.001, 0.2, 0.05)
    assert Margins().objections(parent, better) == ()
    for name, word in (("objective", "nearer"), ("lpips", "LPIPS"), ("warp_error", "steady"),
                       ("sharpness", "sharpness"), ("seconds", "slower")):
        worse = Measures(**{**better.document(), name: 0.9})
        [said] = Margins().objections(parent, worse)
        assert word in said
    assert len(Margins().objections(parent, Measures(*[float("nan")] * 5))) == 5


class Clock:
    """Stands still but for what networks are said to take, on a machine `busy` times slower."""

    def __init__(self, busy: Iterable[float] = itertools.repeat(1.0)) -> None:
        self.now, self._busy = 0.0, iter(busy)

    def perf_counter(self) -> float:
        return self.now

    def charge(self, network: StyleNetwork, seconds: float) -> StyleNetwork:
        def passed(*_: object) -> None:
            self.now += seconds * next(self._busy)

        network.eval().register_forward_hook(passed)
        return network


@pytest.mark.parametrize(("blocks", "seconds", "objects"), [
    (1, 9.0, False), (2, 2.0, True), (2, 1.2, False)])
def test_only_another_architecture_can_be_slower(
        blocks: int, seconds: float, objects: bool, photographs: list[np.ndarray],
        backbones: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "time", clock := Clock())
    monkeypatch.setattr(gate, "_TIMED", (16, 16))
    before, after = compared(clock.charge(StyleNetwork(4, 1), 1.0),
                             clock.charge(StyleNetwork(4, blocks), seconds),
                             [(photographs[0], photographs[0])], Lpips.load(backbones))
    found = Margins().objections(before, after)
    assert any("slower" in reason for reason in found) == objects


@pytest.mark.parametrize("busy", [
    [1.0 + 0.03 * turn for turn in range(99)],
    [9.0 if turn % 7 == 0 else 1.0 for turn in range(99)]])
def test_what_slows_the_machine_down_is_no_objection(
        busy: list[float], photographs: list[np.ndarray], backbones: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    """It gets slower and slower, or has something else to do now and then."""
    monkeypatch.setattr(gate, "time", clock := Clock(busy))
    monkeypatch.setattr(gate, "_TIMED", (16, 16))
    before, after = compared(clock.charge(StyleNetwork(4, 1), 1.0),
                             clock.charge(StyleNetwork(4, 2), 1.1),
                             [(photographs[0], photographs[0])], Lpips.load(backbones))
    assert not any("slower" in reason for reason in Margins().objections(before, after))


def test_every_training_has_a_folder_of_its_own_and_finds_it_again() -> None:
    one, other = ([(np.full((9, 9, 3), value, np.uint8),) * 2] for value in (1, 2))
    runs = [(FineTuning(model=model, data=Path("data"), settings=settings), pairs)
            for model in ("udnie", "great-wave") for settings in (GENTLE, QUICK)
            for pairs in (one, other)]
    folders = [run.placed(pairs).work for run, pairs in runs]
    assert len(set(folders)) == len(runs)
    assert folders == [run.placed(pairs).work for run, pairs in runs]
    chosen = FineTuning(model="udnie", data=Path("data"), work=Path("mine"))
    assert chosen.placed(one).work == Path("mine")
