"""What the browser may fetch: videos in ranges from the disk, and pictures drawn for it.

Both go by ids that nobody can guess. A video is looked up among the files that pages have shared,
and served only while it really lies in one of the allowed folders.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import threading
from collections import OrderedDict
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from core.errors import InputError

VIDEO, PICTURE = "/video", "/picture"
_ID = re.compile(r"[0-9a-f]{32}")
_KINDS = {".mp4": "video/mp4", ".m4v": "video/mp4", ".webm": "video/webm", ".mov": "video/mp4"}
_SAFE = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'",
         "Cross-Origin-Resource-Policy": "same-origin", "Referrer-Policy": "no-referrer"}
_PICTURES = 96 * 2**20
"""Bytes of drawn pictures that are kept for the browser."""


class MediaLibrary:
    """Files shared with the browser. Safe for use by several threads."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._roots: set[Path] = set()
        self._paths: dict[str, Path] = {}
        self._lock = threading.Lock()

    def allow(self, folder: Path) -> None:
        """Files in this folder, and in those below it, may be shared."""
        with self._lock:
            self._roots.add(folder.resolve())

    def share(self, path: Path) -> str:
        """The address of a file; raises InputError where it lies in no allowed folder."""
        if self._within(path) is None:
            raise InputError(f"{path.name} lies in no folder that may be shown.",
                             "Open it on the Dashboard first.")
        absolute = path.absolute()
        name = hashlib.blake2b(str(absolute).encode("utf-8", "surrogateescape"), key=self._key,
                               digest_size=16).hexdigest()
        with self._lock:
            self._paths[name] = absolute
        return f"{VIDEO}/{name}"

    def find(self, name: str) -> Path | None:
        """The file as it lies on the disk now; None where it may not be shown, or no longer."""
        with self._lock:
            path = self._paths.get(name)
        return None if path is None else self._within(path)

    def _within(self, path: Path) -> Path | None:
        """The real file behind the path, if that is inside an allowed folder."""
        try:
            real = path.resolve(strict=True)
        except (OSError, RuntimeError, ValueError):
            return None
        with self._lock:
            roots = tuple(self._roots)
        inside = real.is_file() and any(real.is_relative_to(root) for root in roots)
        return real if inside else None


class PictureStore:
    """Encoded pictures in memory, the oldest given up first. Safe for several threads."""

    def __init__(self, room: int = _PICTURES) -> None:
        self._key = secrets.token_bytes(32)
        self._room, self._held = room, 0
        self._pictures: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, jpeg: bytes) -> str:
        """The address of a picture; the same for the same bytes."""
        name = hashlib.blake2b(jpeg, key=self._key, digest_size=16).hexdigest()
        with self._lock:
            if name not in self._pictures:
                self._pictures[name] = jpeg
                self._held += len(jpeg)
            self._pictures.move_to_end(name)
            while self._held > self._room and len(self._pictures) > 1:
                _, old = self._pictures.popitem(last=False)
                self._held -= len(old)
        return f"{PICTURE}/{name}"

    def find(self, name: str) -> bytes | None:
        with self._lock:
            return self._pictures.get(name)


def routes(library: MediaLibrary, pictures: PictureStore) -> list[Route]:
    """For Starlette: GET and HEAD of shared videos and stored pictures, 404 for all else."""
    def video(request: Request) -> Response:
        name = request.path_params["name"]
        path = library.find(name) if _ID.fullmatch(name) else None
        if path is None:
            return _missing()
        kind = _KINDS.get(path.suffix.lower(), "application/octet-stream")
        return FileResponse(path, media_type=kind, headers={**_SAFE, "Cache-Control": "no-cache"})

    def picture(request: Request) -> Response:
        name = request.path_params["name"]
        jpeg = pictures.find(name) if _ID.fullmatch(name) else None
        if jpeg is None:
            return _missing()
        return Response(jpeg, media_type="image/jpeg", headers={
            **_SAFE, "Cache-Control": "private, max-age=3600, immutable"})

    return [Route(VIDEO + "/{name}", video), Route(PICTURE + "/{name}", picture)]


def _missing() -> Response:
    return Response("Not here.", 404, media_type="text/plain", headers=_SAFE)
