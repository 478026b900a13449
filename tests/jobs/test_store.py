"""The queue: what goes in comes out, in line, whoever else is writing."""

import os
import sqlite3
import threading
import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from core.errors import EncodeFailed, JobError
from core.jobs import (
    ENDED,
    HIGH,
    LOW,
    Event,
    JobProgress,
    JobStore,
    Order,
    Rules,
    State,
    TargetTaken,
)
from core.jobs.claims import Claim, ClaimLost, abandoned, claim_next, requeue_interrupted
from core.jobs.database import VERSION
from core.render.options import RenderOptions
from tests.jobs.conftest import PENCIL, Ordering


def any_job(_: object) -> bool:
    return True


def claimed(store: JobStore) -> Claim:
    claim = claim_next(store, any_job)
    assert claim is not None
    return claim


def names(store: JobStore, *states: State) -> list[str]:
    return [job.title for job in store.list(states or None)]


def test_an_order_is_kept_exactly(store: JobStore, tmp_path: Path) -> None:
    options = RenderOptions(start=Fraction(1, 3), end=Fraction(7), chunk=10.0, workers=2,
                            overwrite=True, scratch=tmp_path)
    order = Order.render(tmp_path / "clip.mp4", tmp_path / "é 'out'.mp4", PENCIL, options)
    job = store.add(order)
    with JobStore(store.path) as again:
        assert again.get(job.id) == job
        assert again.get(job.id).order == order
    assert job.order.recipe == PENCIL
    assert job.order.render_options == options
    assert (job.state, job.attempts, job.style) == (State.QUEUED, 0, "pencil")
    assert RenderOptions().document() == {}


def test_jobs_are_taken_by_priority_and_then_in_line(store: JobStore, order: Ordering) -> None:
    a, b, c, d = (store.add(order(f"{name}.mp4")) for name in "abcd")
    store.set_priority(c.id, HIGH)
    store.set_priority(a.id, LOW)
    assert names(store) == ["c.mp4", "b.mp4", "d.mp4", "a.mp4"]
    store.move(d.id, to_top=True)
    assert names(store) == ["c.mp4", "d.mp4", "b.mp4", "a.mp4"]
    assert store.move(a.id, before=b.id).priority == b.priority
    assert names(store) == ["c.mp4", "d.mp4", "a.mp4", "b.mp4"]
    store.move(d.id)
    assert names(store) == ["c.mp4", "a.mp4", "b.mp4", "d.mp4"]
    assert [claimed(store).number for _ in range(4)] == [c.id, a.id, b.id, d.id]
    assert claim_next(store, any_job) is None


def test_a_priority_has_bounds(store: JobStore, order: Ordering) -> None:
    job = store.add(order())
    with pytest.raises(JobError, match="refused"):
        store.set_priority(job.id, HIGH + 1)


def test_two_jobs_never_write_one_file(store: JobStore, order: Ordering) -> None:
    first = store.add(order())
    with pytest.raises(TargetTaken, match="Job 1 will write"):
        store.add(order())
    with pytest.raises(TargetTaken):
        store.add_all([order("b.mp4"), order("b.mp4")])
    assert names(store) == ["out.mp4"]  # all or none
    store.cancel(first.id)
    second = store.add(order())
    with pytest.raises(TargetTaken):
        store.retry(first.id)
    with pytest.raises(TargetTaken):
        store.duplicate(second.id, second.target)
    assert store.duplicate(second.id, second.target.with_name("c.mp4")).title == "c.mp4"
    assert {path.name for path in store.targets()} == {"out.mp4", "c.mp4"}


def test_an_order_can_be_changed_only_before_it_runs(store: JobStore, order: Ordering) -> None:
    job = store.add(order())
    edited = store.edit(job.id, order("other.mp4"))
    assert (edited.title, edited.state) == ("other.mp4", State.QUEUED)
    claimed(store)
    with pytest.raises(JobError, match=r"Job 1 is running; 'edit' is refused"):
        store.edit(job.id, order("third.mp4"))


def test_what_is_to_run_later_waits(store: JobStore, order: Ordering) -> None:
    job = store.add(order(), run_after=time.time() + 1000)
    assert claim_next(store, any_job) is None
    store.run_later(job.id, time.time() - 1)
    assert claimed(store).number == job.id


def test_a_claim_is_for_what_fits(store: JobStore, order: Ordering) -> None:
    store.add_all([order("a.mp4"), order("b.mp4")])
    claim = claim_next(store, lambda job: job.title == "b.mp4")
    assert claim is not None
    assert claim.job().title == "b.mp4"


