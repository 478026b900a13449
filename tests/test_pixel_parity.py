"""The picture comes out as it went in, but for what the look changes."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from core.color import ColorSpaceManager, ColorTags
from core.io import VideoProbe, VideoReader
from core.io.codecs import CODECS
from core.io.picture import layout_of
from core.pipeline import Pipeline
from core.progress import RenderResult
from core.recipe import Recipe
from stylizers import STYLES
from tests.clips import Film, frames_of, hashes, noise, pictures_of, slope, times_of
from tests.stylizers.stack import NEEDS

SIZES = [(64, 48), (63, 47)]
FORMATS = ["yuv420p", "yuv422p", "yuv444p", "yuv440p", "yuv411p", "yuv410p",
           "yuv420p10le", "yuv422p10le", "yuv444p10le", "yuv420p12le", "yuv444p12le",
           "yuv444p16le", "gray", "gray10le", "gray16le", "bgr0", "bgra", "gbrp10le", "gbrp12le",
           "gbrap10le", "yuva420p", "yuva444p", "yuva444p10le", "yuva444p12le"]


def render(source: Path, target: Path, codec: str = "ffv1", *, crf: int | None = None,
           **layer: Any) -> RenderResult:
    """One layer over `source`, in a codec."""
    layer.setdefault("style", "identity")
    return Pipeline(source, target, recipe=Recipe.build({
        "layers": [layer], "temporal": {"mode": "off"},
        "output": {"codec": codec, "crf": crf}})).process()


def drawn(source: Path, target: Path, function: Callable[[np.ndarray], np.ndarray]
          ) -> RenderResult:
    """A function of one picture over `source`; the codec is the one that suits the target."""
    return Pipeline(source, target, function).process()


def unchanged(image: np.ndarray) -> np.ndarray:
    return image.copy()


# ---- identity ----


@pytest.mark.parametrize(("pixel_format", "size"), [
    pytest.param(pixel_format, size, marks=() if size[0] % 2 or number % 3 == 0
                 else pytest.mark.long)
    for number, pixel_format in enumerate(FORMATS) for size in SIZES])
def test_identity_into_ffv1_keeps_every_sample(pixel_format: str, size: tuple[int, int],
                                               tmp_path: Path) -> None:
    source = Film(pixel_format, size, frames=3, paint=noise).write(tmp_path / "a.mkv")
    result = render(source, tmp_path / "b.mkv")
    assert hashes(result.path) == hashes(source)
    assert VideoProbe.probe(result.path).pixel_format == pixel_format
    assert result.warnings == ()


def test_identity_keeps_gray_with_alpha(tmp_path: Path) -> None:
    source = Film("ya8", frames=2, paint=noise).write(tmp_path / "a.mkv")
    result = render(source, tmp_path / "b.mkv")
    for before, after in zip(frames_of(source), frames_of(result.path), strict=True):
        pairs = np.frombuffer(before.planes[0], np.uint8).reshape(48, -1)[:, :128]
        assert after.format.name == "ya8"
        assert np.array_equal(pairs, np.frombuffer(
            after.planes[0], np.uint8).reshape(48, -1)[:, :128])


@pytest.mark.parametrize(("pixel_format", "codec"), [
    ("yuv420p", "libx264"), ("yuvj420p", "libx264"), ("yuv422p", "libx264"),
    ("yuv444p10le", "libx264"), ("yuv420p12le", "libx265"), ("gbrp10le", "libx265")])
def test_identity_of_compressed_sources(pixel_format: str, codec: str, tmp_path: Path) -> None:
    source = Film(pixel_format, frames=3, paint=noise, codec=codec).write(tmp_path / "a.mp4")
    result = render(source, tmp_path / "b.mkv")
    assert hashes(result.path) == hashes(source)


@pytest.mark.parametrize("container", ["mp4", "mov", "mkv"])
@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv422p", "yuv444p"])
def test_identity_into_lossless_h264(pixel_format: str, container: str, tmp_path: Path) -> None:
    """crf 0 is lossless in 8-bit x264."""
    source = Film(pixel_format, frames=5, paint=noise).write(tmp_path / "a.mkv")
    result = render(source, tmp_path / f"b.{container}", "h264", crf=0)
    assert hashes(result.path) == hashes(source)


@pytest.mark.parametrize("clip", [
    "mediaconch__ffv1_3.mov", "torchcodec__h264_10bits.mp4", "torchcodec__h265_10bits.mp4",
    "androidx__bear-vp9-odd-dimensions.webm", "moviepy__-video-with-dash-.mp4",
    "androidx__sample_av1.mkv", "fate__vp80-00-comprehensive-006.mp4", "imageio__newtonscradle.gif",
    "autoeditor__SAR-2by3.mp4", "androidx__sample_gamma2.2.mp4", "moviepy__clip1024.flv"])
def test_identity_of_real_clips(clip: str, shared: Path, tmp_path: Path) -> None:
    source = shared / "media" / clip
    result = render(source, tmp_path / "b.mkv")
    assert hashes(result.path) == hashes(source)


def test_side_data_of_an_unknown_kind_is_no_hindrance(shared: Path, tmp_path: Path) -> None:
    source = shared / "media" / "shaka__lcevc-sei-1.mp4"
    result = Pipeline(source, tmp_path / "b.mkv", end=Fraction(1, 5), recipe=Recipe.build(
        {"layers": [{"style": "identity"}], "output": {"codec": "ffv1"}})).process()
    assert result.frames == 6
    assert hashes(result.path) == hashes(source)[:6]


# ---- what a styled picture keeps ----

TURNS = {
    "0": None, "90": (0, -65536, 0, 65536, 0, 0, 0, 0, 1 << 30),
    "180": (-65536, 0, 0, 0, -65536, 0, 0, 0, 1 << 30),
    "270": (0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30),
    "mirrored": (-65536, 0, 0, 0, 65536, 0, 0, 0, 1 << 30),
    "upside down": (65536, 0, 0, 0, -65536, 0, 0, 0, 1 << 30)}

PATHS = [(codec, container) for codec, entry in CODECS.items() if not entry.software
         for container in entry.containers]

HOLDS = {
    "h264": {"yuv420p", "yuv422p10le", "yuv444p"}, "av1": {"yuv420p", "yuv420p10le"},
    "hevc": {"yuv420p", "yuv420p10le", "yuv444p12le", "gbrp10le"},
    "vp9": {"yuv420p", "yuv444p"}, "prores": {"yuv422p10le", "yuv444p10le", "yuva444p10le"},
    "ffv1": {"yuv420p", "yuv422p10le", "gbrp10le", "yuva444p12le", "gray10le"}}
"""Pixel formats of which each codec must keep depth, sampling and alpha."""

TAGS = {
    "untagged": ColorTags(), "bt709": ColorTags(1, 1, 1, 1), "pal": ColorTags(5, 1, 5, 6),
    "ntsc": ColorTags(6, 1, 6, 6), "hdr10": ColorTags(9, 1, 9, 16),
    "hlg": ColorTags(9, 1, 9, 18), "p3": ColorTags(1, 1, 12, 13), "full": ColorTags(1, 2, 1, 13)}


def _expected(codec: str, pixel_format: str, tags: ColorTags) -> ColorTags:
    if codec == "ffv1" or pixel_format.startswith("gbrp"):
        return tags
    # H.265, AV1, VP9 and ProRes have no way to leave the range open: silence means limited.
    open_range = codec == "h264" and tags.range == 0
    limited = codec == "prores" or tags.range != 2
    return ColorTags(tags.matrix, 0 if open_range else 1 if limited else 2, tags.primaries,
                     tags.transfer)


@pytest.mark.parametrize(("codec", "container"), [
    pytest.param(codec, container, marks=() if (codec, container) in (
        ("h264", "mp4"), ("hevc", "mov"), ("av1", "webm"), ("ffv1", "mkv"), ("prores", "mov"))
        else pytest.mark.long) for codec, container in PATHS])
def test_a_styled_picture_keeps_its_kind(codec: str, container: str, tmp_path: Path) -> None:
    """Pixel format, color tags, size, pixel shape and orientation, a different set each time."""
    turns, tags = itertools.cycle(TURNS.values()), itertools.cycle(TAGS.values())
    for number in range(len(TAGS)):
        pixel_format = sorted(HOLDS[codec])[number % len(HOLDS[codec])]
        tag, turn = next(tags), next(turns)
        if pixel_format.startswith("gbrp"):
            tag = ColorTags(0, 2, tag.primaries, tag.transfer)
        sar = Fraction(1) if number % 3 == 0 else Fraction(4, 3)
        source = _source(tmp_path / f"{number}", pixel_format, tag, sar, turn)
        result = render(source, tmp_path / f"{number}.{container}", codec, style="pencil")
        before, after = VideoProbe.probe(source), VideoProbe.probe(result.path)
        assert after.pixel_format.replace("yuvj", "yuv") == pixel_format
        assert after.tags == _expected(codec, pixel_format, tag)
        assert (after.width, after.height) == (before.width, before.height)
        assert after.codec == codec
        assert before.sar == sar
        assert after.sar == sar
        assert after.display_matrix == before.display_matrix == turn
        assert times_of(result.path) == times_of(source)


def _source(folder: Path, pixel_format: str, tags: ColorTags, sar: Fraction,
            turn: tuple[int, ...] | None) -> Path:
    """FFV1 in Matroska, which holds every pixel format and, in its header, the pixel's shape."""
    folder.mkdir()
    path = Film(pixel_format, frames=4, tags=tags, matrix=turn).write(folder / "a.mkv")
    if sar != 1:
        from core.io.repair import restore_sar
        restore_sar(path, sar, "mkv")
    return path


