"""What is already rendered: chunk files, the ledger that vouches for them, and the state to go on.

The folder of a render holds `plan.json`, and for each chunk `chunk-N.EXT`, its ledger entry
`chunk-N.json`, and `shots-N.npz`, what finding cuts goes on from. `state-N.npz`, what looks and
stabilization go on from, is kept for the newest chunk. Every file is written under another name,
forced to the disk and renamed, the ledger entry last: an entry never speaks of a file that is not
whole.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import TypeAdapter

from core import durable
from core.durable import partial, saving, sync

State = dict[str, np.ndarray]
"""Arrays of all stages, as `stage.name`."""


def named(stage: str, arrays: Mapping[str, np.ndarray]) -> State:
    """The arrays of one stage, as among those of all."""
    return {f"{stage}.{name}": array for name, array in arrays.items()}


def part_of(state: Mapping[str, np.ndarray] | None, stage: str) -> State:
    """The inverse of `named`, for what is there of that stage."""
    prefix = f"{stage}."
    return {key.removeprefix(prefix): array for key, array in (state or {}).items()
            if key.startswith(prefix)}


@dataclass(frozen=True, slots=True)
class Entry:
    """A ledger entry. `pts` and `durations` are in presentation order, `order` in decoding order.

    `reset` tells that the chunk starts a shot; `remarks` are what the user should know of it, and
    `met` is what its part adds to a ReadReport. A chunk whose packets all turned out damaged holds
    no picture and has no file.
    """

    number: int
    pts: tuple[int, ...] = ()
    durations: tuple[int, ...] = ()
    order: tuple[int, ...] = ()
    reset: bool = False
    clipped: int = 0
    identity: str = ""
    remarks: tuple[str, ...] = ()
    size: int = 0
    met: tuple[int, ...] = ()
    digest: str = ""
    shots_digest: str = ""
    state_digest: str = ""

    @property
    def frames(self) -> int:
        return len(self.pts)


class CheckpointManager:
    """The chunks of one render, in a folder that nobody else writes to.

    `identities` are the chunks' hashes of everything that determines their pictures.
    """

    def __init__(self, folder: Path, identities: Iterable[str], suffix: str) -> None:
        self.folder, self._suffix = folder, suffix
        self._identities = tuple(identities)

    def restore(self) -> dict[int, Entry]:
        """Every entry that belongs to this plan and whose file is whole; others are removed."""
        good = {}
        for number in range(len(self._identities)):
            entry = self._read(number)
            if entry is not None:
                good[number] = entry
        with saving(self.folder):
            self._sweep(good)
        return good

    def commit(self, entry: Entry, state: State | None) -> Entry:
        """Enter a chunk written to `partial(chunk_path)`; the next one continues from `state`."""
        number, path = entry.number, self.chunk_path(entry.number)
        shots, rest = _divided(state or {})
        entry = dataclasses.replace(
            entry, identity=self._identities[number],
            shots_digest=self._save(self._shots_path(number), shots),
            state_digest=self._save(self._state_path(number), rest))
        if entry.frames:
            with saving(path):
                entry = dataclasses.replace(entry, size=partial(path).stat().st_size,
                                            digest=durable.digest(partial(path)))
                os.replace(partial(path), path)
        # Which makes the names given before as lasting as its own.
        durable.write_values(self._entry_path(number), asdict(entry))
        with saving(self.folder):
            for older in self.folder.glob("state-*.npz"):
                if older.name < self._state_path(number).name:
                    older.unlink(missing_ok=True)
        return entry

    def load_state(self, entry: Entry, whole: bool) -> State | None:
        """The state after a chunk, None where it is gone or damaged.

        Without `whole` only what finding cuts needs, which is kept for every chunk.
        """
        shots = _load(self._shots_path(entry.number), entry.shots_digest)
        if shots is None or not whole:
            return shots
        rest = _load(self._state_path(entry.number), entry.state_digest)
        return None if rest is None else {**shots, **rest}

    def chunk_path(self, number: int) -> Path:
        return self.folder / f"chunk-{number:05}{self._suffix}"

    def _entry_path(self, number: int) -> Path:
        return self.folder / f"chunk-{number:05}.json"

    def _shots_path(self, number: int) -> Path:
        return self.folder / f"shots-{number:05}.npz"

    def _state_path(self, number: int) -> Path:
        return self.folder / f"state-{number:05}.npz"

    def _read(self, number: int) -> Entry | None:
        try:
            entry = _entries().validate_python(durable.read_values(self._entry_path(number)))
            path = self.chunk_path(number)
            whole = (entry.number == number and entry.identity == self._identities[number]
                     and len(entry.pts) == len(entry.durations) == len(entry.order)
                     and (not entry.frames or (path.stat().st_size == entry.size
                                               and durable.digest(path) == entry.digest)))
        except (OSError, ValueError):
            return None
        return entry if whole else None

    def _sweep(self, good: Mapping[int, Entry]) -> None:
        """Remove what no entry vouches for."""
        known = {self.folder / name for name in (PLAN, DELIVERED)}
        for number in good:
            known |= {self._entry_path(number), self.chunk_path(number),
                      self._shots_path(number), self._state_path(number)}
        # Entries go first: one without its file would be refused, but is not to be met at all.
        for path in sorted(set(self.folder.iterdir()) - known, key=lambda p: p.suffix != ".json"):
            path.unlink(missing_ok=True)

    def _save(self, path: Path, state: State) -> str:
        if not state:
            return ""
        arrays: dict[str, Any] = dict(state)
        with saving(path):
            with open(partial(path), "wb") as file:
                np.savez(file, **arrays)
            sync(partial(path))
            digest = durable.digest(partial(path))
            os.replace(partial(path), path)
        return digest


PLAN = "plan.json"
DELIVERED = "delivered.json"


@cache
def _entries() -> TypeAdapter[Entry]:
    return TypeAdapter(Entry)


def clear(folder: Path) -> None:
    """Remove the folder of a render, if there is one; the proof of what it gave goes last."""
    if folder.is_dir():
        for path in folder.iterdir():
            if path.name != DELIVERED:
                path.unlink(missing_ok=True)
        (folder / DELIVERED).unlink(missing_ok=True)
        folder.rmdir()


def _divided(state: State) -> tuple[State, State]:
    """What finding cuts goes on from, and everything else."""
    shots = {name: array for name, array in state.items()
             if name == "shot" or name.startswith("cuts.")}
    return shots, {name: array for name, array in state.items() if name not in shots}


def _load(path: Path, digest: str) -> State | None:
    if not digest or not path.is_file() or durable.digest(path) != digest:
        return None
    with np.load(path, allow_pickle=False) as arrays:
        return dict(arrays)
