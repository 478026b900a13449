"""A request to an ASGI application without a network, its path sent as it is written."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from starlette.applications import Starlette


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


def ask(site: Starlette, path: str, headers: Mapping[str, str] | None = None,
        method: str = "GET") -> Answer:
    """What comes back; clients that tidy up paths would hide what a hostile one can send."""
    sent: list[Any] = []
    given = {"host": "127.0.0.1:8501", **(headers or {})}
    scope = {"type": "http", "method": method, "path": unquote(path), "raw_path": path.encode(),
             "query_string": b"", "root_path": "", "scheme": "http", "http_version": "1.1",
             "headers": [(name.encode(), value.encode()) for name, value in given.items()],
             "server": ("127.0.0.1", 8501), "client": ("127.0.0.1", 50000)}

    waiting = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> dict[str, Any]:
        if not waiting:
            await asyncio.Event().wait()  # the client stays until it has its answer
        return waiting.pop()

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(site(scope, receive, send))
    start = next(part for part in sent if part["type"] == "http.response.start")
    body = b"".join(part.get("body", b"") for part in sent if part["type"] != start["type"])
    return Answer(start["status"], {name.decode(): value.decode()
                                    for name, value in start["headers"]}, body)
