"""How connections are made: to addresses that the guard has passed, directly or by a proxy.

A `Way` is one vantage's: its resolver, and the session whose every connection asks it. A proxy is
asked for addresses and never for names: which address a name has is found out by the vantage's own
nameservers and checked here, and the address checked is the one the proxy connects to.
"""

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from python_socks import ProxyError, ProxyTimeoutError
from python_socks.async_.asyncio import Proxy
from scrapy.core.downloader.handlers._aiohttp import _ClientResponse

from mirrorhunt.crawling.failing import ProxyFailedError
from mirrorhunt.net.resolver import Resolver

CONNECT_TIMEOUT_S = 6.0
"""Of one address, TLS handshake included; a SYN lost twice costs 3 s."""
KEEP_ALIVE_S = 5.0
"""Of an idle connection: one visit's requests share it, and then it goes."""
MAX_HEADERS = 256
MAX_HEADER_BYTES = 32 * 1024
"""Of one header. Real content security policies reach 10 kB; Chrome takes 256 kB for all."""
MAX_STAND_INS = 10_000
_HTTP_LOG_IN = 407


class GuardedNames(AbstractResolver):
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


class _ProxiedConnector(_GuardedConnector):
    """As its parent up to the checked address; a proxy connects there."""

    def __init__(self, proxy: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._proxy_url = proxy

    async def _wrap_create_connection(
        self,
        *args: Any,
        addr_infos: Sequence[Any],
        req: aiohttp.ClientRequest,
        timeout: aiohttp.ClientTimeout,
        client_error: type[Exception] = aiohttp.ClientConnectorError,
        **kwargs: Any,
    ) -> tuple[asyncio.Transport, Any]:
        address, port = addr_infos[0][4][:2]
        proxy = Proxy.from_url(self._proxy_url)
        try:
            sock = await proxy.connect(address, port, timeout=timeout.sock_connect)
        except ProxyTimeoutError:
            raise TimeoutError(f"the vantage's proxy did not reach {address}") from None
        except ProxyError as e:
            if e.error_code == _HTTP_LOG_IN:
                raise ProxyFailedError("the vantage's proxy wants another user or password") from e
            # It answers, and says that it could not: the target's failure as far as can be told.
            raise ConnectionResetError(f"by the vantage's proxy: {e}") from e
        except OSError as e:
            raise ProxyFailedError(f"the vantage's proxy cannot be reached: {e}") from e
        loop = asyncio.get_running_loop()
        transport, protocol = await loop.create_connection(
            args[0],
            sock=sock,
            ssl=kwargs.get("ssl"),
            server_hostname=kwargs.get("server_hostname"),
        )
        return transport, protocol


def tls_context() -> ssl.SSLContext:
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


@dataclass(frozen=True, slots=True)
class Way:
    """How one vantage reaches the network."""

    resolver: Resolver
    names: GuardedNames
    session: aiohttp.ClientSession

    @classmethod
    def of(
        cls, resolver: Resolver, proxy: str = "", local_addr: tuple[str, int] | None = None
    ) -> "Way":
        """A way through *resolver*, and *proxy* if there is one. Belongs to the running loop."""
        names = GuardedNames(resolver)
        options: dict[str, Any] = {
            "resolver": names,
            "use_dns_cache": False,
            "local_addr": local_addr,
            # Scrapy's slots bound it already; waiting here would look like a slow target.
            "limit": 0,
            "keepalive_timeout": KEEP_ALIVE_S,
        }
        connector = _ProxiedConnector(proxy, **options) if proxy else _GuardedConnector(**options)
        session = aiohttp.ClientSession(
            connector=connector,
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
        return cls(resolver, names, session)
