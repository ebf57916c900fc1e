"""The application, put together from parts, and what holds for every answer of it."""

import ipaddress
import re
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::[0-9]{1,5})?")


@dataclass(frozen=True, slots=True)
class Part:
    """Some pages, and what has to run while they are served."""

    routes: Sequence[Route]
    running: Callable[[], AbstractAsyncContextManager[None]]


def application(
    parts: Sequence[Part], say: Callable[[str], None], names: Iterable[str] | None
) -> ASGIApp:
    """*parts* as one ASGI application; *say* is told of our own failures, in one line each.

    *names* are those that a request may call this server by, beside the loopback's: a stranger's
    page whose name leads here (DNS rebinding) is not answered. None: any.
    """

    @asynccontextmanager
    async def running(_: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for part in parts:
                await stack.enter_async_context(part.running())
            yield

    made = Starlette(
        routes=[route for part in parts for route in part.routes],
        lifespan=running,
        exception_handlers={HTTPException: _plain},
    )
    made.router.redirect_slashes = False
    return _Outermost(made, say, None if names is None else frozenset(n.lower() for n in names))


def line(status: int, said: str, **headers: str) -> Response:
    """An answer of one line."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return PlainTextResponse(said + "\n", status, named)


async def _plain(_: Request, e: Exception) -> Response:
    assert isinstance(e, HTTPException)
    return line(e.status_code, e.detail.lower(), **dict(e.headers or {}))


def is_ours(host: str, names: frozenset[str]) -> bool:
    """Whether the header *host* names this machine's loopback, or one of *names*."""
    match = _HOST.fullmatch(host)
    if match is None:
        return False
    name = match.group(1).lower().removesuffix(".")
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return name == "localhost" or name in names


class _Outermost:
    """What holds for every answer."""

    def __init__(
        self, app: ASGIApp, say: Callable[[str], None], names: frozenset[str] | None
    ) -> None:
        self._app = app
        self._say = say
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def dressed(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        app = self._app if self._is_ours(scope) else line(421, "not a name of this server")
        try:
            await app(scope, receive, dressed)
        except Exception as e:
            # Not told to whoever asked: it may hold paths.
            self._say(f"a request failed: {type(e).__name__}: {e}")
            if not has_begun:
                await line(500, "our failure; it was noted")(scope, receive, dressed)

    def _is_ours(self, scope: Scope) -> bool:
        if self._names is None:
            return True
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        return len(hosts) == 1 and is_ours(hosts[0].decode("latin-1"), self._names)
