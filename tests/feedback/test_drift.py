"""The watch on quality: it warns of what fell, keeps still about noise, and says what it lacks."""

import json
import multiprocessing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from core.jobs import Order
from core.recipe import Recipe, asset_digest
from feedback.drift import BASELINE, FIGURES, RECENT, drift_of, periods, watch
from feedback.quality import Measurement, QualityLog, look_of, measurement, named
from feedback.records import sample_of
from stylizers import style
from tests.networks import Network

BEGAN = datetime(2030, 1, 1, tzinfo=UTC)


def row(place: int, clip: str, rng: np.random.Generator, *, fell: float = 0.0,
        version: str = "1", look: str = "pencil") -> Measurement:
    """A clip has its own level, the same for all its renders; `fell` is added to flicker."""
    own = np.random.default_rng(sum(clip.encode()))
    values = {"edge_coherence": 0.8 + own.normal(0, 0.05) + rng.normal(0, 0.005),
              "warp_ratio": 1.2 + own.normal(0, 0.1) + rng.normal(0, 0.01),
              "flicker": 2 + abs(own.normal(0, 0.4)) + rng.normal(0, 0.02) + fell}
    return Measurement(look=look, version=version, source=clip, values=values,
                       made=BEGAN + timedelta(hours=place))


def history(earlier: int, recent: int, *, fell: float = 0.0, shared: bool = False, seed: int = 0
            ) -> list[Measurement]:
    rng = np.random.default_rng(seed)
    now = "a" if shared else "b"
    return [row(i, f"a{i}", rng) for i in range(earlier)] + [
        row(earlier + i, f"{now}{i}", rng, fell=fell) for i in range(recent)]


@pytest.mark.parametrize("shared", [True, False])
def test_what_fell_is_said_in_one_sentence(shared: bool) -> None:
    found = drift_of("pencil", history(20, RECENT, fell=1.5, shared=shared))
    assert found.warning.startswith("pencil flickers more than it did: flicker index ")
    assert found.warning.count(".") == found.warning.count("(") + found.warning.count(".") - 1
    assert found.warning == found.sentence
    assert "\n" not in found.warning
    [fell] = [shift for shift in found.shifts if shift.verdict == "worse"]
    assert (fell.figure, fell.paired) == ("flicker", shared)
    assert fell.now - fell.before == pytest.approx(1.5, abs=0.5)


def test_a_small_fall_shows_on_clips_rendered_again_and_on_no_others() -> None:
    assert drift_of("pencil", history(20, RECENT, fell=0.2, shared=True)).warning
    assert not drift_of("pencil", history(20, RECENT, fell=0.2)).warning


def test_noise_is_no_news() -> None:
    """Of 300 looks that did not change at most one in thirty is suspected of any of three."""
    warned = sum(bool(drift_of("pencil", history(20, RECENT, shared=seed % 2 == 0, seed=seed)
                               ).warning) for seed in range(300))
    assert warned <= 10


def test_what_became_better_is_no_warning() -> None:
    found = drift_of("pencil", history(20, RECENT, fell=-1.5))
    assert not found.warning
    assert found.sentence == "pencil draws as well as before, on 12 recent and 20 earlier clips."
    assert "better" in [shift.verdict for shift in found.shifts]


@pytest.mark.parametrize(("earlier", "recent"), [(0, 3), (7, RECENT), (0, RECENT)])
def test_too_little_is_said_to_be_too_little(earlier: int, recent: int) -> None:
    found = drift_of("pencil", history(earlier, recent, fell=9))
    assert (found.enough, found.warning, found.shifts) == (False, "", ())
    assert found.sentence.startswith("Too little was measured of pencil to tell: ")


def test_one_hard_clip_rendered_often_is_one_clip() -> None:
    rng = np.random.default_rng(1)
    many = [row(30 + i, "new", rng, fell=5) for i in range(RECENT)]
    assert not drift_of("pencil", [*history(20, 0), *many]).enough


def test_each_look_is_watched_by_itself() -> None:
    rng = np.random.default_rng(2)
    oil = [row(100 + i, f"a{i}", rng, fell=0 if i < 20 else 3, look="oil") for i in range(32)]
    first, second = watch([*history(20, RECENT), *oil])
    assert (first.look, second.look) == ("oil", "pencil")
    assert first.warning
    assert not second.warning


