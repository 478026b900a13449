"""A work folder that is not as it was left, or belongs to something else."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from core.checkpoint import DELIVERED, clear
from core.errors import CheckpointError, InputError
from core.pipeline import Pipeline
from core.render.workspace import Workspace
from stylizers import PencilStylizer
from tests import reels
from tests.render.stopped import FRAMES, finishes, frames_in, stop, whole


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def empty(file: Path) -> None:
    file.write_bytes(b"")


def other_identity(file: Path) -> None:
    file.write_text(json.dumps({**json.loads(file.read_text()), "identity": "0" * 24}))


def other_words(file: Path) -> None:
    file.write_text(json.dumps({"number": 1, "surprise": [1, 2]}))


Damage = Callable[[Path], None]
CHUNKS: list[Damage] = [flip, cut, empty, Path.unlink]
ENTRIES: list[Damage] = [empty, cut, other_identity, other_words, Path.unlink]


@pytest.mark.parametrize(("look", "file", "damage"), [
    *(("afterglow, steady", "chunk-00001.nut", damage) for damage in CHUNKS),
    *(("afterglow, steady", "chunk-00001.json", damage) for damage in ENTRIES),
    *(("numbers", "chunk-00001.nut", damage) for damage in CHUNKS[:2])])
def test_a_damaged_chunk_is_drawn_again(path: Path, target: Path, look: str, file: str,
                                        damage: Damage) -> None:
    stop(path, target, look)
    assert reels.entries(target).keys() == {0, 1, 2, 3}
    resumed = frames_in(target, (0, 2, 3))
    damage(reels.job_folder(target) / file)
    finishes(path, target, look, resumed)


@pytest.mark.parametrize("damage", CHUNKS)
@pytest.mark.parametrize("file", ["state-00003.npz", "shots-00003.npz", "plan.json"])
def test_damaged_state_is_found_again(path: Path, target: Path, file: str,
                                      damage: Damage) -> None:
    stop(path, target, "afterglow, steady")
    resumed = frames_in(target, range(4))
    damage(reels.job_folder(target) / file)
    finishes(path, target, "afterglow, steady", resumed)


def drawn(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """The numbers of the frames that are drawn from now on."""
    seen: set[int] = set()
    render = reels.Afterglow.render

    def noting(self: Any, frame: Any, analysis: Any) -> np.ndarray:
        seen.add(frame.index)
        return render(self, frame, analysis)

    monkeypatch.setattr(reels.Afterglow, "render", noting)
    return seen


def test_going_back_ends_where_a_chunk_starts_a_shot(path: Path, target: Path,
                                                     monkeypatch: pytest.MonkeyPatch) -> None:
    """The second chunk starts with a cut, so the first need not be drawn for the third."""
    stop(path, target, "afterglow")
    assert [number for number, entry in reels.entries(target).items() if entry["reset"]] == [1]
    (reels.job_folder(target) / "chunk-00002.nut").unlink()
    seen = drawn(monkeypatch)
    reels.render(path, target, "afterglow")
    assert seen == {*range(10, 30), *range(40, FRAMES)}
    assert reels.shown(target) == whole("afterglow")


def test_a_newest_state_outlives_the_mending_of_an_older_chunk(
        path: Path, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stop(path, target, "afterglow")
    (reels.job_folder(target) / "chunk-00001.nut").unlink()
    stop(path, target, "afterglow", steps=25)
    seen = drawn(monkeypatch)
    reels.render(path, target, "afterglow")
    assert min(seen) >= 40


def test_other_settings_are_never_resumed_into(path: Path, target: Path) -> None:
    stop(path, target, "pencil")
    before = frames_in(target, range(4))
    result = reels.render(path, target, "numbers")
    assert result.resumed_frames == 0
    assert any("still holds unfinished work" in said for said in result.warnings)
    target.unlink()
    result = reels.render(path, target, "pencil")
    assert result.resumed_frames == before
    assert not any("still holds unfinished work" in said for said in result.warnings)
    assert not target.with_name("out.mkv.render").exists()


def test_a_changed_source_is_rendered_anew(path: Path, target: Path) -> None:
    stop(path, target, "numbers")
    other = reels.source("open gop", path.parent)
    os.replace(other, path)
    result = reels.render(path, target, "numbers")
    assert result.resumed_frames == 0
    assert any("or of another source" in said for said in result.warnings)
    assert [time for _, time in reels.shown(target)] == [time for _, time in reels.shown(path)]


def test_a_source_that_changes_meanwhile_ends_the_render(path: Path, target: Path) -> None:
    run = reels.pipeline(path, target, "numbers").run()
    for _ in range(5):
        next(run)
    os.utime(path, (1, 1))
    with pytest.raises(InputError, match="changed since the render began"):
        list(run)
    assert not target.exists()
    assert 0 not in reels.entries(target)


def test_a_changed_paper_is_rendered_anew(path: Path, target: Path) -> None:
    paper = path.with_name("paper.png")

    def pipeline(level: int) -> Pipeline:
        sheet = np.full((20, 30, 3), level, np.uint8)
        paper.write_bytes(cv2.imencode(".png", sheet)[1].tobytes())
        look = PencilStylizer(use_texture=True, texture_path=paper)
        return Pipeline(path, target, look, chunk_duration=1)

    with closing(pipeline(250).run()) as run:
        for _ in range(12):
            next(run)
    assert frames_in(target, [0]) == 10
    assert pipeline(200).process().resumed_frames == 0
    target.unlink()
    assert pipeline(250).process().resumed_frames == 10


def test_a_second_render_of_the_same_output_is_refused(path: Path, target: Path) -> None:
    with closing(reels.pipeline(path, target, "numbers").run()) as run:
        next(run)
        for look in ("numbers", "pencil"):
            with pytest.raises(CheckpointError, match="Another process is rendering into"):
                reels.render(path, target, look)
    finishes(path, target, "numbers", 0)


def test_a_work_folder_that_is_a_file_is_refused(path: Path, target: Path) -> None:
    target.with_name("out.mkv.render").write_text("mine")
    with pytest.raises(CheckpointError, match="cannot be used as a work folder"):
        reels.render(path, target, "numbers")
    assert target.with_name("out.mkv.render").read_text() == "mine"


def test_a_lock_is_given_back(tmp_path: Path) -> None:
    for _ in range(2):
        with Workspace(tmp_path / "a.mp4") as workspace:
            assert workspace.empty
        assert list(tmp_path.iterdir()) == []


def test_the_proof_of_delivery_is_cleared_away_last(tmp_path: Path,
                                                    monkeypatch: pytest.MonkeyPatch) -> None:
    folder, gone, unlink = tmp_path / "job", [], os.unlink
    folder.mkdir()
    for name in (DELIVERED, "plan.json", *(f"chunk-{number:05}.nut" for number in range(20))):
        (folder / name).write_text("")
    monkeypatch.setattr(os, "unlink", lambda path: (gone.append(Path(path).name), unlink(path)))
    clear(folder)
    assert gone[-1] == DELIVERED
    assert len(gone) == 22
    assert not folder.exists()


def test_a_cancelled_render_leaves_whole_chunks_only(path: Path, target: Path) -> None:
    stop(path, target, "numbers", steps=25)
    names = sorted(file.name for file in reels.job_folder(target).iterdir())
    assert names == ["chunk-00000.json", "chunk-00000.nut", "chunk-00001.json", "chunk-00001.nut",
                     "plan.json", "shots-00000.npz", "shots-00001.npz"]
    finishes(path, target, "numbers", 20)


def test_without_resume_all_is_drawn(path: Path, target: Path) -> None:
    stop(path, target, "numbers")
    assert reels.render(path, target, "numbers", resume=False).resumed_frames == 0
    assert [left.name for left in target.parent.iterdir()] == [target.name]
