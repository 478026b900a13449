"""The colors of the app in both themes: greys without a tint, so that pictures are judged rightly.

Pages get them as custom properties of CSS, `--br-` and the name, and Streamlit as its own options.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType

from core.settings import Theme


@dataclass(frozen=True, slots=True)
class Palette:
    """What lies behind, what is drawn upon it, and what stands out; `#rrggbb` each.

    `ground`, `raised`, `row`, `bar` and `well` carry text. `hover` and `held` are behind what the
    pointer is over, and what is chosen. `on_accent` is written upon `accent`. `good`, `warn`, `bad`
    and `idle` mark states; `warn_text` and `bad_text` say them.
    """

    ground: str
    raised: str
    row: str
    bar: str
    well: str
    hover: str
    held: str
    line: str
    text: str
    strong: str
    quiet: str
    accent: str
    accent_hover: str
    on_accent: str
    chosen: str
    good: str
    warn: str
    bad: str
    idle: str
    warn_text: str
    bad_text: str
    problem: str
    problem_line: str
    problem_text: str

    def css(self) -> str:
        """Declarations for the root of a page."""
        return " ".join(f"--br-{name.replace('_', '-')}: {color};"
                        for name, color in asdict(self).items())

    def options(self) -> dict[str, str]:
        """The same for what Streamlit draws itself."""
        return {"primaryColor": self.accent, "backgroundColor": self.ground,
                "secondaryBackgroundColor": self.raised, "textColor": self.text,
                "linkColor": self.accent, "borderColor": self.line, "grayColor": self.quiet,
                "grayBackgroundColor": self.raised}


PALETTES: Mapping[Theme, Palette] = MappingProxyType({
    "dark": Palette(
        ground="#191919", raised="#262626", row="#212121", bar="#202020", well="#161616",
        hover="#333333", held="#3c3c3c", line="#3a3a3a", text="#e2e2e2", strong="#ffffff",
        quiet="#b0b0b0", accent="#e0a04a", accent_hover="#eeb566", on_accent="#191919",
        chosen="#4a3a20", good="#67b56d", warn="#d9b13c", bad="#ef6a52", idle="#808080",
        warn_text="#ecc85f", bad_text="#ff9d88", problem="#2c211d", problem_line="#b0603f",
        problem_text="#ffb59a"),
    "light": Palette(
        ground="#f2f2f2", raised="#e4e4e4", row="#fbfbfb", bar="#e6e6e6", well="#ffffff",
        hover="#d6d6d6", held="#cacaca", line="#bdbdbd", text="#1e1e1e", strong="#000000",
        quiet="#4e4e4e", accent="#754a00", accent_hover="#5c3a00", on_accent="#ffffff",
        chosen="#f2dcb4", good="#2f7d36", warn="#946900", bad="#c23a22", idle="#767676",
        warn_text="#644700", bad_text="#9a2616", problem="#fae6df", problem_line="#b4664a",
        problem_text="#85290f"),
})
