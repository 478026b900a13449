"""Sound files of every kind that Brushreel reads, in one folder, for mutants to be made from."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import os
from pathlib import Path

import cv2
import numpy as np

from core import paths
from scripts.cli import main
from tests.fuzz.media import MEDIA, Media
from tests.networks import Network

CLIP = "clip.mp4"
MODEL = "blur"


def make(folder: Path) -> Path:
    """Fill `folder`: `media`, `masks`, `luts`, `models`, `data`, and files that stand alone."""
    for name in ("media", "masks", "luts", "pictures"):
        (folder / name).mkdir(parents=True)
    for media in MEDIA:
        media.write(folder / "media" / media.name)
    MEDIA[0].write(folder / CLIP)
    dataclasses.replace(MEDIA[0], frames=60).write(folder / "long.mp4")
    _pictures(folder / "pictures")
    for name in ("mask.png", "mask.tif", "float.tif", "mask.jpg"):
        (folder / "pictures" / name).replace(folder / "masks" / name)
    Media("mask.mp4", "mp4", "libx264").write(folder / "masks" / "mask.mp4")
    _luts(folder / "luts")
    Network(seed=3).write(folder / f"{MODEL}.onnx")
    _data(folder)
    return folder


def _pictures(folder: Path) -> None:
    rows, columns = np.indices((40, 56))
    color = np.stack([rows * 6, columns * 4, rows + columns], -1).astype(np.uint8)
    gray = np.where(columns > 28, 255, 0).astype(np.uint8)
    for name, image in {
            "paint.png": color, "paint.jpg": color, "paint.tif": color, "paint.webp": color,
            "paint.bmp": color, "deep.png": color.astype(np.uint16) * 257, "mask.png": gray,
            "mask.tif": gray.astype(np.uint16) * 257, "float.tif": gray.astype(np.float32) / 255,
            "mask.jpg": gray}.items():
        assert cv2.imwrite(str(folder / name), image)


def _luts(folder: Path) -> None:
    grid = [(red, green, blue) for blue in range(4) for green in range(4) for red in range(4)]
    rows = "".join(f"{r / 3:.6f} {g / 3:.6f} {b / 3:.6f}\n" for r, g, b in grid)
    curve = "".join(f"{i / 7:.4f} {i / 8:.4f} {i / 9:.4f}\n" for i in range(8))
    (folder / "grid.cube").write_text(
        f'TITLE "Grid"\n# a comment\nLUT_3D_SIZE 4\nDOMAIN_MIN 0 0 0\nDOMAIN_MAX 1 1 1\n{rows}')
    (folder / "curve.cube").write_text(f"LUT_1D_SIZE 8\n{curve}")
    (folder / "shaper.cube").write_text(
        f"LUT_1D_SIZE 8\nLUT_1D_INPUT_RANGE 0 1\nLUT_3D_SIZE 4\n{curve}{rows}")


def _data(folder: Path) -> None:
    """A data folder in use: a model, presets, ratings, jobs, settings; and a recipe and exports."""
    clip, styled = folder / CLIP, folder / "styled.mp4"
    before = os.environ[paths.DATA_VARIABLE]
    os.environ[paths.DATA_VARIABLE] = str(folder / "data")
    try:
        for command in (
                ["models", "import", folder / f"{MODEL}.onnx"],
                ["presets", "save", "pencil:mine", "--set", "pencil.blur_sigma=30"],
                ["presets", "save", "cinematic:mine", "--set",
                 f"cinematic.lut_path={folder / 'luts' / 'grid.cube'}"],
                ["render", "--in", clip, "--styles", "pencil", "--out", styled, "--metrics"],
                ["feedback", "rate", styled, "--stars", "4", "--source", clip, "--note", "=good"],
                ["feedback", "export", folder / "ratings.json"],
                ["feedback", "export", folder / "ratings.csv"],
                ["queue", "add", "--in", clip, "--styles", "pencil,comic", "--out", folder / "out"],
                ["queue", "pause", "2"]):
            _done([*map(str, command)])
    finally:
        os.environ[paths.DATA_VARIABLE] = before
    (folder / "data" / "settings.toml").write_text(
        f'outputs = "{(folder / "out").as_posix()}"\ncache_gb = 2.5\ntheme = "dark"\n')
    recipe = ('{"layers": [{"style": "pencil", "params": {"blur_sigma": 25.0}, "strength": 0.8},'
              ' {"style": "comic", "keep_colors": true}], "temporal": {"mode": "ema"}, "hold": 2}')
    (folder / "recipe.json").write_text(recipe)


def _done(command: list[str]) -> None:
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = main(command)
    assert code == 0, f"{command} ended with {code}: {said.getvalue()}"