def test_progress_wishes_and_the_end(store: JobStore, order: Ordering) -> None:
    job = store.add(order())
    claim = claimed(store)
    claim.runs_as(4711)
    progress = JobProgress("render", 10, 40, 5.0, 6.0, 1, 4, 8, 0.4)
    assert claim.report(progress) == ""
    assert (store.get(job.id).progress, store.get(job.id).pid) == (progress, 4711)
    assert progress.share == 0.25
    store.pause(job.id, after_chunk=True)
    assert claim.report(progress) == "chunk"
    store.pause(job.id)
    assert claim.report(progress) == "now"
    store.resume(job.id)
    assert (claim.report(progress), store.get(job.id).state) == ("", State.RUNNING)
    store.cancel(job.id)
    assert claim.report(progress) == "cancel"
    assert claim.stopped() is State.CANCELLED
    assert store.get(job.id).ended is not None
    with pytest.raises(ClaimLost):
        claim.report(progress)
    assert store.retry(job.id).state is State.QUEUED
    claim = claimed(store)
    claim.planned({"codec": "h264"})
    assert claim.finish({"frames": 40}, ["It was dark."]) is State.DONE_WITH_WARNINGS
    done = store.get(job.id)
    assert (done.warnings, done.plan, done.result, done.attempts) == (
        ("It was dark.",), {"codec": "h264"}, {"frames": 40}, 2)
    assert done.possible == {Event.CLEAR}


def test_a_failure_is_a_sentence_and_a_hint(store: JobStore, order: Ordering) -> None:
    store.add(order())
    assert claimed(store).fail(EncodeFailed("It broke.", "Mend it.")) is State.FAILED
    job = store.get(1)
    assert (job.message, job.hint) == ("It broke.", "Mend it.")
    again = store.retry(1)
    assert (again.state, again.message, again.hint) == (State.QUEUED, "", "")


def test_whoever_lost_a_job_cannot_touch_it(store: JobStore, order: Ordering) -> None:
    store.add(order())
    old = claimed(store)
    [job] = abandoned(store)
    assert (job.id, store.get(1).state) == (1, State.INTERRUPTED)
    requeue_interrupted(store, 3)
    new = claimed(store)
    for act in (lambda: old.report(JobProgress()), lambda: old.finish({}, []), old.stopped,
                old.lost, lambda: old.planned({}), old.job):
        with pytest.raises(ClaimLost):
            act()
    assert (new.job().state, new.finish({}, [])) == (State.RUNNING, State.DONE)


def test_what_a_dead_worker_leaves_follows_the_last_wish(store: JobStore, order: Ordering) -> None:
    store.add_all([order(f"{name}.mp4") for name in "abc"])
    for _ in range(3):
        claimed(store)
    store.pause(2)
    store.cancel(3)
    abandoned(store)
    assert [store.get(number).state for number in (1, 2, 3)] == [
        State.INTERRUPTED, State.PAUSED, State.CANCELLED]
    requeue_interrupted(store, 3)
    assert store.get(1).state is State.QUEUED


def test_what_crashes_again_and_again_fails_unless_it_gets_on(store: JobStore, order: Ordering
                                                              ) -> None:
    store.add(order())
    for crash in range(1, 6):
        claim = claimed(store)
        if crash == 2:  # a chunk further
            claim.report(JobProgress(kept=10))
        assert claim.lost("Its process ended without a word.") is State.INTERRUPTED
        requeue_interrupted(store, 3)
        if store.get(1).state is State.FAILED:
            break
    assert (crash, store.get(1).state) == (4, State.FAILED)
    assert "without a word" in store.get(1).message
    assert store.retry(1).crashes == 0


def test_clearing_forgets_what_has_ended_and_its_files(store: JobStore, order: Ordering) -> None:
    store.add_all([order(f"{name}.mp4") for name in "abc"])
    store.folder(1).mkdir(parents=True)
    (store.folder(1) / "log.txt").touch()
    store.cancel(1)
    store.cancel(2)
    with pytest.raises(JobError, match="queued"):
        store.clear([2, 3])
    assert store.clear([2]) == 1
    assert store.clear() == 1
    assert (names(store), store.folder(1).exists()) == (["c.mp4"], False)
    assert store.add(order("d.mp4")).id == 4  # numbers are never used again


