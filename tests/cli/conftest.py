"""The command line run in this process, in a folder of its own, and tiny videos for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.io import VideoWriter
from scripts.cli import main

WIDTH, HEIGHT, RATE = 64, 36, 10


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """What --json printed: one document, and nothing after it."""
        return json.loads(self.out)

    @property
    def last_line(self) -> str:
        return self.err.strip().splitlines()[-1]


Cli = Callable[..., Ended]


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str]) -> Cli:
    """Runs a command in an empty folder; no command may ever show a traceback."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BRUSHREEL_DATA", str(tmp_path.parent / f"{tmp_path.name}-data"))

    def run(*arguments: str | Path) -> Ended:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        ended = Ended(code, *capsys.readouterr())
        assert "Traceback" not in ended.err
        return ended

    return run


def write_clip(path: Path, frames: int = 8, rate: int = RATE, codec: str = "h264") -> Path:
    """A gray ramp that moves; FFV1 makes every frame a key frame."""
    path.parent.mkdir(parents=True, exist_ok=True)
    ramp = np.linspace(40, 215, WIDTH).astype(np.uint8)
    with VideoWriter(path, WIDTH, HEIGHT, rate, codec=codec, effort="speed") as writer:
        for number in range(frames):
            row = np.roll(ramp, 3 * number)
            writer.write_frame(np.broadcast_to(row[None, :, None], (HEIGHT, WIDTH, 3)).copy())
    return path


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "clip.mp4")


def left_in(folder: Path) -> set[str]:
    """Everything in a folder, by relative path."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}
