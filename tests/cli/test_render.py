"""Real renders of tiny videos, from the command line to the finished file."""

import hashlib
import json
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from core.io import VideoProbe, VideoReader
from core.recipe import Recipe
from core.saved import embedded
from core.viewing import upright
from tests.cli.conftest import HEIGHT, WIDTH, Cli, left_in, write_clip
from tests.clips import Film

PENCIL = ("--styles", "pencil")


def recipe_of(path: Path) -> Recipe:
    text = embedded(VideoProbe.probe(path).tags_text)
    assert text is not None
    return Recipe.from_json(text)


def pictures(path: Path) -> np.ndarray:
    with VideoReader(path) as reader:
        return np.array(list(reader.read_frames()))


def test_each_style_makes_one_output_and_nothing_else(cli: Cli, clip: Path, tmp_path: Path
                                                      ) -> None:
    ended = cli("render", "--in", clip, "--styles", "pencil, identity,pencil+identity,pencil")
    assert ended.code == 0
    outputs = {f"outputs/clip_{style}.mp4" for style in ("pencil", "identity", "pencil+identity")}
    assert left_in(tmp_path) == {"clip.mp4", "outputs", *outputs}
    for output in outputs:
        assert Path(output) in map(Path, ended.out.splitlines())
        assert len(pictures(Path(output))) == 8
    assert ended.out.count("8 frames in") == 3
    assert ended.out.count("  auto took h264") == 3
    assert ended.out.count("NVIDIA") == 1  # why it did holds for all, and is said once
    assert "3 of 3 rendered." in ended.out


def test_what_is_true_of_the_machine_is_said_once_and_of_a_file_for_each(
        cli: Cli, tmp_path: Path) -> None:
    clips = [Film(size=(32, 32), frames=2, codec="ffv1", pixel_format="yuva420p").write(
        tmp_path / f"{name}.mkv") for name in "ab"]
    ended = cli("render", "--in", *clips, "--styles", "identity", "--codec", "hevc_nvenc", "--out",
                "done")
    assert ended.code == 0, ended.err
    for said in (ended.out, ended.err):
        assert said.count("hevc_nvenc does not open on this machine") == 1
        assert said.count("cannot hold the transparency") == 2
    both = cli("render", "--in", *clips, "--styles", "identity", "--codec", "hevc_nvenc", "--out",
               "again", "--json").document
    for result in both["results"]:
        assert any("hevc_nvenc does not open" in words for words in result["warnings"])


def test_json_is_one_document_with_every_result(cli: Cli, clip: Path) -> None:
    ended = cli("render", "--in", clip, *PENCIL, "--out", "done", "--json")
    document = ended.document
    assert (ended.code, document["code"], document["failures"]) == (0, 0, [])
    [result] = document["results"]
    assert Path(result["path"]) == Path("done/clip_pencil.mp4")
    assert (result["frames"], result["resumed_frames"]) == (8, 0)
    assert (result["codec"], result["container"]) == ("h264", "mp4")
    assert result["fps"] > 0 < result["seconds"]
    assert result["choice"].startswith("auto took h264")
    assert result["input"] == str(clip)
    assert "clip_pencil.mp4" in ended.err


def test_options_reach_the_recipe(cli: Cli, clip: Path) -> None:
    cv2.imwrite("mask.png", np.full((HEIGHT, WIDTH), 128, np.uint8))
    ended = cli("render", "--in", clip, "--styles", "pencil+identity", "--out", "a.mkv",
                "--set", "pencil.blur_sigma=30", "pencil.strength=0.5", "--set",
                "pencil.use_texture=true", "--strength", "0.75", "--keep-colors",
                "--mask", "mask.png", "--temporal", "off", "--preset", "speed",
                "--codec", "ffv1", "--audio", "none")
    assert ended.code == 0, ended.err
    pencil, identity = VideoProbe.probe("a.mkv"), None
    text = embedded(pencil.tags_text)
    assert text is not None
    recipe = Recipe.from_json(text, lambda name, _: Path(name))
    pencil, identity = recipe.layers
    assert (pencil.params["blur_sigma"], pencil.params["use_texture"]) == (30, True)
    assert (pencil.strength, identity.strength) == (0.5, 0.75)
    assert pencil.keep_colors and identity.keep_colors
    assert pencil.mask == Path("mask.png")
    assert (recipe.steadiness.mode, recipe.preset) == ("off", "speed")
    assert (recipe.output.codec, recipe.output.audio) == ("ffv1", "none")


def test_a_range_is_cut_exactly(cli: Cli, clip: Path) -> None:
    whole = pictures(clip)
    ended = cli("render", "--in", clip, "--styles", "identity", "--out", "part.mkv", "--codec",
                "ffv1", "--start", "0.2", "--end", "00:00:00.5")
    assert ended.code == 0
    assert np.array_equal(pictures(Path("part.mkv")), whole[2:5])


