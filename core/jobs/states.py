"""The life of a job: its states, what may happen to it, and the one table of what follows."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from core.errors import JobError


class State(StrEnum):
    """Where a job stands; the value is what people read."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSING = "pausing"
    PAUSED = "paused"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    DONE = "done"
    DONE_WITH_WARNINGS = "done with warnings"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    """Whoever ran it is gone; the worker puts it into the queue again, to go on where it was."""


class Event(StrEnum):
    """What may happen to a job. The first seven are a person's, the others the worker's."""

    PAUSE = "pause"
    PAUSE_AFTER_CHUNK = "pause after this chunk"
    RESUME = "resume"
    CANCEL = "cancel"
    RETRY = "retry"
    EDIT = "edit"
    CLEAR = "clear"
    CLAIM = "claim"
    STOP = "stop"
    """It has stopped, as it was asked to."""
    HALT = "halt"
    """It has stopped of itself, to go on later: a disk is full."""
    FINISH = "finish"
    WARN = "finish with warnings"
    FAIL = "fail"
    LOSE = "lose"
    """Its process, or the worker, has died."""
    REQUEUE = "requeue"


USERS = (Event.PAUSE, Event.PAUSE_AFTER_CHUNK, Event.RESUME, Event.CANCEL, Event.RETRY,
         Event.EDIT, Event.CLEAR)
"""The events that a person may bring about."""

ACTIVE = frozenset({State.RUNNING, State.PAUSING, State.CANCELLING})
"""States in which a process works on the job."""
ENDED = frozenset({State.CANCELLED, State.DONE, State.DONE_WITH_WARNINGS, State.FAILED})
"""States that nothing but a person changes any more."""
OPEN = frozenset(State) - ENDED
"""States of which more is to come; their targets are spoken for."""

_S, _E = State, Event

TRANSITIONS: Mapping[tuple[State, Event], State] = MappingProxyType({
    (_S.QUEUED, _E.CLAIM): _S.RUNNING,
    (_S.QUEUED, _E.PAUSE): _S.PAUSED,
    (_S.QUEUED, _E.PAUSE_AFTER_CHUNK): _S.PAUSED,
    (_S.QUEUED, _E.CANCEL): _S.CANCELLED,
    (_S.QUEUED, _E.EDIT): _S.QUEUED,

    (_S.RUNNING, _E.PAUSE): _S.PAUSING,
    (_S.RUNNING, _E.PAUSE_AFTER_CHUNK): _S.PAUSING,
    (_S.RUNNING, _E.CANCEL): _S.CANCELLING,
    (_S.RUNNING, _E.FINISH): _S.DONE,
    (_S.RUNNING, _E.WARN): _S.DONE_WITH_WARNINGS,
    (_S.RUNNING, _E.FAIL): _S.FAILED,
    (_S.RUNNING, _E.HALT): _S.PAUSED,
    (_S.RUNNING, _E.LOSE): _S.INTERRUPTED,

    (_S.PAUSING, _E.PAUSE): _S.PAUSING,  # at once after all
    (_S.PAUSING, _E.RESUME): _S.RUNNING,
    (_S.PAUSING, _E.CANCEL): _S.CANCELLING,
    (_S.PAUSING, _E.STOP): _S.PAUSED,
    (_S.PAUSING, _E.HALT): _S.PAUSED,
    (_S.PAUSING, _E.LOSE): _S.PAUSED,
    (_S.PAUSING, _E.FINISH): _S.DONE,  # it was faster
    (_S.PAUSING, _E.WARN): _S.DONE_WITH_WARNINGS,
    (_S.PAUSING, _E.FAIL): _S.FAILED,

    (_S.PAUSED, _E.RESUME): _S.QUEUED,
    (_S.PAUSED, _E.CANCEL): _S.CANCELLED,
    (_S.PAUSED, _E.EDIT): _S.PAUSED,

    (_S.CANCELLING, _E.STOP): _S.CANCELLED,
    (_S.CANCELLING, _E.HALT): _S.CANCELLED,
    (_S.CANCELLING, _E.LOSE): _S.CANCELLED,
    (_S.CANCELLING, _E.FAIL): _S.CANCELLED,
    (_S.CANCELLING, _E.FINISH): _S.DONE,
    (_S.CANCELLING, _E.WARN): _S.DONE_WITH_WARNINGS,

    (_S.INTERRUPTED, _E.REQUEUE): _S.QUEUED,
    (_S.INTERRUPTED, _E.RESUME): _S.QUEUED,
    (_S.INTERRUPTED, _E.PAUSE): _S.PAUSED,
    (_S.INTERRUPTED, _E.PAUSE_AFTER_CHUNK): _S.PAUSED,
    (_S.INTERRUPTED, _E.CANCEL): _S.CANCELLED,
    (_S.INTERRUPTED, _E.FAIL): _S.FAILED,  # its process has died too often

    (_S.CANCELLED, _E.RETRY): _S.QUEUED,
    (_S.FAILED, _E.RETRY): _S.QUEUED,
    (_S.CANCELLED, _E.CLEAR): _S.CANCELLED,
    (_S.DONE, _E.CLEAR): _S.DONE,
    (_S.DONE_WITH_WARNINGS, _E.CLEAR): _S.DONE_WITH_WARNINGS,
    (_S.FAILED, _E.CLEAR): _S.FAILED,
})
"""Everything that may happen; what is not here is refused. EDIT and CLEAR change no state."""


def after(state: State, event: Event) -> State:
    """What follows; JobError where that cannot happen to a job in this state."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise JobError(f"The job is {state}; '{event}' is refused.", _hint(state)) from None


def possible(state: State) -> frozenset[Event]:
    """What a person may do to a job in this state: the buttons it has."""
    return frozenset(event for event in USERS if (state, event) in TRANSITIONS)


def _hint(state: State) -> str:
    events = [event for event in USERS if (state, event) in TRANSITIONS]
    return f"What can be done: {', '.join(events)}."