@pytest.mark.parametrize(("container", "turn"), [
    pytest.param(container, turn, marks=() if container == "mkv" or number % 2 == deep
                 else pytest.mark.long)
    for deep, container in enumerate(("mp4", "mov", "mkv")) for number, turn in enumerate(TURNS)])
def test_orientation_is_kept(container: str, turn: str, tmp_path: Path) -> None:
    source = Film(codec="libx264", frames=2, matrix=TURNS[turn]).write(tmp_path / "a.mp4")
    result = render(source, tmp_path / f"b.{container}", "h264", style="pencil")
    before, after = VideoProbe.probe(source), VideoProbe.probe(result.path)
    assert after.display_matrix == before.display_matrix == TURNS[turn]
    assert after.rotation == before.rotation


@pytest.mark.parametrize("clip", [
    "mediabunny__rotate-buck-bunny.mp4", "androidx__sample_rotate_and_reflect.mp4",
    "autoeditor__SAR-2by3.mp4", "androidx__video_desks.3gp", "androidx__bt601.mp4",
    "fate__amve.mp4"])
def test_real_clips_keep_their_kind(clip: str, shared: Path, tmp_path: Path) -> None:
    source = shared / "media" / clip
    result = Pipeline(source, tmp_path / "b.mp4", unchanged, end=Fraction(1, 4)).process()
    before, after = VideoProbe.probe(source), VideoProbe.probe(result.path)
    for name in ("width", "height", "sar", "rotation", "display_matrix", "bits"):
        assert getattr(after, name) == getattr(before, name), name
    tags = before.tags
    assert after.tags in (tags, ColorTags(tags.matrix, 1 if tags.range == 0 else tags.range,
                                          tags.primaries, tags.transfer))


