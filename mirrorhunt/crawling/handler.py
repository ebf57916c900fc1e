"""The download handler: how Scrapy's requests reach the network.

A subclass of Scrapy's aiohttp handler in which every connection goes to an address that the guard
has passed (`mirrorhunt.net.resolver`), on every hop, for names and for addresses written in a URL.
What a hostile server can send is bounded in bytes, headers and time; what it gets out of us is a
response, perhaps flagged, or one of the errors of `mirrorhunt.crawling.failing`.

Flags on a response: ``cut`` (there was more, or less than announced), ``undecoded`` (not encoded
the way its header says; the body is as it came). Content-Encoding is undone here and the header
dropped, so that Scrapy's HttpCompressionMiddleware finds nothing left to do: it throws bombs away
instead of cutting them (`mirrorhunt.net.decoding`). The signals ``headers_received`` and
``bytes_received`` are not sent.
"""

import asyncio
import ipaddress
import time
from collections.abc import Sequence
from typing import ClassVar, Self
from weakref import WeakKeyDictionary

from scrapy import Request
from scrapy.core.downloader.handlers._aiohttp import AiohttpDownloadHandler, _ClientResponse
from scrapy.core.downloader.handlers._base_streaming import BaseStreamingDownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Headers, Response
from scrapy.settings import BaseSettings
from scrapy.utils._download_handlers import make_response

from mirrorhunt.crawling.connecting import Way, tls_context
from mirrorhunt.crawling.failing import (
    TRANSPORT_ERRORS,
    ConnectionLostError,
    GuardedError,
    OwnFailureError,
    TlsFailureError,
    UnreadableResponseError,
    UnresolvedHostError,
    failure_of,
    translated,
)
from mirrorhunt.errors import ConfigError
from mirrorhunt.net.connect_to import ConnectMap
from mirrorhunt.net.decoding import decode
from mirrorhunt.net.guard import networks
from mirrorhunt.net.nameserver import Nameserver
from mirrorhunt.net.resolver import Resolver
from mirrorhunt.page import MAX_BODY_BYTES
from mirrorhunt.vantages import find

__all__ = [
    "ConnectionLostError",
    "GuardedDownloadHandler",
    "GuardedError",
    "OwnFailureError",
    "TlsFailureError",
    "UnreadableResponseError",
    "UnresolvedHostError",
    "failure_of",
    "resolver_of",
]

TOTAL_TIMEOUT_S = 20.0
"""Of one request, where its meta says nothing."""


# ---------------------------------------------------------------- the resolver of a crawler

_resolvers: WeakKeyDictionary[Crawler, Resolver] = WeakKeyDictionary()


def resolver_of(crawler: Crawler) -> Resolver:
    """The one resolver that everything in *crawler* uses, its connections included.

    The object in the setting MIRRORHUNT_RESOLVER, or one made of MIRRORHUNT_NAMESERVERS (empty:
    the system's), MIRRORHUNT_CONNECT_TO and MIRRORHUNT_ALLOW_ADDRESSES, each a list of texts.
    Raises ConfigError.
    """
    resolver = _resolvers.get(crawler)
    if resolver is None:
        resolver = _resolvers[crawler] = _given(crawler.settings) or _made(crawler.settings)
    return resolver


def _given(settings: BaseSettings) -> Resolver | None:
    given = settings.get("MIRRORHUNT_RESOLVER")
    if given is not None and not isinstance(given, Resolver):
        raise ConfigError(f"MIRRORHUNT_RESOLVER is {given!r}; it takes a Resolver object")
    return given


def _made(settings: BaseSettings, nameservers: Sequence[str] = ()) -> Resolver:
    named = nameservers or settings.getlist("MIRRORHUNT_NAMESERVERS")
    return Resolver(
        [Nameserver.parse(text) for text in named],
        allow=networks(settings.getlist("MIRRORHUNT_ALLOW_ADDRESSES")),
        connect_map=ConnectMap.parse(settings.getlist("MIRRORHUNT_CONNECT_TO")),
    )


# ---------------------------------------------------------------- the handler

_handlers: WeakKeyDictionary[Crawler, "GuardedDownloadHandler"] = WeakKeyDictionary()


