"""Which videos a browser plays as they are, and proxies of the others."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from app.media import MediaLibrary
from core import durable
from core.errors import BrushreelError
from core.io import VideoMetadata, VideoProbe
from core.paths import cache_folder
from core.render.inputs import stamp_of
from core.viewing.proxy import write_proxy

_PLAYED = {"h264": (".mp4", ".m4v"), "vp9": (".webm", ".mp4"), "vp8": (".webm",),
           "av1": (".mp4", ".webm")}
_KNOWN = 100
"""Files of which is kept what they are."""


@dataclass(frozen=True, slots=True)
class Playable:
    """`address` is empty while a proxy is being made; `share` tells how far that is."""

    address: str
    proxy: bool = False
    share: float = 1.0
    error: BrushreelError | None = None


def plays(found: VideoMetadata) -> bool:
    """Whether browsers show this file, and show it right."""
    eight = found.bits == 8 and found.pixel_format in ("yuv420p", "yuvj420p")
    return (eight and not found.is_hdr
            and found.path.suffix.lower() in _PLAYED.get(found.codec, ()))


class Footage:
    """Videos for the browser: the file itself, or an H.264 proxy made in the background."""

    def __init__(self, library: MediaLibrary, folder: Path | None = None) -> None:
        self._library = library
        self._folder = folder or cache_folder() / "proxies"
        self._making: dict[Path, Future[None]] = {}
        self._shares: dict[Path, float] = {}
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(1, "proxies")
        self._known: OrderedDict[Path, tuple[tuple[int, int], VideoMetadata]] = OrderedDict()

    def probed(self, path: Path) -> VideoMetadata:
        """What a file is, read once for as long as it stays as it is: pages ask every second.

        Raises InputError for what is no video.
        """
        stamp = stamped(path)
        with self._lock:
            known = self._known.get(path)
        if known is None or known[0] != stamp:
            known = stamp, VideoProbe.probe(path)
        with self._lock:
            self._known[path] = known
            self._known.move_to_end(path)
            while len(self._known) > _KNOWN:
                self._known.popitem(last=False)
        return known[1]

    def of(self, path: Path) -> Playable:
        """Begins a proxy where one is needed. Raises InputError for what is no video."""
        if plays(self.probed(path)):
            self._library.allow(path.parent)
            return Playable(self._library.share(path))
        proxy = self._folder / f"{_name(path)}.mp4"
        if proxy.is_file():
            self._library.allow(self._folder)
            return Playable(self._library.share(proxy), proxy=True)
        with self._lock:
            work = self._making.get(proxy)
            if work is None:
                work = self._making[proxy] = self._pool.submit(self._make, path, proxy)
        error = work.exception() if work.done() else None
        if isinstance(error, BrushreelError):
            return Playable("", proxy=True, error=error)
        return Playable("", proxy=True, share=self._shares.get(proxy, 0.0))

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _make(self, path: Path, proxy: Path) -> None:
        with durable.saving(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
        for share in write_proxy(path, proxy):
            self._shares[proxy] = share


def rate_of(found: VideoMetadata) -> float:
    return float(found.rate or Fraction(25))


def stamped(path: Path) -> tuple[int, int]:
    """What changes when the file does; zeros where it is gone, which reading it then says."""
    try:
        return stamp_of(path)
    except OSError:
        return 0, 0


def _name(path: Path) -> str:
    """The same for the same file, another once it has changed."""
    size, changed = stamped(path)
    text = f"{path.absolute()}|{size}|{changed}"
    return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=12).hexdigest()
