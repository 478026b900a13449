"""The transition table, whole: every state with every event, as people expect it."""

import itertools

import pytest

from core.errors import JobError
from core.jobs.states import ACTIVE, ENDED, OPEN, TRANSITIONS, USERS, Event, State, after, possible

EVENTS = ("pause", "pause after this chunk", "resume", "cancel", "retry", "edit", "clear", "claim",
          "stop", "halt", "finish", "finish with warnings", "fail", "lose", "requeue")
MATRIX = """
                    PAUSE  CHUNK  RESUM  CANCL  RETRY  EDIT   CLEAR  CLAIM  STOP   HALT   FINSH  WARN   FAIL   LOSE   REQUE
queued              paused paused -      cancd  -      queued -      run    -      -      -      -      -      -      -
running             pausng pausng -      cancng -      -      -      -      -      paused done   warned failed intrup -
pausing             pausng -      run    cancng -      -      -      -      paused paused done   warned failed paused -
paused              -      -      queued cancd  -      paused -      -      -      -      -      -      -      -      -
cancelling          -      -      -      -      -      -      -      -      cancd  cancd  done   warned cancd  cancd  -
cancelled           -      -      -      -      queued -      cancd  -      -      -      -      -      -      -      -
done                -      -      -      -      -      -      done   -      -      -      -      -      -      -      -
done with warnings  -      -      -      -      -      -      warned -      -      -      -      -      -      -      -
failed              -      -      -      -      queued -      failed -      -      -      -      -      -      -      -
interrupted         paused paused queued cancd  -      -      -      -      -      -      -      -      failed -      queued
"""  # noqa: E501
SHORT = {"paused": "paused", "queued": "queued", "run": "running", "pausng": "pausing",
         "cancd": "cancelled", "cancng": "cancelling", "done": "done", "failed": "failed",
         "warned": "done with warnings", "intrup": "interrupted"}


def expected() -> dict[tuple[str, str], str]:
    cells = {}
    for line in MATRIX.strip().splitlines()[1:]:
        state, results = line[:20].strip(), line[20:].split()
        for event, result in zip(EVENTS, results, strict=True):
            if result != "-":
                cells[state, event] = SHORT[result]
    return cells


def test_the_matrix_speaks_of_every_state_and_event() -> None:
    assert {state for state, _ in expected()} == set(State)
    assert set(EVENTS) == set(Event)


@pytest.mark.parametrize(("state", "event"), [*itertools.product(State, Event)])
def test_what_follows(state: State, event: Event) -> None:
    result = expected().get((state, event))
    if result is not None:
        assert after(state, event) == result
        return
    with pytest.raises(JobError) as refused:
        after(state, event)
    assert str(state) in refused.value.message
    assert str(event) in refused.value.message
    assert refused.value.hint


def test_every_job_can_come_to_an_end() -> None:
    for state in State:
        reached, edge = {state}, {state}
        while edge:
            edge = {to for (start, _), to in TRANSITIONS.items() if start in edge} - reached
            reached |= edge
        assert reached & ENDED, state


def test_a_process_that_dies_is_always_noticed() -> None:
    assert all((state, Event.LOSE) in TRANSITIONS for state in ACTIVE)
    assert not any((state, Event.LOSE) in TRANSITIONS for state in set(State) - ACTIVE)


def test_only_claiming_starts_a_job_and_only_a_person_begins_it_again() -> None:
    started = {key for key, to in TRANSITIONS.items() if to is State.RUNNING}
    assert started == {(State.QUEUED, Event.CLAIM), (State.PAUSING, Event.RESUME)}
    assert {event for (state, event), to in TRANSITIONS.items()
            if state in ENDED and to not in ENDED} == {Event.RETRY}


def test_every_open_job_can_be_cancelled_or_is_being_so() -> None:
    for state in OPEN - {State.CANCELLING}:
        assert after(state, Event.CANCEL) in (State.CANCELLED, State.CANCELLING)


def test_what_a_person_may_do() -> None:
    assert possible(State.PAUSED) == {Event.RESUME, Event.CANCEL, Event.EDIT}
    assert possible(State.CANCELLING) == frozenset()
    assert all(possible(state) <= set(USERS) for state in State)
