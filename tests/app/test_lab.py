"""The Style Lab without a browser: results, ratings, votes, presets that travel."""

import json
from collections import Counter
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app import preset_files, serving
from app.analytics import rendered
from app.lab import Judge, proposed, results
from core import presets
from core.errors import BrushreelError
from core.jobs import JobStore, Order
from core.jobs.claims import claim_next
from core.pipeline import Pipeline
from core.recipe import Recipe
from core.render.options import RenderOptions

PAGE = Path(__file__).resolve().parents[2] / "app" / "pages" / "style_lab.py"
pytestmark = pytest.mark.usefixtures("data")


def done(store: JobStore, film: Path, folder: Path, style: str) -> Path:
    """A job that has ended, its result a copy of the source."""
    target = folder / f"{style}.mp4"
    target.write_bytes(film.read_bytes())
    store.add(Order.render(film, target, Recipe.build({"layers": [{"style": style}]})))
    claim = claim_next(store, lambda _: True)
    assert claim is not None
    claim.finish({"frames": 50, "fps": 25.0}, [])
    return target


def page() -> AppTest:
    shown = AppTest.from_file(PAGE, default_timeout=60).run()
    assert not shown.exception
    return shown


def test_without_results_it_says_where_to_get_some() -> None:
    assert page().header[0].value == "Nothing to compare yet"


def test_a_result_is_rated_with_stars_and_words(film: Path, tmp_path: Path) -> None:
    done(serving.jobs(), film, tmp_path, "pencil")
    shown = page()
    assert shown.button("rate").disabled
    [one] = results(serving.jobs())
    shown.feedback[0].set_value(3).run()
    shown.text_area(f"note.{one.id}").input("<b>Fine</b> lines.").run()
    shown.button("rate").click().run()
    [rating] = serving.feedback().ratings()
    assert (rating.stars, rating.note, rating.sample.look) == (4, "<b>Fine</b> lines.", "pencil")
    assert page().text_area(f"note.{one.id}").value == "<b>Fine</b> lines."
    shown.button("approve").click().run()
    assert [approval.approved for approval in serving.feedback().approvals()] == [True]


def test_votes_are_blind_and_every_pair_has_its_turn(film: Path, tmp_path: Path) -> None:
    for style in ("pencil", "ink", "oil"):
        done(serving.jobs(), film, tmp_path, style)
    found, judge = results(serving.jobs()), Judge(serving.feedback())
    seen: Counter[frozenset[str]] = Counter()
    firsts = set()
    for seed in range(6):
        pair = proposed(found, judge.votes(), seed)
        assert pair is not None
        assert pair == proposed(found, judge.votes(), seed)
        seen[frozenset({pair.first.style, pair.second.style})] += 1
        firsts.add(pair.first.style)
        assert judge.vote(pair, "first")
    assert set(seen.values()) == {2}
    assert len(firsts) > 1
    [vote, *_] = serving.feedback().votes()
    assert vote.blind


def test_one_look_twice_or_two_sources_make_no_pair(film: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.mp4"
    other.write_bytes(film.read_bytes())
    done(serving.jobs(), film, tmp_path, "pencil")
    (tmp_path / "again").mkdir()
    done(serving.jobs(), film, tmp_path / "again", "pencil")
    (tmp_path / "apart").mkdir()
    done(serving.jobs(), other, tmp_path / "apart", "ink")
    assert proposed(results(serving.jobs()), [], 1) is None


def test_results_that_are_gone_are_left_out(film: Path, tmp_path: Path) -> None:
    done(serving.jobs(), film, tmp_path, "pencil").unlink()
    assert results(serving.jobs()) == []


def test_presets_travel_and_hostile_files_change_nothing() -> None:
    presets.save("comic", "mine", {"dot_size": 6.5}, "Coarse.")
    [own] = preset_files.own()
    content = preset_files.exported(own)
    presets.remove("comic", "mine")
    assert preset_files.imported(content) == ["comic:mine"]
    assert presets.preset("comic", "mine").values["dot_size"] == 6.5
    good = b'[pencil.soft]\nshading = 0.2\n'
    for bad in (b"\xff\xfe", b"not toml", b"", b"[gone.x]\n", b"pencil = 3", b"[pencil]\nx = 1",
                good + b"[pencil.bad]\nshading = 9\n",
                good + b'["pencil"."../../x"]\nshading = 1\n',
                good + b"[pencil.bad]\nimport_os = 1\n", b"a" * 300_000):
        with pytest.raises(BrushreelError):
            preset_files.imported(bad)
    assert "soft" not in json.dumps(list(presets.presets("pencil")))


def test_clearing_the_list_of_jobs_leaves_results_and_statistics(film: Path, tmp_path: Path
                                                                ) -> None:
    store = serving.jobs()
    done(store, film, tmp_path, "pencil")
    before, told = results(store), rendered(store, {})
    assert store.clear() == 1
    assert store.list() == []
    assert results(store) == before
    assert rendered(store, {}) == told
    assert page().selectbox("lab.first").options == ["pencil.mp4"]
    done(store, film, tmp_path, "ink")  # its number is a new one
    assert [result.style for result in results(store)] == ["ink", "pencil"]


def test_results_of_one_name_can_be_told_apart(film: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        done(serving.jobs(), film, tmp_path / name, "pencil")
    assert page().selectbox("lab.first").options == [
        f"pencil.mp4 in {tmp_path / 'b'}", f"pencil.mp4 in {tmp_path / 'a'}"]


def test_any_result_is_opened_from_disk(film: Path, tmp_path: Path) -> None:
    source = tmp_path / "walk.mp4"
    source.write_bytes(film.read_bytes())
    (tmp_path / "outputs").mkdir()
    target = tmp_path / "outputs" / "walk_look.mp4"
    Pipeline.of(source, target, Recipe.build({"layers": [{"style": "identity"}]}),
                RenderOptions()).process()
    shown = page()
    for path, said in (("/nowhere.mp4", "nothing at"), (str(source), "holds no recipe")):
        shown.text_input("lab.open.path").input(path).run()
        shown.text_input("lab.open.source").input(str(film)).run()
        shown.button("lab.open").click().run()
        assert not shown.exception
        assert said in shown.session_state["problem.pending"].error.message
    shown.text_input("lab.open.source").input("").run()
    shown.text_input("lab.open.path").input(str(target)).run()
    shown.button("lab.open").click().run()
    assert not shown.exception
    assert shown.selectbox("lab.first").options == ["walk_look.mp4"]
    [found] = shown.session_state["lab.opened"]
    assert (found.path, found.source, found.style) == (target, source, "identity")
    shown.button("lab.open").click().run()
    assert len(shown.session_state["lab.opened"]) == 1  # it is open already
