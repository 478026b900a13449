"""The options that say how a picture is drawn, and the recipes they make."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, get_args

from core.errors import InvalidParameter
from scripts.arguments import nearest, one_of, whole_number

if TYPE_CHECKING:
    from core.recipe import Recipe

_WHOLE_LAYER = ("strength", "keep_colors", "mask")
"""What may be set for a look besides its own parameters."""


def add_look_options(parser: argparse.ArgumentParser) -> None:
    """Options of one look, and of all looks of a command."""
    looks = parser.add_argument_group("look")
    looks.add_argument("--set", nargs="+", action="extend", default=[],
                       metavar="LOOK.PARAM=VALUE", help="such as pencil.blur_sigma=30; "
                       "see the command styles for what there is")
    looks.add_argument("--strength", metavar="0..1", help="how much of the look is laid on")
    looks.add_argument("--keep-colors", action="store_true", default=None,
                       help="keep the colors of the source")
    looks.add_argument("--mask", metavar="FILE",
                       help="still or video in black and white; white is styled")
    looks.add_argument("--hold", type=whole_number(1, 3), metavar="1|2|3",
                       help="frames each drawing stands for, as in animation on ones, twos or "
                            "threes; counted in frames, so twos at 60 fps are 30 drawings a "
                            "second (default: 1)")
    looks.add_argument("--temporal", type=_temporal, metavar="off|ema|flow",
                       help="how flicker is removed (default: as the preset says)")
    looks.add_argument("--deflicker", metavar="0..1",
                       help="how much of the look's pulsing is taken out (default: 0)")


def add_output_options(parser: argparse.ArgumentParser) -> None:
    output = parser.add_argument_group("output")
    output.add_argument("--preset", **PRESET_OPTION)
    output.add_argument("--codec", type=_codec, metavar="CODEC",
                        help="auto, h264, hevc, av1, vp9, ffv1, prores, h264_nvenc, hevc_nvenc, "
                             "av1_nvenc (default: auto)")
    output.add_argument("--crf", type=whole_number(0, 51), metavar="0..51",
                        help="quality on the x264 scale for every codec; lower is better")
    output.add_argument("--container", type=_container, metavar="CONTAINER",
                        help="mp4, mov, mkv, webm (default: the source's where possible)")
    output.add_argument("--audio", type=_audio, metavar="AUDIO",
                        help="copy, aac, opus, flac, none (default: copy)")


# What follows is loaded when an option is used, not when help is asked for.


def _codec(text: str) -> str:
    from core.io.codecs import ALIASES, CODECS

    return one_of("codec", ["auto", *CODECS], ALIASES)(text)


def _container(text: str) -> str:
    from core.io.codecs import MUXERS

    return one_of("container", MUXERS)(text)


def _audio(text: str) -> str:
    from core.io.tracks import AUDIO_CHOICES

    return one_of("audio choice", AUDIO_CHOICES)(text)


def _temporal(text: str) -> str:
    from core.temporal import Temporal

    return one_of("temporal mode", get_args(Temporal.model_fields["mode"].annotation))(text)


def _preset(text: str) -> str:
    from core.io.codecs import EFFORTS

    return one_of("preset", EFFORTS)(text)


PRESET_OPTION: Mapping[str, Any] = {"type": _preset, "metavar": "PRESET",
                                    "help": "speed, balanced, quality (default: balanced)"}


def recipes_from(args: argparse.Namespace, styles: str) -> list[Recipe]:
    """One recipe for each of the comma-separated `styles`, as the options change it."""
    from core.recipe import Recipe

    names = [name.strip() for name in styles.split(",")]
    chosen = dict.fromkeys(name for name in names if name)
    if not chosen:
        raise InvalidParameter("No style is named.", "Write for instance: --styles pencil")
    settings = _settings(args.set)
    drafts = [{"layers": [_layer(part) for part in name.split("+")]} for name in chosen]
    _check_used(settings, [layer["style"] for draft in drafts for layer in draft["layers"]])
    return [Recipe.build(_changed(draft, args, settings)) for draft in drafts]


def recipe_changed(recipe: Recipe, args: argparse.Namespace) -> Recipe:
    """A finished recipe with what the options say put in."""
    settings = _settings(args.set)
    _check_used(settings, [layer.style for layer in recipe.layers])
    return type(recipe).build(_changed(recipe.model_dump(), args, settings))


def _layer(text: str) -> dict[str, Any]:
    from core.presets import plain, preset

    look, colon, name = text.strip().partition(":")
    return preset(look, name).layer if colon else plain(look)


def layer_from(text: str, typed: Sequence[str]) -> dict[str, Any]:
    """The layer that LOOK or LOOK:PRESET stands for, changed as --set says."""
    layer, settings = _layer(text), _settings(typed)
    _check_used(settings, [layer["style"]])
    return _changed_layer(layer, {}, settings.get(layer["style"], {}))


Settings = Mapping[str, Mapping[str, str]]
"""By look, then by parameter, values as typed."""


def _settings(typed: Sequence[str]) -> Settings:
    settings: dict[str, dict[str, str]] = {}
    for text in typed:
        target, equals, value = text.partition("=")
        look, dot, name = target.partition(".")
        if not (equals and dot and look and name):
            raise InvalidParameter(f"--set: '{text}' is not understood.",
                                   "Write LOOK.PARAM=VALUE, such as pencil.blur_sigma=30.")
        settings.setdefault(look, {})[name] = value
    return settings


def _check_used(settings: Settings, looks: Sequence[str]) -> None:
    from stylizers import style

    for look in settings:
        style(look)
        if look not in looks:
            raise InvalidParameter(f"--set: {look} is not among the styles asked for.",
                                   f"{nearest(look, looks)}Set {', '.join(dict.fromkeys(looks))}.")


def _changed(draft: dict[str, Any], args: argparse.Namespace, settings: Settings
             ) -> dict[str, Any]:
    """`draft` with every option that was given; the others leave it as it is."""
    from core.recipe import QUALITIES, Recipe
    from core.temporal import Temporal
    from stylizers.refusal import validated

    given = {name: getattr(args, name) for name in _WHOLE_LAYER}
    output = {name: getattr(args, name, None) for name in ("codec", "crf", "container", "audio")}
    whole = {name: getattr(args, name, None) for name in ("preset", "hold")}
    changed = {
        **draft,
        "layers": [_changed_layer(layer, _given(given), settings.get(layer["style"], {}))
                   for layer in draft["layers"]],
        "output": {**draft.get("output", {}), **_given(output)},
        **_given(whole),
    }
    temporal = _given({"mode": args.temporal, "deflicker": args.deflicker})
    if temporal:
        preset = changed.get("preset", Recipe.model_fields["preset"].default)
        known = draft.get("temporal") or {"mode": QUALITIES[preset].temporal}
        changed["temporal"] = validated(Temporal, {**known, **temporal}).model_dump()
    return changed


def _given(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _changed_layer(layer: Mapping[str, Any], given: Mapping[str, Any],
                   settings: Mapping[str, str]) -> dict[str, Any]:
    """`given` holds for every layer, `settings` for this look alone and so goes first."""
    from core.recipe import Layer
    from stylizers import style
    from stylizers.refusal import validated

    declared = style(layer["style"]).Params
    whole = {name: value for name, value in settings.items()
             if name in _WHOLE_LAYER and name not in declared.model_fields}
    own = {name: value for name, value in settings.items() if name not in whole}
    params = declared.build({**layer["params"], **own}).model_dump()
    if (values := {**given, **whole}).get("mask") in ("", "none"):
        values["mask"] = None
    rest = {name: value for name, value in layer.items() if name != "params"}
    return {**validated(Layer, {**rest, **values}).model_dump(), "params": params}
