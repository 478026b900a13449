"""Press: the drawings on cards, made one after the other beside the pages.

A page asks for a card and gets a token; the browser asks for tokens until their drawings are there,
so that no page has to run again for them.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from app.studio import Studio, poster
from core.errors import BrushreelError
from core.recipe import Recipe

ADDRESS = "/drawn"
_KEPT, _ASKED = 400, 100


@dataclass(frozen=True, slots=True)
class Drawing:
    """`address` is None while it is being made, and empty where the look cannot be drawn."""

    token: str
    address: str | None


class Press:
    """Draws cards in a thread of its own. Safe for several threads."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._key = secrets.token_bytes(32)
        self._works: OrderedDict[str, tuple[str, Future[str]]] = OrderedDict()
        self._lock = threading.Lock()
        self._thread = ThreadPoolExecutor(1, "cards")

    def close(self) -> None:
        self._thread.shutdown(wait=True, cancel_futures=True)

    def ask(self, path: Path, number: int, recipe: Recipe) -> Drawing:
        """The drawing of a picture near that number. Raises InputError for what is no video.

        Drawings asked for at another place, which nobody looks at any more, are not begun.
        """
        place = f"{path}|{poster(number, len(self._studio.strip(path)))}"
        token = self._token(f"{place}|{recipe.model_dump_json(include={'layers', 'preset'})}")
        with self._lock:
            if token not in self._works or self._works[token][1].cancelled():
                for there, work in self._works.values():
                    if there != place:
                        work.cancel()
                self._works[token] = place, self._thread.submit(self._draw, path, number, recipe)
            self._works.move_to_end(token)
            while len(self._works) > _KEPT:
                self._works.popitem(last=False)[1][1].cancel()
        return Drawing(token, self.told(token))

    def told(self, token: str) -> str | None:
        """The address of a drawing; None while it is being made, empty where it will not be."""
        with self._lock:
            found = self._works.get(token)
        if found is None or found[1].cancelled():
            return ""
        return found[1].result() if found[1].done() else None

    def _draw(self, path: Path, number: int, recipe: Recipe) -> str:
        try:
            return self._studio.small(path, number, recipe).address
        except BrushreelError:
            return ""  # said in full once the look is chosen

    def _token(self, text: str) -> str:
        return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), key=self._key,
                               digest_size=16).hexdigest()


def route(press: Press) -> Route:
    """Answers for tokens, joined by commas, with their addresses by token."""
    def drawn(request: Request) -> JSONResponse:
        tokens = request.query_params.get("tokens", "").split(",")[:_ASKED]
        return JSONResponse({token: press.told(token) for token in tokens if token},
                            headers={"Cache-Control": "no-store"})

    return Route(ADDRESS, drawn)
