"""Colors that everybody can read: WCAG 2.1, level AA, in both themes."""

import tomllib
from itertools import product
from pathlib import Path
from typing import get_args

import pytest
from streamlit import config

from app.components import theme
from app.palette import PALETTES, Palette
from core import settings
from core.settings import Theme

ROOT = Path(__file__).resolve().parents[2]
GROUNDS = ("ground", "raised", "row", "bar", "well", "hover")
TEXTS = [*product(("text", "strong", "quiet"), GROUNDS),
         *product(("warn_text", "bad_text"), ("row", "raised", "hover")),
         *product(("accent",), ("ground", "raised", "bar")), ("bad_text", "ground"),
         ("strong", "held"), ("strong", "chosen"), ("on_accent", "accent"),
         ("on_accent", "accent_hover"), ("problem_text", "problem"), ("text", "problem")]
MARKS = [*product(("good", "warn", "bad", "idle", "accent"), ("row", "raised")),
         *product(("strong",), (*GROUNDS, "held", "chosen")), ("problem_line", "ground")]


def contrast(one: str, other: str) -> float:
    """1..21, of two colors as #rrggbb (WCAG 2.1, contrast ratio and relative luminance)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    parts = [int(color[place:place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
              for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_the_measure_is_the_standards() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
def test_text_and_marks_stand_out(palette: Palette) -> None:
    low = {(one, other): round(found, 2) for pairs, least in ((TEXTS, 4.5), (MARKS, 3.0))
           for one, other in pairs
           if (found := contrast(getattr(palette, one), getattr(palette, other))) < least}
    assert not low


def test_greys_have_no_tint() -> None:
    for palette in PALETTES.values():
        for name in ("ground", "raised", "row", "bar", "well", "hover", "held", "text", "quiet"):
            color = getattr(palette, name)
            assert color[1:3] == color[3:5] == color[5:7], name


def test_every_theme_has_a_palette_and_the_first_start_the_dark_one() -> None:
    assert set(PALETTES) == set(get_args(Theme))
    written = tomllib.loads((ROOT / "app/.streamlit/config.toml").read_text())["theme"]
    options = PALETTES["dark"].options()
    assert written["base"] == settings.Settings().theme == "dark"
    assert {name: written.get(name) for name in options} == options


def test_colors_are_written_in_one_place_alone() -> None:
    """Whatever a style sheet names is there; only what lies on pictures has colors of its own."""
    sheets = [*(ROOT / "app/components").rglob("*.css"), ROOT / "app/components/theme.py"]
    known = {part.split(":")[0] for part in PALETTES["dark"].css().split() if part.endswith(":")}
    for sheet in sheets:
        used = {part.split(")")[0] for part in sheet.read_text().split("var(")[1:]}
        assert {name for name in used if name.startswith("--br-")} <= known, sheet


@pytest.mark.usefixtures("data")
def test_streamlit_draws_in_the_theme_that_is_set() -> None:
    before = {name: config.get_option(f"theme.{name}")
              for name in ("base", *PALETTES["dark"].options())}
    try:
        for name in ("light", "dark"):
            settings.save(settings.Settings(theme=name))
            theme.adopt()
            assert not theme.adopt()
            assert config.get_option("theme.base") == name
            assert config.get_option("theme.textColor") == PALETTES[name].text
    finally:
        for name, value in before.items():
            config.set_option(f"theme.{name}", value)
