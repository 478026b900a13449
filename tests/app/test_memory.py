"""The app's own memory: neither large files nor long evenings may fill it."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import psutil
import pytest
from starlette.applications import Starlette
from streamlit.testing.v1 import AppTest

from app import queue, serving
from app.footage import Footage
from app.media import MediaLibrary, PictureStore, routes
from app.studio import Studio
from core.io import VideoProbe
from core.jobs import Order
from core.jobs.claims import claim_next
from core.recipe import Recipe

logger = logging.getLogger(__name__)
PAGE = Path(__file__).resolve().parents[2] / "app" / "pages" / "batch_queue.py"
PENCIL = Recipe.build({"layers": [{"style": "pencil"}]})
MEGABYTE = 2**20
LARGE = int(os.environ.get("BRUSHREEL_LARGE_MB", "300")) * MEGABYTE
"""Bytes of the file that is played."""
REFRESHES = int(os.environ.get("BRUSHREEL_REFRESHES", "150"))
"""How often a page is drawn again, which it does every second; an hour is 3600."""
pytestmark = [pytest.mark.long, pytest.mark.usefixtures("data")]


def held() -> int:
    gc.collect()
    return int(psutil.Process().memory_info().rss)


async def _play(site: Starlette, path: str, seen: list[int]) -> int:
    """Fetch a file as a player does, without keeping it; gives its bytes."""
    size = 0

    async def receive() -> dict[str, Any]:
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Any) -> None:
        nonlocal size
        size += len(message.get("body", b""))
        seen.append(int(psutil.Process().memory_info().rss))

    await site({"type": "http", "method": "GET", "path": path, "raw_path": path.encode(),
                "query_string": b"", "root_path": "", "scheme": "http", "http_version": "1.1",
                "headers": [(b"host", b"127.0.0.1"), (b"range", b"bytes=0-")],
                "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 5)}, receive, send)
    return size


def test_a_large_file_is_opened_and_played_without_being_held(film: Path, tmp_path: Path) -> None:
    """Its end is empty, which is all the same to whoever sends it."""
    large = tmp_path / "large.mp4"
    large.write_bytes(film.read_bytes())
    library, pictures = MediaLibrary(), PictureStore()
    footage, studio = Footage(library, tmp_path / "proxies"), Studio(pictures)
    studio.source(film, 0)
    footage.of(film)
    os.truncate(large, LARGE)
    before = held()
    studio.source(large, 3)
    address = footage.of(large).address
    seen: list[int] = []
    site = Starlette(routes=routes(library, pictures))
    assert asyncio.run(_play(site, address, seen)) == LARGE
    grown = max(seen) - before
    logger.info("%.0f MB played: %.1f MB more at most", LARGE / 1e6, grown / 1e6)
    assert grown < 48 * MEGABYTE
    studio.close()
    footage.close()


def test_a_page_that_refreshes_for_hours_grows_no_more(film: Path, tmp_path: Path) -> None:
    store = serving.jobs()
    jobs = store.add_all([Order.render(film, tmp_path / f"{name}.mp4", PENCIL)
                          for name in range(12)])
    claim = claim_next(store, lambda _: True)
    assert claim is not None
    latest = store.folder(claim.number) / queue.LATEST
    latest.parent.mkdir(parents=True)
    page = AppTest.from_file(PAGE, default_timeout=60)
    rng, sizes = np.random.default_rng(1), []
    # Latest frames fill the room that pictures have, once; that is no leak.
    serving.pictures()._room = 2 * MEGABYTE
    for _ in range(REFRESHES):
        cv2.imwrite(str(latest), rng.integers(0, 255, (180, 320, 3), np.uint8))
        page.run()
        assert not page.exception
        sizes.append(held())
    half = len(sizes) // 2
    grown = sizes[-1] - sizes[half]
    logger.info("%d refreshes: %.1f MB more", len(sizes) - half, grown / 1e6)
    assert len(jobs) == 12
    assert grown < 12 * MEGABYTE


def test_what_is_watched_is_probed_once(film: Path, tmp_path: Path,
                                        monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(film.read_bytes())
    footage, asked = Footage(MediaLibrary(), tmp_path / "proxies"), []
    known = VideoProbe.probe
    monkeypatch.setattr(VideoProbe, "probe", lambda path: asked.append(path) or known(path))
    for _ in range(5):
        assert footage.of(copy).address
    assert len(asked) == 1
    os.utime(copy, (time.time(), time.time() + 5))
    assert footage.of(copy).address
    assert len(asked) == 2
    footage.close()