def test_the_baseline_is_what_came_before_not_all_of_the_past() -> None:
    found = drift_of("pencil", history(BASELINE + 50, RECENT))
    assert (found.earlier, found.recent) == (BASELINE, RECENT)


def test_each_version_is_compared_with_the_one_before() -> None:
    rng = np.random.default_rng(3)
    first = [row(i, f"a{i}", rng, version="0", look="neural:udnie") for i in range(6)]
    second = [row(10 + i, f"a{i}", rng, fell=1, version="1", look="neural:udnie")
              for i in range(6)]
    back = [row(20 + i, f"a{i}", rng, version="0", look="neural:udnie") for i in range(3)]
    found = periods([*first, *second, *back])
    assert [(one.version, one.renders, one.clips) for one in found] == [
        ("0", 6, 6), ("1", 6, 6), ("0", 3, 3)]
    assert found[0].changes == ()
    verdicts = {shift.figure: shift.verdict for shift in found[1].changes}
    assert verdicts == {"edge_coherence": "same", "warp_ratio": "same", "flicker": "worse"}
    assert found[2].changes == ()  # three clips tell nothing
    assert found[1].since == BEGAN + timedelta(hours=10)
    assert found[1].values["flicker"] > found[0].values["flicker"] + 0.8
    assert FIGURES.keys() == verdicts.keys()


def written(path: Path, name: str, count: int) -> None:
    log = QualityLog(path)
    for place in range(count):
        log.add(row(place, name, np.random.default_rng(0)))


def test_two_writers_and_a_line_cut_off_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "quality" / "renders.jsonl"
    context = multiprocessing.get_context("spawn")
    others = [context.Process(target=written, args=(path, name, 10)) for name in "xy"]
    for other in others:
        other.start()
    for other in others:
        other.join()
    with path.open("ab") as file:
        file.write(b'{"look": "pencil", "ver')  # as a kill leaves it
    QualityLog(path).add(row(99, "z", np.random.default_rng(0)))
    found = QualityLog(path).read()
    assert sorted(one.source for one in found) == ["x"] * 10 + ["y"] * 10 + ["z"]
    assert found == sorted(found, key=lambda one: one.made)
    assert QualityLog(path).read("oil") == []


def test_a_measurement_knows_what_drew_it(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(bytes(100))
    stack = Recipe.build({"layers": [{"style": "cartoon"}, {"style": "pencil"}]})
    one = measurement(stack, clip, tmp_path / "out.mp4", {"flicker": 1.0})
    assert (one.look, one.output) == ("cartoon+pencil", "out.mp4")
    assert all(part.isdigit() for part in one.version.split("+"))
    assert Measurement.model_validate(json.loads(one.model_dump_json())) == one


def test_an_installed_network_is_watched_by_its_name_and_version(tmp_path: Path) -> None:
    from core.presets import preset

    udnie = Recipe.build({"layers": [{"style": "ink"}, preset("neural", "udnie").layer]})
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(bytes(100))
    one = measurement(udnie, clip, tmp_path / "out.mp4", {"flicker": 1.0})
    assert (one.look, one.version) == ("ink+neural:udnie", f"{style('ink').revision}+0")
    assert named(one.look, one.version) == "ink+neural:udnie shipped"


def test_what_is_queued_and_what_is_rated_is_named_as_what_is_measured(tmp_path: Path) -> None:
    path = Network().write(tmp_path / "loose.onnx")
    drawn = Recipe.build({"layers": [{"style": "neural", "params": {"model_path": str(path)}}]})
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(bytes(100))
    one = measurement(drawn, clip, tmp_path / "out.mp4", {"flicker": 1.0})
    assert (one.look, one.version) == ("neural:loose", asset_digest(path)[:8])
    order, rated = Order.render(clip, tmp_path / "out.mp4", drawn), sample_of(drawn, clip)
    queued = json.loads(order.recipe_json)["layers"]
    assert look_of(queued, {}, order.assets) == (one.look, one.version)
    assert look_of(rated.recipe["layers"], rated.versions) == (one.look, one.version)
    assert look_of([{"style": "of tomorrow"}], {}) == ("of tomorrow", "")
