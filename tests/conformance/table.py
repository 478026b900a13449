"""The table of conformance: every clip in every container, and what became of all it holds."""

from __future__ import annotations

import contextlib
import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import av
import av.error

from core.io.inspection import Inspection, inspect
from core.io.span import Range
from core.progress import Followed
from core.verify import CHECKS, CheckResult, Result, Said
from core.verify.pair import Pair
from core.verify.verification import checked
from scripts import cli

CONTAINERS = ("mp4", "mkv", "mov", "webm")
STYLES: Mapping[str, float] = {"identity": 60e6, "pencil": 20e6}
"""What draws the clips, and how many pixels of each: longer ones are cut by a range."""
LEAST, MOST = 6, 60
"""Frames of a clip, whatever its size."""


@dataclass(frozen=True)
class Case:
    """One render."""

    clip: Path
    style: str
    container: str

    @property
    def name(self) -> str:
        return f"{self.clip.name}-{self.style}-{self.container}"


@dataclass(frozen=True)
class Row:
    """What became of one render; without checks it was refused, `said` in these words."""

    case: Case
    code: int
    said: str
    checks: Mapping[str, CheckResult]
    decodable: bool

    @property
    def wrong(self) -> list[str]:
        """What is wrong, in words; a source that decodes must be rendered."""
        if not self.checks:
            refused = self.code == 2 and not self.decodable
            return [] if refused else [f"exit code {self.code}: {self.said}"]
        return [f"{name}: {found.detail}" for name, found in self.checks.items()
                if found.result == Result.WRONG]

    def cells(self) -> list[str]:
        known = [self.case.clip.name, self.case.style, self.case.container]
        if not self.checks:
            return [*known, f"refused: {self.said}" if not self.wrong else
                    f"wrong: {self.wrong[0]}", *[""] * len(CHECKS)]
        return [*known, "rendered", *(_cell(self.checks[name]) for name in CHECKS)]


def _cell(found: CheckResult) -> str:
    detail = found.detail if found.result > Result.KEPT else ""
    return f"{found.result.words}: {detail}" if detail else found.result.words


HEADER = ["clip", "style", "container", "outcome", *CHECKS]


def append(table: Path, row: Row) -> None:
    """Add a row to a CSV file, with its header where it is new."""
    new = not table.exists()
    with table.open("a", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerows([HEADER] if new else [])
        writer.writerow(row.cells())


def clips_in(shared: Path) -> list[Path]:
    """Everything beside the repository that someone could take for a video."""
    folders = (shared / name for name in ("media", "faults"))
    found = [path for folder in folders if folder.is_dir() for path in sorted(folder.iterdir())]
    return [path for path in found if path.suffix not in (".tsv", ".md", ".tif")]


def cases(clips: Sequence[Path]) -> Iterator[Case]:
    for clip in clips:
        for container in CONTAINERS:
            for style in STYLES:
                yield Case(clip, style, container)


def row_of(case: Case, folder: Path) -> Row:
    """Render a case into a folder, and judge what came."""
    end = _end_of(case)
    code, document = _rendered(case, folder, end)
    if code:
        said = f"{document.get('error')} {document.get('hint')}"
        return Row(case, code, said, {}, bool(_times(case.clip, 1)))
    [result] = document["results"]
    said = Said([*result["kept"], *result["warnings"], *result["notes"], result["choice"]])
    source = _source(case.clip, end)
    output = _inspected(Path(result["path"]), None)
    pair = Pair(output, source, Range(None, end))
    row = Row(case, 0, "", checked(output, pair, said), True)
    Path(result["path"]).unlink()
    return row


def _rendered(case: Case, folder: Path, end: Fraction | None) -> tuple[int, dict[str, Any]]:
    target = folder / f"{case.clip.stem}.{case.container}"
    arguments = ["render", "--in", str(case.clip), "--styles", case.style, "--preset", "speed",
                 "--out", str(target), "--json", "--overwrite"]
    if end is not None:
        arguments += ["--end", f"{float(end):.6f}"]
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = cli.main(arguments)
    assert "Traceback" not in err.getvalue()
    return code, json.loads(out.getvalue())


def _end_of(case: Case) -> Fraction | None:
    """Where to stop, None to go on to the end."""
    size = _size(case.clip)
    if size is None:
        return None
    most = round(min(MOST, max(LEAST, STYLES[case.style] / (size[0] * size[1]))))
    times = _times(case.clip, 2 * most)
    if len(times) < 2 * most or sorted(times) != times:
        return None
    return Fraction(f"{float((times[most - 1] + times[most]) / 2):.6f}")


@lru_cache(maxsize=8)
def _times(clip: Path, most: int) -> list[Fraction]:
    """When the first frames are shown, in seconds after the start."""
    found: list[Fraction] = []
    with contextlib.suppress(av.error.FFmpegError, EOFError, IndexError, StopIteration), \
            av.open(str(clip), metadata_errors="replace") as container:
        start = Fraction(container.start_time or 0, av.time_base)
        for packet in container.demux(video=0):
            with contextlib.suppress(av.error.FFmpegError):
                found += [(frame.pts or 0) * frame.time_base - start
                          for frame in packet.decode()]
            if len(found) >= most:
                break
    return found


@lru_cache(maxsize=8)
def _size(clip: Path) -> tuple[int, int] | None:
    with contextlib.suppress(av.error.FFmpegError, EOFError), \
            av.open(str(clip), metadata_errors="replace") as container:
        for stream in container.streams.video:
            return stream.width or 1, stream.height or 1
    return None


@lru_cache(maxsize=3)
def _source(clip: Path, end: Fraction | None) -> Inspection:
    return _inspected(clip, end)


def _inspected(path: Path, end: Fraction | None) -> Inspection:
    with Followed(inspect(path, end)) as work:
        for _ in work:
            pass
    return work.result
