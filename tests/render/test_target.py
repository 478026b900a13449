"""Where an output goes when nobody says, and what is said before it is waited for."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.io import VideoMetadata, VideoProbe, VideoWriter
from core.pipeline import Pipeline
from core.recipe import Recipe
from core.render.target import natural_container


@pytest.mark.parametrize(("container", "name", "codec", "goes_into"), [
    ("mov,mp4,m4a,3gp,3g2,mj2", "clip.mp4", "auto", "mp4"),
    ("mov,mp4,m4a,3gp,3g2,mj2", "clip.MOV", "h264", "mov"),
    ("matroska,webm", "clip.mkv", "auto", "mkv"),
    ("matroska,webm", "clip.mkv", "prores", "mov"),
    ("matroska,webm", "clip.webm", "vp9", "webm"),
    ("matroska,webm", "clip.webm", "av1", "webm"),
    ("matroska,webm", "clip.webm", "h264", "mkv"),
    ("avi", "clip.avi", "ffv1", "mkv"),
])
def test_an_output_goes_where_least_is_lost(container: str, name: str, codec: str, goes_into: str,
                                            found: VideoMetadata) -> None:
    source = replace(found, container=container, path=Path(name))
    assert natural_container(source, codec) == goes_into


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    with VideoWriter(path, 64, 48, 25, codec="h264") as writer:
        for level in range(5):
            writer.write_frame(np.full((48, 64, 3), 40 * level, np.uint8))
    return path


@pytest.fixture(scope="module")
def found(film: Path) -> VideoMetadata:
    return VideoProbe.probe(film)


def test_notes_are_there_before_the_wait(film: Path, tmp_path: Path) -> None:
    recipe = Recipe.build({"layers": [{"style": "pencil"}], "output": {"codec": "h264_nvenc"}})
    pipeline = Pipeline(film, tmp_path / "out.mp4", recipe=recipe)
    steps = pipeline.run()
    next(steps)
    noted = pipeline.notes
    for _ in steps:
        pass
    assert pipeline.result is not None
    assert set(noted) <= {*pipeline.result.notes, *pipeline.result.warnings}
    assert pipeline.result.codec == "h264_nvenc" or any("h264_nvenc" in note for note in noted)
