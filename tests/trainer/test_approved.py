"""What was approved becomes pairs, by whatever name its video goes now."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from core.errors import InputError
from core.preview import render_still
from core.recipe import Recipe
from feedback import Approval, Rating
from feedback.records import sample_of
from tests.cli.conftest import write_clip
from trainer.approved import FRAMES, approved_pairs

PENCIL = Recipe.build({"layers": [{"style": "pencil"}]})
COMIC = Recipe.build({"layers": [{"style": "comic"}]})


def test_pairs_are_the_source_and_its_render(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", frames=20)
    liked = Rating(sample=sample_of(PENCIL, clip, start=Fraction(1, 2), end=Fraction(1)), stars=4)
    disliked = Rating(sample=sample_of(COMIC, clip), stars=2)
    (tmp_path / "inner").mkdir()
    clip = clip.rename(tmp_path / "inner" / "renamed.mp4")
    pairs = approved_pairs([liked, disliked], tmp_path)
    assert len(pairs) == FRAMES
    time = Fraction(1, 2) + Fraction(1, 2) * Fraction(1, 2 * FRAMES)
    assert np.array_equal(pairs[0][1], render_still(clip, PENCIL, time))
    assert pairs[0][0].shape == pairs[0][1].shape
    assert not np.array_equal(*pairs[0])


def test_the_last_word_counts(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4")
    sample = sample_of(PENCIL, clip)
    said = [Rating(sample=sample, stars=1), Approval(sample=sample)]
    assert len(approved_pairs(said, tmp_path)) == FRAMES
    with pytest.raises(InputError, match="Nothing was approved"):
        approved_pairs([*said, Approval(sample=sample, approved=False)], tmp_path)


def test_a_video_that_is_gone_is_told(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4")
    said = [Approval(sample=sample_of(PENCIL, clip))]
    clip.unlink()
    told: list[str] = []
    with pytest.raises(InputError):
        approved_pairs(said, tmp_path, told=told.append)
    assert told == [f"clip.mp4 is not in {tmp_path}."]