def test_the_look_is_really_drawn(cli: Cli, clip: Path) -> None:
    for strength in ("0", "1"):
        cli("render", "--in", clip, *PENCIL, "--out", f"{strength}.mkv", "--codec", "ffv1",
            "--strength", strength)
    assert np.array_equal(pictures(Path("0.mkv")), pictures(clip))
    assert np.abs(pictures(Path("1.mkv")).astype(int) - pictures(clip)).mean() > 5


def test_a_finished_file_is_never_replaced_unasked(cli: Cli, clip: Path) -> None:
    arguments = ("render", "--in", clip, *PENCIL)
    cli(*arguments)
    first = Path("outputs/clip_pencil.mp4")
    before = first.stat().st_mtime_ns
    assert cli(*arguments).code == 0
    assert first.stat().st_mtime_ns == before
    assert Path("outputs/clip_pencil_2.mp4").is_file()
    assert cli(*arguments, "--overwrite").code == 0
    assert first.stat().st_mtime_ns > before
    assert len(list(Path("outputs").iterdir())) == 2
    assert cli(*arguments, "--out", first).code == 2
    assert cli(*arguments, "--out", first, "--overwrite").code == 0


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_like_repeats_a_render(cli: Cli, tmp_path: Path, clip: Path, suffix: str) -> None:
    first = f"first.{suffix}"
    assert cli("render", "--in", clip, *PENCIL, "--set", "pencil.blur_sigma=9", "--temporal",
               "off", "--container", suffix, "--out", first).code == 0
    write_clip(tmp_path / "other.mp4", frames=4)
    assert cli("render", "--in", "other.mp4", "--like", first, "--out", "second.mp4").code == 0
    assert recipe_of(Path("second.mp4")).layers == recipe_of(Path(first)).layers
    assert recipe_of(Path("second.mp4")).steadiness.mode == "off"
    assert cli("render", "--in", "other.mp4", "--like", first, "--set", "pencil.blur_sigma=11",
               "--out", "third.mp4").code == 0
    assert recipe_of(Path("third.mp4")).layers[0].params["blur_sigma"] == 11


def test_like_finds_assets_by_name_and_content(cli: Cli, clip: Path) -> None:
    paper = Path("paper/sheet.png")
    paper.parent.mkdir()
    cv2.imwrite(str(paper), np.random.default_rng(1).integers(180, 255, (32, 32, 3), np.uint8))
    assert cli("render", "--in", clip, *PENCIL, "--set", f"pencil.texture_path={paper}",
               "pencil.use_texture=yes", "--out", "first.mp4").code == 0
    again = ("render", "--in", clip, "--like", "first.mp4", "--overwrite", "--out", "again.mp4")

    ended = cli(*again)
    assert (ended.code, ended.out) == (2, "")
    assert "needs sheet.png" in ended.err

    Path("sheet.png").write_bytes(b"another picture of that name")
    assert cli(*again).code == 2
    paper.replace("sheet.png")
    assert cli(*again).code == 0
    assert str(paper.parent) not in embedded(VideoProbe.probe("again.mp4").tags_text)


def test_an_asset_is_taken_from_those_folders_alone(cli: Cli, clip: Path, tmp_path: Path) -> None:
    """A recipe comes out of somebody's file, and must not have any file here read."""
    secret = tmp_path / "private" / "key.png"
    secret.parent.mkdir()
    cv2.imwrite(str(secret), np.zeros((8, 8, 3), np.uint8))
    digest = hashlib.sha256(secret.read_bytes()).hexdigest()
    asset = {"name": "private/key.png", "sha256": digest}
    recipe = {"layers": [{"style": "pencil", "params": {"texture_path": asset}}]}
    Path("recipe.json").write_text(json.dumps(recipe))
    ended = cli("render", "--in", clip, "--recipe", "recipe.json")
    assert (ended.code, "which is not here" in ended.err) == (2, True)


def test_a_recipe_file_is_rendered(cli: Cli, clip: Path) -> None:
    recipe = Recipe.build({"layers": [{"style": "pencil", "params": {"blur_sigma": 7}}],
                           "output": {"codec": "ffv1", "container": "mkv"}})
    Path("recipe.json").write_text(recipe.to_json(), encoding="utf-8")
    assert cli("render", "--in", clip, "--recipe", "recipe.json").code == 0
    assert recipe_of(Path("outputs/clip_pencil.mkv")) == recipe


