"""Size, shape, turn, depth: what the picture is, in the frames and in what tags say."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from core.io.framefacts import Frames
from core.io.inspection import Inspection
from core.io.repair import shown_size
from core.verify.finding import Finding, absent, converted, dropped, kept, wrong
from core.verify.pair import Pair


def size(pair: Pair) -> Iterator[Finding]:
    """As many columns and rows as the source shows."""
    form = pair.output.frames.form
    theirs, ours = shown_size(pair.source.path), shown_size(pair.output.path)
    if theirs != ours:
        yield wrong(f"{_by(ours)} are shown instead of {_by(theirs)}")
        return
    yield kept(_by(ours))
    yield from own_size(pair.output)
    if len({(one.width, one.height) for one in pair.source.frames.forms}) > 1:
        yield converted(f"The source changes its size; all is {form.width}x{form.height}",
                        ("size changes",))


def _by(measured: tuple[int, int] | None) -> str:
    return "no frames" if measured is None else f"{measured[0]}x{measured[1]}"


def own_size(file: Inspection) -> Iterator[Finding]:
    """The sizes that a file tells, in one place and another."""
    sizes = {(form.width, form.height) for form in file.frames.forms}
    if len(sizes) > 1:
        yield wrong(f"The frames have {len(sizes)} sizes.")
        return
    decoded = next(iter(sizes))
    container = file.layers.get("container")
    if container is not None and container.width and (
            (container.width, container.height) != decoded):
        yield wrong(f"The container claims {container.width}x{container.height}, the frames are "
                    f"{decoded[0]}x{decoded[1]}.")


def sar(pair: Pair) -> Iterator[Finding]:
    """Pixels of the source's shape."""
    theirs, ours = pair.source.sar, pair.output.sar
    if theirs == ours:
        yield kept(_ratio(ours)) if ours != 1 else absent("1:1")
    else:
        yield wrong(f"{_ratio(ours)} instead of {_ratio(theirs)}")
    yield from own_sar(pair.output)


def own_sar(file: Inspection) -> Iterator[Finding]:
    """Container and bitstream agree on the shape, where both tell it."""
    said = {name: layer.sar for name, layer in file.layers.items() if layer.sar}
    if len(set(said.values())) > 1:
        yield wrong(" but ".join(f"the {name} says {_ratio(value)}"
                                 for name, value in said.items()))


def _ratio(value: Fraction) -> str:
    return f"{value.numerator}:{value.denominator}"


def rotation(pair: Pair) -> Iterator[Finding]:
    """Turned and mirrored by players as the source is."""
    theirs, ours = turn_of(pair.source.frames), turn_of(pair.output.frames)
    if theirs != ours:
        yield wrong(f"{ours or 'not turned'} instead of {theirs or 'not turned'}")
    elif ours:
        yield kept(ours)
    else:
        yield absent("not turned")


def turn_of(frames: Frames) -> str:
    """In words: which way is right, which is down; empty where it stands as it is stored."""
    matrix = frames.matrix
    if matrix is None:
        return ""
    longest = max(map(abs, (matrix[0], matrix[1], matrix[3], matrix[4])), default=0) or 1
    signs = tuple(round(matrix[place] / longest, 2) for place in (0, 1, 3, 4))
    sides = " ".join(str((value > 0.01) - (value < -0.01)) for value in signs)
    if sides == "1 0 0 1":
        return ""
    return _TURNS.get(sides, f"turned by the matrix {signs}")


_TURNS = {"0 1 -1 0": "turned a quarter right", "0 -1 1 0": "turned a quarter left",
          "-1 0 0 -1": "turned upside down", "-1 0 0 1": "mirrored",
          "1 0 0 -1": "mirrored top to bottom", "0 1 1 0": "turned right and mirrored",
          "0 -1 -1 0": "turned left and mirrored"}
"""By the signs of the matrix."""


def crop(pair: Pair) -> Iterator[Finding]:
    """Borders that the source's container hides stay hidden."""
    theirs, ours = shown_size(pair.source.path), shown_size(pair.output.path)
    form = pair.source.frames.form
    if theirs is None or theirs == (form.width, form.height):
        yield absent("nothing is cropped")
    elif ours == theirs:
        yield kept(f"{form.width}x{form.height} shown as {_by(theirs)}")
    else:
        yield wrong(f"{_by(ours)} are shown instead of {_by(theirs)}")


def depth(pair: Pair) -> Iterator[Finding]:
    """Bits of a sample, and how color is sampled."""
    theirs, ours = pair.source.frames.form, pair.output.frames.form
    if ours.bits < theirs.bits:
        yield converted(f"{ours.bits} bits instead of {theirs.bits}",
                        ("bits", "rounded"))
    else:
        yield kept(f"{ours.bits} bits")
    was, now = theirs.chroma or ("4:4:4" if theirs.is_rgb else ""), ours.chroma
    if now and was and now != was and now != "4:4:4":
        yield converted(f"{now} instead of {was}", ("color detail",))


def alpha(pair: Pair) -> Iterator[Finding]:
    """Transparency."""
    theirs, ours = pair.source.frames.form, pair.output.frames.form
    if not theirs.has_alpha:
        yield absent("opaque") if not ours.has_alpha else wrong("The output is transparent.")
    elif ours.has_alpha:
        yield kept(ours.pixel_format)
    else:
        yield dropped("no transparency", ("transparency",))


_WITHOUT_FIELDS = ("vp8", "vp9", "av1")
"""Codecs that cannot say that frames are interlaced."""


def _unmarked(pair: Pair) -> Finding:
    """Interlaced frames that players will take for progressive ones."""
    words = "interlaced frames are flagged progressive"
    late = not pair.source.frames.form.interlaced
    if late or pair.output.packets.codec in _WITHOUT_FIELDS:
        return dropped(words, ("interlaced", "combs"), ("interlaced", "mark"))
    return wrong(words)


def field_order(pair: Pair) -> Iterator[Finding]:
    """Interlaced frames are flagged so, or drawn deinterlaced."""
    theirs, ours = (any(form.interlaced for form in file.frames.forms)
                    for file in (pair.source, pair.output))
    container = pair.output.layers.get("container")
    claimed = container.field_order if container is not None else 0
    if not theirs:
        yield absent("progressive") if not ours and claimed <= 1 else wrong(
            "Progressive frames are flagged interlaced.")
    elif ours:
        yield kept("interlaced") if claimed != 1 else wrong(
            "The frames are interlaced, the container claims progressive.")
    elif pair.inert:
        yield _unmarked(pair)
    else:
        yield converted("drawn deinterlaced", ("deinterlaced",))
