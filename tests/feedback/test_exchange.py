"""Records go out and come back exactly, and what is no record is named."""

import csv
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InputError, InvalidParameter
from feedback import FeedbackStore
from feedback.exchange import COLUMNS, read_records, write_records
from tests.feedback.samples import RECORDS, rating, vote

FORMS = ["records.json", "records.csv"]


@pytest.mark.parametrize("name", FORMS)
@given(records=st.lists(RECORDS, max_size=3))
@settings(max_examples=15, deadline=None)
def test_they_come_back_as_they_were(tmp_path_factory, name, records):
    path = tmp_path_factory.mktemp("out") / name
    write_records(records, path)
    found = read_records(path)
    assert list(found.records) == records
    assert found.refused == ()


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("note", ["=1+1", "'quoted", "a\nb", "\\n", 'say "no", please', "-", "é\0"])
def test_every_note_survives(tmp_path, name, note):
    write_records([rating(note=note)], tmp_path / name)
    assert read_records(tmp_path / name).records[0].note == note


def test_no_note_becomes_a_formula(tmp_path):
    write_records([rating(note="=HYPERLINK()")], tmp_path / "r.csv")
    row, = csv.DictReader(io.StringIO((tmp_path / "r.csv").read_text(encoding="utf-8")))
    assert row["note"] == "'=HYPERLINK()"


@pytest.mark.parametrize("name", FORMS)
def test_a_record_that_was_spoiled_is_named_and_the_others_come(tmp_path, name):
    path = tmp_path / name
    write_records([rating(3, note="bad"), vote(), rating(4)], path)
    if name.endswith("json"):
        path.write_text(path.read_text().replace('"stars": 3', '"stars": 30'))
    else:
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
        rows[0]["stars"] = "30"
        with path.open("w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, COLUMNS)
            table.writeheader()
            table.writerows(rows)
    found = read_records(path)
    assert len(found.records) == 2
    assert len(found.refused) == 1
    assert "record 1: " in found.refused[0]
    assert "stars" in found.refused[0]


def test_a_store_is_carried_to_another_machine(tmp_path):
    here, there = (FeedbackStore(tmp_path / name / "feedback.json") for name in ("a", "b"))
    here.add_all([rating(note=str(i)) for i in range(3)])
    there.add(rating(note="its own"))
    write_records(here.records(), tmp_path / "out.csv")
    assert there.add_all(read_records(tmp_path / "out.csv").records) == 3
    assert there.add_all(read_records(tmp_path / "out.csv").records) == 0
    assert len(there.records()) == 4


@pytest.mark.parametrize(("name", "text"), [
    ("r.json", "{"), ("r.json", "[]"), ("r.json", json.dumps({"schema": 99, "records": []})),
    ("r.json", "[" * 100_000), ("r.csv", "a,b\n1,2\n"), ("r.csv", ""), ("gone.csv", None)])
def test_another_file_is_refused(tmp_path, name, text):
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(InputError, match="cannot be read as records"):
        read_records(tmp_path / name)


def test_another_form_is_refused(tmp_path):
    with pytest.raises(InvalidParameter, match=r"\.json or \.csv"):
        write_records([], tmp_path / "records.xlsx")