def test_a_batch_goes_on_after_a_failure(cli: Cli, tmp_path: Path) -> None:
    write_clip(tmp_path / "in" / "a.mp4")
    (tmp_path / "bad.mp4").write_text("no video")
    write_clip(tmp_path / "in" / "b.mp4")
    ended = cli("render", "--in", "in/a.mp4", "bad.mp4", "gone.mp4", "*.webm", "in/b.mp4",
                *PENCIL, "--json")
    document = ended.document
    assert (ended.code, document["code"]) == (1, 1)
    assert [Path(result["path"]).name for result in document["results"]] == [
        "a_pencil.mp4", "b_pencil.mp4"]
    assert [failure["input"] for failure in document["failures"]] == [
        "gone.mp4", "*.webm", "bad.mp4"]
    assert document["error"] == document["failures"][0]["error"]
    assert len(ended.err.splitlines()) == 5
    assert cli("render", "--in", "bad.mp4", "gone.mp4", *PENCIL).code == 2
    assert left_in(tmp_path / "outputs") == {"a_pencil.mp4", "b_pencil.mp4"}


def test_a_folder_drawn_into_itself_does_not_draw_its_results(cli: Cli, tmp_path: Path) -> None:
    write_clip(tmp_path / "clips" / "a.mp4")
    for _ in range(2):
        assert cli("render", "--in", "clips", *PENCIL, "--out", "clips").code == 0
    assert left_in(tmp_path / "clips") == {"a.mp4", "a_pencil.mp4", "a_pencil_2.mp4"}


def test_videos_of_one_name_do_not_collide(cli: Cli, tmp_path: Path) -> None:
    write_clip(tmp_path / "one" / "a.mp4")
    write_clip(tmp_path / "two" / "a.mp4", frames=4)
    assert cli("render", "--in", "one", "two", *PENCIL).code == 0
    assert [VideoProbe.probe(f"outputs/a_pencil{number}.mp4").frames
            for number in ("", "_2")] == [8, 4]


def test_preview_renders_a_few_seconds(cli: Cli, tmp_path: Path) -> None:
    write_clip(tmp_path / "long.mp4", frames=80)
    assert cli("preview", "--in", "long.mp4", "--style", "pencil", "--start", "1").code == 0
    assert VideoProbe.probe("outputs/long_pencil_preview.mp4").frames == 50
    cli("preview", "--in", "long.mp4", "--style", "pencil", "--start", "1", "--duration", "0.5",
        "--out", "short.mp4")
    assert VideoProbe.probe("short.mp4").frames == 5


def test_preview_of_a_frame_is_a_picture(cli: Cli, clip: Path) -> None:
    ended = cli("preview", "--in", clip, "--style", "identity", "--frame", "0.35", "--json")
    picture = cv2.imread(ended.document["path"], cv2.IMREAD_UNCHANGED)
    assert (picture.shape, picture.dtype) == ((HEIGHT, WIDTH, 3), np.uint8)
    assert np.array_equal(picture[..., ::-1], pictures(clip)[3])
    second = cli("preview", "--in", clip, "--style", "identity", "--frame", "0").out
    assert "clip_identity_preview_2.png" in second


def test_a_deep_source_gives_a_deep_picture(cli: Cli, shared: Path) -> None:
    source = shared / "media" / "torchcodec__h264_10bits.mp4"
    assert cli("preview", "--in", source, "--style", "pencil", "--frame", "0", "--out",
               "deep.png").code == 0
    picture = cv2.imread("deep.png", cv2.IMREAD_UNCHANGED)
    assert picture.dtype == np.uint16
    assert len(np.unique(picture)) > 256


@pytest.mark.parametrize(("name", "shape"), [
    ("androidx__internal_emulator_transformer_output_270_rotated.mp4", "portrait"),
    ("autoeditor__SAR-2by3.mp4", "narrow")])
def test_a_still_is_shown_as_a_player_shows_it(shared: Path, name: str, shape: str) -> None:
    found = VideoProbe.probe(shared / "media" / name)
    stored = np.zeros((found.height, found.width, 3), np.uint8)
    stored[:, -1] = 255
    height, width = upright(stored, found).shape[:2]
    if shape == "portrait":
        assert (height, width) == (found.width, found.height)
        edge = {90: upright(stored, found)[0], 270: upright(stored, found)[-1]}
        assert edge[found.rotation % 360].min() == 255
    else:
        assert Fraction(width, height) == pytest.approx(found.sar * Fraction(
            found.width, found.height), abs=1 / height)


def test_drawings_are_held_and_like_repeats_it(cli: Cli, clip: Path) -> None:
    assert cli("render", "--in", clip, *PENCIL, "--hold", "2").code == 0
    made, again = Path("outputs/clip_pencil.mp4"), Path("again.mp4")
    assert cli("render", "--in", clip, "--like", made, "--out", again).code == 0
    assert recipe_of(made).hold == recipe_of(again).hold == 2
    assert np.array_equal(pictures(made), pictures(again))
    assert cli("render", "--in", clip, "--like", made, "--out", "o.mp4", "--hold", "1").code == 0
    assert recipe_of(Path("o.mp4")).hold == 1
