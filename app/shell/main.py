"""What surrounds every page: title, theme, navigation, and the state of the machine.

It lies in a folder of its own, as Streamlit takes a folder `pages` beside the first script for a
navigation of another kind, in which our addresses do not exist.
"""

from __future__ import annotations

import streamlit as st

from app.components import problem, theme
from app.components.hardware_strip import hardware_strip
from app.serving import opened, watch
from core.paths import data_folder

st.set_page_config(page_title="Brushreel", page_icon="🎞️", layout="wide",
                   initial_sidebar_state="collapsed")
if theme.adopt():
    st.rerun()
theme.apply()
page = st.navigation([
    st.Page("../pages/dashboard.py", title="Dashboard", default=True),
    st.Page("../pages/batch_queue.py", title="Batch Queue", url_path="queue"),
    st.Page("../pages/style_lab.py", title="Style Lab", url_path="lab"),
    st.Page("../pages/trainer_page.py", title="Trainer", url_path="trainer"),
    st.Page("../pages/analytics_page.py", title="Analytics", url_path="analytics"),
    st.Page("../pages/settings_page.py", title="Settings", url_path="settings"),
], position="top")
with st.container(key="strip-box"):
    hardware_strip(watch(), data_folder())
with problem.part("page"):
    page.run()
opened().set()
