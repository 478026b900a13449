"""Files of weights of the frozen networks that judge pictures: VGG-19 and SqueezeNet 1.1.

They are not ours and never in the repository: they are looked for in a given folder, in
`models/backbones`, and in `backbones` of the data folder, where a first use fetches them to from
where their makers publish them. A file counts only if its content is the one we know.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core import durable
from core.errors import ModelCorrupt, ModelMissing
from core.paths import data_folder

FOLDER = Path(__file__).resolve().parents[2] / "models" / "backbones"
_PATIENCE = 30
"""Seconds without an answer after which an address counts as unreachable."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A file of weights: its SHA-256, or how that begins, and its address, where it has one."""

    name: str
    sha256: str
    url: str = ""


VGG = (Weights(
    "vgg_normalised_conv3_1.pth",
    "4ffff49ad5cdc3337374b947918f35f903fcb0898b0b5eebfcbd601b99fc3929",
    "https://raw.githubusercontent.com/jkbehne/GOTStyleTranfer/"
    "9268fb868e4bb65311ef3ddc1989ae980d22f8bb/models/vgg_normalised_conv3_1.pth"),)
SQUEEZENET = (
    Weights("squeezenet1_1_torchvision_fp16.pth",
            "e9c9c77c347ed29835015614f26a4572c47f9e0500da46aef21070bb858c314e"),
    # torchvision names its files by the first digits of their hashes and publishes no more.
    Weights("squeezenet1_1-b8a52dc0.pth", "b8a52dc0",
            "https://download.pytorch.org/models/squeezenet1_1-b8a52dc0.pth"))
"""Each in the forms it comes in, of which one will do; the last can be fetched."""


def find(forms: Sequence[Weights], folder: Path | None = None) -> Path:
    """Where one of the forms lies on this machine; `folder` is looked in first.

    Raises ModelMissing where none does, and ModelCorrupt where a file is not the one we know.
    """
    for place in filter(None, (folder, FOLDER, _fetched())):
        for weights in forms:
            path = place / weights.name
            if path.is_file():
                return _checked(path, weights)
    raise ModelMissing(f"The weights {forms[-1].name} are not on this machine.",
                       f"Put the file into {_fetched()}, where training fetches it to.")


def find_or_fetch(forms: Sequence[Weights], folder: Path | None = None) -> Path:
    """As `find`, but what lies nowhere is fetched from its address, once."""
    try:
        return find(forms, folder)
    except ModelMissing:
        return _fetch(forms[-1], _fetched())


def _fetched() -> Path:
    return data_folder() / "backbones"


def _checked(path: Path, weights: Weights) -> Path:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelCorrupt(f"{path} cannot be read ({error.strerror or error}).",
                           "Check its permissions.") from error
    if not _matches(content, weights):
        raise ModelCorrupt(f"{path} is not the file it should be.",
                           "Remove it, so that it is looked for elsewhere or fetched again.")
    return path


def _fetch(weights: Weights, folder: Path) -> Path:
    import http.client
    import urllib.request

    try:
        with urllib.request.urlopen(weights.url, timeout=_PATIENCE) as answer:
            content = answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise ModelMissing(
            f"The weights {weights.name} are not here and cannot be fetched.",
            f"Connect to the internet once, or put the file into {folder}.") from error
    if not _matches(content, weights):
        raise ModelCorrupt(f"What was fetched as {weights.name} is another file.",
                           f"Get it yourself and put it into {folder}.")
    with durable.saving(folder):
        folder.mkdir(parents=True, exist_ok=True)
    durable.write(folder / weights.name, content)
    return folder / weights.name


def _matches(content: bytes, weights: Weights) -> bool:
    return hashlib.sha256(content).hexdigest().startswith(weights.sha256)
