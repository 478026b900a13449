"""Files are there in full or not at all, and nothing half-written stays beside them."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from core import durable
from core.errors import CheckpointError, DiskFull


@pytest.mark.parametrize(("number", "kind", "said"), [
    (errno.ENOSPC, DiskFull, "no room left in "),
    (errno.EIO, CheckpointError, r"shots\.json cannot be written")])
def test_what_cannot_be_written_leaves_the_old_file_alone(
        number: int, kind: type[Exception], said: str, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "shots.json"
    durable.write(target, b"old")

    def refuse(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(kind, match=said):
        durable.write(target, b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["shots.json"]
    assert target.read_bytes() == b"old"


def test_a_folder_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "shots.json").mkdir()
    with pytest.raises(CheckpointError, match=r"shots\.json cannot be written"):
        durable.write(tmp_path / "shots.json", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["shots.json"]
