"""What a user has set for every render and every start, kept in one small file."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core import durable
from core.edge import edge
from core.paths import data_folder

_NAME = "settings.toml"
Theme = Literal["dark", "light"]


class Settings(BaseModel):
    """`outputs` and `scratch` are folders, None for beside the source and beside the output.

    `cache_gb` is how much of proxies and the like is kept; `fine_tuning` offers to train networks
    on what was approved; `measure_renders` has the worker measure finished renders while it has
    nothing to do; `theme` is the app's. What the worker goes by stands with the queue.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    outputs: Path | None = None
    scratch: Path | None = None
    cache_gb: float = Field(10.0, ge=0, le=10_000)
    fine_tuning: bool = False
    measure_renders: bool = True
    theme: Theme = "dark"


def load(folder: Path | None = None) -> Settings:
    """What was saved; the defaults where nothing was, or where it cannot be read."""
    path = (folder or data_folder()) / _NAME
    with edge(path):
        return _read(path)


def _read(path: Path) -> Settings:
    try:
        return Settings.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError,
            RecursionError):
        return Settings()


def save(settings: Settings, folder: Path | None = None) -> None:
    """Raises DiskFull or CheckpointError where that cannot be."""
    import tomli_w

    path = (folder or data_folder()) / _NAME
    with durable.saving(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    values = settings.model_dump(mode="json", exclude_none=True)
    durable.write(path, tomli_w.dumps(values).encode())