def test_pixels_that_are_not_square_survive_where_only_the_container_tells(tmp_path: Path
                                                                          ) -> None:
    for codec, container in (("vp9", "webm"), ("ffv1", "mkv"), ("prores", "mkv")):
        source = Film(codec="libx264", frames=3, sar=Fraction(16, 11)).write(tmp_path / "a.mp4")
        result = render(source, tmp_path / f"{codec}.{container}", codec)
        assert VideoProbe.probe(result.path).sar == Fraction(16, 11)


def test_odd_sizes_stay_odd(tmp_path: Path) -> None:
    source = Film("yuv420p", (63, 47), frames=2).write(tmp_path / "a.mkv")
    for codec, container in (("h264", "mp4"), ("hevc", "mp4"), ("av1", "mp4"), ("vp9", "webm"),
                             ("ffv1", "mkv"), ("prores", "mov")):
        result = render(source, tmp_path / f"{codec}.{container}", codec)
        after = VideoProbe.probe(result.path)
        assert (after.width, after.height) == (63, 47), codec
        needs_444 = codec in ("h264", "hevc") and "444" in after.pixel_format
        assert needs_444 == any("4:4:4" in said for said in result.warnings), codec


# ---- through R'G'B' and back ----


def _legal(pixel_format: str, tags: ColorTags, rng: np.random.Generator) -> list[np.ndarray]:
    """Planes of random colors that all lie inside R'G'B'."""
    layout = layout_of(pixel_format)
    colors = ColorSpaceManager(layout, tags, 64, 48)
    rgb = rng.integers(0, layout.picture_max + 1, (48, 64, 3)).astype(layout.dtype)
    return list(colors.to_planes(rgb))


