"""Heat, power and memory: thresholds, hysteresis, and what is given up first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.hardware import (
    Gpu,
    GpuStep,
    HardwareManager,
    TemperatureAlert,
    fitting,
    power_cap,
    smaller,
)
from core.hardware.temperature import ALERT, CLEAR
from core.hardware.vram import RESERVE, TILES
from tests.hardware.conftest import UNSUPPORTED, Driver, card

GPU = Gpu(0, "NVIDIA GeForce RTX 3080", power_limit=320.0, power_default=320.0,
          power_range=(100.0, 350.0))


def after(*temperatures: int | None) -> list[bool]:
    alert, seen = TemperatureAlert(), []
    for temperature in temperatures:
        alert = alert.observe(temperature)
        seen.append(alert.active)
    return seen


def test_an_alert_comes_at_its_threshold_and_goes_below_the_other() -> None:
    assert (ALERT, CLEAR) == (85, 78)
    assert after(84, 85, 84, 79, 78, 77, 78, 84, 85) == [
        False, True, True, True, True, False, False, False, True]


def test_an_unknown_temperature_changes_nothing() -> None:
    assert after(None, 90, None, 80, None, 70, None) == [
        False, True, True, True, True, False, False]


@given(st.lists(st.integers(CLEAR, ALERT - 1), max_size=30), st.booleans())
def test_nothing_between_the_thresholds_changes_an_alert(between: list[int], active: bool) -> None:
    alert = TemperatureAlert(active=active)
    for temperature in between:
        alert = alert.observe(temperature)
    assert alert.active is active


@pytest.mark.parametrize(("slowdown", "alert", "clear"), [
    (None, 85, 78), (95, 85, 78), (89, 85, 78), (87, 83, 76), (75, 71, 64)])
def test_a_card_that_slows_down_early_is_warned_of_earlier(slowdown: int | None, alert: int,
                                                           clear: int) -> None:
    made = TemperatureAlert.for_gpu(replace(GPU, slowdown_at=slowdown))
    assert (made.alert, made.clear, made.active) == (alert, clear, False)


def test_a_ceiling_may_be_set_and_lifted(driver: Driver) -> None:
    hardware = HardwareManager()
    driver.cards[0].answers["Temperature"] = 70
    assert hardware.observe(ceiling=72).hot == ()
    driver.cards[0].answers["Temperature"] = 73
    [sentence] = hardware.observe(ceiling=72).hot
    assert "is at 73 °C and is to stay below 72 °C" in sentence
    assert "until it is below 65 °C" in sentence
    driver.cards[0].answers["Temperature"] = 66
    assert len(hardware.observe(ceiling=72).hot) == 1
    assert hardware.observe(ceiling=80).hot == ()
    driver.cards[0].answers["Temperature"] = 84
    assert hardware.observe().hot == ()  # as it would be by itself


def test_each_card_has_an_alert_of_its_own(driver: Driver) -> None:
    driver.cards.append(card("NVIDIA RTX A2000", Temperature=60))
    hardware = HardwareManager()
    assert hardware.observe().hot == ()
    driver.cards[1].answers["Temperature"] = 86
    [sentence] = hardware.observe().hot
    assert "NVIDIA RTX A2000 is at 86 °C" in sentence and "below 78 °C" in sentence
    driver.cards[1].answers["Temperature"] = 80
    assert len(hardware.observe().hot) == 1
    driver.cards[1].answers["Temperature"] = UNSUPPORTED
    assert "was last seen too hot" in hardware.observe().hot[0]
    driver.cards[1].answers["Temperature"] = 77
    assert hardware.observe().hot == ()


def test_a_hot_card_gets_a_cap_and_a_cool_one_none(driver: Driver) -> None:
    hardware = HardwareManager()
    assert hardware.observe().caps == {}
    driver.cards[0].answers["Temperature"] = 88
    cap = hardware.observe().caps[0]
    assert (cap.watts, cap.command) == (255, "nvidia-smi -i 0 -pl 255")
    assert "runs hot" in cap.why and "320 W" in cap.why


@pytest.mark.parametrize(("changed", "laptop", "watts"), [
    ({}, True, 255), ({}, False, None),
    ({"power_range": (280.0, 350.0)}, True, 280),
    ({"power_range": (320.0, 320.0)}, True, None),
    ({"power_range": None}, True, 255),
    ({"power_limit": 255.0}, True, None), ({"power_limit": 200.0}, True, None),
    ({"power_limit": None}, True, None), ({"power_default": None}, True, None),
    ({"power_default": 115.0, "power_limit": 140.0, "power_range": (1.0, 140.0)}, True, 90)])
def test_a_cap_is_a_fifth_below_the_default_and_within_what_is_allowed(
        changed: dict[str, object], laptop: bool, watts: int | None) -> None:
    cap = power_cap(replace(GPU, **changed), laptop=laptop, hot=False)
    assert (None if cap is None else cap.watts) == watts


def test_a_laptop_is_known_by_the_name_of_its_gpu(driver: Driver) -> None:
    driver.cards = [card("NVIDIA GeForce RTX 3070 Laptop GPU")]
    assert HardwareManager().observe().caps[0].watts == 255


def rungs(step: GpuStep) -> Iterator[GpuStep]:
    lower: GpuStep | None = step
    while lower is not None:
        yield lower
        lower = smaller(lower)


def test_batch_goes_first_then_tile_then_precision_then_the_gpu() -> None:
    seen = [(step.batch, step.tile, step.half, step.on_gpu) for step in rungs(GpuStep(batch=4))]
    assert seen == [
        (4, None, False, True), (2, None, False, True), (1, None, False, True),
        *((1, side, False, True) for side in TILES), (1, TILES[-1], True, True),
        (1, None, False, False)]


STEPS = st.builds(GpuStep, batch=st.integers(1, 64), tile=st.sampled_from([None, *TILES, 100]),
                  half=st.booleans(), may_tile=st.booleans(), may_halve=st.booleans())


@given(STEPS)
def test_the_ladder_keeps_what_a_model_forbids_and_ends_on_the_processor(step: GpuStep) -> None:
    steps = list(rungs(step))
    assert len(set(steps)) == len(steps)
    assert not steps[-1].on_gpu and all(each.on_gpu for each in steps[:-1])
    if not step.may_tile:
        assert {each.tile for each in steps[:-1]} == {step.tile}
    if not step.may_halve:
        assert {each.half for each in steps[:-1]} == {step.half}


def need(step: GpuStep) -> int:
    side = step.tile or 2048
    return step.batch * side * side * 64 * (1 if step.half else 2)


@given(STEPS, st.integers(0, 2**34))
def test_the_first_rung_that_fits_is_taken(step: GpuStep, free: int) -> None:
    taken = fitting(step, free, need)
    before = list(rungs(step))
    before = before[:before.index(taken)]
    assert all(need(each) + RESERVE > free for each in before)
    assert not taken.on_gpu or need(taken) + RESERVE <= free


def test_unknown_free_memory_changes_nothing() -> None:
    assert fitting(GpuStep(batch=8), None, need) == GpuStep(batch=8)
