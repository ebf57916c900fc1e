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
import ssl
import time
from collections.abc import Sequence
from typing import Any, ClassVar, Self
from weakref import WeakKeyDictionary

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from scrapy import Request
from scrapy.core.downloader.handlers._aiohttp import AiohttpDownloadHandler, _ClientResponse
from scrapy.core.downloader.handlers._base_streaming import BaseStreamingDownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Headers, Response
from scrapy.settings import BaseSettings
from scrapy.utils._download_handlers import make_response

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

CONNECT_TIMEOUT_S = 6.0
"""Of one address, TLS handshake included; a SYN lost twice costs 3 s."""
TOTAL_TIMEOUT_S = 20.0
"""Of one request, where its meta says nothing."""
KEEP_ALIVE_S = 5.0
"""Of an idle connection: one visit's requests share it, and then it goes."""
MAX_HEADERS = 256
MAX_HEADER_BYTES = 32 * 1024
"""Of one header. Real content security policies reach 10 kB; Chrome takes 256 kB for all."""
MAX_STAND_INS = 10_000


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


def _made(settings: BaseSettings) -> Resolver:
    return Resolver(
        [Nameserver.parse(text) for text in settings.getlist("MIRRORHUNT_NAMESERVERS")],
        allow=networks(settings.getlist("MIRRORHUNT_ALLOW_ADDRESSES")),
        connect_map=ConnectMap.parse(settings.getlist("MIRRORHUNT_CONNECT_TO")),
    )


# ---------------------------------------------------------------- connecting


class _GuardedNames(AbstractResolver):
    """aiohttp's view of our resolver."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._stand_ins: dict[tuple[str, str, int], str] = {}

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        endpoints = await self._resolver.endpoints(host, port)
        for endpoint in endpoints:
            if endpoint.resolved not in ("", endpoint.address):
                while len(self._stand_ins) >= MAX_STAND_INS:
                    self._stand_ins.pop(next(iter(self._stand_ins)))
                key = (host, endpoint.address, endpoint.port)
                self._stand_ins[key] = endpoint.resolved
        return [
            ResolveResult(
                hostname=host,
                host=endpoint.address,
                port=endpoint.port,
                family=0,
                proto=0,
                flags=0,
            )
            for endpoint in endpoints
        ]

    def resolved(self, host: str, address: str, port: int) -> str:
        """The address that DNS gave for *host*, where *address* only stands in for it."""
        return self._stand_ins.get((host, address, port), address)

    async def close(self) -> None:
        """The resolver is not ours."""


class _GuardedConnector(aiohttp.TCPConnector):
    """Addresses written in a URL go the same way as names; aiohttp takes them as they are."""

    async def _resolve_host(
        self, host: str, port: int, traces: Sequence[Any] | None = None
    ) -> list[ResolveResult]:
        return await self._resolver.resolve(host, port)


def _tls_context() -> ssl.SSLContext:
    """Takes whatever is presented: what is wrong with it is an observation, not an error.

    Old protocols, ciphers and short keys too, as many of the servers in question are old.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("ALL:@SECLEVEL=0")
    # OP_LEGACY_SERVER_CONNECT, which Python names from 3.12 on: servers without RFC 5746.
    context.options |= 0x4
    # Servers that hang up without a close_notify are no truncation attack worth an error here.
    context.options |= ssl.OP_IGNORE_UNEXPECTED_EOF
    context.set_alpn_protocols(["http/1.1"])
    return context


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
        self._names = _GuardedNames(self.resolver)
        self._ssl_context = _tls_context()
        self._session = aiohttp.ClientSession(
            connector=_GuardedConnector(
                resolver=self._names,
                use_dns_cache=False,
                local_addr=self._bind_address,
                # Scrapy's slots bound it already; waiting here would look like a slow target.
                limit=0,
                keepalive_timeout=KEEP_ALIVE_S,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            response_class=_ClientResponse,
            skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_TIMEOUT_S),
            trust_env=False,
            max_line_size=MAX_HEADER_BYTES,
            max_field_size=MAX_HEADER_BYTES,
            max_headers=MAX_HEADERS,
        )

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
            async with asyncio.timeout_at(deadline):
                response = await self._start(request)
        except TRANSPORT_ERRORS as e:
            raise translated(e, request, timeout_s) from e
        try:
            request.meta["download_latency"] = time.monotonic() - started
            body, flags = await self._body(response, request, deadline)
            return self._response(response, request, body, flags)
        except TRANSPORT_ERRORS as e:
            raise translated(e, request, timeout_s) from e
        finally:
            # A response read to its end has given its connection back already.
            response.close()

    async def close(self) -> None:
        """End all connections; called once for each scheme."""
        if _given(self.crawler.settings) is None:
            await self.resolver.close()
        await self._session.close()
        # It holds its crawler, which would else be held for ever.
        _handlers.pop(self.crawler, None)

    async def _start(self, request: Request) -> _ClientResponse:
        """Up to the end of the headers."""
        response = await self._session.request(
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
        self, response: _ClientResponse, request: Request, body: bytes, flags: list[str]
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
            ip_address=self._address(response),
            protocol=f"HTTP/{version.major}.{version.minor}" if version else None,
        )

    def _address(
        self, response: _ClientResponse
    ) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
        """The checked address: that of the peer, or the one that the peer stands in for."""
        if not response._peername:
            return None
        address, port = response._peername[:2]
        host = response.url.raw_host or ""
        return ipaddress.ip_address(self._names.resolved(host, address, port))


def _certificate(response: _ClientResponse) -> bytes | None:
    """What the peer presented, as DER; None without TLS."""
    if response._ssl_object is None:
        return None
    try:
        return response._ssl_object.getpeercert(binary_form=True)
    except ValueError:
        return None
