"""The right side of the Dashboard: what the look at hand is made of."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from app.components import problem
from app.components.binding import bound, bound_choice, chosen
from app.components.cards import Card, cards
from app.components.parameter_form import parameter_form, words
from app.desk import Desk
from app.facts import distinct_labels
from app.forms import fields_of
from app.press import Drawing, Press
from core import presets
from core.errors import BrushreelError
from core.recipe import Layer, Recipe
from stylizers import STYLES


def look_panel(desk: Desk, press: Press) -> None:
    layer = desk.layer
    if layer is None:
        st.caption("Choose a look below the picture. Several can be chosen; each becomes a video "
                   "of its own.")
        return
    _takes(desk)
    look = STYLES[layer.style]
    about_, reset = st.columns([3.2, 1], vertical_alignment="center")
    about_.caption(look.summary)
    reset.button("Reset", key="reset", on_click=problem.safe(desk.reset),
                 help="As the preset has it (R)")
    _presets(desk, layer, press)
    place = desk.place
    parameter_form(fields_of(look.Params), layer.params, partial(desk.set_param, at=place),
                   f"param.{desk.draft.active}.{desk.layer_at}.{layer.style}")
    _laid_on(desk, layer)
    _over(desk)
    _save(desk)


def _takes(desk: Desk) -> None:
    """Which of the chosen looks is at hand, and which layer of it."""
    draft = desk.draft
    if len(draft.takes) > 1:
        names = distinct_labels([draft.recipe_of(take).name() for take in draft.takes])
        st.segmented_control(
            "Chosen looks", range(len(names)), format_func=names.__getitem__,
            label_visibility="collapsed",
            **bound("take", draft.active, chosen(desk.pick_take), "default"))
    if len(draft.take) > 1:
        st.segmented_control(
            "Layer", range(len(draft.take)), label_visibility="collapsed",
            format_func=lambda at: f"{'Over' if at else 'Under'}: {draft.take[at].style}",
            **bound("layer", desk.layer_at,
                    chosen(lambda at: setattr(desk, "layer_at", at)), "default"))


def _presets(desk: Desk, layer: Layer, press: Press) -> None:
    try:
        found = presets.presets(layer.style)
    except BrushreelError as error:
        desk.problem = error
        return
    shown = []
    for name, about in [("", STYLES[layer.style].summary),
                        *((key, known.about) for key, known in found.items())]:
        if layer.style == "neural" and not name:
            continue
        drawing = _small(desk, press, layer, name)
        shown.append(Card(f"{layer.style}:{name}", words(name or "plain"), about, drawing.address,
                          drawing.token, active=layer.preset == name))
    cards(shown, lambda card: _picked(desk, card), "presets", label="Presets", wide=False)


def _picked(desk: Desk, card: str) -> None:
    """A card stays in sight until the next look is drawn, and is none of that one's presets."""
    look, _, name = card.partition(":")
    if desk.layer is not None and desk.layer.style == look:
        desk.pick_preset(name)


def _small(desk: Desk, press: Press, layer: Layer, name: str) -> Drawing:
    """What choosing that preset would give: the user's files and the other layer stay."""
    draft = desk.draft
    try:
        assert draft.source is not None
        chosen_ = draft.with_layer(presets.restyled(layer, name), desk.layer_place)
        return press.ask(draft.source, draft.number, Recipe(layers=chosen_.take))
    except BrushreelError:
        return Drawing("", "")


def _laid_on(desk: Desk, layer: Layer) -> None:
    fields, place = Layer.model_fields, desk.place

    def shown(name: str, value: Any) -> dict[str, Any]:
        return bound(f"laid.{name}.{'.'.join(map(str, place))}", value,
                     lambda new: desk.set_laid_on(name, new, at=place))

    st.slider("Strength", 0.0, 1.0, step=0.01, help=fields["strength"].description,
              **shown("strength", layer.strength))
    st.toggle("Keep colors", help=fields["keep_colors"].description,
              **shown("keep_colors", layer.keep_colors))
    st.text_input("Mask", placeholder="Path of a still or a video; white is styled",
                  help=fields["mask"].description, **shown("mask", str(layer.mask or "")))


def _over(desk: Desk) -> None:
    take = desk.draft.take
    choices = ["", *(name for name in STYLES if name not in ("identity", take[0].style))]
    st.selectbox("Another look over it", choices, format_func=lambda name: words(name or "none"),
                 **bound_choice("over", take[1].style if len(take) > 1 else "", choices,
                                desk.lay_over))


def _save(desk: Desk) -> None:
    with st.container(horizontal=True):
        st.button("Vary", key="double", on_click=problem.safe(desk.double),
                  help="Keep this look as it is, and change a copy of it beside")
        st.button("Leave out", key="drop", on_click=problem.safe(desk.drop),
                  help="Choose this look no more")
        with st.popover("Save preset"):
            st.text_input("Name", key="preset.name", placeholder="soft-grey")
            st.text_input("What it looks like", key="preset.about")
            st.button("Save", key="preset.save", type="primary",
                      on_click=problem.safe(_save_preset), args=(desk,))


def _save_preset(desk: Desk) -> None:
    state = st.session_state
    desk.save_preset(str(state["preset.name"]).strip(), str(state["preset.about"]).strip())
