"""The entry: `python -m streamlit run app/streamlit_app.py`, which run.sh does."""

from __future__ import annotations

import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.middleware import Middleware

from app import cache, dropped, press
from app.components import theme
from app.media import routes
from app.serving import GUARD, draft_file, end, jobs, library, opened, pictures, worker
from app.serving import press as the_press
from core import error_log, settings
from core.errors import BrushreelError
from core.paths import prepare_caches

logger = logging.getLogger("brushreel")

_PATIENCE = 5.0
"""Seconds after which nobody seems to be looking."""

prepare_caches()
error_log.keep()
theme.adopt()


def begin() -> None:
    """What need not be waited for; the Batch Queue offers to start a worker where this fails.

    The first page goes before it: starting a worker is as much work again as starting the app.
    """
    opened().wait(_PATIENCE)
    cache.trim(settings.load().cache_gb * 1e9)
    try:
        dropped.trim(jobs(), [draft_file().load()])
        worker()
    except BrushreelError as error:
        logger.warning(str(error))


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """The worker is a process of its own, which stays when this one ends."""
    threading.Thread(target=begin, name="begin", daemon=True).start()
    yield
    end()


app = st.App("shell/main.py", routes=[*routes(library(), pictures()), press.route(the_press())],
             middleware=[Middleware(*GUARD)], lifespan=lifespan)
