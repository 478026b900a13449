"""queue: what is to be rendered, in which order, and what became of it."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from core.errors import BrushreelError, InvalidParameter
from core.jobs import ENDED, HIGH, LOW, NORMAL, OPEN, Event, Job, JobStore, State
from scripts.arguments import PROGRAM, one_of
from scripts.clock import clock_time
from scripts.failures import DONE, FAILED, as_json, exit_code
from scripts.jobtable import document, print_job, print_table, stands
from scripts.queueing import add
from scripts.render import add_render_options
from scripts.report import print_json
from scripts.terminal import note, say

HELP = "Queue renders for the worker, and see to those that are queued."

PRIORITIES: Mapping[str, int] = {"high": HIGH, "normal": NORMAL, "low": LOW}
ALL = "all"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", nargs="?", default="list", type=one_of("action", ACTIONS),
                        metavar="|".join(ACTIONS))
    parser.add_argument("jobs", nargs="*", metavar="JOB", help="numbers of jobs, or all")
    parser.add_argument("--queue", type=Path, metavar="FILE",
                        help="where the queue is kept (default: the data folder)")
    change = parser.add_argument_group("change")
    change.add_argument("--after-chunk", action="store_true",
                        help="pause: when the chunk in progress is done, so that nothing has to "
                             "be redone")
    change.add_argument("--priority", type=one_of("priority", PRIORITIES), metavar="PRIORITY",
                        help="add, move: high, normal or low")
    change.add_argument("--top", action="store_true", help="move: before all of its priority")
    change.add_argument("--before", metavar="JOB", help="move: before that job")
    change.add_argument("--at", type=clock_time, metavar="TIME",
                        help="add, later: not before 22:30, or 2030-01-31T06:00")
    add_render_options(parser, required=False)


def run(args: argparse.Namespace) -> int:
    with JobStore(args.queue) as store:
        return ACTIONS[args.action](store, args)


def _list(store: JobStore, args: argparse.Namespace) -> int:
    _no_numbers(args)
    jobs = [*store.list(OPEN), *store.list(ENDED, newest_first=True)]
    worker = store.worker()
    if args.json:
        print_json({"worker": {"alive": worker.alive, "pid": worker.pid,
                               "notes": list(worker.notes)},
                    "jobs": [document(store, job) for job in jobs]})
        return DONE
    if not jobs:
        say(f"Nothing is queued; see {PROGRAM} queue --help.")
        return DONE
    print_table(jobs)
    for word in worker.notes:
        note(word)
    _no_worker_note(store, jobs)
    return DONE


def _add(store: JobStore, args: argparse.Namespace) -> int:
    _no_numbers(args)
    jobs, errors = add(store, args, PRIORITIES[args.priority or "normal"])
    for error in errors:
        note(str(error))
    if args.json:
        first = as_json(errors[0]) if errors else {}
        print_json({**first, "jobs": [document(store, job) for job in jobs]})
    else:
        for job in jobs:
            say(f"Job {job.id}: {job.target}")
        _no_worker_note(store, jobs)
    return _code(jobs, errors)


def _show(store: JobStore, args: argparse.Namespace) -> int:
    jobs = [store.get(number) for number in _numbers(store, args)]
    if args.json:
        print_json({"jobs": [document(store, job) for job in jobs]})
    else:
        for job in jobs:
            print_job(store, job)
    return DONE


def _move(store: JobStore, args: argparse.Namespace) -> int:
    before = None if args.before is None else _number(args.before)
    if before is not None:
        store.get(before)

    def moved(number: int) -> Job:
        if args.priority is not None:
            store.set_priority(number, PRIORITIES[args.priority])
            if before is None and not args.top:
                return store.get(number)
        return store.move(number, before=before, to_top=args.top)

    numbers = _numbers(store, args)
    return _each(store, args, reversed(numbers) if args.top else numbers, moved)


def _clear(store: JobStore, args: argparse.Namespace) -> int:
    cleared = store.clear(None if args.jobs in ([], [ALL]) else _numbers(store, args))
    if args.json:
        print_json({"cleared": cleared})
    else:
        say(f"{cleared} {'job' if cleared == 1 else 'jobs'} forgotten; their videos stay.")
    return DONE


def _retry(store: JobStore, args: argparse.Namespace) -> int:
    if args.jobs != [ALL]:
        return _each(store, args, _numbers(store, args), store.retry)
    return _told(store, args, store.retry_failed(), [])


def _wish(event: Event, act: Callable[[JobStore, argparse.Namespace, int], Job]
          ) -> Callable[[JobStore, argparse.Namespace], int]:
    """An action on each job named; `all` means those that it is possible for."""
    def wished(store: JobStore, args: argparse.Namespace) -> int:
        numbers = _numbers(store, args, event)
        return _each(store, args, numbers, lambda number: act(store, args, number))

    return wished


def _each(store: JobStore, args: argparse.Namespace, numbers: Iterable[int],
          act: Callable[[int], Job]) -> int:
    done, errors = [], []
    for number in numbers:
        try:
            done.append(act(number))
        except BrushreelError as error:
            errors.append(error)
    return _told(store, args, done, errors)


def _told(store: JobStore, args: argparse.Namespace, done: Sequence[Job],
          errors: Sequence[BrushreelError]) -> int:
    for error in errors:
        note(str(error))
    if args.json:
        first = as_json(errors[0]) if errors else {}
        print_json({**first, "jobs": [document(store, job) for job in done]})
    else:
        for job in done:
            say(stands(job))
    return _code(done, errors)


def _code(done: Sequence[Job], errors: Sequence[BrushreelError]) -> int:
    if not errors:
        return DONE
    return FAILED if done else exit_code(errors[0])


def _numbers(store: JobStore, args: argparse.Namespace, event: Event | None = None) -> list[int]:
    if args.jobs == [ALL] and event is not None:
        return [job.id for job in store.list() if event in job.possible]
    if not args.jobs:
        raise InvalidParameter("No job is named.", f"Give its number; see {PROGRAM} queue list.")
    return [_number(text) for text in args.jobs]


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise InvalidParameter(f"'{text}' is no number of a job.", f"See {PROGRAM} queue list.")
    return int(text)


def _no_numbers(args: argparse.Namespace) -> None:
    if args.jobs:
        raise InvalidParameter(f"{args.action} takes no '{args.jobs[0]}'.",
                               f"Videos go after --in; see {PROGRAM} queue --help.")


def _no_worker_note(store: JobStore, jobs: Sequence[Job]) -> None:
    if any(job.state is State.QUEUED for job in jobs) and not store.worker().alive:
        note(f"No worker is at work; start one with {PROGRAM} work.")


ACTIONS: Mapping[str, Callable[[JobStore, argparse.Namespace], int]] = {
    "list": _list,
    "add": _add,
    "show": _show,
    "pause": _wish(Event.PAUSE, lambda store, args, number: store.pause(
        number, after_chunk=args.after_chunk)),
    "resume": _wish(Event.RESUME, lambda store, _, number: store.resume(number)),
    "cancel": _wish(Event.CANCEL, lambda store, _, number: store.cancel(number)),
    "retry": _retry,
    "move": _move,
    "later": _wish(Event.EDIT, lambda store, args, number: store.run_later(number, args.at)),
    "clear": _clear,
}
"""What can be done, each with the store and the options; gives the exit code."""
