"""What the theme of Streamlit cannot say: margins, contrast, and nothing around the picture."""

from __future__ import annotations

import streamlit as st

from app.palette import PALETTES
from core import settings

_CSS = """
.stMainBlockContainer { padding: 3.4rem 1rem .75rem; max-width: none; }
.stMainBlockContainer > div > [data-testid=stVerticalBlock] { gap: .6rem; }
.stVerticalBlock { gap: .6rem; }
header.stAppHeader { height: 3rem; background: var(--br-well); }
[data-testid^=stBaseButton-primary] { color: var(--br-on-accent); font-weight: 600; }
[data-testid^=stBaseButton-primary]:hover { color: var(--br-on-accent);
  background: var(--br-accent-hover); }
[data-testid^=stBaseButton-primary]:disabled { background: var(--br-hover);
  color: var(--br-quiet); border-color: var(--br-hover); }
button:focus-visible, input:focus-visible, [role=slider]:focus-visible, [role=tab]:focus-visible,
a:focus-visible, .paper:focus-visible, [role=spinbutton]:focus-visible {
  outline: 2px solid var(--br-strong) !important; outline-offset: 1px; }
.st-key-strip-box { position: fixed; top: .6rem; right: 1rem; width: auto; max-width: 60vw;
  z-index: 999991; }
.st-key-panel { height: calc(100vh - 4.4rem) !important; flex: none !important;
  overflow-y: auto; padding: 0 .6rem .5rem .2rem; }
.st-key-panel .stVerticalBlock { gap: .3rem; }
.st-key-panel [data-testid=stWidgetLabel] { min-height: 1.2rem; justify-content: flex-start;
  gap: .35rem; }
.st-key-panel [data-testid=stWidgetLabel] > * { flex: none; width: auto; }
.st-key-panel [data-testid=stSlider] { margin-bottom: -.55rem; }
.st-key-panel [data-testid=stSlider] [data-testid=stWidgetLabel] { margin-bottom: .2rem; }
[data-testid=stLayoutWrapper]:has(> .st-key-queue-bar) { position: sticky; bottom: -.5rem;
  background: var(--br-ground); padding: .6rem 0; z-index: 5; margin-top: auto; }
.stVerticalBlock:has(> .stElementContainer i.problem) { border-color: var(--br-problem-line);
  background: var(--br-problem); }
.stElementContainer:has(i.problem) { display: none; }
.stElementContainer:has(i.problem) + .stElementContainer { color: var(--br-problem-text);
  font-weight: 600; }
.stElementContainer:has(> .stHtml > .drawing) { position: absolute; top: 8rem; left: 1.6rem;
  width: auto; z-index: 3; opacity: 0; animation: waited 0s 1.2s forwards; }
.drawing { background: var(--br-raised); color: var(--br-text); border-radius: 4px;
  padding: .2rem .6rem; }
@keyframes waited { to { opacity: 1; } }
[data-testid=stCaptionContainer] { opacity: 1 !important; color: var(--br-quiet); }
[data-testid=stCaptionContainer] p { color: var(--br-quiet); }
[data-testid=stSkipToContent] { color: var(--br-strong) !important;
  background: var(--br-raised) !important; }
.paper { max-height: 260px; overflow: auto; margin: 0; padding: .75rem; font-size: .8rem;
  white-space: pre-wrap; overflow-wrap: anywhere; background: var(--br-raised);
  border-radius: 4px; }
.stMain:focus-visible { box-shadow: inset 0 0 0 2px var(--br-strong); }
.stElementContainer[data-stale=true] { opacity: 1; }
[data-testid=stText] { font-family: inherit; font-size: inherit; white-space: pre-wrap; }
"""


def apply() -> None:
    palette = PALETTES[settings.load().theme]
    st.html(f"<style>:root {{ {palette.css()} }}{_CSS}</style>")


def adopt() -> bool:
    """Have Streamlit draw in the theme that is set; whether it drew in another until now.

    Its options are read whenever a page begins to run, so what runs already must begin again.
    """
    from streamlit import config  # its public way of setting options leaves out those of a theme

    theme = settings.load().theme
    if config.get_option("theme.base") == theme:
        return False
    for name, value in {"base": theme, **PALETTES[theme].options()}.items():
        config.set_option(f"theme.{name}", value)
    return True
