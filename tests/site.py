"""Sites for a browser: real HTTP and HTTPS on loopback, names in a nameserver of our own.

    with asyncio.Runner() as runner, Nameserver(ZONES) as nameserver:
        site = runner.run(Site().start())
        site.pages["films.example", "/"] = "<h1>Films</h1>"
        browser = runner.run(Browser.start(site.config(), site.resolver(nameserver)))

Every name leads here by ``connect_to``, after the guard. What must never be reached leads to the
`Canary`: a connection to it is a hole.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import trustme
from aiohttp import web

from mirrorhunt.config import Config
from mirrorhunt.net.connect_to import ConnectMap
from mirrorhunt.net.nameserver import Nameserver as Asked
from mirrorhunt.net.resolver import Resolver
from tests.nameserver import Nameserver

ZONES: dict[str, Any] = {
    "films.example": {"A": ["192.0.2.1"]},
    "other.example": {"A": ["192.0.2.2"]},
    "inside.example": {"A": ["127.0.0.1"]},
    "cloud.example": {"A": ["169.254.169.254"]},
    "mixed.example": {"A": ["192.0.2.3", "10.0.0.1"]},
    "inside6.example": {"AAAA": ["::1"]},
}
FORBIDDEN = ("inside.example", "cloud.example", "mixed.example", "inside6.example")
TEXT = "<p>" + "A page with enough to read. " * 60 + "</p>"

Answer = str | web.StreamResponse
Serve = Callable[[web.BaseRequest], Answer]


class Canary:
    """Listens where nothing may connect, by TCP and UDP."""

    def __init__(self) -> None:
        self.visitors: list[str] = []
        self.port = 0
        self._server: asyncio.Server | None = None
        self._udp: asyncio.DatagramTransport | None = None

    async def start(self) -> Self:
        """Listen on one port of loopback, on both if there are two."""
        hosts = ["127.0.0.1"]
        self._server = await asyncio.start_server(self._met, hosts, 0)
        self.port = self._server.sockets[0].getsockname()[1]
        canary = self

        class _Udp(asyncio.DatagramProtocol):
            def datagram_received(self, data: bytes, addr: Any) -> None:
                canary.visitors.append(f"udp {data[:40]!r}")

        self._udp, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            _Udp, local_addr=("127.0.0.1", self.port)
        )
        return self

    def _met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.visitors.append(f"tcp from {writer.get_extra_info('peername')}")
        writer.close()

    async def close(self) -> None:
        """Listen no more."""
        if self._udp is not None:
            self._udp.close()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()


@dataclass
class Site:
    """Serves `pages`, and notes what is asked."""

    pages: dict[tuple[str, str], Answer | Serve] = field(default_factory=dict)
    hits: list[tuple[str, str, str]] = field(default_factory=list)
    """(method, host, path with query) of each request."""
    heads: list[Mapping[str, str]] = field(default_factory=list)
    canary: Canary = field(default_factory=Canary)
    port: int = 0
    tls_port: int = 0
    _runner: web.ServerRunner | None = None

    async def start(self) -> Self:
        """Listen."""
        server = web.Server(self._handle)
        self._runner = web.ServerRunner(server, handle_signals=False, shutdown_timeout=0.1)
        await self._runner.setup()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trustme.CA().issue_cert("films.example", "other.example").configure_cert(context)
        for tls in (None, context):
            await web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=tls).start()
        self.port, self.tls_port = (bound[1] for bound in self._runner.addresses)
        await self.canary.start()
        return self

    async def close(self) -> None:
        """Listen no more."""
        if self._runner is not None:
            await self._runner.cleanup()
        await self.canary.close()

    def resolver(self, nameserver: Nameserver, **options: Any) -> Resolver:
        """Asks *nameserver*; whatever passes the guard leads here, addresses to the canary."""
        to_canary = [
            f"{address}:{port}:127.0.0.1:{self.canary.port}"
            for address in ("127.0.0.1", "10.0.0.1", "169.254.169.254", "[::1]", "0.0.0.0")
            for port in (80, 443)
        ]
        rest = [f":80:127.0.0.1:{self.port}", f":443:127.0.0.1:{self.tls_port}"]
        return Resolver(
            [Asked(nameserver.address, nameserver.port)],
            connect_map=ConnectMap.parse([*to_canary, *rest]),
            **options,
        )

    def config(self, **options: Any) -> Config:
        """Settings for a browser that need not be patient."""
        patience = {"browser_page_s": 12.0, "browser_concurrency": 2, "delay_s": 0.0}
        return Config(**{**patience, **options})

    @property
    def breaches(self) -> list[str]:
        """What got through although it must not; empty."""
        return [*self.canary.visitors, *(str(hit) for hit in self.hits if hit[1] in FORBIDDEN)]

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        host = request.host.partition(":")[0]
        self.hits.append((request.method, host, request.path_qs))
        self.heads.append(dict(request.headers))
        found = self.pages.get((host, request.path))
        if found is None:
            return web.Response(status=404, text="nothing")
        answer = found if isinstance(found, str | web.StreamResponse) else found(request)
        if isinstance(answer, str):
            return web.Response(text=answer, content_type="text/html")
        return answer


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port: int = bound.getsockname()[1]
        return port
