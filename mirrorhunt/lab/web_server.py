"""The lab's web servers: every host of a world on one HTTP and one HTTPS port.

Which host is meant is read from the Host header, which certificate to present from the server
name of the handshake, as shared hosting does it. Each request is logged for the score.
"""

import asyncio
import gzip
import ssl
import time
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache, singledispatch
from weakref import WeakKeyDictionary

from aiohttp import web

from mirrorhunt.lab import pages, sources
from mirrorhunt.lab.abroad import ABROAD
from mirrorhunt.lab.authority import Authority, server_context
from mirrorhunt.lab.world import (
    Behaviour,
    Bomb,
    CertificateSearch,
    Content,
    Drip,
    Host,
    Html,
    Huge,
    Issuances,
    Redirect,
    RegistrationData,
    Reset,
    World,
)

_PAGE_CACHE_BYTES = 96 * 1024 * 1024
_CHUNK_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """One request that arrived."""

    at: float
    """Seconds since the epoch."""
    host: str
    path: str
    """With the query, as sent."""
    method: str
    scheme: str
    user_agent: str
    sni: str | None
    """The server name of the handshake; None over plain HTTP or if none was sent."""
    status: int | None
    """What was answered; None for a reset."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request together with what it is answered from."""

    request: web.BaseRequest
    world: World
    path: str
    page: bytes = b""


