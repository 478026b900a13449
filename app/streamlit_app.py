"""The entry: `python -m streamlit run app/streamlit_app.py`, which run.sh does."""

from __future__ import annotations

import streamlit as st
from starlette.middleware import Middleware

from app.media import routes
from app.serving import GUARD, library, pictures
from core.paths import prepare_caches

prepare_caches()

app = st.App("shell.py", routes=routes(library(), pictures()), middleware=[Middleware(*GUARD)])