@pytest.mark.parametrize("tags", [TAGS["bt709"], TAGS["ntsc"], TAGS["full"], TAGS["hdr10"]])
@pytest.mark.parametrize("pixel_format", ["yuv444p", "yuv444p10le", "yuv444p12le"])
def test_a_look_that_changes_nothing_gives_444_back_exactly(pixel_format: str, tags: ColorTags,
                                                            tmp_path: Path) -> None:
    planes = _legal(pixel_format, tags, np.random.default_rng(1))
    source = _written(tmp_path / "a.mkv", pixel_format, tags, planes)
    result = drawn_ffv1(source, tmp_path / "b.mkv", unchanged)
    colors = ColorSpaceManager(layout_of(pixel_format), tags, 64, 48)
    inside = colors.to_rgb(tuple(planes))
    (after,) = pictures_of(result.path)
    different = np.any([one != other for one, other in zip(planes, after, strict=True)], axis=0)
    assert different.sum() <= inside.clipped == result.clipped_pixels
    assert inside.clipped < 0.1 * different.size


@pytest.mark.parametrize("pixel_format", ["gray", "gray10le", "bgr0", "gbrp10le", "gbrp12le",
                                          "gbrp16le"])
def test_a_look_that_changes_nothing_gives_rgb_and_gray_back(pixel_format: str, tmp_path: Path
                                                             ) -> None:
    source = Film(pixel_format, frames=2, paint=noise).write(tmp_path / "a.mkv")
    result = drawn_ffv1(source, tmp_path / "b.mkv", unchanged)
    assert hashes(result.path) == hashes(source)


@pytest.mark.parametrize(("pixel_format", "step"), [("yuv420p", 1), ("yuv422p", 1),
                                                    ("yuv420p10le", 1), ("yuv422p10le", 1)])
def test_a_look_that_changes_nothing_gives_smooth_chroma_back(pixel_format: str, step: int,
                                                              tmp_path: Path) -> None:
    source = Film(pixel_format, frames=2, paint=slope).write(tmp_path / "a.mkv")
    result = drawn_ffv1(source, tmp_path / "b.mkv", unchanged)
    for before, after in zip(pictures_of(source), pictures_of(result.path), strict=True):
        assert np.array_equal(before[0], after[0])
        for one, other in zip(before[1:], after[1:], strict=True):
            assert np.abs(one.astype(int) - other.astype(int)).max() <= step


def drawn_ffv1(source: Path, target: Path, function: Callable[[np.ndarray], np.ndarray]
               ) -> RenderResult:
    """A function into FFV1, as a recipe cannot name one."""
    pipeline = Pipeline(source, target, function)
    pipeline._request = pipeline._request.__class__(
        source=source, target=target, output=Recipe.build(
            {"layers": [{"style": "identity"}], "output": {"codec": "ffv1"}}).output)
    return pipeline.process()


def _written(path: Path, pixel_format: str, tags: ColorTags, planes: list[np.ndarray]) -> Path:
    remaining = iter(planes)

    def paint(number: int, shape: tuple[int, int], bits: int) -> np.ndarray:  # noqa: ARG001
        return next(remaining)

    return Film(pixel_format, frames=1, tags=tags, paint=paint).write(path)


LOOKS_THE_SAME = ["yuv420p", "yuv422p10le", "yuv444p12le", "gray", "gray10le", "bgr0", "gbrp10le",
                  "yuva420p", "yuva444p10le"]


SHOWING = [("h264", "mp4"), ("hevc", "mkv"), ("av1", "mp4"), ("vp9", "webm"), ("prores", "mov")]


@pytest.mark.parametrize(("into", "pixel_format", "tags"), [
    pytest.param(into, pixel_format, TAGS[tags], marks=() if (
        SHOWING.index(into) + LOOKS_THE_SAME.index(pixel_format) + number) % 3 == 0
        else pytest.mark.long)
    for into in SHOWING for pixel_format in LOOKS_THE_SAME
    for number, tags in enumerate(("untagged", "bt709", "full"))])
