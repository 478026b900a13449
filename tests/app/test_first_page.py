"""The first page, from the command to the eye."""

from __future__ import annotations

import logging
import sys
import time
from pathlib import Path

import psutil
import pytest

from core.jobs import JobStore
from tests.app.browser import browsing, served, until, worker_ended

logger = logging.getLogger(__name__)
MOST = 3.0
"""Seconds of work until the first page is there."""


@pytest.mark.long
def test_the_first_page_is_there_soon(tmp_path: Path) -> None:
    """In seconds of the server's own work, which a busy machine does not make more."""
    data = tmp_path / "data"
    with worker_ended(data), browsing() as page:
        begun = time.monotonic()
        with served(data, tmp_path / "server.log") as server:
            page.goto(server.address, wait_until="commit")
            page.locator(".files .take").wait_for()
            took = time.monotonic() - begun
            process = psutil.Process(server.process.pid)
            work = process.cpu_times()
            logger.info("first page after %.2f s; %.2f s of work", took, work.user + work.system)
            assert work.user + work.system < MOST
            if sys.platform == "linux":
                loaded = {Path(part.path).parts for part in process.memory_maps()}
                assert not any("pandas" in parts or "pyarrow" in parts for parts in loaded), \
                    "the first page waits for pandas"
            with JobStore(data / "queue.db") as store:
                until(lambda: store.worker().alive, "the worker, which begins afterwards")
