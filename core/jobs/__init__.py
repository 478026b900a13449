"""The queue: jobs, their life, and the store they are kept in."""

from core.jobs.attendance import Attendance
from core.jobs.job import HIGH, LOW, NORMAL, PREVIEW, Job, JobProgress, Order, Stop
from core.jobs.rows import TargetTaken
from core.jobs.rules import Rules
from core.jobs.states import ACTIVE, ENDED, OPEN, Event, State, possible
from core.jobs.store import JobStore
from core.jobs.submission import submit
from core.jobs.unfinished import finished_chunks

__all__ = ["ACTIVE", "ENDED", "HIGH", "LOW", "NORMAL", "OPEN", "PREVIEW", "Attendance", "Event",
           "Job", "JobProgress", "JobStore", "Order", "Rules", "State", "Stop", "TargetTaken",
           "finished_chunks", "possible", "submit"]
