"""Reading `.cube` files, whoever wrote them, with the line of whatever is wrong.

Sources: Adobe, "Cube LUT Specification 1.0" (2013), and Blackmagic's description of Resolve's
variant with a shaper. A keyword that neither knows is refused: it may say what the numbers mean.
"""

from __future__ import annotations

import difflib
import math
import re
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

from core.edge import edge
from core.errors import UnreadableLut
from stylizers.cube.value import LARGEST_CURVE, LARGEST_GRID, Cube, Curves, Grid

_LARGEST_FILE = 256 * 2**20
"""Bytes; the largest grid takes 170 MB if written with all the digits a double has."""
_WORDS = re.compile(rb"^[ \t\f\v]*([^\s\d.+#-][^\n]*)$", re.MULTILINE)
"""Lines that begin with neither a number nor a comment."""
_COMMENTS = re.compile(rb"#[^\n]*")
_CONTROLS = re.compile(rb"[\0-\x08\x0e-\x1f]")
_COUNTS = {"LUT_1D_SIZE": 1, "LUT_3D_SIZE": 1, "DOMAIN_MIN": 3, "DOMAIN_MAX": 3,
           "LUT_1D_INPUT_RANGE": 2, "LUT_3D_INPUT_RANGE": 2,
           "LUT_IN_VIDEO_RANGE": 0, "LUT_OUT_VIDEO_RANGE": 0}
"""How many numbers follow each keyword, besides TITLE."""
_BLACK, _REACH = 64 / 1023, 876 / 1023
"""Limited range: where black lies, and how far white is from it (ITU-R BT.709-6, item 5.4)."""

Header = dict[str, list[float]]
Refuse = Callable[[str, str, int | None], UnreadableLut]


def read(path: Path) -> Cube:
    """The table in a file; raises UnreadableLut naming the line and the reason."""
    def refuse(reason: str, hint: str, line: int | None = None) -> UnreadableLut:
        where = path.name if line is None else f"{path.name}, line {line}"
        return UnreadableLut(f"{where}: {reason}.", hint)

    with edge(path):
        data = _content(path, refuse)
        title, header = _keywords(data, refuse)
        curve, side = _sizes(header, refuse)
        rows = _rows(_numbers_only(data), curve + side**3, refuse)
        if "LUT_OUT_VIDEO_RANGE" in header:
            rows = (rows - _BLACK) / _REACH
        return _assembled(title, header, rows.astype(np.float32), curve, side, refuse)


def _content(path: Path, refuse: Refuse) -> bytes:
    """All lines, each ended by a line feed, without a byte order mark."""
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= _LARGEST_FILE else b""
    except OSError as error:
        raise refuse("it cannot be opened", "Choose a .cube file that exists.", None) from error
    if size > _LARGEST_FILE:
        raise refuse(f"{size >> 20} MB are more than any LUT takes", "Choose a .cube file.", None)
    control = _CONTROLS.search(data)
    if control:
        raise refuse("it is not text", "Choose a .cube file saved as plain text.",
                     data.count(b"\n", 0, control.start()) + 1)
    data = data.removeprefix(b"\xef\xbb\xbf")
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in data else data


def _keywords(data: bytes, refuse: Refuse) -> tuple[str, Header]:
    title, header = "", Header()
    counted, line = 0, 1
    for match in _WORDS.finditer(data):
        line += data.count(b"\n", counted, match.start())
        counted = match.start()
        written = match[1].decode("utf-8", "replace")
        name, *rest = written.split("#")[0].split()
        name = name.upper()
        if name == "TITLE":
            title = written[len("TITLE"):].strip().strip('"')
        elif name in header:
            raise refuse(f"{name} stands there twice", "Remove one of the two.", line)
        else:
            header[name] = _numbers(name, rest, refuse, line)
    return title, header


def _numbers_only(data: bytes) -> bytes:
    """The rest is blanked, so that lines keep their places."""
    table = bytearray(data)
    for match in _WORDS.finditer(data):
        table[match.start():match.end()] = b" " * (match.end() - match.start())
    return _COMMENTS.sub(b"", table) if b"#" in table else bytes(table)


def _numbers(name: str, words: list[str], refuse: Refuse, line: int) -> list[float]:
    if name not in _COUNTS:
        raise refuse(*_unknown(name), line)
    try:
        values = [float(word) for word in words]
    except ValueError:
        values = [math.nan]
    if len(values) != _COUNTS[name] or not all(map(math.isfinite, values)):
        raise refuse(f"{name} needs {_COUNTS[name] or 'no'} number(s)", "Write it anew.", line)
    return values


def _unknown(name: str) -> tuple[str, str]:
    """Reason and hint for a line that begins with something unheard of."""
    if name.lstrip("+-").startswith(("NAN", "INF")):
        return f"{name} is not a finite number", "Export the LUT again."
    shown = name if len(name) <= 40 and name.isprintable() else "what stands there"
    near = difflib.get_close_matches(name, ["TITLE", *_COUNTS], n=1)
    return (f"{shown} is no keyword of a .cube file",
            f"Did you mean {near[0]}?" if near else "Choose a .cube file, or remove that line.")


