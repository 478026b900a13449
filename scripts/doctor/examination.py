"""Everything the doctor looks at, gathered into one value."""

from __future__ import annotations

import contextlib
import dataclasses
import importlib.metadata
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.paths import cache_folder, data_folder
from scripts.launch import ON_GPU
from scripts.terminal import Show, Step

if TYPE_CHECKING:
    from core.hardware import Disk, ExecutionPlan, Machine, Observation, Recommendation
    from core.io.trials import Trial

REQUIREMENTS = Path(__file__).resolve().parent.parent.parent / "requirements-base.txt"

_PICTURES = 16
"""1080p pictures each encoder is timed with."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found. `libraries` are pairs of what is installed, None for nothing, and wanted.

    `encoders` go with a sentence each, empty where the trial worked.
    """

    machine: Machine
    disks: Mapping[str, Disk]
    ffmpeg: str
    libraries: Mapping[str, tuple[str | None, str]]
    compiled: int
    graphics: Observation
    encoders: tuple[tuple[Trial, str], ...]
    execution: ExecutionPlan
    recommendation: Recommendation

    def document(self) -> dict[str, Any]:
        """For JSON: the same names, sizes in bytes."""
        values = dataclasses.asdict(self)
        for name, disk in values["disks"].items():
            values["disks"][name] = {**disk, "folder": str(disk["folder"])}
        values["encoders"] = [{**trial, "sentence": said} for trial, said in values["encoders"]]
        values["libraries"] = {name: {"installed": installed, "wanted": wanted}
                               for name, (installed, wanted) in self.libraries.items()}
        return values


def examine(*, measured: bool, advance: Show) -> Findings:
    """Look at everything; with `measured` each encoder's speed as well, which takes longer."""
    from core.hardware import HardwareManager, execution_plan, recommended, this_machine, why_not
    from core.io.codecs import CODECS
    from core.io.trials import (
        auto_codec,
        ffmpeg_version,
        moving_pictures,
        try_encoder,
    )

    machine = this_machine()
    with HardwareManager() as hardware:
        graphics = hardware.observe(laptop=machine.laptop)
    pictures = moving_pictures(1920, 1080, _PICTURES) if measured else []
    encoders = []
    for number, codec in enumerate(CODECS):
        advance(Step("encoders", number, len(CODECS), unit="encoders"))
        encoders.append(try_encoder(codec, pictures))
    return Findings(
        machine=machine, disks=_disks(), ffmpeg=ffmpeg_version(), libraries=_libraries(),
        compiled=_compiled(), graphics=graphics,
        encoders=tuple((trial, why_not(trial, graphics.report)) for trial in encoders),
        execution=execution_plan(1920, 1080, 8, gpus=len(graphics.report.gpus)),
        recommendation=recommended(auto_codec("yuv420p"), auto_codec("yuv420p10le"), encoders))


def _disks() -> dict[str, Disk]:
    from core.hardware import disk_of

    return {"data": disk_of(data_folder()), "cache": disk_of(cache_folder()),
            "here": disk_of(Path.cwd())}


def _libraries() -> dict[str, tuple[str | None, str]]:
    """Every package that rendering needs, as pinned, and the version that is there."""
    pinned = re.findall(r"^([\w-]+)==(\S+)", REQUIREMENTS.read_text(encoding="utf-8"), re.MULTILINE)
    return {name: (_installed(name), wanted) for name, wanted in pinned}


def _installed(name: str) -> str | None:
    """Its version, or that of what takes its place beside an NVIDIA driver."""
    for known in (name, ON_GPU.get(name, name).partition("[")[0]):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            return importlib.metadata.version(known)
    return None


def _compiled() -> int:
    """Compiled loops that lie ready for the next render."""
    folder = Path(os.environ.get("NUMBA_CACHE_DIR") or cache_folder() / "numba")
    return sum(1 for _ in folder.glob("*/*.nbi"))
