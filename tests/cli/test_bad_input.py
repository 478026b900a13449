"""Whatever is wrong is said in one sentence, with what to do in another, and leaves no trace."""

import re
import shlex
from pathlib import Path

import pytest

from core.io import VideoProbe
from scripts.cli import COMMANDS
from tests.cli.conftest import Cli, left_in, write_clip

SENTENCES = re.compile(r"[^\n]+\.( [^\n]+)?\n")

BAD = {
    "": "No command is given",
    "rendr": "no command 'rendr'. Did you mean 'render'",
    "--in x": "no option '--in'",
    "RENDER --styls x": "no option --styls. Did you mean '--styles'",
    "RENDER --crf 20 extra": "'extra' stands where",
    "render --styles pencil": "required: --in",
    "render --in clip.mp4": "No style is asked for",
    "RENDER --like clip.mp4": "exclude each other",
    "render --in clip.mp4 --styles ', ,'": "No style",
    "render --in gone.mp4 --styles pencil": "gone.mp4 is not a file",
    "render --in empty --styles pencil": "no video in the",
    "render --in *.webm --styles pencil": "Nothing matches",
    "render --in text.mp4 --styles pencil": "cannot be read",
    "render --in none.mp4 --styles pencil": "cannot be read",
    "render --in clip.mp4 --styles pencl": "'pencl'. Did you mean",
    "render --in clip.mp4 --styles pencil+x": "style 'x'",
    "render --in clip.mp4 --styles pencil:nothing": "no preset 'nothing'",
    "RENDER --set pencil.blur_sigm=3": "Did you mean 'blur_sigma'",
    "RENDER --set pencl.blur_sigma=9": "Did you mean 'pencil'",
    "RENDER --set identity.strength=1": "not among the styles",
    "RENDER --set pencil.blur_sigma": "not understood",
    "RENDER --set blur_sigma=9": "not understood",
    "RENDER --set pencil.blur_sigma=500": "must be 5 to 50",
    "RENDER --set pencil.blur_sigma=soft": "must be 5 to 50",
    "RENDER --set pencil.blur_sigma=nan": "must be 5 to 50",
    "RENDER --set pencil.texture_path=no.png": "no.png cannot be read",
    "RENDER --mask no.png": "no.png cannot be read",
    "RENDER --strength 2": "strength=2 is refused",
    "RENDER --set pencil.strength=-1": "strength=-1 is refused",
    "RENDER --hold 4": "--hold: '4' is refused",
    "RENDER --temporal warp": "no temporal mode 'warp'",
    "RENDER --codec h265": "no codec 'h265'. Did you mean 'hevc'?",
    "RENDER --codec X264": "Did you mean 'h264'?",
    "train --data empty --export m.onnx": "no pairs of pictures",
    "train --data empty --export m.onnx --style-image photo.png": "photo.png cannot be read",
    "train --data empty --export m.txt": "no name of an ONNX file",
    "train --data empty --export m.onnx --set size": "not understood",
    "train --data empty --export m.onnx --set sise=64": "Did you mean 'size'",
    "train --data empty --export m.onnx --recipe no.toml": "no.toml cannot be read",
    "train --data empty --export m.onnx --start nothing": "no model 'nothing'",
    "train --export m.onnx": "required: --data",
    "train --data empty --style-image empty --export m.onnx --variants": "no variants",
    "train --data empty --export m.onnx --queue --variants": "not allowed with",
    "verify gone.mp4": "gone.mp4 is not a file",
    "verify text.mp4": "cannot be read",
    "finetune --model x": "--data --approved is required",
    "finetune --model x --data empty": "no pairs of pictures",
    "finetune --model x --approved empty": "Nothing was approved",
    "gallery --style pencl": "'pencl'. Did you mean",
    "gallery --in gone.mp4": "not a file",
    "doctor --qick": "Did you mean '--quick'",
    "RENDER --on-encoder-failure retry": "no choice 'retry'",
    "RENDER --crf 52": "--crf: '52' is refused",
    "RENDER --codec ffv1 --crf 9": "has no crf",
    "RENDER --codec ffv1 --container mp4": "does not go into",
    "RENDER --container avi": "no container 'avi'",
    "RENDER --audio mp3": "no audio choice 'mp3'",
    "RENDER --preset fast": "no preset 'fast'",
    "RENDER --chunk 9": "Give 10 to 120 seconds",
    "RENDER --chunk 121": "Give 10 to 120 seconds",
    "RENDER --workers 0": "--workers: '0' is refused",
    "RENDER --scratch plain": "scratch folder plain is not there",
    "RENDER --start soon": "'soon' is not a time",
    "RENDER --start 0.5 --end 0.2": "not after the start",
    "RENDER --start 1:00:00": "after the end of",
    "RENDER --out text.mp4/inner/out.mp4": "cannot be made",
    "RENDER --out plain": "cannot be made",
    "RENDER --out there.mp4": "exists already",
    "RENDER --out clip.mp4 --overwrite": "the source itself",
    "RENDER --out out.avi": "no kind of video",
    "render --in clip.mp4 --styles pencil,identity --out out.mp4": "is one file",
    "render --in clip.mp4 there.mp4 --styles pencil --out out.mp4": "is one file",
    "render --in clip.mp4 --recipe no.json": "cannot be read",
    "render --in clip.mp4 --recipe text.mp4": "not a recipe",
    "render --in clip.mp4 --recipe there.mp4": "cannot be read",
    "render --in clip.mp4 --recipe odd.json": "colour",
    "render --in clip.mp4 --like there.mp4": "holds no recipe",
    "preview --in clip.mp4 --style pencil,identity": "one style",
    "preview --in gone.mp4 --style pencil": "not a file",
    "preview --in clip.mp4 --style pencil --frame 99": "shows nothing",
    "preview --in clip.mp4 --style pencil --frame 0 --duration 1": "--frame is one picture",
    "preview --in clip.mp4 --style pencil --frame 0 --out a.jpg": "does not fit",
    "preview --in clip.mp4 --style pencil --out there.mp4": "exists already",
    "preview --in clip.mp4 --style pencil --duration 0": "above zero",
    "probe gone.mp4": "not a file",
    "probe text.mp4": "cannot be read",
    "scenes gone.mp4": "not a file",
    "scenes empty": "not a file",
    "scenes text.mp4": "cannot be read",
    "scenes clip.mp4 --csv --edl": "exclude each other",
    "scenes clip.mp4 --out shots.txt": "Let it end in .json, .csv, .edl",
    "scenes clip.mp4 --out there.mp4": "Let it end in",
    "scenes clip.mp4 --out odd.json": "exists already",
    "scenes clip.mp4 --out plain/shots.csv": "cannot be made",
    "metrics clip.mp4": "required: B",
    "metrics clip.mp4 gone.mp4": "gone.mp4 is not a file",
    "metrics clip.mp4 text.mp4": "cannot be read",
    "metrics clip.mp4 clip.mp4 --every 0": "--every: '0' is refused",
    "feedback forget": "no action 'forget'",
    "feedback export": "No file is named",
    "feedback export said.xlsx": "Let it end in .json or .csv",
    "feedback export odd.json": "exists already",
    "feedback import gone.json": "cannot be read as records",
    "feedback import odd.json": "cannot be read as records",
    "feedback rate clip.mp4": "needs stars and the source",
    "feedback rate clip.mp4 --stars 6 --source clip.mp4": "--stars: '6' is refused",
    "feedback rate there.mp4 --stars 5 --source clip.mp4": "holds no recipe",
    "tune --style pencil": "required: --in",
    "tune --in gone.mp4 --style pencil": "gone.mp4 is not a file",
    "tune --in clip.mp4 --style pencl": "'pencl'. Did you mean",
    "tune --in clip.mp4 --style identity": "nothing to tune",
    "tune --in clip.mp4 --style pencil --objective taste": "no objective 'taste'",
    "tune --in clip.mp4 --style pencil --objective preference": "not enough evidence",
    "tune --in text.mp4 --style pencil": "cannot be read",
    "tune --in clip.mp4 --style oil --save Mine": "no name for a preset",
    "styles pencl": "Did you mean 'pencil'",
    "models forget": "no action 'forget'",
    "models import": "One file is to be named",
    "models import gone.onnx": "not a file",
    "models import text.mp4": "not a complete ONNX",
    "models info nothing": "no model 'nothing'",
    "models remove nothing": "no model 'nothing'",
    "models rollback nothing": "no model 'nothing'",
    "presets forget": "no action 'forget'",
    "presets list pensil": "Did you mean 'pencil'",
    "presets save": "One preset is to be named",
    "presets save pencil": "One preset is to be named",
    "presets save pencil:Mine": "no name for a preset",
    "presets save pensil:mine": "Did you mean 'pencil'",
    "presets save pencil:mine --set pencil.blur_sigma=900": "must be 5 to 50",
    "presets save pencil:mine --from identity": "another look",
    "presets remove pencil:mine": "not one of your own",
    "luts vivd": "There is no grade 'vivd'. Did you mean 'vivid'?",
    "luts --size 130": "--size: '130' is refused",
    "luts --write plain": "plain cannot be made",
    "queue forget": "no action 'forget'",
    "queue list 3": "list takes no '3'",
    "queue add": "No video is named",
    "queue add --in clip.mp4": "No style is asked for",
    "queue add --in gone.mp4 --styles pencil": "gone.mp4 is not a file",
    "queue add --in text.mp4 --styles pencil": "cannot be read",
    "queue add --in clip.mp4 --styles pencl": "'pencl'. Did you mean",
    "queue add --in clip.mp4 there.mp4 --styles pencil --out out.mp4": "is one file",
    "queue add --in clip.mp4 --styles pencil --out there.mp4": "exists already",
    "queue add --in clip.mp4 --styles pencil --priority urgent": "no priority 'urgent'",
    "queue pause": "No job is named",
    "queue pause first": "'first' is no number of a job",
    "queue show 7": "no job 7",
    "queue later 7 --at soon": "'soon' is no time of the day",
    "queue list --queue plain/queue.db": "cannot be opened",
    "work --cpu-jobs 0": "--cpu-jobs: '0' is refused",
    "work --ceiling 20": "--ceiling: '20' is refused",
    "bench pipelin": "Did you mean 'pipeline'",
}
"""Command lines and some of what is said about them; RENDER is short for a plain good render."""
RENDER = "render --in clip.mp4 --styles pencil"


