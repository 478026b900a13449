"""A ShotList for people, programs and editors."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from scripts.metadata import exact

if TYPE_CHECKING:
    from rich.table import Table

    from core.scenes.shots import Shot, ShotList


def as_document(found: ShotList) -> dict[str, Any]:
    """Everything known; times as {"exact": "num/den", "decimal": ...} in seconds."""
    source = found.source
    return {
        "path": str(source.path), "rate": exact(source.rate),
        "timecode": source.timecode or None, "frames": sum(shot.frames for shot in found.shots),
        "shots": [_shot(found, shot) for shot in found.shots], "warnings": list(found.warnings),
    }


def _shot(found: ShotList, shot: Shot) -> dict[str, Any]:
    return {
        "number": shot.number, "start": exact(shot.start), "end": exact(shot.end),
        "duration": exact(shot.duration), "first_frame": shot.first, "frames": shot.frames,
        "timecode_start": found.timecode(shot.start), "timecode_end": found.timecode(shot.end),
        "flashes": [{"start": exact(flash.start), "end": exact(flash.end),
                     "frames": flash.frames} for flash in shot.flashes],
        "fades": [{"kind": fade.kind, "color": fade.color, "start": exact(fade.start),
                   "end": exact(fade.end)} for fade in shot.fades],
    }


def as_text(document: Any) -> str:
    return json.dumps(document, indent=2) + "\n"


def as_csv(found: ShotList) -> str:
    """One line for each shot; times in seconds and as timecode."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(["shot", "start", "end", "duration", "first_frame", "frames",
                    "timecode_start", "timecode_end", "flashes", "fades"])
    for shot in found.shots:
        times = [f"{float(time):.6f}" for time in (shot.start, shot.end, shot.duration)]
        lines.writerow([
            shot.number, *times, shot.first, shot.frames, found.timecode(shot.start),
            found.timecode(shot.end),
            " ".join(f"{float(flash.start):.6f}" for flash in shot.flashes),
            " ".join(f"{fade.kind}:{fade.color}:{float(fade.start):.6f}" for fade in shot.fades)])
    return text.getvalue()


def as_edl(found: ShotList) -> str:
    """CMX3600: the film as it is, each shot an event; in and out points as in the source.

    An out point is the frame after the last. The reel is the one the file names, else AX, which
    stands for none.
    """
    source = found.source
    dropping = ";" in found.timecode(found.shots[0].start)
    lines = [f"TITLE: {source.path.stem[:70]}",
             f"FCM: {'DROP FRAME' if dropping else 'NON-DROP FRAME'}", ""]
    tags = {name.lower(): text for name, text in source.tags_text.items()}
    reel = re.sub(r"[^A-Z0-9]", "", tags.get("reel_name", "").upper())[:8] or "AX"
    for shot in found.shots:
        span = f"{found.timecode(shot.start)} {found.timecode(shot.end)}"
        lines += [f"{shot.number:03}  {reel:8} V     C        {span} {span}",
                  f"* FROM CLIP NAME: {source.path.name}"]
        lines += [f"* COMMENT: {words.upper()}" for words in _remarks(shot)]
    return "\n".join(lines) + "\n"


def as_table(found: ShotList) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(found.source.path.name), title_justify="left", box=None,
                  pad_edge=False)
    table.add_column("Shot", justify="right", style="cyan")
    for name in ("Start", "End", "Length", "Frames"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("Timecode", no_wrap=True)
    table.add_column("Notes")
    for shot in found.shots:
        times = [clock(time) for time in (shot.start, shot.end, shot.duration)]
        table.add_row(str(shot.number), *times, str(shot.frames), found.timecode(shot.start),
                      ", ".join(_remarks(shot)))
    return table


def _remarks(shot: Shot) -> Iterator[str]:
    for flash in shot.flashes:
        yield f"flash at {clock(flash.start)}"
    for fade in shot.fades:
        way = "into" if fade.kind == "out" else "out of"
        yield f"fade {way} {fade.color} from {clock(fade.start)} to {clock(fade.end)}"


def clock(time: Fraction) -> str:
    """H:MM:SS.mmm, hours only where there are any."""
    thousandths = round(abs(time) * 1000)
    minutes, rest = divmod(thousandths, 60000)
    sign = "-" if time < 0 and thousandths else ""
    hours = f"{minutes // 60}:{minutes % 60:02}" if minutes >= 60 else str(minutes)
    return f"{sign}{hours}:{rest // 1000:02}.{rest % 1000:03}"