def test_every_codec_shows_the_same_picture(into: tuple[str, str], pixel_format: str,
                                            tags: ColorTags, tmp_path: Path) -> None:
    """A flat color of each kind of source, untouched and drawn, as both swscale and we see it."""
    codec, container = into
    if not pixel_format.startswith("yuv"):
        tags = ColorTags(0 if "b" in pixel_format else tags.matrix, tags.range, tags.primaries,
                         tags.transfer)
    if "b" in pixel_format and tags.range == 1:
        tags = ColorTags(0, 2, tags.primaries, tags.transfer)
    levels = iter((0.6, 0.45, 0.55, 1.0) * 2)
    source = Film(pixel_format, frames=1, tags=tags, paint=lambda _, shape, bits: np.full(
        shape, round(next(levels) * ((1 << bits) - 1)))).write(tmp_path / "a.mkv")
    one = render(source, tmp_path / f"one.{container}", codec, crf=_fine(codec))
    with VideoReader(source) as before, VideoReader(one.path) as after:
        (shown,), (found,) = ([_eight_bits(image) for image in reader.read_frames()]
                              for reader in (before, after))
    assert np.abs(shown - found).max() <= 2.5


def _fine(codec: str) -> int | None:
    return 4 if CODECS[codec].crf else None


def _eight_bits(image: np.ndarray) -> np.ndarray:
    return image.astype(float) / (1 if image.dtype == np.uint8 else 257)


@pytest.mark.parametrize("bits", ["", "10le"])
def test_identity_keeps_what_lies_beyond_white_in_another_format(bits: str, tmp_path: Path
                                                                 ) -> None:
    """ProRes holds codes above white; R'G'B' would not."""
    source = Film(f"yuv420p{bits}", frames=1, tags=TAGS["bt709"], paint=lambda _, shape, depth:
                  np.full(shape, (250 if shape == (48, 64) else 128) << (depth - 8))).write(
        tmp_path / "a.mkv")
    result = render(source, tmp_path / "b.mov", "prores")
    (planes,) = pictures_of(result.path)
    assert np.abs(planes[0].astype(int) - 1000).max() <= 2


# ---- strength, mask, kept colors, alpha ----


def _mask(path: Path, picture: np.ndarray) -> Path:
    path.write_bytes(cv2.imencode(".png", picture)[1].tobytes())
    return path


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv444p10le", "yuva420p", "bgr0", "gray"])
def test_strength_zero_copies_the_source(pixel_format: str, tmp_path: Path) -> None:
    source = Film(pixel_format, frames=2, paint=noise).write(tmp_path / "a.mkv")
    result = render(source, tmp_path / "b.mkv", style="pencil", strength=0)
    assert hashes(result.path) == hashes(source)


@pytest.mark.parametrize(("style", "pixel_format"), [
    pytest.param(style, pixel_format, marks=() if number % 2 == deep else pytest.mark.long)
    for number, style in enumerate(STYLES)
    for deep, pixel_format in enumerate(("yuv420p", "yuv420p10le"))])
def test_strength_zero_is_the_source_for_every_look(style: str, pixel_format: str,
                                                    tmp_path: Path) -> None:
    source = Film(pixel_format, frames=2, paint=noise).write(tmp_path / "a.mkv")
    result = render(source, tmp_path / "b.mkv", style=style, strength=0,
                    params=NEEDS.get(style, dict)())
    assert hashes(result.path) == hashes(source)


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv444p10le", "yuva420p", "bgr0", "gray"])
def test_a_black_mask_copies_the_source(pixel_format: str, tmp_path: Path) -> None:
    source = Film(pixel_format, frames=2, paint=noise).write(tmp_path / "a.mkv")
    mask = _mask(tmp_path / "mask.png", np.zeros((48, 64), np.uint8))
    result = render(source, tmp_path / "b.mkv", style="pencil", mask=mask)
    assert hashes(result.path) == hashes(source)


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv422p10le", "yuva444p", "yuv410p"])
def test_kept_colors_are_the_chroma_planes_of_the_source(pixel_format: str, tmp_path: Path
                                                         ) -> None:
    source = Film(pixel_format, frames=2, paint=noise).write(tmp_path / "a.mkv")
    result = render(source, tmp_path / "b.mkv", style="pencil", keep_colors=True)
    for before, after in zip(pictures_of(source), pictures_of(result.path), strict=True):
        assert not np.array_equal(before[0], after[0])
        for one, other in zip(before[1:], after[1:], strict=True):
            assert np.array_equal(one, other)