def words_of(line: str) -> list[str]:
    return shlex.split(line.replace("RENDER", RENDER))


@pytest.fixture
def folder(tmp_path: Path, clip: Path) -> Path:
    write_clip(tmp_path / "there.mp4")
    (tmp_path / "text.mp4").write_text("this is a letter, not a film\n" * 99)
    (tmp_path / "none.mp4").touch()
    (tmp_path / "plain").write_text("a file")
    (tmp_path / "empty").mkdir()
    (tmp_path / "odd.json").write_text('{"layers": [{"style": "pencil", "colour": 1}]}')
    return clip.parent


@pytest.mark.parametrize("line", BAD)
def test_bad_input_is_refused_in_words(cli: Cli, folder: Path, line: str) -> None:
    before = left_in(folder)
    ended = cli(*words_of(line))
    assert BAD[line] in ended.err
    assert SENTENCES.fullmatch(ended.err), ended.err
    assert (ended.code, ended.out) == (2, "")
    assert left_in(folder) == before


@pytest.mark.parametrize("line", [line for line in BAD if line])
def test_with_json_an_error_is_one_document(cli: Cli, folder: Path, line: str) -> None:
    document = cli(*words_of(line), "--json").document
    assert BAD[line] in f"{document['error']} {document['hint']}"
    assert document["code"] == 2
    assert left_in(folder) >= {"clip.mp4"}


def test_sound_alone_is_refused(cli: Cli, tmp_path: Path, shared: Path) -> None:
    audio = shared / "media" / "androidx__sample_audio_only.mp4"
    ended = cli("render", "--in", audio, "--styles", "pencil")
    assert ended.code == 2
    assert "has no video in it" in ended.err
    assert left_in(tmp_path) == set()


def test_every_command_is_refused_something() -> None:
    tried = {line.split()[0].replace("RENDER", "render") for line in BAD if line}
    assert tried >= COMMANDS.keys() - {"demo"}


def test_an_unwritable_cache_is_no_obstacle(cli: Cli, clip: Path,
                                            monkeypatch: pytest.MonkeyPatch) -> None:
    (clip.parent / "file").touch()
    monkeypatch.setenv("BRUSHREEL_DATA", str(clip.parent / "file" / "data"))
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    assert cli("render", "--in", clip, "--styles", "identity").code == 0
    assert VideoProbe.probe("outputs/clip_identity.mp4").frames == 8
