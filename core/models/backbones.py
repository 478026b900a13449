"""Files of weights of the frozen networks that judge pictures: VGG-19, SqueezeNet 1.1, LPIPS.

They are not ours and never in the repository: they are looked for in a given folder, in
`models/backbones`, and in `backbones` of the data folder, where `models fetch-backbones` or a first
training fetches them to from where their makers publish them. A file counts only if its content is
the one we know.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType

from core import durable
from core.errors import InputError, ModelCorrupt, ModelMissing
from core.models.weights import Weights, download
from core.paths import data_folder

FOLDER = Path(__file__).resolve().parents[2] / "models" / "backbones"
_LARGEST = 64 << 20
"""Bytes beyond which a file is none of ours, and its content is not read."""

VGG = (Weights(
    "vgg_normalised_conv3_1.pth",
    "4ffff49ad5cdc3337374b947918f35f903fcb0898b0b5eebfcbd601b99fc3929",
    "https://raw.githubusercontent.com/jkbehne/GOTStyleTranfer/"
    "9268fb868e4bb65311ef3ddc1989ae980d22f8bb/models/vgg_normalised_conv3_1.pth"),)
SQUEEZENET = (
    Weights("squeezenet1_1_torchvision_fp16.pth",
            "e9c9c77c347ed29835015614f26a4572c47f9e0500da46aef21070bb858c314e"),
    Weights("squeezenet1_1-b8a52dc0.pth",
            "b8a52dc049b60e4b6ab68ad0df457362afab8b6304b2febdc1650a5dab4d7e7b",
            "https://download.pytorch.org/models/squeezenet1_1-b8a52dc0.pth"))
_LPIPS = "4a5350f23600cb79923ce65bb07cbf57dca461329894153e05a1346bd531cf76"
HEADS = (
    Weights("lpips_v0.1_lin_squeeze.pth", _LPIPS),
    Weights("squeeze.pth", _LPIPS,
            "https://raw.githubusercontent.com/richzhang/PerceptualSimilarity/"
            "082bb24f84c091ea94de2867d34c4544f68e0963/lpips/weights/v0.1/squeeze.pth"))
KNOWN: Mapping[str, tuple[Weights, ...]] = MappingProxyType(
    {"VGG-19": VGG, "SqueezeNet 1.1": SQUEEZENET, "LPIPS": HEADS})
"""Each in the forms it comes in, of which one will do; the last can be fetched."""


def find(forms: Sequence[Weights], folder: Path | None = None) -> Path:
    """Where one of the forms lies on this machine; `folder` is looked in first.

    The heads of LPIPS also come with the package lpips. Raises ModelMissing where none does, and
    ModelCorrupt where a file is not the one we know.
    """
    for place in filter(None, (folder, FOLDER, fetched_to(), _packaged(forms))):
        for weights in forms:
            path = place / weights.name
            if path.is_file():
                return _checked(path, weights)
    raise ModelMissing(f"The weights {forms[-1].name} are not on this machine.",
                       "Get them with the command models fetch-backbones, which fetches them, or "
                       "takes files that you have: --from FOLDER.")


def find_or_fetch(forms: Sequence[Weights], folder: Path | None = None) -> Path:
    """As `find`, but what lies nowhere is fetched from its address, once."""
    try:
        return find(forms, folder)
    except ModelMissing:
        return download(forms[-1], fetched_to())


def find_or_fetch_all(kinds: Sequence[Sequence[Weights]], folder: Path | None = None
                      ) -> list[Path]:
    """As `find_or_fetch` of each; raises one ModelMissing that names all that cannot be had."""
    found, missing = [], []
    for forms in kinds:
        try:
            found.append(find_or_fetch(forms, folder))
        except ModelMissing:
            missing.append(forms[-1])
    if missing:
        raise _unreachable(missing)
    return found


def take(source: Path) -> list[Path]:
    """Copy the weights that `source`, a file or a folder, holds to where they are looked for.

    They are known by their content, whatever they are called. Raises InputError for none.
    """
    files = [source] if source.is_file() else \
        sorted(source.iterdir()) if source.is_dir() else []
    known = [weights for forms in KNOWN.values() for weights in forms]
    taken: dict[str, Path] = {}
    for path in files:
        for weights in known:
            if weights.sha256 not in taken and _is(path, weights):
                taken[weights.sha256] = _copied(path, weights.name)
    if not taken:
        raise InputError(f"{source} is not there." if not source.exists() else
                         f"{source} holds none of the weights that are needed.",
                         f"Give {_either([forms[-1].name for forms in KNOWN.values()])}, or a "
                         "folder of them.")
    return list(taken.values())


def fetched_to() -> Path:
    """The folder of the weights that were fetched or taken."""
    return data_folder() / "backbones"


def _packaged(forms: Sequence[Weights]) -> Path | None:
    """Found, not imported: the package needs a torchvision that fits torch."""
    package = importlib.util.find_spec("lpips") if forms is HEADS else None
    if package is None or package.origin is None:
        return None
    return Path(package.origin).parent / "weights" / "v0.1"


def _is(path: Path, weights: Weights) -> bool:
    with suppress(OSError):
        return path.is_file() and path.stat().st_size <= _LARGEST and weights.matches(path)
    return False


def _copied(path: Path, name: str) -> Path:
    target = fetched_to() / name
    with durable.saving(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        content = path.read_bytes()
    durable.write(target, content)
    return target


def _checked(path: Path, weights: Weights) -> Path:
    try:
        known = weights.matches(path)
    except OSError as error:
        raise ModelCorrupt(f"{path} cannot be read ({error.strerror or error}).",
                           "Check its permissions.") from error
    if not known:
        raise ModelCorrupt(f"{path} is not the file it should be.",
                           "Remove it, so that it is looked for elsewhere or fetched again.")
    return path


def _unreachable(missing: Sequence[Weights]) -> ModelMissing:
    names = [weights.name for weights in missing]
    which = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    where = ", ".join(weights.url for weights in missing)
    return ModelMissing(
        f"The weights {which} are not here and cannot be fetched.",
        f"Connect to the internet once, or put {which} into {fetched_to()} ({where}).")


def _either(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} or {last}"
