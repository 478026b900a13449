"""The feedback store: nothing said is lost, by other writers, kills or damage."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InputError, InvalidParameter
from core.recipe import Recipe
from feedback import Approval, FeedbackStore, Rating, sample_of
from feedback.migration import SCHEMA, migrated
from feedback.storage import spare
from tests.feedback.samples import RECORDS, rating, sample, vote

ROOT = Path(__file__).resolve().parents[2]
WRITER = """
import sys
from pathlib import Path
from feedback import FeedbackStore
from tests.feedback.samples import rating
store = FeedbackStore(Path(sys.argv[1]))
for number in range(int(sys.argv[3])):
    store.add(rating(note=f"{sys.argv[2]} {number}"))
    print(number, flush=True)
"""


@pytest.fixture
def store(tmp_path: Path) -> FeedbackStore:
    return FeedbackStore(tmp_path / "feedback.json")


@pytest.fixture
def filled(store: FeedbackStore) -> FeedbackStore:
    store.add_all(rating(stars=1 + i % 5, note=f"note {i}") for i in range(6))
    return store


def writer(store: FeedbackStore, name: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", WRITER, str(store.path), name, str(count)],
                            stdout=subprocess.PIPE, text=True, cwd=ROOT)


def notes(store: FeedbackStore) -> list[str]:
    return [record.note for record in store.records()]


NOTES = [f"note {i}" for i in range(6)]


def test_what_is_added_is_there(store: FeedbackStore) -> None:
    added = [store.add(rating(5)), store.add(vote()), store.add(Approval(sample=sample("ink")))]
    assert FeedbackStore(store.path).records() == added
    assert store.ratings() == added[:1]
    assert store.votes() == added[1:2]
    assert store.approvals("ink") == added[2:]
    assert store.records("pencil") == added[:2]


def test_an_empty_store_holds_nothing(store: FeedbackStore) -> None:
    assert store.records() == []
    assert store.damage() == []


def test_a_record_is_replaced_or_removed_by_its_id(filled: FeedbackStore) -> None:
    first, second, *rest = filled.ratings()
    changed = filled.replace(first.model_copy(update={"stars": 5}))
    filled.remove(second.id)
    assert filled.records() == [changed, *rest]
    for change in (lambda: filled.remove(second.id), lambda: filled.replace(second)):
        with pytest.raises(InvalidParameter, match=second.id):
            change()


def test_what_is_known_is_not_added_again(filled: FeedbackStore) -> None:
    new = rating(note="new")
    assert filled.add_all([*filled.records(), new, new]) == 1
    assert notes(filled) == [*NOTES, "new"]


@given(st.lists(RECORDS, max_size=4, unique_by=lambda record: record.id))
@settings(max_examples=12, deadline=None)
def test_every_record_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory,
                                           records: list) -> None:
    store = FeedbackStore(tmp_path_factory.mktemp("store") / "feedback.json")
    store.add_all(records)
    assert store.records() == sorted(records, key=lambda record: record.made)
    assert store.damage() == []


@pytest.mark.parametrize("stars", [0, 6, 2.5, "3", True])
def test_stars_are_one_to_five(stars: object) -> None:
    with pytest.raises(ValueError, match="stars"):
        Rating(sample=sample(), stars=stars)


def test_two_writers_lose_nothing(store: FeedbackStore) -> None:
    writers = [writer(store, name, 15) for name in ("one", "two")]
    for process in writers:
        assert process.communicate(timeout=100) and process.returncode == 0
    assert sorted(notes(store)) == sorted(f"{name} {i}" for name in ("one", "two")
                                          for i in range(15))


def test_a_kill_at_any_moment_loses_nothing_said(store: FeedbackStore) -> None:
    for attempt, delay in enumerate((0.0, 0.005)):
        process = writer(store, f"run {attempt}", 10_000)
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(3)]
        time.sleep(delay)
        process.kill()
        lines += process.communicate()[0].splitlines()
        said = {f"run {attempt} {int(line)}" for line in lines}
        assert said <= set(notes(store))
        assert len(set(notes(store)) - said - {f"run {attempt} {len(said)}"}) == \
            len([note for note in notes(store) if not note.startswith(f"run {attempt} ")])
    assert store.damage() == []


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_truncated_store_comes_back_whole(filled: FeedbackStore, share: float) -> None:
    content = filled.path.read_bytes()
    filled.path.write_bytes(content[:int(len(content) * share)])
    assert notes(filled) == NOTES
    assert json.loads(filled.path.read_bytes())


@pytest.mark.parametrize("share", [0.3, 0.5, 0.9])
def test_what_a_truncated_store_still_holds_is_kept_without_its_copy(
        filled: FeedbackStore, share: float) -> None:
    content = filled.path.read_text()
    left = content[:int(len(content) * share)]
    filled.path.write_text(left)
    spare(filled.path).unlink()
    lines = content.splitlines()
    whole = sum(line in lines for line in left.splitlines() if '"kind": "rating"' in line)
    kept = notes(filled)
    assert kept == NOTES[:max(whole, len(kept))]
    tail = left.rsplit("\n", 1)[1]
    assert [str(one.content) for one in filled.damage()] in ([tail.strip(" ,{}")], [])
    assert filled.damage() or len(tail) < 60 or len(kept) > whole


def test_a_lost_store_comes_back_from_its_copy(filled: FeedbackStore) -> None:
    filled.path.unlink()
    assert notes(filled) == NOTES


def test_a_record_that_was_spoiled_is_named_and_comes_back(filled: FeedbackStore) -> None:
    before = filled.records()
    filled.path.write_text(filled.path.read_text().replace('"stars": 3', '"stars": 9'))
    assert filled.records() == before
    damage, = filled.damage()
    assert damage.what == "record 3"
    assert "stars" in damage.why
    assert damage.content["note"] == "note 2"
    assert len(filled.damage()) == 1  # once, however often it is looked at


def test_a_record_spoiled_in_both_copies_is_set_aside_alone(filled: FeedbackStore) -> None:
    for path in (filled.path, spare(filled.path)):
        path.write_text(path.read_text().replace('"note": "note 3"', '"note": note 3'))
    assert notes(filled) == [note for note in NOTES if note != "note 3"]
    assert any("note 3" in str(damage.content) for damage in filled.damage())
    filled.add(rating(note="after"))
    assert notes(filled)[-1] == "after"


def test_a_record_added_by_hand_counts(filled: FeedbackStore) -> None:
    tables = json.loads(filled.path.read_bytes())
    tables["records"]["99"] = rating(note="by hand").model_dump(mode="json")
    filled.path.write_text(json.dumps(tables, indent=4))
    assert notes(filled) == [*NOTES, "by hand"]
    assert filled.damage() == []


@pytest.mark.parametrize("content", [b"", b"\x00" * 99, b"[]", b'{"records": 3}', b"\xff\xfe{",
                                     b"[" * 100_000])
def test_a_file_of_something_else_is_replaced_by_its_copy(filled: FeedbackStore,
                                                          content: bytes) -> None:
    filled.path.write_bytes(content)
    assert notes(filled) == NOTES


def test_a_newer_store_is_left_alone(filled: FeedbackStore) -> None:
    newer = filled.path.read_text().replace(f'"schema": {SCHEMA}', f'"schema": {SCHEMA + 1}')
    filled.path.write_text(newer)
    for use in (filled.records, lambda: filled.add(rating())):
        with pytest.raises(InputError, match="newer Brushreel"):
            use()
    assert filled.path.read_text() == newer


def test_old_records_are_brought_up_step_by_step() -> None:
    steps = {1: lambda row: {**row, "a": 1}, 2: lambda row: {**row, "b": row["a"] + 1}}
    rows = {"1": {"id": "x"}, "2": "no row"}
    assert migrated(rows, 1, steps, 3) == {"1": {"id": "x", "a": 1, "b": 2}, "2": "no row"}
    assert migrated(rows, 3, steps, 3) == rows


def test_a_sample_knows_its_render(tmp_path: Path) -> None:
    source = tmp_path / "holiday.mp4"
    source.write_bytes(bytes(range(256)) * 40_000)
    recipe = Recipe.build({"layers": [{"style": "cartoon"}, {"style": "cinematic"}]})
    found = sample_of(recipe, source, start=Fraction(1, 3), metrics={"ssim": 0.5})
    assert (found.look, found.source) == ("cartoon+cinematic", "holiday.mp4")
    moved = source.rename(tmp_path / "other.mp4")
    assert sample_of(recipe, moved).fingerprint == found.fingerprint
    content = bytearray(moved.read_bytes())
    content[len(content) // 2] ^= 1
    moved.write_bytes(content)
    assert sample_of(recipe, moved).fingerprint != found.fingerprint
    with pytest.raises(InputError, match=r"gone\.mp4"):
        sample_of(recipe, tmp_path / "gone.mp4")
