"""The doctor's findings for people: short sections, and at the end what to do."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from scripts.doctor.advice import advice
from scripts.terminal import fitted, say, show

if TYPE_CHECKING:
    from core.hardware import Gpu
    from core.io.trials import Trial
    from scripts.doctor.examination import Findings


def show_findings(findings: Findings) -> None:
    _section("This machine", _machine(findings))
    _section("Graphics", _graphics(findings))
    _section("Encoders", _trials(findings.encoders))
    _section("Render", _render(findings))
    _section("Libraries", [("versions", ", ".join(_libraries(findings)))])
    say("")
    lines = list(advice(findings))
    say("What to do" if lines else "Nothing is missing.")
    for line in lines:
        say(fitted(f"  - {line}", sys.stdout))


def _section(title: str, rows: Iterable[Sequence[str]]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    rows = list(rows)
    for number in range(max(map(len, rows))):
        table.add_column(overflow="fold", no_wrap=number == 0)
    for first, *rest in rows:
        table.add_row(f"  {first}", *map(Text, rest))
    show(Text(f"\n{title}", "bold cyan"), table)


def _machine(findings: Findings) -> Iterator[tuple[str, str]]:
    machine = findings.machine
    used = "" if machine.usable == machine.cores else f", {machine.usable} of them usable"
    yield "system", machine.system
    yield "processor", f"{machine.processor}, {machine.cores} cores{used}"
    yield "memory", f"{_size(machine.memory)}, {_size(machine.available)} free"
    for name, disk in findings.disks.items():
        place = "this folder" if name == "here" else f"{name} folder"
        yield place, f"{disk.folder}: {_size(disk.free)} free of {_size(disk.total)}"


def _graphics(findings: Findings) -> Iterator[tuple[str, str]]:
    report = findings.graphics.report
    if report.driver:
        yield "driver", f"NVIDIA {report.driver}"
    for gpu in report.gpus:
        yield f"GPU {gpu.index}", ", ".join(_gpu(gpu))
    for sentence in report.missing:
        yield "missing", sentence


def _gpu(gpu: Gpu) -> Iterator[str]:
    yield gpu.name
    if gpu.memory_total is not None and gpu.memory_free is not None:
        yield f"{_size(gpu.memory_free)} free of {_size(gpu.memory_total)}"
    if gpu.temperature is not None:
        yield f"{gpu.temperature} °C"
    if gpu.utilization is not None:
        yield f"{gpu.utilization} % busy"
    if gpu.power is not None:
        limit = "" if gpu.power_limit is None else f" of at most {gpu.power_limit:.0f} W"
        yield f"{gpu.power:.0f} W{limit}"


def _trials(trials: Iterable[tuple[Trial, str]]) -> list[tuple[str, ...]]:
    """One row each; what fails for the same reason on the same device shares its row."""
    rows: dict[tuple[str, str], list[str]] = {}
    found: list[tuple[str, ...]] = []
    for trial, said in trials:
        if trial.works:
            speed = "" if trial.fps is None else f"{trial.fps:.1f} fps at 1080p"
            found.append((trial.codec, f"works ({trial.device})", speed))
        else:
            rows.setdefault((trial.device.rpartition("_")[2], said), []).append(trial.codec)
    found += [(", ".join(codecs), f"not here ({device})", said)
              for (device, said), codecs in rows.items()]
    return found


def _render(findings: Findings) -> Iterator[tuple[str, str]]:
    plan, advised = findings.execution, findings.recommendation
    jobs = "one render at a time may use the GPU" if plan.gpu_jobs else "no render uses a GPU"
    yield "plan", f"{plan.workers} pictures drawn at a time at 1080p, one thread each; {jobs}"
    yield "codec", (f"auto takes {advised.codec}, and {advised.deep_codec} for more than 8 bits. "
                    f"{advised.why}")
    yield "decoding", "on the processor, which gives the same pictures on every machine"
    yield "looks", (f"{findings.compiled} compiled loops lie ready" if findings.compiled
                    else "not compiled yet")


def _libraries(findings: Findings) -> Iterator[str]:
    yield f"Python {findings.machine.python}"
    yield f"FFmpeg {findings.ffmpeg} (inside av)"
    for name, (installed, wanted) in findings.libraries.items():
        note = "" if installed == wanted else f" (tested: {wanted})"
        yield f"{name} {installed or 'missing'}{note}"


def _size(size: int) -> str:
    return f"{size / 2**30:.1f} GB"
