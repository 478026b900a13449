"""A picture by its address, with nothing around it."""

from __future__ import annotations

import streamlit as st

_component = st.components.v2.component(
    "brushreel_still", html='<img class="still">',
    css=".still { display: block; width: 100%; border-radius: 4px; background: #0c0c0c; }",
    js="""
export default function ({ parentElement, data }) {
  const image = parentElement.querySelector("img");
  image.alt = data.alt;
  const next = new Image(); next.src = data.address;
  next.decode().then(() => { image.src = data.address; }).catch(() => {});
}
""")


def still(address: str, alt: str, key: str) -> None:
    """The next picture under the same `key` takes the place of the last when it is there."""
    _component(key=key, data={"address": address, "alt": alt})