def test_all_that_failed_is_tried_again_if_its_place_is_free(store: JobStore, order: Ordering
                                                            ) -> None:
    store.add_all([order("a.mp4"), order("b.mp4")])
    for _ in range(2):
        claimed(store).fail(EncodeFailed("x"))
    store.add(order("b.mp4"))
    assert [job.title for job in store.retry_failed()] == ["a.mp4"]
    assert store.counts() == {**dict.fromkeys(State, 0), State.QUEUED: 2, State.FAILED: 1}


def test_changes_are_noticed(store: JobStore, order: Ordering) -> None:
    marks = [store.changed()]
    for act in (lambda: store.add(order()), lambda: store.pause(1), lambda: store.cancel(1),
                store.clear):
        act()
        marks.append(store.changed())
    assert len(set(marks)) == len(marks) - 1  # empty again
    assert store.list(ENDED) == []


def test_rules_are_kept_and_have_bounds(store: JobStore) -> None:
    assert store.rules() == Rules()
    store.set_rules(Rules(cpu_jobs=3, ceiling=75))
    with JobStore(store.path) as again:
        assert again.rules() == Rules(3, 75)
    for wrong in ({"cpu_jobs": 0}, {"cpu_jobs": 17}, {"ceiling": 20}, {"ceiling": 120}):
        with pytest.raises(JobError, match="refused"):
            Rules(**wrong)


def test_an_earlier_queue_is_brought_up_to_date(store: JobStore, order: Ordering) -> None:
    store.add(order())
    with store.database.writing() as connection:
        connection.execute("DROP TABLE rules")
        connection.execute("DROP TABLE cleared")
        connection.execute("PRAGMA user_version = 1")
    store.close()
    with JobStore(store.path) as again:
        assert (again.rules(), len(again.list())) == (Rules(), 1)


def test_an_unknown_job_is_refused(store: JobStore) -> None:
    for act in (store.get, store.pause, store.retry, store.move):
        with pytest.raises(JobError, match="There is no job 9"):
            act(9)


def test_many_writers_lose_nothing(store: JobStore, order: Ordering) -> None:
    def write(writer: int) -> None:
        with JobStore(store.path) as own:
            for number in range(20):
                own.add(order(f"{writer}-{number}.mp4"))

    def take(found: list[int]) -> None:
        with JobStore(store.path) as own:
            while (claim := claim_next(own, any_job)) is not None:
                found.append(claim.number)

    for work, each in ((write, [0, 1, 2]), (take, [[], [], []])):
        threads = [threading.Thread(target=work, args=(argument,)) for argument in each]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(number for found in each for number in found) == list(range(1, 61))  # each once


def test_a_queue_that_cannot_be_used_says_so(tmp_path: Path) -> None:
    path = tmp_path / "queue.db"
    path.write_bytes(b"this is no database" * 100)
    with pytest.raises(JobError, match="is damaged"):
        JobStore(path)
    (tmp_path / "file").touch()
    with pytest.raises(JobError, match="cannot be opened"):
        JobStore(tmp_path / "file" / "queue.db")
    with sqlite3.connect(tmp_path / "later.db") as later:
        later.execute(f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(JobError, match="later version"):
        JobStore(tmp_path / "later.db")


@pytest.mark.skipif(os.name == "nt", reason="Windows names files in text alone")
def test_names_that_are_no_text_are_kept(store: JobStore, order: Ordering) -> None:
    job = store.add(order("a\udcff.mp4"))
    assert store.get(job.id).target.name == "a\udcff.mp4"
    assert store.targets() == {job.target}
    with pytest.raises(TargetTaken):
        store.add(order("a\udcff.mp4"))
    claimed(store).fail(EncodeFailed("a\udcff.mp4 broke."))
    assert store.get(job.id).message == "a\\udcff.mp4 broke."


def test_an_order_elsewhere_is_another_title(order: Ordering, tmp_path: Path) -> None:
    moved = order().to(tmp_path / "b.mp4")
    assert (moved.title, moved.target.name) == ("b.mp4", "b.mp4")
    named = replace(order(), title="Holiday").to(tmp_path / "b.mp4")
    assert named.title == "Holiday"


def test_what_was_not_kept_no_longer_counts(store: JobStore, order: Ordering) -> None:
    store.add(order())
    claim = claimed(store)
    claim.report(JobProgress("render", 30, 40, 5.0, 6.0, 1, 4, 20, 2.0))
    store.pause(1)
    assert store.get(1).progress.redo_seconds == 2.0
    claim.stopped()
    paused = store.get(1).progress
    assert (paused.frames, paused.kept, paused.total, paused.stage) == (20, 20, 40, "")
    store.resume(1)
    claimed(store)
    assert store.get(1).progress == paused
