"""What all pages of this process share: the files and pictures that the browser may fetch."""

from __future__ import annotations

from functools import cache

from starlette.middleware.trustedhost import TrustedHostMiddleware

from app.media import MediaLibrary, PictureStore

HOSTS = ["127.0.0.1", "localhost"]
GUARD = (TrustedHostMiddleware, HOSTS)
"""Requests that name another host come from a page elsewhere and are refused."""


@cache
def library() -> MediaLibrary:
    return MediaLibrary()


@cache
def pictures() -> PictureStore:
    return PictureStore()
