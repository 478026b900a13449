"""What the theme of Streamlit cannot say: margins, contrast, and nothing around the picture."""

from __future__ import annotations

import streamlit as st

_CSS = """
.stMainBlockContainer { padding: 3.4rem 1rem .75rem; max-width: none; }
.stMainBlockContainer > div > [data-testid=stVerticalBlock] { gap: .6rem; }
.stVerticalBlock { gap: .6rem; }
header.stAppHeader { height: 3rem; background: #161616; }
[data-testid^=stBaseButton-primary] { color: #191919; font-weight: 600; }
[data-testid^=stBaseButton-primary]:hover { color: #191919; background: #eeb566; }
[data-testid^=stBaseButton-primary]:disabled { background: #333; color: #8f8f8f;
  border-color: #333; }
button:focus-visible, input:focus-visible, [role=slider]:focus-visible, [role=tab]:focus-visible,
a:focus-visible { outline: 2px solid #fff !important; outline-offset: 1px; }
.st-key-strip-box { position: fixed; top: .6rem; right: 1rem; width: auto; max-width: 60vw;
  z-index: 999991; }
.st-key-panel { height: calc(100vh - 4.4rem) !important; flex: none !important;
  overflow-y: auto; padding: 0 .6rem .5rem .2rem; }
.st-key-panel .stVerticalBlock { gap: .3rem; }
.st-key-panel [data-testid=stWidgetLabel] { min-height: 1.2rem; justify-content: flex-start;
  gap: .35rem; }
.st-key-panel [data-testid=stWidgetLabel] > * { flex: none; width: auto; }
.st-key-panel [data-testid=stSlider] { margin-bottom: -.55rem; }
.st-key-panel [data-testid=stSlider] [data-testid=stWidgetLabel] { margin-bottom: -.05rem; }
[data-testid=stLayoutWrapper]:has(> .st-key-queue-bar) { position: sticky; bottom: -.5rem;
  background: #191919; padding: .6rem 0; z-index: 5; margin-top: auto; }
[class*=st-key-problem] { border-color: #8a4a34; background: #2c211d; }
[class*=st-key-problem] .stElementContainer:first-child { color: #ffb59a; font-weight: 600; }
.stCaptionContainer { color: #a8a8a8; }
.stElementContainer[data-stale=true] { opacity: 1; }
[data-testid=stText] { font-family: inherit; font-size: inherit; white-space: pre-wrap; }
"""


def apply() -> None:
    st.html(f"<style>{_CSS}</style>")