class WebServer:
    """Serves *world*; `requests` is the log."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.authority = Authority()
        self.requests: list[Request] = []
        self._server_names: WeakKeyDictionary[ssl.SSLObject, str] = WeakKeyDictionary()
        self._cache: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._cached_bytes = 0
        self._runner: web.ServerRunner | None = None

    async def start(self, address: str = "127.0.0.1") -> tuple[int, int]:
        """Listen, and return the ports of HTTP and HTTPS."""
        server = web.Server(self._handle, access_log=None)
        self._runner = web.ServerRunner(server, handle_signals=False, shutdown_timeout=0.1)
        await self._runner.setup()
        context = server_context()
        context.sni_callback = self._choose_certificate
        plain = web.TCPSite(self._runner, address, 0, backlog=1024)
        secure = web.TCPSite(self._runner, address, 0, backlog=1024, ssl_context=context)
        await plain.start()
        await secure.start()
        http, https = (bound[1] for bound in self._runner.addresses)
        return http, https

    async def stop(self) -> None:
        """Close the ports and forget the keys."""
        if self._runner is not None:
            await self._runner.cleanup()
        self.authority.close()

    def _choose_certificate(
        self, connection: ssl.SSLSocket | ssl.SSLObject, name: str | None, _: ssl.SSLContext
    ) -> int | None:
        host = self._world.find(name.lower()) if name else None
        if name is None or host is None or host.certificate is None:
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        connection.context = self.authority.context(host.certificate)
        assert isinstance(connection, ssl.SSLObject)
        self._server_names[connection] = name.lower()
        return None

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        name = request.host.partition(":")[0].lower().rstrip(".")
        host = self._world.find(name)
        if host is None:
            return self._logged(request, name, web.Response(status=404, text="no such site"))
        if not request.secure and not host.has_http:
            return self._reset(request, name)
        if not request.secure and host.upgrades:
            to = f"https://{name}{request.path_qs}"
            return self._logged(request, name, _moved(to, 301))
        path = request.rel_url.raw_path or "/"
        found = host.behaviour(path)
        key = path
        if host.closed is not None and not _is_let_in(host.gate, request):
            found, key = host.closed, f"{path} closed"
        if found is None:
            found = _default(path)
        if isinstance(found, Reset):
            return self._reset(request, name)
        page = self._page(host, path, key, found) if isinstance(found, Html) else b""
        if isinstance(found, Drip):
            # Logged at once: its answer ends when the client has had enough.
            self._log(request, name, 200)
            return await _drip(request, found)
        if isinstance(found, Huge):
            self._log(request, name, 200)
            return await _pour(request, found)
        asked = _Asked(request, self._world, path, page)
        return self._logged(request, name, respond(found, asked))

    def _page(self, host: Host, path: str, which: str, html: Html) -> bytes:
        key = (host.name, which)
        body = self._cache.get(key)
        if body is not None:
            self._cache.move_to_end(key)
            return body
        body = pages.render(self._world, host, path, html)
        self._cache[key] = body
        self._cached_bytes += len(body)
        while self._cached_bytes > _PAGE_CACHE_BYTES:
            _, dropped = self._cache.popitem(last=False)
            self._cached_bytes -= len(dropped)
        return body

    def _logged(self, request: web.BaseRequest, name: str, response: web.Response) -> web.Response:
        self._log(request, name, response.status)
        return response

    def _reset(self, request: web.BaseRequest, name: str) -> web.Response:
        self._log(request, name, None)
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)

    def _log(self, request: web.BaseRequest, name: str, status: int | None) -> None:
        transport = request.transport
        connection = transport.get_extra_info("ssl_object") if transport is not None else None
        self.requests.append(
            Request(
                at=time.time(),
                host=name,
                path=request.path_qs,
                method=request.method,
                scheme="https" if connection is not None else "http",
                user_agent=request.headers.get("User-Agent", ""),
                sni=self._server_names.get(connection) if connection is not None else None,
                status=status,
            )
        )


def _is_let_in(gate: str, request: web.BaseRequest) -> bool:
    """Whether a host behind *gate* shows its pages to whoever makes *request*."""
    if gate == "referrer":
        return bool(request.headers.get("Referer"))
    if gate == "mobile":
        return "Mobile" in request.headers.get("User-Agent", "")
    return request.remote == ABROAD


def _default(path: str) -> Behaviour:
    """What a host does with a path that its world says nothing of."""
    if path == "/robots.txt":
        return Content(b"User-agent: *\nDisallow:\n", "text/plain; charset=utf-8")
    return Content(_NOT_FOUND, status=404)


_NOT_FOUND = (
    b"<!doctype html><html><head><title>404 Not Found</title></head>"
    b"<body><center><h1>404 Not Found</h1></center><hr><center>nginx</center></body></html>"
)


@singledispatch
def respond(behaviour: object, asked: _Asked) -> web.Response:
    """The response of one kind of behaviour."""
    raise TypeError(f"no response for {behaviour!r}")


@respond.register
def _(behaviour: Html, asked: _Asked) -> web.Response:
    response = web.Response(body=asked.page, status=behaviour.status)
    response.content_type = "text/html"
    response.charset = "utf-8"
    for name, value in behaviour.headers:
        response.headers.add(name, value)
    return response


@respond.register
def _(behaviour: Content, asked: _Asked) -> web.Response:
    response = web.Response(body=behaviour.body, status=behaviour.status)
    response.headers["Content-Type"] = behaviour.content_type
    for name, value in behaviour.headers:
        response.headers.add(name, value)
    return response


@respond.register
def _(behaviour: Redirect, asked: _Asked) -> web.Response:
    return _moved(behaviour.to.replace("{path}", asked.path), behaviour.status)


def _moved(to: str, status: int) -> web.Response:
    return web.Response(
        status=status,
        body=b"<html><head><title>Moved</title></head><body>Moved</body></html>",
        content_type="text/html",
        headers={"Location": to},
    )


@respond.register
def _(behaviour: Bomb, asked: _Asked) -> web.Response:
    return web.Response(
        body=_packed_zeros(behaviour.unpacked_bytes),
        content_type="text/html",
        headers={"Content-Encoding": "gzip"},
    )


@respond.register
def _(behaviour: CertificateSearch, asked: _Asked) -> web.Response:
    status, body = sources.certificates(asked.world, asked.request.query.get("q", ""))
    return web.Response(status=status, text=body, content_type="application/json")


@respond.register
def _(behaviour: Issuances, asked: _Asked) -> web.Response:
    status, body = sources.issuances(asked.world, asked.request.query.get("domain", ""))
    return web.Response(status=status, text=body, content_type="application/json")


@respond.register
def _(behaviour: RegistrationData, asked: _Asked) -> web.Response:
    status, body = sources.registration(asked.world, asked.path.rpartition("/")[2])
    return web.Response(status=status, text=body, content_type="application/rdap+json")


@lru_cache(maxsize=4)
def _packed_zeros(size_bytes: int) -> bytes:
    megabyte = 1024 * 1024
    head = gzip.compress(b"<html><body>" + b" " * megabyte, mtime=0)
    # Gzip members follow one another (RFC 1952 §2.2): one packed megabyte, many times.
    return head + gzip.compress(b"\0" * megabyte, mtime=0) * (size_bytes // megabyte)


async def _drip(request: web.BaseRequest, behaviour: Drip) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/html; charset=utf-8"})
    # Whoever asked has had enough, and is gone.
    with suppress(ConnectionResetError):
        await response.prepare(request)
        await response.write(b"<!doctype html><html><head><title>Loading")
        while True:
            await response.write(b"." * behaviour.chunk_bytes)
            await asyncio.sleep(behaviour.pause_s)
    return response


async def _pour(request: web.BaseRequest, behaviour: Huge) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/html; charset=utf-8"})
    chunk = (b"<p>lorem ipsum dolor sit amet</p>\n" * 2000)[:_CHUNK_BYTES]
    left = behaviour.size_bytes
    with suppress(ConnectionResetError):
        await response.prepare(request)
        while left > 0:
            await response.write(chunk[:left])
            left -= len(chunk)
        await response.write_eof()
    return response