def test_kept_colors_in_a_codec_of_other_sampling(tmp_path: Path) -> None:
    """Into ProRes 4:2:2, chroma is that of the source as ProRes would have it anyway."""
    source = Film("yuv420p", frames=1, paint=slope).write(tmp_path / "a.mkv")
    plain, kept = (render(source, tmp_path / name, "prores", **layer) for name, layer in (
        ("plain.mov", {}), ("kept.mov", {"style": "pencil", "keep_colors": True})))
    (before,), (after,) = pictures_of(plain.path), pictures_of(kept.path)
    for one, other in zip(before[1:], after[1:], strict=True):
        assert np.abs(one.astype(int) - other.astype(int)).max() <= 2


def test_a_mask_divides_the_picture(tmp_path: Path) -> None:
    source = Film(frames=2, paint=noise).write(tmp_path / "a.mkv")
    half = np.zeros((48, 64), np.uint8)
    half[:, 32:] = 255
    styled = render(source, tmp_path / "styled.mkv", style="pencil")
    masked = render(source, tmp_path / "masked.mkv", style="pencil",
                    mask=_mask(tmp_path / "mask.png", half))
    for plain, full, mixed in zip(*(pictures_of(path) for path in (
            source, styled.path, masked.path)), strict=True):
        for before, after, found in zip(plain, full, mixed, strict=True):
            middle = before.shape[1] // 2
            assert np.array_equal(found[:, :middle], before[:, :middle])
            assert np.array_equal(found[:, middle:], after[:, middle:])


@pytest.mark.parametrize(("pixel_format", "codec", "container"), [
    ("yuv420p", "prores", "mov"), ("yuv420p10le", "vp9", "webm"), ("bgr0", "h264", "mp4"),
    ("yuva444p10le", "hevc", "mp4"), ("yuv444p", "av1", "mkv"), ("gray10le", "prores", "mov")])
def test_layers_are_laid_in_the_format_of_the_codec(pixel_format: str, codec: str, container: str,
                                                    tmp_path: Path) -> None:
    """Half masked, half as strong: between the plain and the styled render of the same codec."""
    source = Film(pixel_format, frames=1).write(tmp_path / "a.mkv")
    half = np.zeros((48, 64), np.uint8)
    half[:, 32:] = 255
    mask = _mask(tmp_path / "mask.png", half)
    layers = {"plain": {}, "styled": {"style": "pencil"},
              "masked": {"style": "pencil", "mask": mask},
              "weak": {"style": "pencil", "strength": 0.5}}
    luma = {}
    for name, layer in layers.items():
        result = render(source, tmp_path / f"{name}.{container}", codec, crf=_fine(codec), **layer)
        (planes,) = pictures_of(result.path)
        (frame,) = frames_of(result.path)
        luma[name] = planes[0] / 2.0 ** (frame.format.components[0].bits - 8)
    assert np.abs(luma["masked"] - luma["plain"])[:, :24].mean() < 1
    assert np.abs(luma["masked"] - luma["styled"])[:, 40:].mean() < 1
    assert np.abs(luma["weak"] - (luma["plain"] + luma["styled"]) / 2).mean() < 1
    assert np.abs(luma["plain"] - luma["styled"]).mean() > 10


def test_a_mask_of_another_size_is_scaled(tmp_path: Path) -> None:
    source = Film(frames=1, paint=noise).write(tmp_path / "a.mkv")
    half = np.zeros((480, 640), np.uint8)
    half[:, 320:] = 255
    masked = render(source, tmp_path / "b.mkv", style="pencil",
                    mask=_mask(tmp_path / "mask.png", half))
    (before,), (after,) = pictures_of(source), pictures_of(masked.path)
    assert np.array_equal(before[0][:, :32], after[0][:, :32])
    assert not np.array_equal(before[0][:, 32:], after[0][:, 32:])


