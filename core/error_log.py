"""errors.log in the data folder: the tracebacks of unexpected errors."""

from __future__ import annotations

import logging

from core import edge
from core.paths import data_folder

_LARGEST = 1_000_000
"""Bytes; a larger file is overwritten."""


class _ErrorLog(logging.Handler):
    """Opens the file for each record: there are few, from several processes at once."""

    def emit(self, record: logging.LogRecord) -> None:
        path = data_folder() / "errors.log"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            full = path.is_file() and path.stat().st_size > _LARGEST
            with open(path, "w" if full else "a", encoding="utf-8", errors="replace") as file:
                file.write(self.format(record) + "\n")
        except OSError:
            return  # a full disk must not hide the error itself


def keep() -> None:
    """From now on this process writes unexpected errors there, and not to stderr."""
    if not any(isinstance(handler, _ErrorLog) for handler in edge.logger.handlers):
        handler = _ErrorLog(logging.ERROR)
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        edge.logger.addHandler(handler)
