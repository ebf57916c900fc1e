"""Public sources on loopback, over real TLS and real DNS, that say what a test lets them say."""

import asyncio
import json
import ssl
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import trustme
from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import Settings
from scrapy.statscollectors import StatsCollector

from mirrorhunt.config import Config
from mirrorhunt.crawling.consulting import Consulting
from mirrorhunt.crawling.handler import GuardedDownloadHandler
from tests.nameserver import Entry
from tests.nameserver import Nameserver as Server

CT, SPOTTER = "crt.sh", "api.certspotter.com"
RDAP, IANA, REGISTRY = "rdap.org", "data.iana.org", "rdap.registry.example"
EVERYBODY: Mapping[str, Entry] = {
    name: {"A": ["192.0.2.1"]} for name in (CT, SPOTTER, RDAP, IANA, REGISTRY)
}
CONFIG = Config(source_pause_s=0.0, ct_questions_per_round=50, rdap_questions_per_round=50)


def reply(body: str, status: int = 200, **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body.encode())}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join([*lines, "Connection: close", "", ""]) + body).encode()


def logged(*names: str) -> bytes:
    return reply(
        json.dumps([{"name_value": n, "not_before": "2026-10-01T00:00:00"} for n in names])
    )


def spotted(*names: str) -> bytes:
    return reply(json.dumps([{"dns_names": names, "not_before": "2026-10-01T00:00:00Z"}]))


def registered(name: str, at: str = "2026-03-18T00:00:00Z") -> bytes:
    events = [{"eventAction": "registration", "eventDate": at}]
    return reply(json.dumps({"objectClassName": "domain", "ldhName": name, "events": events}))


class _Downloads:
    """As much of Scrapy's engine as is needed to download."""

    def __init__(self, handler: GuardedDownloadHandler) -> None:
        self._handler = handler

    async def download_async(self, request: Request) -> Response:
        return await self._handler.download_request(request)


@dataclass
class Library:
    """Sources that say what a test lets them say; the last reply of each is repeated."""

    consult: Consulting
    crawler: Crawler
    asked: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Host to the paths that were asked for."""

    def stat(self, name: str) -> Any:
        assert self.crawler.stats is not None
        return self.crawler.stats.get_value(f"mirrorhunt/{name}")


@asynccontextmanager
async def library(
    says: Mapping[str, list[bytes]],
    *,
    zones: Mapping[str, Entry] = EVERYBODY,
    config: Config = CONFIG,
) -> AsyncIterator[Library]:
    asked: dict[str, list[str]] = defaultdict(list)
    speaking: set[asyncio.Task[Any]] = set()

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        speaking.add(task)
        with suppress(OSError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            path = head.split(" ")[1]
            host = next(
                line[6:] for line in head.split("\r\n") if line.lower().startswith("host: ")
            )
            asked[host].append(path)
            replies = says[host]
            writer.write(replies[min(len(asked[host]), len(replies)) - 1])
            await writer.drain()
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert(*EVERYBODY).configure_cert(tls)
    server = await asyncio.start_server(speak, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    with Server(zones) as nameserver:
        crawler = Crawler(
            Spider,
            Settings(
                {
                    "MIRRORHUNT_NAMESERVERS": [str(nameserver)],
                    "MIRRORHUNT_CONNECT_TO": [f"::127.0.0.1:{port}"],
                }
            ),
        )
        handler = GuardedDownloadHandler.from_crawler(crawler)
        crawler.engine = _Downloads(handler)  # type: ignore[assignment]
        crawler.stats = StatsCollector(crawler)
        consult = Consulting(crawler, config)
        consult.begin_round()
        try:
            yield Library(consult, crawler, asked)
        finally:
            await handler.close()
            server.close()
            await asyncio.gather(*speaking, return_exceptions=True)


def run(test: Callable[[], Awaitable[None]]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(60):
            await test()

    asyncio.run(bounded())
