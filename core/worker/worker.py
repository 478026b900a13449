"""Worker: the one process that takes jobs from the queue and sees them through."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

from core import durable
from core.errors import JobError
from core.jobs.attendance import sign_in, sign_out
from core.jobs.claims import ClaimLost, abandoned, claim_next, requeue_interrupted
from core.jobs.job import PREVIEW, Job
from core.jobs.states import ACTIVE, ENDED, State
from core.jobs.store import JobStore
from core.worker.awake import Awake, battery_note
from core.worker.child import Child, end_orphans
from core.worker.duties import Duties
from core.worker.idle import IdleWork
from core.worker.lanes import Lanes
from core.worker.notify import summary
from core.worker.single import only_worker
from core.worker.watchdog import Watchdog

ROOT = Path(__file__).resolve().parents[2]
MOST_CRASHES = 2
"""Ends without a word, in one place, after which a job has failed."""

_TICK = 0.2
_SIGN_EVERY, _LOOK_EVERY = 1.0, 5.0
"""Seconds between rounds, signs of life, and looks at battery and temperature."""
_ASK_EVERY = 1.0
"""Seconds between looks at what is queued while nothing ends."""
_BORNE = 300.0
"""Seconds for which the queue may be out of reach."""
_SLEPT = 4.0
"""Seconds that a round cannot take unless the machine slept, fewer than any patience."""


class Worker:
    """Works on one queue; only one can, and a second one is refused with JobError."""

    def __init__(self, store: JobStore, duties: Duties) -> None:
        self._store, self._duties = store, duties
        self._running: dict[int, tuple[Child, Watchdog, Job]] = {}
        self._ended: dict[State, int] = {}
        self._awake = Awake()
        self._idle = IdleWork(duties.idle, ROOT, duties.quiet)
        self._notes: tuple[str, ...] = ()
        self._heat = ""
        self._signed = self._looked = self._round = self._trouble = self._asked = 0.0
        self._begun = time.time()

    def run(self) -> None:
        """Until it is interrupted, or all is done; every job it had can go on later."""
        with only_worker(self._store), self._awake:
            left = abandoned(self._store)
            end_orphans([job.pid for job in left if job.pid], self._duties.command)
            try:
                while self._patiently():
                    time.sleep(_TICK)
            finally:
                self._leave()

    def _patiently(self) -> bool:
        """A round; a queue that cannot be used for a while, as the disk is full, is waited for."""
        try:
            if self._trouble:  # what ended meanwhile could not be written down
                abandoned(self._store, held=self._running)
            again = self._step()
        except JobError as error:
            self._trouble = self._trouble or time.monotonic()
            if time.monotonic() - self._trouble > _BORNE:
                raise
            self._duties.tell(str(error))
            time.sleep(1)
            return True
        self._trouble = 0.0
        return again

    def _step(self) -> bool:
        """One round; whether there is to be another."""
        now = time.monotonic()
        slept = self._round and now - self._round > _SLEPT
        self._round = now
        self._look(now)
        self._sign(now)
        self._heed(now, excused=bool(slept or self._heat))
        self._reap()
        for failed in requeue_interrupted(self._store, MOST_CRASHES):
            self._count(failed)
        if not self._heat and now - self._asked > _ASK_EVERY:
            self._asked = now
            while self._claim():
                pass
        if self._running:
            self._awake.hold()
            return True
        self._awake.release()
        self._rest()
        if self._duties.staying and not self._notes:
            self._idle.consider(now, self._store.changed)
        return self._duties.staying or bool(self._heat)

    def _heed(self, now: float, *, excused: bool) -> None:
        """See to what is wished for running jobs, and to those that hang."""
        known = {job.id: job for job in self._store.list(ACTIVE)} if self._running else {}
        for number, (child, watchdog, _) in self._running.items():
            job = known.get(number)
            if job is None:
                child.expect_end()
            elif job.stop in ("now", "cancel"):
                child.ask_to_stop()
            child.insist()
            if excused or job is None:
                watchdog.excuse(now)
            elif (waited := watchdog.hangs(job.progress, now)) and not child.asked:
                child.give_up(watchdog.why(job.progress, waited))

    def _reap(self) -> None:
        """Let go of every process that has ended, with an end put to its job where it put none."""
        for number, (child, _, job) in list(self._running.items()):
            if child.running():
                continue
            del self._running[number]
            self._asked = 0.0
            how = child.close()
            with suppress(ClaimLost):  # where it has put the end itself
                if child.claim.job().state is State.RUNNING:
                    child.claim.lost("" if child.asked else how)
                else:
                    child.claim.stopped()
            with suppress(JobError):  # where it was cleared since
                self._count(self._store.get(job.id))

    def _count(self, job: Job) -> None:
        """Keep what came of a job of itself, not by anybody's wish, for what is said at the end."""
        self._duties.tell(f"Job {job.id}, {job.title}: {job.state}.")
        if job.state in ENDED - {State.CANCELLED} or (job.state is State.PAUSED and job.message):
            self._ended[job.state] = self._ended.get(job.state, 0) + 1

    def _claim(self) -> bool:
        """Start the next job there is room for."""
        lanes = Lanes(self._duties.gpus, self._store.rules().cpu_jobs)
        running = [job.order for _, _, job in self._running.values()]
        if len(running) >= lanes.most:
            return False
        claim = claim_next(self._store, lambda job: lanes.has_room(job, running))
        if claim is None:
            return False
        job = claim.job()
        self._idle.yield_to_work()
        try:
            child = Child(claim, self._duties.command, ROOT, urgent=job.kind == PREVIEW)
        except OSError as error:
            if error.errno in durable.DISK_FULL:
                claim.halt(durable.no_room(self._store.folder(job.id)))
                return True
            claim.fail(JobError(f"No process can be started for it ({error}).",
                                "Close other programs, check the disk, and retry it."))
            return True
        self._duties.tell(f"Job {job.id}, {job.title}: started.")
        self._running[job.id] = (
            child, Watchdog(self._duties.patience, time.monotonic()), job)
        return True

    def _look(self, now: float) -> None:
        """At battery and temperature, now and then; whoever is hot makes everything stand still."""
        if self._looked and now - self._looked < _LOOK_EVERY:
            return
        self._looked, before = now, self._heat
        self._heat = self._duties.hot(self._store.rules().ceiling)
        for child, _, _ in self._running.values():
            if self._heat and not child.asked:
                child.freeze()
            elif not self._heat:
                child.thaw()
        if self._heat != before:
            self._duties.tell(self._heat or "Cool enough; the work goes on.")
        self._notes = tuple(note for note in (self._heat, battery_note()) if note)

    def _sign(self, now: float) -> None:
        if not self._signed or now - self._signed >= _SIGN_EVERY:
            self._signed = now
            sign_in(self._store.database, os.getpid(), self._begun, self._notes)

    def _rest(self) -> None:
        """Nothing is left to do: say so, once."""
        if self._ended:
            self._duties.announce("Brushreel has finished", summary(self._ended))
            self._ended = {}

    def _leave(self) -> None:
        """Stop every job, to be resumed by the next worker."""
        self._idle.yield_to_work()
        for child, _, _ in self._running.values():
            child.ask_to_stop()
        while any(child.running() for child, _, _ in self._running.values()):
            for child, _, _ in self._running.values():
                child.insist()
            time.sleep(_TICK / 4)
        self._reap()
        sign_out(self._store.database)

