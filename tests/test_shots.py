"""A film's shots as they are listed: exact in time, and those of a render."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from core.errors import UnreadableVideo
from core.progress import Followed
from core.scenes.shots import Scanned, ShotList, find_shots
from tests import reels
from tests.clips import Film, pictures_of, spans_of


@pytest.fixture(autouse=True)
def _looks():
    with reels.extra_looks():
        yield


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("films")


def listed(path: Path) -> ShotList:
    steps = Followed(find_shots(path))
    list(steps)
    return steps.result


def printed(path: Path, place: int) -> list[int]:
    return [round(float(planes[0][:8, 8 * place:8 * place + 8].mean()))
            for planes in pictures_of(path)]


@pytest.mark.parametrize("film", [pytest.param(film, marks=() if film in reels.FEW
                                               else pytest.mark.long) for film in reels.FILMS])
def test_shots_and_flashes_are_those_of_a_render(films: Path, tmp_path: Path, film: str) -> None:
    path, target = reels.source(film, films), tmp_path / "out.mkv"
    reels.render(path, target, "numbers")
    shot, lit = printed(target, 0), printed(target, 2)
    found = listed(path)
    assert [one.first for one in found.shots] == [0, *(
        n for n in range(1, len(shot)) if shot[n] != shot[n - 1])]
    spans = [(float(flash.start), flash.frames) for one in found.shots for flash in one.flashes]
    starts = [start for start, _ in spans_of(path)]
    expected = [float(starts[n] - starts[0] + found.shots[0].start)
                for n in range(len(lit)) if lit[n] > 128]
    assert sum(frames for _, frames in spans) == len(expected)
    assert {start for start, _ in spans} <= set(expected)


@pytest.mark.parametrize(("name", "firsts"), [
    ("shaka__n_2_0_0.ts", [0, 90]), ("moviepy__-video-with-dash-.mp4", [0, 3, 4])])
def test_real_shots_are_those_of_a_render(shared: Path, tmp_path: Path, name: str,
                                          firsts: list[int]) -> None:
    path, target = shared / "media" / name, tmp_path / "out.mkv"
    reels.render(path, target, "numbers")
    shot = printed(target, 0)
    drawn = [n for n in range(len(shot)) if not n or abs(shot[n] - shot[n - 1]) > 10]
    assert [one.first for one in listed(path).shots] == drawn == firsts


@pytest.mark.parametrize("film", ["vfr", "flashes", "mpeg-ts", "long gop"])
def test_shots_follow_one_another_without_gaps(films: Path, film: str) -> None:
    path = reels.source(film, films)
    found, spans = listed(path), spans_of(path)
    origin = spans[0][0] - found.shots[0].start
    assert abs(origin - found.source.container_start) < Fraction(1, 10**6)
    for number, (shot, after) in enumerate(zip(found.shots, [*found.shots[1:], None],
                                               strict=True), 1):
        assert shot.number == number
        assert shot.start == spans[shot.first][0] - origin
        assert shot.end == (after.start if after else sum(spans[-1]) - origin)
        assert shot.duration == shot.end - shot.start > 0
    assert sum(shot.frames for shot in found.shots) == len(spans)


def test_flashes_are_told_with_their_shot(films: Path) -> None:
    found = listed(reels.source("flashes", films))
    assert [one.first for one in found.shots] == [0, *reels.FLASH_CUTS]
    seen = [[(round(flash.start * 30), flash.frames) for flash in one.flashes]
            for one in found.shots]
    assert seen == [[(29, 3), (60, 1)], [(89, 1), (100, 3), (120, 1)],
                    [(160, 1), (162, 1), (164, 1)], []]
    assert all(flash.end - flash.start == flash.frames * Fraction(1, 30)
               for one in found.shots for flash in one.flashes)


def faded(number: int, shape: tuple[int, int], bits: int):
    level = max(0.0, min(1.0, abs(number - 30) / 20))
    codes = reels.shots(80)(number, shape, bits)
    return (16 + (codes - 16) * level).astype(int)


def test_fades_are_told_with_their_shot(tmp_path: Path) -> None:
    path = Film(frames=120, pixel_format="gray", paint=faded).write(tmp_path / "fades.mkv")
    first, second = listed(path).shots
    assert second.first == 80 and second.fades == ()
    out, into = first.fades
    assert (out.kind, out.color, into.kind, into.color) == ("out", "black", "in", "black")
    for time, frame in ((out.start, 10), (out.end, 30), (into.start, 30), (into.end, 50)):
        assert abs(time * 25 - frame) <= 4


def test_progress_goes_to_the_end(films: Path) -> None:
    steps = list(find_shots(reels.source("flashes", films)))
    assert [step.frames for step in steps] == list(range(1, 181))
    assert steps[-1] == Scanned(180, 180)


@pytest.mark.parametrize(("tag", "rate", "first", "later"), [
    ("", Fraction(25), "00:00:00:00", "00:00:01:15"),
    ("10:00:00:00", Fraction(24), "10:00:00:00", "10:00:01:16"),
    ("01:00:59;28", Fraction(30000, 1001), "01:00:59;28", "01:01:01;10"),
    ("01:00:59;58", Fraction(60000, 1001), "01:00:59;58", "01:01:00;42"),
    ("01:00:59:28", Fraction(30000, 1001), "01:00:59:28", "01:01:01:08"),
    ("23:59:59:00", Fraction(25), "23:59:59:00", "00:00:00:15")])
def test_timecode_counts_frames_from_the_files_own(tmp_path: Path, tag: str, rate: Fraction,
                                                   first: str, later: str) -> None:
    path = Film(codec="libx264", frames=60, time_base=1 / rate, paint=reels.shots(40),
                video_metadata={"timecode": tag} if tag else {}).write(tmp_path / "clip.mov")
    found = listed(path)
    assert [found.timecode(shot.start) for shot in found.shots] == [first, later]


def test_a_film_without_pictures_is_refused(films: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.io.VideoReader.pictures", lambda *_: iter(()))
    with pytest.raises(UnreadableVideo, match="No picture"):
        listed(reels.source("intra", films))
