"""What is missing on this machine, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scripts.arguments import PROGRAM

if TYPE_CHECKING:
    from scripts.doctor.examination import Findings

LOW_MEMORY = 4 * 2**30
LOW_DISK = 5 * 2**30


def advice(findings: Findings) -> Iterator[str]:
    """A line for each thing that is missing or could be better, the gravest first."""
    yield from _installation(findings)
    yield from _room(findings)
    yield from _graphics(findings)
    if not findings.compiled:
        yield (f"The looks are not compiled yet: the first render does that, once; {PROGRAM} demo "
               "will do.")


def _installation(findings: Findings) -> Iterator[str]:
    missing = [name for name, (installed, _) in findings.libraries.items() if installed is None]
    other = [name for name, (installed, wanted) in findings.libraries.items()
             if installed not in (None, wanted)]
    if missing:
        yield f"Not installed: {', '.join(missing)}. Start {PROGRAM} once, which installs them."
    if other:
        yield (f"Not the versions that were tested: {', '.join(other)}. Start {PROGRAM} once, "
               "which installs those.")
    for trial, said in findings.encoders:
        if not trial.works and not trial.device.endswith("_nvenc"):
            yield f"{trial.codec} cannot be encoded: {said}"


def _room(findings: Findings) -> Iterator[str]:
    for name, disk in findings.disks.items():
        place = "this folder" if name == "here" else f"the {name} folder {disk.folder}"
        if not disk.writable:
            yield f"Nothing can be written to {place}: change its permissions."
        elif disk.free < LOW_DISK:
            yield (f"The disk of {place} has only {disk.free / 2**30:.1f} GB free: free some space "
                   "before a long render.")
    if findings.machine.available < LOW_MEMORY:
        yield (f"Only {findings.machine.available / 2**30:.1f} GB of memory are free: close other "
               "programs before rendering 4K.")
    if findings.machine.usable < findings.machine.cores:
        yield (f"This process may use {findings.machine.usable} of {findings.machine.cores} cores: "
               "lift that limit to render faster.")


def _graphics(findings: Findings) -> Iterator[str]:
    graphics = findings.graphics
    for sentence in graphics.report.missing:
        yield (f"{sentence} Everything works without: looks are drawn and videos encoded on the "
               "processor." if not graphics.report.gpus else sentence)
    yield from graphics.hot
    for cap in graphics.caps.values():
        yield f"{cap.why} As administrator: {cap.command}"