def _sizes(header: Header, refuse: Refuse) -> tuple[int, int]:
    """Points of the curves and points along an edge of the grid, 0 where there is none."""
    sizes = []
    for name, largest in (("LUT_1D_SIZE", LARGEST_CURVE), ("LUT_3D_SIZE", LARGEST_GRID)):
        size = header.get(name, [0.0])[0]
        if name in header and (size != int(size) or not 2 <= size <= largest):
            raise refuse(f"{name} {size:g} is not a whole number from 2 to {largest}",
                         "Export the LUT in another size.", None)
        sizes.append(int(size))
    if not any(sizes):
        raise refuse("it has neither LUT_1D_SIZE nor LUT_3D_SIZE", "Choose a .cube file.", None)
    return sizes[0], sizes[1]


def _rows(table: bytes, expected: int, refuse: Refuse) -> np.ndarray:
    """All rows of numbers, (expected, 3) float64."""
    found = _words_by_line(table)
    odd = np.flatnonzero((found != 3) & (found != 0))
    if odd.size:
        raise refuse(f"a row of {found[odd[0]]} numbers", "Every row has three, red first.",
                     int(odd[0]) + 1)
    filled = np.flatnonzero(found)
    if len(filled) > expected:
        raise refuse(f"more rows than the {expected} that its size implies",
                     "Export the LUT again.", int(filled[expected]) + 1)
    values = _parsed(table) if filled.size else np.empty(0)
    if len(values) != 3 * len(filled) or not _finite(values):
        line, word = _first_bad(table)
        raise refuse(f"'{word}' is not a finite number", "Export the LUT again.", line)
    if len(filled) < expected:
        raise refuse(f"it ends after {len(filled)} of {expected} rows",
                     "It is cut off; copy or export it again.",
                     int(filled[-1]) + 1 if filled.size else None)
    return values.reshape(-1, 3)


def _words_by_line(table: bytes) -> np.ndarray:
    """How many words each line has."""
    characters = np.frombuffer(b"\n" + table, np.uint8)
    blank = characters <= ord(" ")
    words = np.flatnonzero(blank[:-1] & ~blank[1:])
    lines = np.flatnonzero(characters == ord("\n"))
    return np.diff(np.searchsorted(words, lines), append=len(words))


def _parsed(table: bytes) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return np.fromstring(table.decode("latin-1"), np.float64, sep=" ")
        except (DeprecationWarning, ValueError):
            return np.empty(0)


def _finite(values: np.ndarray) -> bool:
    with np.errstate(over="ignore"):
        return bool(np.isfinite(values.astype(np.float32)).all())


def _first_bad(table: bytes) -> tuple[int, str]:
    for number, line in enumerate(table.decode("utf-8", "replace").split("\n"), 1):
        for word in line.split():
            try:
                good = _finite(np.array(float(word)))
            except ValueError:
                good = False
            if not good or "_" in word:
                return number, word[:40]
    return 0, "?"


def _assembled(title: str, header: Header, rows: np.ndarray, curve: int, side: int,
               refuse: Refuse) -> Cube:
    """DOMAIN belongs to what comes first, as it says what goes into the file."""
    first = "LUT_1D_INPUT_RANGE" if curve else "LUT_3D_INPUT_RANGE"
    low, high = _limits(header, first, refuse, domain=True)
    curves = Curves(rows[:curve], low, high) if curve else None
    if curve:
        low, high = _limits(header, "LUT_3D_INPUT_RANGE", refuse, domain=False)
    grid = Grid(rows[curve:].reshape(side, side, side, 3), low, high) if side else None
    return Cube(title, curves, grid)


def _limits(header: Header, keyword: str, refuse: Refuse, domain: bool
            ) -> tuple[np.ndarray, np.ndarray]:
    """The input range of a table, from `keyword`, else from DOMAIN, else 0..1."""
    low, high = np.zeros(3), np.ones(3)
    names = keyword
    if domain and {"DOMAIN_MIN", "DOMAIN_MAX"} & header.keys():
        names = "DOMAIN_MIN and DOMAIN_MAX"
        low = np.array(header.get("DOMAIN_MIN", low))
        high = np.array(header.get("DOMAIN_MAX", high))
    if keyword in header:
        ranged = header[keyword]
        if names != keyword and (np.any(low != ranged[0]) or np.any(high != ranged[1])):
            raise refuse(f"{names} contradict {keyword}", "Remove one of the two.", None)
        low, high = np.full(3, ranged[0]), np.full(3, ranged[1])
    if np.any(low >= high):
        raise refuse(f"{names} leave no range", "The lower limit lies below the upper.", None)
    if domain and "LUT_IN_VIDEO_RANGE" in header:
        low, high = (low - _BLACK) / _REACH, (high - _BLACK) / _REACH
    return low, high
