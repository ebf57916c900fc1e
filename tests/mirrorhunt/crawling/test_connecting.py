"""By a vantage's proxy: to checked addresses alone, and whose failure it is when nothing comes."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import trustme
from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.settings import Settings

from mirrorhunt.crawling.handler import GuardedDownloadHandler, GuardedError, OwnFailureError
from mirrorhunt.errors import ConfigError
from mirrorhunt.lab.abroad import ABROAD, Proxy
from mirrorhunt.vantages import Vantage
from tests.nameserver import Nameserver

pytestmark = pytest.mark.filterwarnings(
    "ignore:Exception ignored in.*public_suffix_list:pytest.PytestUnraisableExceptionWarning"
)
HERE = {"films.example": {"A": ["192.0.2.1"]}, "inner.example": {"A": ["10.0.0.1"]}}
THERE = {"films.example": {"A": ["192.0.2.9"]}, "inner.example": {"A": ["127.0.0.1"]}}


@asynccontextmanager
async def _abroad(
    proxy: Proxy, *, is_up: bool = True
) -> AsyncIterator[tuple[GuardedDownloadHandler, list[tuple[str, bytes]]]]:
    """A handler with a vantage behind *proxy*, and who came to the server with which head."""
    came: list[tuple[str, bytes]] = []
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("films.example").configure_cert(tls)
    names: list[str | None] = []
    tls.sni_callback = lambda _, name, __: names.append(name)

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        came.append((writer.get_extra_info("peername")[0], head + repr(names).encode()))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    proxy_port = await proxy.start()
    if not is_up:
        await proxy.stop()
    with Nameserver(HERE) as here, Nameserver(THERE) as there:
        vantage = Vantage("there", (str(there),), f"http://127.0.0.1:{proxy_port}")
        settings = Settings(
            {
                "MIRRORHUNT_NAMESERVERS": [str(here)],
                "MIRRORHUNT_CONNECT_TO": [f":443:127.0.0.1:{port}"],
                "MIRRORHUNT_VANTAGES": [vantage],
            }
        )
        handler = GuardedDownloadHandler.from_crawler(Crawler(Spider, settings))
        try:
            yield handler, came
        finally:
            await handler.close()
            await proxy.stop()
            server.close()


def _asked(url: str, vantage: str = "there") -> Request:
    return Request(url, meta={"vantage": vantage})


def test_a_vantage_asks_its_own_nameservers_and_goes_out_by_its_proxy() -> None:
    async def test() -> None:
        proxy = Proxy()
        async with _abroad(proxy) as (handler, came):
            response = await handler.download_request(_asked("https://films.example/"))
            assert response.status == 200
            # The address that its nameserver gave, which the guard has passed.
            assert [source for source, _ in came] == [ABROAD]
            # The proxy is asked for an address; the server is told the name.
            assert all(target.startswith("127.0.0.1:") for target in proxy.asked)
            assert b"Host: films.example" in came[0][1]
            assert b"'films.example'" in came[0][1]

    asyncio.run(test())


def test_the_default_goes_out_directly_all_the_same() -> None:
    async def test() -> None:
        proxy = Proxy()
        async with _abroad(proxy) as (handler, came):
            response = await handler.download_request(_asked("https://films.example/", ""))
            assert str(response.ip_address) == "192.0.2.1"
            assert proxy.asked == []
            assert [source for source, _ in came] == ["127.0.0.1"]

    asyncio.run(test())


@pytest.mark.parametrize("url", ["https://inner.example/", "https://127.0.0.1/"])
def test_the_guard_holds_before_the_proxy(url: str) -> None:
    async def test() -> None:
        proxy = Proxy()
        async with _abroad(proxy) as (handler, came):
            with pytest.raises(GuardedError):
                await handler.download_request(_asked(url))
            assert proxy.asked == []
            assert came == []

    asyncio.run(test())


def test_a_proxy_that_is_down_says_nothing_about_the_target() -> None:
    async def test() -> None:
        async with _abroad(Proxy(), is_up=False) as (handler, _):
            with pytest.raises(OwnFailureError, match="proxy"):
                await handler.download_request(_asked("https://films.example/"))

    asyncio.run(test())


def test_an_unknown_vantage_is_refused() -> None:
    async def test() -> None:
        async with _abroad(Proxy()) as (handler, _):
            with pytest.raises(ConfigError, match="there"):
                await handler.download_request(_asked("https://films.example/", "elsewhere"))

    asyncio.run(test())
