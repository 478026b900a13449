"""What was measured of results, in the Style Lab: kept beside them, or measured on demand."""

import json
import time
from fractions import Fraction
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app import serving
from app.lab import Judge, results
from app.measuring import Measurements, Moment
from core.metrics import ClipMetrics, FrameMetrics, Quality
from core.metrics.quality import BESIDE
from tests.app.test_lab import done

PAGE = Path(__file__).resolve().parents[2] / "app" / "pages" / "style_lab.py"
pytestmark = pytest.mark.usefixtures("data")


def measured(target: Path, flicker: list[float]) -> None:
    """As `render --metrics` leaves it."""
    clip = ClipMetrics(len(flicker), {"flicker": 1.5, "ssim": 0.5}, {}, {}, 540)
    quality = Quality(clip, 1, tuple(
        FrameMetrics(number, Fraction(number, 2), 0, {"flicker": value, "ssim": 0.5})
        for number, value in enumerate(flicker)))
    target.with_name(target.name + BESIDE).write_text(json.dumps(
        {"size": target.stat().st_size, **quality.document()}))


def test_the_worst_moments_lie_apart_and_only_where_one_way_is_better(film: Path, tmp_path: Path
                                                                     ) -> None:
    measured(done(serving.jobs(), film, tmp_path, "pencil"), [1, 9, 8, 2, 7, 1, 1])
    [one] = results(serving.jobs())
    timeline = serving.measurements().of(one)
    assert timeline is not None
    assert timeline.values == {"flicker": 1.5, "ssim": 0.5}
    assert timeline.names == ["ssim", "flicker"]
    assert timeline.worst("flicker", 3) == [Moment(0.5, 9), Moment(1.0, 8), Moment(2.0, 7)]
    assert serving.measurements().work(one) is None


def test_a_worst_moment_is_one_click_away(film: Path, tmp_path: Path) -> None:
    measured(done(serving.jobs(), film, tmp_path, "pencil"), [1, 9, 2, 1])
    shown = AppTest.from_file(PAGE, default_timeout=60).run()
    shown.toggle("lab.lines").set_value(True).run()
    assert not shown.exception
    assert shown.selectbox("lab.figure").value == "flicker"
    shown.button("lab.worst.1").click().run()
    assert shown.session_state["lab.leap"].time == 0.5
    shown.button("lab.worst.1").click().run()
    assert shown.session_state["lab.leap"].number == 2
    shown.selectbox("lab.figure").set_value("ssim").run()
    assert not shown.exception


def test_what_is_known_of_a_result_goes_with_its_rating(film: Path, tmp_path: Path) -> None:
    measured(done(serving.jobs(), film, tmp_path, "pencil"), [1, 2])
    [one] = results(serving.jobs())
    timeline = serving.measurements().of(one)
    assert timeline is not None
    assert Judge(serving.feedback(), lambda _: timeline.values).rate(one, 4, "")
    [rating] = serving.feedback().ratings()
    assert rating.sample.metrics == {"flicker": 1.5, "ssim": 0.5}


def test_figures_of_another_file_are_not_taken(film: Path, tmp_path: Path) -> None:
    target = done(serving.jobs(), film, tmp_path, "pencil")
    measured(target, [1, 2])
    target.write_bytes(film.read_bytes() + b"\0")
    [one] = results(serving.jobs())
    assert serving.measurements().of(one) is None
    target.with_name(target.name + BESIDE).write_text("[1, 2]")
    assert serving.measurements().of(one) is None


@pytest.mark.long
def test_a_result_is_measured_in_the_background_and_trouble_is_said(film: Path, tmp_path: Path
                                                                   ) -> None:
    done(serving.jobs(), film, tmp_path, "pencil")
    broken = done(serving.jobs(), film, tmp_path, "ink")
    broken.write_bytes(b"no video")
    known = Measurements(tmp_path / "kept")
    by_style = {one.style: one for one in results(serving.jobs())}
    for result in by_style.values():
        known.begin(result)
    until = time.monotonic() + 100
    while any(known.work(result).busy for result in by_style.values()):
        assert time.monotonic() < until
        time.sleep(0.1)
    timeline = known.of(by_style["pencil"])
    assert timeline is not None
    assert timeline.values["ssim"] == pytest.approx(1)
    assert [moment.time for moment in timeline.line("flicker")][-1] == pytest.approx(49 / 25)
    assert Measurements(tmp_path / "kept").of(by_style["pencil"]) == timeline
    error = known.work(by_style["ink"]).error
    assert error is not None
    assert error.hint
    known.close()