def test_a_mask_may_move(tmp_path: Path) -> None:
    """A mask video at half the frame rate holds each of its pictures for two of ours."""
    source = Film(frames=6, paint=noise).write(tmp_path / "a.mkv")
    mask = Film("gray", frames=3, time_base=Fraction(2, 25), tags=ColorTags(2, 2, 2, 2),
                paint=lambda number, shape, bits: np.full(
                    shape, ((1 << bits) - 1) * (number % 2))).write(tmp_path / "mask.mkv")
    styled = render(source, tmp_path / "styled.mkv", style="pencil")
    masked = render(source, tmp_path / "masked.mkv", style="pencil", mask=mask)
    plain, full, mixed = (hashes(path) for path in (source, styled.path, masked.path))
    assert mixed == [*plain[:2], *full[2:4], *plain[4:]]


def test_half_strength_is_half_way(tmp_path: Path) -> None:
    source = Film(frames=1, paint=noise).write(tmp_path / "a.mkv")
    full, half = (render(source, tmp_path / f"{strength}.mkv", style="pencil", strength=strength)
                  for strength in (1.0, 0.5))
    (before,), (after,), (mixed,) = (pictures_of(path) for path in (source, full.path, half.path))
    for one, other, found in zip(before, after, mixed, strict=True):
        mean = (one.astype(float) + other.astype(float)) / 2
        assert np.abs(found - mean).max() <= 0.5


@pytest.mark.parametrize("layer", [{"style": "pencil"}, {"style": "pencil", "strength": 0.5},
                                   {"style": "pencil", "keep_colors": True}, {}])
@pytest.mark.parametrize("pixel_format", ["yuva420p", "yuva444p10le", "gbrap10le", "bgra"])
def test_alpha_is_carried_through_ffv1(pixel_format: str, layer: dict[str, Any], tmp_path: Path
                                       ) -> None:
    source = Film(pixel_format, frames=2, paint=noise).write(tmp_path / "a.mkv")
    result = render(source, tmp_path / "b.mkv", **layer)
    for before, after in zip(pictures_of(source), pictures_of(result.path), strict=True):
        assert np.array_equal(before[-1], after[-1])


@pytest.mark.parametrize("style", ["pencil", "identity"])
def test_alpha_is_carried_through_prores(style: str, tmp_path: Path) -> None:
    source = Film("yuva444p10le", frames=2).write(tmp_path / "a.mkv")
    result = render(source, tmp_path / "b.mov", "prores", style=style)
    for before, after in zip(pictures_of(source), pictures_of(result.path), strict=True):
        assert len(after) == 4
        deep = 1 << (frames_of(result.path).__next__().format.components[3].bits - 10)
        assert np.abs(before[3].astype(int) - after[3].astype(int) / deep).max() <= 1


SAID = [("h264", "mp4"), ("hevc", "mkv"), ("av1", "mp4"), ("vp9", "webm")]
CLEAR = ["yuva420p", "yuva444p10le", "bgra", "gbrap10le"]


@pytest.mark.parametrize(("style", "pixel_format", "into"), [
    pytest.param(style, pixel_format, into, marks=() if (
        drawn + CLEAR.index(pixel_format) + SAID.index(into)) % 2 == 0 else pytest.mark.long)
    for drawn, style in enumerate(("pencil", "identity")) for pixel_format in CLEAR
    for into in SAID])
def test_alpha_is_kept_or_its_loss_is_said(style: str, pixel_format: str, into: tuple[str, str],
                                           tmp_path: Path) -> None:
    codec, container = into
    source = Film(pixel_format, frames=2).write(tmp_path / "a.mkv")
    result = render(source, tmp_path / f"b.{container}", codec, style=style)
    after = VideoProbe.probe(result.path)
    assert after.has_alpha != any("transparency" in said for said in result.warnings)


@pytest.mark.parametrize(("source", "has_alpha"), [
    ("moviepy__transparent.webm", True), ("mediabunny__vp9-alpha-padded-width.webm", True),
    ("mediabunny__trim-buck-bunny.webm", False)])
def test_alpha_beside_the_picture_is_read_and_written(source: str, has_alpha: bool, shared: Path,
                                                      tmp_path: Path) -> None:
    """WebM keeps alpha beside the picture, where FFmpeg's own decoder does not look."""
    path = shared / "media" / source
    assert VideoProbe.probe(path).has_alpha == has_alpha
    result = Pipeline(path, tmp_path / "b.webm", recipe=Recipe.build({
        "layers": [{"style": "identity"}], "output": {"codec": "vp9", "crf": 4}}),
        end=Fraction(1, 10)).process()
    assert VideoProbe.probe(result.path).has_alpha == has_alpha
    assert not any("transparency" in said for said in result.warnings)
    if has_alpha:
        with VideoReader(path) as before, VideoReader(result.path) as after:
            for one, other in zip(before.pictures(), after.pictures(), strict=False):
                apart = np.abs(one.picture.planes[3].astype(int) - other.picture.planes[3])
                assert apart.mean() < 2


