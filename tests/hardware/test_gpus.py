"""GPUs as the driver tells of them: all of it, some of it, none of it, and no longer."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pynvml
import pytest

from core.hardware import HardwareManager
from tests.hardware.conftest import GIB, UNSUPPORTED, Driver, card

ROOT = Path(__file__).resolve().parent.parent.parent


def test_everything_a_card_tells_arrives_in_our_units(driver: Driver) -> None:
    with HardwareManager() as hardware:
        report = hardware.report()
    [gpu] = report.gpus
    assert (report.driver, report.missing) == ("560.94", ())
    assert (gpu.name, gpu.temperature, gpu.slowdown_at, gpu.utilization) == (
        "NVIDIA GeForce RTX 3080", 51, 95, 37)
    assert (gpu.memory_used, gpu.memory_total, gpu.memory_free) == (3 * GIB, 10 * GIB, 7 * GIB)
    assert (gpu.power, gpu.power_limit, gpu.power_default, gpu.power_range) == (
        210.5, 320.0, 320.0, (100.0, 350.0))
    assert (driver.opened, driver.closed) == (1, 1)


def test_two_cards_are_told_apart(driver: Driver) -> None:
    driver.cards.append(card("NVIDIA RTX A2000", Temperature=64))
    report = HardwareManager().report()
    assert [(gpu.index, gpu.name, gpu.temperature) for gpu in report.gpus] == [
        (0, "NVIDIA GeForce RTX 3080", 51), (1, "NVIDIA RTX A2000", 64)]


FIELDS = {"Name": "name", "Temperature": "temperature", "TemperatureThreshold": "slowdown_at",
          "UtilizationRates": "utilization", "MemoryInfo": "memory_used",
          "PowerUsage": "power", "PowerManagementLimit": "power_limit",
          "PowerManagementDefaultLimit": "power_default",
          "PowerManagementLimitConstraints": "power_range"}


@pytest.mark.parametrize(("question", "field"), FIELDS.items())
@pytest.mark.parametrize("code", [pynvml.NVML_ERROR_NOT_SUPPORTED, pynvml.NVML_ERROR_NO_PERMISSION,
                                  pynvml.NVML_ERROR_FUNCTION_NOT_FOUND, pynvml.NVML_ERROR_UNKNOWN])
def test_any_field_may_be_unknown_alone(driver: Driver, question: str, field: str,
                                        code: int) -> None:
    driver.cards[0].answers[question] = pynvml.NVMLError(code)
    report = HardwareManager().report()
    assert report.missing == ()
    [gpu] = report.gpus
    unknown = [name for name in FIELDS.values() if getattr(gpu, name) is None]
    assert unknown == ([] if field == "name" else [field])
    assert gpu.name == ("GPU 0" if field == "name" else "NVIDIA GeForce RTX 3080")


def test_a_card_that_tells_nothing_is_still_a_card(driver: Driver) -> None:
    driver.cards = [card(**dict.fromkeys(FIELDS, UNSUPPORTED))]
    observed = HardwareManager().observe(laptop=True)
    [gpu] = observed.report.gpus
    assert gpu.memory_free is None
    assert (observed.hot, observed.caps, observed.report.missing) == ((), {}, ())


def test_names_of_old_drivers_are_bytes(driver: Driver) -> None:
    driver.cards = [card(b"Quadro P400")]
    [gpu] = HardwareManager().report().gpus
    assert gpu.name == "Quadro P400"


@pytest.mark.parametrize(("code", "words"), [
    (pynvml.NVML_ERROR_LIBRARY_NOT_FOUND, "No NVIDIA driver is installed"),
    (pynvml.NVML_ERROR_DRIVER_NOT_LOADED, "does not run"),
    (pynvml.NVML_ERROR_LIB_RM_VERSION_MISMATCH, "restart"),
    (pynvml.NVML_ERROR_NO_PERMISSION, "may not ask"),
    (pynvml.NVML_ERROR_FUNCTION_NOT_FOUND, "too old"),
    (pynvml.NVML_ERROR_TIMEOUT, r"does not answer \(timeout\)"),
    (pynvml.NVML_ERROR_UNKNOWN, r"\(unknown\)"),
    (12345, r"\(12345\)"),
])
def test_a_driver_that_does_not_open_is_one_sentence(driver: Driver, code: int,
                                                     words: str) -> None:
    driver.refusal = code
    with HardwareManager() as hardware:
        report = hardware.report()
    assert (report.gpus, report.driver) == ((), None)
    [sentence] = report.missing
    assert re.search(words, sentence)
    assert sentence.endswith(".")
    assert driver.closed == 0


def test_a_missing_package_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)
    [sentence] = HardwareManager().report().missing
    assert "nvidia-ml-py is not installed" in sentence


def test_a_driver_without_a_card_says_so(driver: Driver) -> None:
    driver.cards = []
    assert HardwareManager().report().missing == ("The NVIDIA driver runs, but it sees no GPU.",)


@pytest.mark.parametrize("code", [pynvml.NVML_ERROR_GPU_IS_LOST, pynvml.NVML_ERROR_RESET_REQUIRED])
def test_a_card_lost_on_the_way_leaves_the_other(driver: Driver, code: int) -> None:
    driver.cards.append(card("NVIDIA RTX A2000"))
    with HardwareManager() as hardware:
        assert len(hardware.report().gpus) == 2
        driver.cards[0].gone = code
        report = hardware.report()
        assert [gpu.index for gpu in report.gpus] == [1]
        [sentence] = report.missing
        assert "GPU 0 does not answer" in sentence
        driver.cards[0].gone = None  # awake again: the library is opened anew and sees it
        again = hardware.report()
        assert (len(again.gpus), again.missing) == (2, ())
    assert driver.opened == driver.closed == 2


def test_a_card_lost_between_two_questions_does_not_crash(driver: Driver) -> None:
    driver.cards[0].answers["PowerUsage"] = pynvml.NVMLError(pynvml.NVML_ERROR_GPU_IS_LOST)
    report = HardwareManager().report()
    assert report.gpus == ()
    assert "GPU 0 does not answer (gpu is lost)" in report.missing[0]


@pytest.mark.usefixtures("driver")
def test_a_driver_gone_altogether_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with HardwareManager() as hardware:
        assert hardware.report().gpus

        def gone() -> str:
            raise pynvml.NVMLError(pynvml.NVML_ERROR_DRIVER_NOT_LOADED)

        monkeypatch.setattr(sys.modules["pynvml"], "nvmlSystemGetDriverVersion", gone)
        monkeypatch.setattr(sys.modules["pynvml"], "nvmlShutdown", gone)
        report = hardware.report()
    assert report.gpus == () and "does not run" in report.missing[0]


def test_closing_twice_or_unopened_is_fine(driver: Driver) -> None:
    hardware = HardwareManager()
    hardware.close()
    hardware.report()
    hardware.close()
    hardware.close()
    assert (driver.opened, driver.closed) == (1, 1)


def test_this_machine_answers_in_gpus_or_in_a_sentence() -> None:
    with HardwareManager() as hardware:
        report = hardware.report()
    assert report.gpus or all(sentence.endswith(".") for sentence in report.missing)
    assert report.gpus or report.missing


def test_the_driver_is_not_touched_before_it_is_asked() -> None:
    script = ("import sys; from core.hardware import HardwareManager; HardwareManager(); "
              "print('pynvml' in sys.modules)")
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True,
                          check=True)
    assert done.stdout.strip() == "False"
