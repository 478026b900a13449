"""What all pages of this process share: the files and pictures that the browser may fetch."""

from __future__ import annotations

import threading
from functools import cache

from starlette.middleware.trustedhost import TrustedHostMiddleware

from app.draft import DraftFile
from app.encoders import Tried, try_all
from app.footage import Footage
from app.measuring import Measurements
from app.media import MediaLibrary, PictureStore
from app.press import Press
from app.studio import Studio
from app.taste import Tastes
from app.thumbnails import Thumbnails
from app.vitals import Watch
from core.jobs import JobStore
from feedback.store import FeedbackStore

HOSTS = ["127.0.0.1", "localhost"]
GUARD = (TrustedHostMiddleware, HOSTS)
"""Requests that name another host come from a page elsewhere and are refused."""


@cache
def library() -> MediaLibrary:
    return MediaLibrary()


@cache
def pictures() -> PictureStore:
    return PictureStore()


@cache
def thumbnails() -> Thumbnails:
    return Thumbnails(pictures())


@cache
def studio() -> Studio:
    return Studio(pictures())


@cache
def press() -> Press:
    return Press(studio())


@cache
def jobs() -> JobStore:
    return JobStore()


@cache
def footage() -> Footage:
    return Footage(library())


@cache
def measurements() -> Measurements:
    return Measurements()


@cache
def tastes() -> Tastes:
    return Tastes(feedback())


def worker() -> bool:
    """Have somebody work on the queue; JobError where nobody begins."""
    from core.worker import ensure_worker

    return ensure_worker(jobs())


@cache
def draft_file() -> DraftFile:
    return DraftFile()


@cache
def encoders() -> Tried:
    """Tries them the first time it is asked, which takes some seconds."""
    return try_all(watch().observation().report)


@cache
def opened() -> threading.Event:
    """Set once a first page has been drawn."""
    return threading.Event()


@cache
def feedback() -> FeedbackStore:
    return FeedbackStore()


@cache
def watch() -> Watch:
    return Watch()


def end() -> None:
    """Let nothing that was begun for a page outlive this process."""
    if measurements.cache_info().currsize:
        measurements().close()


def forget() -> None:
    """Let go of everything shared, as when the process ends."""
    if jobs.cache_info().currsize:
        jobs().close()
    if press.cache_info().currsize:
        press().close()
    if studio.cache_info().currsize:
        studio().close()
    if footage.cache_info().currsize:
        footage().close()
    if tastes.cache_info().currsize:
        tastes().close()
    if measurements.cache_info().currsize:
        measurements().close()
    for shared in (library, footage, measurements, press, pictures, thumbnails, studio, jobs,
                   draft_file, watch, tastes, feedback):
        shared.cache_clear()
