"""Colors: tags that agree in all places, HDR metadata, and what else describes frames."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from core.color import ColorTags, Matrix
from core.io.framefacts import Form
from core.io.inspection import Inspection
from core.verify.finding import Finding, converted, dropped, kept, wrong
from core.verify.pair import Pair

_COLOR = ("matrix", "primaries", "transfer", "range")
_SILENT = {"matrix": 2, "primaries": 2, "transfer": 2, "range": 0}
"""The codes that say nothing."""


def color(pair: Pair) -> Iterator[Finding]:
    """The source's tags, the same in the container, the bitstream and the frames."""
    theirs, ours = pair.source.frames.form, pair.output.frames.form
    differing = [name for name in _COLOR
                 if not _alike(name, getattr(theirs.tags, name), getattr(ours.tags, name), theirs)]
    if not differing:
        yield kept(_named(ours.tags))
    elif theirs.is_rgb != ours.is_rgb and set(differing) <= {"matrix", "range"}:
        yield _recoded(ours)
    elif _full_gray(theirs, ours) and differing == ["range"]:
        yield kept(_named(ours.tags))
    else:
        yield from (_retagged(name, theirs, ours) for name in differing)
    if len({_meant(form) for form in pair.source.frames.forms}) > 1:
        yield converted("the tags of the source change on the way", ("color coding",))
    yield from own_color(pair.output)


def _recoded(ours: Form) -> Finding:
    if not ours.is_rgb and ours.tags.matrix in (Matrix.UNSPECIFIED, Matrix.IDENTITY):
        return wrong("RGB became YUV by a matrix that no tag tells")
    return kept(f"RGB, stored as {_named(ours.tags)}")


def _full_gray(theirs: Form, ours: Form) -> bool:
    return "gray" in theirs.pixel_format and ours.tags.range == 2 and theirs.tags.range == 0


def _retagged(name: str, theirs: Form, ours: Form) -> Finding:
    was, now = getattr(theirs.tags, name), getattr(ours.tags, name)
    words = f"{name} {now} instead of {was}"
    if name == "range" and {was, now} == {1, 2}:
        return converted(words, ("range",))
    return wrong(words)


def _alike(name: str, was: int, now: int, theirs: Form) -> bool:
    if name == "range":  # where nothing is said, YUV is limited and RGB full
        silent = 2 if theirs.is_rgb else 1
        return (was or silent) == (now or silent)
    if name == "matrix" and theirs.is_rgb:
        return {was, now} <= {0, 2}
    return was == now


def own_color(file: Inspection) -> Iterator[Finding]:
    """Container, bitstream and frames agree, where they say anything."""
    if len({_meant(form) for form in file.frames.forms}) > 1:
        yield wrong("The tags of the frames change on the way")
    frames = file.frames.form.tags
    for name in _COLOR:
        said = {place: code for place, code in
                [*((layer, getattr(found.tags, name)) for layer, found in file.layers.items()),
                 ("frames", getattr(frames, name))] if code != _SILENT[name]}
        if len(set(said.values())) > 1:
            words = ", ".join(f"{code} in the {place}" for place, code in said.items())
            yield wrong(f"{name} is {words}")


def _meant(form: Form) -> tuple[int, ...]:
    return tuple(getattr(form.tags, name) for name in _COLOR)


def _named(tags: ColorTags) -> str:
    return "/".join(str(int(getattr(tags, name))) for name in _COLOR)


_TOLD = {"DOVI_METADATA": "Dolby Vision", "DYNAMIC_HDR_PLUS": "HDR10+",
         "DYNAMIC_HDR_VIVID": "HDR Vivid", "AMBIENT_VIEWING_ENVIRONMENT": "ambient"}
"""Side data that goes with the picture it describes, and its word in reports."""


def hdr(pair: Pair) -> Iterator[Finding]:
    """Mastering display, light levels, and what describes each scene."""
    theirs, ours = pair.source.frames, pair.output.frames
    yield from _static("mastering display", theirs.mastering, ours.mastering)
    yield from _static("light level", theirs.light_level, ours.light_level)
    for kind, word in _TOLD.items():
        if kind in theirs.extras and kind not in ours.extras:
            yield dropped(f"no {word}", (word,))


def _static(words: str, was: Sequence[Fraction], now: Sequence[Fraction]) -> Iterator[Finding]:
    if was and not now:
        yield dropped(f"no {words} metadata", (words.split()[0],))
    elif len(was) != len(now) or any(
            abs(one - other) > max(Fraction(1, 10000), abs(one) / 1000)
            for one, other in zip(was, now, strict=True)):
        yield wrong(f"another {words} metadata")
    elif was:
        yield kept(words)


_VIEWS = {"SPHERICAL": "spherical", "STEREO3D": "3D", "ICC_PROFILE": "ICC",
          "VIEW_ID": "view", "LCEVC": "LCEVC", "A53_CC": "captions"}


def extras(pair: Pair) -> Iterator[Finding]:
    """Closed captions, color profiles, projections and views that come with frames."""
    for kind, word in _VIEWS.items():
        if kind in pair.source.frames.extras:
            if kind in pair.output.frames.extras:
                yield kept(word)
            else:
                yield dropped(f"no {word}", (word,))
