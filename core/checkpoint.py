"""What is already rendered: chunk files, the ledger that vouches for them, and the state to go on.

A work folder holds, for one plan, `chunk-N.EXT` and its ledger entry `chunk-N.json`, and for the
newest chunk `state-N.npz`. Every file is written under another name, forced to the disk and
renamed, the ledger entry last: an entry therefore never speaks of a file that is not whole.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import filelock
import numpy as np

from core.errors import CheckpointError, DiskFull
from core.io.encode import sync

PARTIAL = ".partial"


@dataclass(frozen=True, slots=True)
class Entry:
    """A ledger entry. `pts` and `durations` are in presentation order, `order` in decoding order.

    `shot` is the last picture's; `reset` tells that the chunk starts a shot, so needs no state.
    """

    number: int
    identity: str
    file: str
    size: int
    digest: str
    pts: tuple[int, ...]
    durations: tuple[int, ...]
    order: tuple[int, ...]
    shot: int
    reset: bool
    clipped: int
    state: str
    state_digest: str
    remarks: tuple[str, ...] = ()

    @property
    def frames(self) -> int:
        return len(self.pts)


State = Mapping[str, np.ndarray]


class CheckpointManager:
    """The work folder of one render; one process at a time.

    `identities` are the chunks' hashes of everything that determines their pictures.
    """

    def __init__(self, folder: Path, identities: Iterable[str], suffix: str) -> None:
        self.folder, self._suffix = folder, suffix
        self._identities = tuple(identities)
        self._lock = filelock.FileLock(folder.with_name(folder.name + ".lock"))

    def __enter__(self) -> CheckpointManager:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(timeout=0)
        except filelock.Timeout as error:
            raise CheckpointError(
                f"Another process is rendering into {self.folder}.",
                "Wait for it, or choose another output name.") from error
        return self

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    def chunk_path(self, number: int) -> Path:
        """Where a chunk is written while it is in progress."""
        return self.folder / f"chunk-{number:05}{self._suffix}{PARTIAL}"

    def restore(self) -> dict[int, Entry]:
        """Every entry that belongs to this plan and whose file is whole; others are removed."""
        good = {}
        for number in range(len(self._identities)):
            entry = self._read(number)
            if entry is not None:
                good[number] = entry
            else:
                self._entry_path(number).unlink(missing_ok=True)
        self._sweep(good)
        return good

    def commit(self, entry: Entry, state: State | None) -> Entry:
        """Enter a chunk written to `chunk_path`; `state` is what the next one continues from."""
        written, final = self.chunk_path(entry.number), self.folder / entry.file
        name = digest = ""
        if state is not None:
            name = f"state-{entry.number:05}.npz"
            digest = self._save_state(self.folder / name, state)
        entry = Entry(**{**_fields(entry), "digest": file_digest(written), "state": name,
                         "size": written.stat().st_size, "state_digest": digest})
        os.replace(written, final)
        write_durably(self._entry_path(entry.number), json.dumps(asdict(entry)).encode())
        for old in self.folder.glob("state-*.npz"):
            if old.name != name:
                old.unlink(missing_ok=True)
        return entry

    def load_state(self, entry: Entry) -> State | None:
        """The state after a chunk, None where it is gone or damaged."""
        path = self.folder / entry.state
        if not entry.state or not path.is_file() or file_digest(path) != entry.state_digest:
            return None
        with np.load(path, allow_pickle=False) as arrays:
            return dict(arrays)

    def discard(self, numbers: Iterable[int]) -> None:
        """Forget chunks that must be rendered again."""
        for number in numbers:
            self._entry_path(number).unlink(missing_ok=True)
            (self.folder / self.file_name(number)).unlink(missing_ok=True)

    def clear(self) -> None:
        """Remove the work folder; the output is in place."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self._lock.release()
        Path(self._lock.lock_file).unlink(missing_ok=True)
        if self.folder.parent.suffix == ".render" and not any(self.folder.parent.iterdir()):
            self.folder.parent.rmdir()

    def file_name(self, number: int) -> str:
        return f"chunk-{number:05}{self._suffix}"

    def identity(self, number: int) -> str:
        return self._identities[number]

    def _entry_path(self, number: int) -> Path:
        return self.folder / f"chunk-{number:05}.json"

    def _read(self, number: int) -> Entry | None:
        try:
            values = json.loads(self._entry_path(number).read_bytes())
            entry = Entry(**{key: tuple(value) if isinstance(value, list) else value
                             for key, value in values.items()})
            path = self.folder / entry.file
            whole = (entry.identity == self._identities[number]
                     and path.stat().st_size == entry.size and file_digest(path) == entry.digest)
        except (OSError, ValueError, TypeError):
            return None
        return entry if whole else None

    def _sweep(self, good: Mapping[int, Entry]) -> None:
        """Remove what no entry vouches for."""
        known = {entry.file for entry in good.values()} | {entry.state for entry in good.values()}
        known |= {self._entry_path(number).name for number in good}
        for path in self.folder.iterdir():
            if path.is_file() and path.name not in known:
                path.unlink(missing_ok=True)

    def _save_state(self, path: Path, state: State) -> str:
        partial = path.with_name(path.name + PARTIAL)
        try:
            with open(partial, "wb") as file:
                np.savez(file, **state)
            sync(partial)
        except OSError as error:
            raise DiskFull("There is no room left for the checkpoint.",
                           "Free some space and run the same command again; it resumes."
                           ) from error
        digest = file_digest(partial)
        os.replace(partial, path)
        return digest


def _fields(entry: Entry) -> dict[str, object]:
    return {name: getattr(entry, name) for name in Entry.__dataclass_fields__}


def file_digest(path: Path) -> str:
    """BLAKE2b of a file's content."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def write_durably(path: Path, content: bytes) -> None:
    """Write a file so that after a power cut it is there in full or not at all."""
    partial = path.with_name(path.name + PARTIAL)
    try:
        partial.write_bytes(content)
        sync(partial)
        os.replace(partial, path)
    except OSError as error:
        raise DiskFull(f"{path.name} cannot be written.",
                       "Free some space and run the same command again; it resumes.") from error