class GuardedDownloadHandler(AiohttpDownloadHandler):
    """Set for ``http`` and ``https`` in DOWNLOAD_HANDLERS; both get the same instance."""

    # Scrapy calls its aiohttp handler experimental; pyproject pins the release this was tried on.
    experimental: ClassVar[bool] = False
    # A proxy would connect on our behalf, past the guard.
    supports_proxies: ClassVar[bool] = False

    def __init__(self, crawler: Crawler) -> None:
        # The grandparent's: the parent's would open a session that resolves by itself.
        BaseStreamingDownloadHandler.__init__(self, crawler)
        self.resolver = resolver_of(crawler)
        self._ssl_context = tls_context()
        self._ways = {"": Way.of(self.resolver, local_addr=self._bind_address)}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """The handler of *crawler*, whichever scheme asks for it."""
        handler = _handlers.get(crawler)
        if not isinstance(handler, cls):
            handler = _handlers[crawler] = cls(crawler)
        return handler

    async def download_request(self, request: Request) -> Response:
        """Fetch *request* within ``meta["download_timeout"]`` seconds, redirects not followed.

        A body longer than ``meta["download_maxsize"]`` (DOWNLOAD_MAXSIZE) is cut there; so is one
        that is still dripping at the end of the time. Raises the errors of
        `mirrorhunt.crawling.failing`, or Scrapy's DownloadTimeoutError,
        DownloadConnectionRefusedError, UnsupportedURLSchemeError; a proxy is a ConfigError.
        """
        if request.meta.get("proxy"):
            raise ConfigError(
                f"a proxy is set for {request.url!r}; it would pass the address guard by "
                "(set HTTPPROXY_ENABLED to False)"
            )
        timeout_s = float(request.meta.get("download_timeout") or TOTAL_TIMEOUT_S)
        deadline = asyncio.get_running_loop().time() + timeout_s
        started = time.monotonic()
        try:
            way = self._way(request)
            async with asyncio.timeout_at(deadline):
                response = await self._start(way, request)
        except TRANSPORT_ERRORS as e:
            raise translated(e, request, timeout_s) from e
        try:
            request.meta["download_latency"] = time.monotonic() - started
            body, flags = await self._body(response, request, deadline)
            return self._response(way, response, request, body, flags)
        except TRANSPORT_ERRORS as e:
            raise translated(e, request, timeout_s) from e
        finally:
            # A response read to its end has given its connection back already.
            response.close()

    async def close(self) -> None:
        """End all connections; called once for each scheme."""
        ways, self._ways = self._ways, {}
        for name, way in ways.items():
            if name or _given(self.crawler.settings) is None:
                await way.resolver.close()
            await way.session.close()
        # It holds its crawler, which would else be held for ever.
        _handlers.pop(self.crawler, None)

    def _way(self, request: Request) -> Way:
        """Of the vantage named in ``meta["vantage"]``; the default's where none is."""
        name = str(request.meta.get("vantage") or "")
        if name not in self._ways:
            vantages = self.crawler.settings.get("MIRRORHUNT_VANTAGES") or ()
            vantage = find(tuple(vantages), name)
            resolver = (
                _made(self.crawler.settings, vantage.nameservers)
                if vantage.nameservers
                else self.resolver
            )
            self._ways[name] = Way.of(resolver, vantage.proxy)
        return self._ways[name]

    def resolver_at(self, vantage: str) -> Resolver:
        """What resolves for *vantage*; an empty name is the default. Raises ConfigError."""
        return self._way(Request("http://vantage.invalid/", meta={"vantage": vantage})).resolver

    async def _start(self, way: Way, request: Request) -> _ClientResponse:
        """Up to the end of the headers."""
        response = await way.session.request(
            request.method,
            request.url,
            data=request.body or None,
            headers=self._request_headers(request).to_tuple_list(),
            ssl=self._ssl_context,
            allow_redirects=False,
        )
        assert isinstance(response, _ClientResponse)
        return response

    def _limit_bytes(self, request: Request) -> int:
        """0 means no limit to Scrapy; nothing here is without one."""
        asked = int(request.meta.get("download_maxsize", self._default_maxsize) or 0)
        return asked if asked > 0 else MAX_BODY_BYTES

    async def _body(
        self, response: _ClientResponse, request: Request, deadline: float
    ) -> tuple[bytes, list[str]]:
        """The body as far as it came; an error only if nothing of it did."""
        limit_bytes = self._limit_bytes(request)
        body = bytearray()
        is_cut = False
        try:
            async with asyncio.timeout_at(deadline):
                async for chunk in response.content.iter_any():
                    body += chunk
                    if len(body) > limit_bytes:
                        is_cut = True
                        break
        except TRANSPORT_ERRORS:
            if not body:
                raise
            is_cut = True
        encodings = [
            value.decode("latin-1")
            for name, value in response.raw_headers
            if name.lower() == b"content-encoding"
        ]
        decoded = decode(bytes(body[:limit_bytes]), encodings, limit_bytes)
        flags = ["cut"] if is_cut or decoded.is_cut else []
        return decoded.body, [*flags, "undecoded"] if decoded.is_raw else flags

    def _response(
        self, way: Way, response: _ClientResponse, request: Request, body: bytes, flags: list[str]
    ) -> Response:
        # Raw, as the decoded ones hold surrogates where a server sends what is no UTF-8.
        headers = Headers(response.raw_headers)
        headers.pop("Content-Encoding", None)
        version = response.version
        return make_response(
            url=request.url,
            status=response.status,
            headers=headers,
            body=body,
            flags=flags,
            certificate=_certificate(response),
            ip_address=_address(way, response),
            protocol=f"HTTP/{version.major}.{version.minor}" if version else None,
        )


def _address(
    way: Way, response: _ClientResponse
) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The checked address: that of the peer, or the one that the peer stands in for."""
    if not response._peername:
        return None
    address, port = response._peername[:2]
    host = response.url.raw_host or ""
    return ipaddress.ip_address(way.names.resolved(host, address, port))


def _certificate(response: _ClientResponse) -> bytes | None:
    """What the peer presented, as DER; None without TLS."""
    if response._ssl_object is None:
        return None
    try:
        return response._ssl_object.getpeercert(binary_form=True)
    except ValueError:
        return None