# ---- the odd ones ----


def test_a_picture_size_that_changes_keeps_the_first(tmp_path: Path) -> None:
    path = tmp_path / "a.ts"
    halves = [Film(size=size, codec="libx264", frames=3).write(tmp_path / f"{size[0]}.ts")
              for size in ((64, 48), (96, 64))]
    path.write_bytes(b"".join(half.read_bytes() for half in halves))
    result = render(path, tmp_path / "b.mkv")
    sizes = {(frame.width, frame.height) for frame in frames_of(result.path)}
    assert sizes == {(64, 48)} and result.frames == 6
    assert any("size changes" in said for said in result.warnings)


HDR_SOURCE = ("G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50)")


@pytest.fixture(scope="session")
def hdr(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Film("yuv420p10le", codec="libx265", frames=3, tags=TAGS["hdr10"], options={
        "preset": "ultrafast",
        "x265-params": f"log-level=none:hdr10=1:master-display={HDR_SOURCE}:max-cll=1000,400"},
    ).write(tmp_path_factory.mktemp("hdr") / "a.mp4")


@pytest.mark.parametrize(("codec", "container", "style"), [
    ("hevc", "mp4", "pencil"), ("hevc", "mkv", "identity"), ("hevc", "mov", "pencil"),
    ("av1", "mp4", "identity"), ("av1", "mkv", "pencil"), ("av1", "webm", "identity")])
def test_hdr_metadata_is_kept(codec: str, container: str, style: str, hdr: Path, tmp_path: Path
                              ) -> None:
    before = VideoProbe.probe(hdr)
    assert before.hdr.light_level == (1000, 400) and before.hdr.luminance[0] == Fraction(1, 200)
    result = render(hdr, tmp_path / f"b.{container}", codec, style=style)
    after = VideoProbe.probe(result.path)
    assert after.tags == before.tags and after.bits == 10
    assert after.hdr.light_level == before.hdr.light_level
    # AV1 counts chromaticities in 2^-16, brightness in 2^-8 and darkness in 2^-14 cd/m².
    steps = (Fraction(1, 2**16), Fraction(1, 2**14)) if codec == "av1" else (0, 0)
    for one, other in zip(np.ravel(after.hdr.primaries), np.ravel(before.hdr.primaries),
                          strict=True):
        assert abs(one - other) <= steps[0]
    for one, other in zip(after.hdr.luminance, before.hdr.luminance, strict=True):
        assert abs(one - other) <= steps[1]


@pytest.mark.parametrize(("codec", "container"), [("h264", "mp4"), ("vp9", "webm"),
                                                  ("ffv1", "mkv"), ("prores", "mov")])
def test_hdr_metadata_is_kept_or_its_loss_is_said(codec: str, container: str, hdr: Path,
                                                  tmp_path: Path) -> None:
    result = render(hdr, tmp_path / f"b.{container}", codec)
    after = VideoProbe.probe(result.path)
    assert bool(after.hdr) != any("mastering" in said.lower() for said in result.warnings)


@pytest.mark.long
def test_real_hdr_metadata_is_kept(shared: Path, tmp_path: Path) -> None:
    source = shared / "media" / "aswf__output_hdr10.mp4"
    result = Pipeline(source, tmp_path / "b.mp4", end=Fraction(1, 10), recipe=Recipe.build({
        "layers": [{"style": "pencil"}], "output": {"codec": "hevc"},
        "preset": "speed"})).process()
    before, after = VideoProbe.probe(source), VideoProbe.probe(result.path)
    assert before.hdr and after.hdr == before.hdr and after.tags == before.tags


def test_untagged_stays_untagged(tmp_path: Path) -> None:
    source = Film(codec="libx264", frames=2).write(tmp_path / "a.mp4")
    for container in ("mp4", "mov", "mkv"):
        result = render(source, tmp_path / f"b.{container}", "h264", style="pencil")
        assert VideoProbe.probe(result.path).tags == ColorTags()
        assert any("unspecified" in said for said in result.notes) and result.warnings == ()
