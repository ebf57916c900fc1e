"""The guarded download handler against real servers on loopback, well-meant and hostile."""

import asyncio
import contextlib
import gzip
import json
import ssl
import sys
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import brotli
import pytest
import trustme
from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    UnsupportedURLSchemeError,
)
from scrapy.http import Response
from scrapy.settings import Settings

from mirrorhunt.crawling.handler import (
    GuardedDownloadHandler,
    GuardedError,
    OwnFailureError,
    TlsFailureError,
    UnresolvedHostError,
    failure_of,
    resolver_of,
)
from mirrorhunt.errors import ConfigError
from mirrorhunt.model import FailureKind, Rcode
from mirrorhunt.net.connect_to import ConnectMap
from mirrorhunt.net.nameserver import Nameserver
from mirrorhunt.net.peer import peer_certificate
from mirrorhunt.net.resolver import MIN_TTL_S, Resolver
from tests.nameserver import REFUSED, SERVFAIL, Entry, Turns
from tests.nameserver import Nameserver as Server

# tldextract leaves its list file to the garbage collector, which may find it in any test.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Exception ignored in.*public_suffix_list:pytest.PytestUnraisableExceptionWarning"
)

ZONES: Mapping[str, Entry] = {
    "films.example": {"A": ["192.0.2.1"]},
    "www.films.example": {"CNAME": ["films.example"]},
    "inner.example": {"A": ["10.0.0.1"]},
    "broken.example": SERVFAIL,
    "refused.example": REFUSED,
}
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/html\r\n\r\nfilms"
MAXSIZE = 100_000

Speak = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Lab:
    """One server behind every name, and a handler that finds it."""

    handler: GuardedDownloadHandler
    port: int
    crawler: Crawler
    heads: list[bytes] = field(default_factory=list)
    """What was asked of the server, up to the end of the headers."""

    async def get(self, url: str, **meta: Any) -> Response:
        return await self.handler.download_request(Request(url, meta=meta))

    async def error(self, url: str, **meta: Any) -> Exception:
        with pytest.raises(Exception) as caught:
            await self.get(url, **meta)
        return caught.value


def _crawler(**settings: Any) -> Crawler:
    settings.setdefault("DOWNLOAD_MAXSIZE", MAXSIZE)
    return Crawler(Spider, Settings(settings))


@contextlib.asynccontextmanager
async def _served(speak: Speak, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A port on loopback where *speak* meets each connection, which it need not close."""
    speaking: set[asyncio.Task[Any]] = set()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        speaking.add(task)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await speak(reader, writer)
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    server = await asyncio.start_server(meet, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await asyncio.gather(*speaking, return_exceptions=True)


@contextlib.asynccontextmanager
async def _lab(
    say: bytes | Speak = OK,
    *,
    zones: Mapping[str, Entry] = ZONES,
    tls: ssl.SSLContext | None = None,
    to_port: int | None = None,
    **settings: Any,
) -> AsyncIterator[Lab]:
    """*say* is what the server says, raw, before it hangs up; or how it speaks."""
    heads: list[bytes] = []

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        if isinstance(say, bytes):
            writer.write(say)
            await writer.drain()
        else:
            await say(reader, writer)

    async with _served(speak, tls) as port:
        with Server(zones) as nameserver:
            crawler = _crawler(
                MIRRORHUNT_NAMESERVERS=[str(nameserver)],
                MIRRORHUNT_CONNECT_TO=[f"::127.0.0.1:{to_port or port}"],
                **settings,
            )
            handler = GuardedDownloadHandler.from_crawler(crawler)
            try:
                yield Lab(handler, port, crawler, heads)
            finally:
                await handler.close()


def _run(test: Callable[[], Awaitable[None]]) -> None:
    async def run() -> None:
        async with asyncio.timeout(60):
            await test()

    asyncio.run(run())


# ---------------------------------------------------------------- where it connects


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://127.0.0.1./",
        "http://127.1/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://2130706433/",
        "http://0.0.0.0/",
        "http://[::1]/",
        "http://[::]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://169.254.169.254/latest/meta-data/",
        "https://10.0.0.1/",
        "http://user:secret@127.0.0.1/",
        "http://localhost/",
        "http://inner.example/",
        # The web's ports only, on any host.
        "http://films.example:8080/",
        "http://127.0.0.1:6379/",
        "https://films.example:22/",
    ],
)
def test_what_the_guard_refuses_is_never_connected_to(url: str) -> None:
    async def test() -> None:
        async with _lab() as lab:
            error = await lab.error(url)
            assert isinstance(error, GuardedError)
            assert lab.heads == []
            failure = failure_of(error)
            assert failure is not None
            assert failure.kind is FailureKind.GUARDED

    _run(test)


def test_a_redirect_is_shown_and_its_target_is_guarded_like_any_other() -> None:
    say = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n"

    async def test() -> None:
        async with _lab(say) as lab:
            response = await lab.get("http://films.example/")
            assert response.status == 302
            location = response.headers[b"Location"]
            assert location is not None
            assert isinstance(await lab.error(location.decode()), GuardedError)
            assert len(lab.heads) == 1

    _run(test)


def test_a_rebinding_name_is_never_followed_to_its_second_address() -> None:
    zones = {"films.example": Turns([{"A": ["192.0.2.1"]}, {"A": ["127.0.0.1"]}])}
    now = 1000.0
    say = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"

    async def test() -> None:
        nonlocal now
        # The trap: the loopback address is where the attacker wants us. It is served here, too.
        async with _lab(say) as lab:
            with Server(zones, ttl_s=0) as nameserver:
                resolver = Resolver(
                    [Nameserver(nameserver.address, nameserver.port)],
                    connect_map=ConnectMap.parse(
                        [
                            f"192.0.2.1:80:127.0.0.1:{lab.port}",
                            f"127.0.0.1:80:127.0.0.1:{lab.port}",
                        ]
                    ),
                    clock=lambda: now,
                )
                crawler = _crawler(MIRRORHUNT_RESOLVER=resolver)
                handler = GuardedDownloadHandler.from_crawler(crawler)
                assert handler.resolver is resolver
                for _ in range(2):
                    response = await handler.download_request(Request("http://films.example/"))
                    assert str(response.ip_address) == "192.0.2.1"
                now += MIN_TTL_S
                with pytest.raises(GuardedError, match=r"127\.0\.0\.1"):
                    await handler.download_request(Request("http://films.example/"))
                assert len(lab.heads) == 2
                await handler.close()

    _run(test)


def test_the_address_told_is_the_checked_one_and_not_the_stand_in() -> None:
    async def test() -> None:
        async with _lab() as lab:
            for _ in range(2):  # The second time over the same connection.
                response = await lab.get("http://www.films.example/")
                assert str(response.ip_address) == "192.0.2.1"
            # Over TCP the host is the name, whatever the address.
            assert b"Host: www.films.example\r\n" in lab.heads[0]

    _run(test)


def test_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    async def test() -> None:
        async with _lab() as lab:
            assert (await lab.get("http://films.example/")).status == 200

    _run(test)


def test_a_proxy_in_the_request_is_refused_as_it_would_pass_the_guard_by() -> None:
    async def test() -> None:
        async with _lab() as lab:
            error = await lab.error("http://films.example/", proxy="http://127.0.0.1:9")
            assert isinstance(error, ConfigError)

    _run(test)


def test_a_refused_connection_is_told() -> None:
    async def test() -> None:
        async with _lab(to_port=9) as lab:
            error = await lab.error("http://films.example/")
            assert isinstance(error, DownloadConnectionRefusedError)

    _run(test)


def test_a_connection_that_fails_at_home_is_our_own_failure() -> None:
    async def test() -> None:
        # An address to connect from that this machine does not have.
        async with _lab(DOWNLOAD_BIND_ADDRESS="192.0.2.77") as lab:
            error = await lab.error("http://films.example/")
            assert isinstance(error, OwnFailureError)
            failure = failure_of(error)
            assert failure is not None
            assert failure.kind is FailureKind.OWN

    _run(test)


@pytest.mark.parametrize(
    ("host", "rcode", "kind"),
    [
        ("none.example", Rcode.NXDOMAIN, FailureKind.UNRESOLVED),
        ("broken.example", Rcode.SERVFAIL, FailureKind.UNRESOLVED),
        # The nameserver will not talk to us: that says nothing about the name.
        ("refused.example", Rcode.REFUSED, FailureKind.OWN),
    ],
)
def test_a_name_without_address_says_how_the_question_ended(
    host: str, rcode: Rcode, kind: FailureKind
) -> None:
    async def test() -> None:
        async with _lab() as lab:
            error = await lab.error(f"http://{host}/")
            assert isinstance(error, UnresolvedHostError)
            assert error.rcode is rcode
            failure = failure_of(error)
            assert failure is not None
            assert failure.kind is kind

    _run(test)


def test_a_url_that_cannot_be_asked_for_is_told() -> None:
    async def test() -> None:
        async with _lab() as lab:
            for url in ("http:///path", "http://films..example/", "http://a_%20b.example/"):
                error = await lab.error(url)
                assert isinstance(error, UnsupportedURLSchemeError | GuardedError)

    _run(test)


# ---------------------------------------------------------------- TLS


def _tls(*names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert(*names).configure_cert(context)
    return context


def test_a_certificate_of_nobody_is_recorded_and_no_error() -> None:
    context = _tls("other.example", "*.films.example")
    asked: list[str | None] = []
    context.sni_callback = lambda _sock, name, _context: asked.append(name)

    async def test() -> None:
        async with _lab(tls=context) as lab:
            response = await lab.get("https://films.example/")
            found = peer_certificate(response.certificate)
            assert found is not None
            assert found.names == ("other.example", "*.films.example")
            assert asked == ["films.example"]
            assert (await lab.get("https://films.example/")).certificate == response.certificate

    _run(test)


def test_plain_http_has_no_certificate() -> None:
    async def test() -> None:
        async with _lab() as lab:
            assert (await lab.get("http://films.example/")).certificate is None

    _run(test)


def test_an_old_protocol_with_old_ciphers_is_spoken() -> None:
    context = _tls("films.example")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers("ALL:@SECLEVEL=0")

    async def test() -> None:
        async with _lab(tls=context) as lab:
            assert (await lab.get("https://films.example/")).body == b"films"

    _run(test)


@pytest.mark.parametrize("say", [b"SSH-2.0-OpenSSH_9.2\r\n", b"\x15\x03\x01\x00\x02\x02\x28"])
def test_a_failed_handshake_is_no_refused_connection(say: bytes) -> None:
    # The second is a TLS alert: handshake failure.
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(say)
        await writer.drain()
        await reader.read()

    async def test() -> None:
        async with _served(speak) as port, _lab(to_port=port) as lab:
            error = await lab.error("https://films.example/")
            assert isinstance(error, TlsFailureError)
            failure = failure_of(error)
            assert failure is not None
            assert failure.kind is FailureKind.TLS

    _run(test)


def test_a_handshake_that_never_ends_ends_with_the_time() -> None:
    async def speak(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    async def test() -> None:
        async with _served(speak) as port, _lab(to_port=port) as lab:
            error = await lab.error("https://films.example/", download_timeout=0.3)
            assert isinstance(error, DownloadTimeoutError)

    _run(test)


# ---------------------------------------------------------------- what comes back


@pytest.mark.parametrize(
    ("say", "kind"),
    [
        pytest.param(b"", FailureKind.RESET, id="nothing"),
        pytest.param(b"SSH-2.0-OpenSSH_9.2\r\n", FailureKind.UNREADABLE, id="another protocol"),
        pytest.param(b"HTTP/9.9 banana\r\n\r\n", FailureKind.UNREADABLE, id="bad status line"),
        pytest.param(b"HTTP/1.1 200 OK\r\nConte", FailureKind.RESET, id="half a header"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nfilms",
            FailureKind.UNREADABLE,
            id="length in words",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nfilms",
            FailureKind.UNREADABLE,
            id="negative length",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nfilms",
            FailureKind.UNREADABLE,
            id="two lengths",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 50 + b"\r\n\r\nfilms",
            FailureKind.UNREADABLE,
            id="length beyond numbers",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1_000_000 + b"\r\n\r\n",
            FailureKind.UNREADABLE,
            id="one huge header",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000 + b"\r\n",
            FailureKind.UNREADABLE,
            id="thousands of headers",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nX: a\x00b\r\nContent-Length: 5\r\n\r\nfilms",
            FailureKind.UNREADABLE,
            id="NUL in a header",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\nfilms",
            FailureKind.UNREADABLE,
            id="chunks without a length",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n",
            FailureKind.RESET,
            id="announced and not sent",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Encoding: lzma\r\nContent-Length: 5\r\n\r\nfilms",
            FailureKind.UNREADABLE,
            id="unknown encoding",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Encoding: "
            + b", ".join([b"gzip"] * 900)
            + b"\r\nContent-Length: 5\r\n\r\nfilms",
            FailureKind.UNREADABLE,
            id="encoding of encodings",
        ),
    ],
)
def test_what_is_no_response_is_a_failure_of_its_kind(say: bytes, kind: FailureKind) -> None:
    async def test() -> None:
        async with _lab(say) as lab:
            failure = failure_of(await lab.error("http://films.example/"))
            assert failure is not None
            assert failure.kind is kind
            assert len(failure.detail) <= 300
            assert "\n" not in failure.detail

    _run(test)


@pytest.mark.parametrize(
    "header",
    [
        b"X: \xff\xfe\xfd",
        b"Content-Type: text/html; charset=\xff\x80",
        b"Content-Type: \xf0\x9f",
        b"Content-Disposition: attachment; filename=\xff[://",
        b"Content-Encoding: utf-8",
        b"Set-Cookie: a=b; \xff=; expires=never; max-age=\xff",
        b"Location: http://[::bad/",
        b"Content-Language: \xff",
        b"Date: yesterday",
        b"X-Y: " + b"z" * 30_000,
    ],
)
def test_odd_headers_are_kept_as_they_came(header: bytes) -> None:
    say = b"HTTP/1.1 200 OK\r\n" + header + b"\r\nContent-Length: 5\r\n\r\nfilms"
    name, _, value = header.partition(b": ")

    async def test() -> None:
        async with _lab(say) as lab:
            response = await lab.get("http://films.example/")
            assert response.body == b"films"
            if name != b"Content-Encoding":
                assert response.headers[name] == value

    _run(test)


def test_repeated_headers_are_all_kept() -> None:
    say = b"HTTP/1.1 200 OK\r\nLink: <a>\r\nLink: <b>\r\nContent-Length: 0\r\n\r\n"

    async def test() -> None:
        async with _lab(say) as lab:
            response = await lab.get("http://films.example/")
            assert response.headers.getlist("Link") == [b"<a>", b"<b>"]

    _run(test)


# ---------------------------------------------------------------- bodies


@pytest.mark.parametrize(
    ("length", "body_bytes", "flags"),
    [(MAXSIZE, MAXSIZE, []), (MAXSIZE + 1, MAXSIZE, ["cut"]), (5_000_000, MAXSIZE, ["cut"])],
)
def test_a_long_body_is_cut_and_flagged(length: int, body_bytes: int, flags: list[str]) -> None:
    say = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % length + b"x" * length

    async def test() -> None:
        async with _lab(say) as lab:
            response = await lab.get("http://films.example/")
            assert len(response.body) == body_bytes
            assert response.flags == flags

    _run(test)


def test_a_body_without_end_is_cut_and_the_connection_closed() -> None:
    hung_up = asyncio.Event()

    async def say(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            while True:
                writer.write(b"1000\r\n" + b"x" * 0x1000 + b"\r\n")
                await writer.drain()
        finally:
            hung_up.set()

    async def test() -> None:
        async with _lab(say) as lab:
            response = await lab.get("http://films.example/")
            assert len(response.body) == MAXSIZE
            assert response.flags == ["cut"]
            await hung_up.wait()

    _run(test)


@pytest.mark.parametrize("maxsize", [0, -1])
def test_no_setting_takes_the_bound_away(maxsize: int) -> None:
    say = b"HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n" + b"x" * 3_000_000

    async def test() -> None:
        async with _lab(say) as lab:
            response = await lab.get("http://films.example/", download_maxsize=maxsize)
            assert len(response.body) == 2 * 1024 * 1024

    _run(test)


def _drip(start: bytes, drop: bytes) -> Speak:
    """*start* at once, and then *drop* again and again, slowly and without end."""

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while not reader.at_eof():
            writer.write(drop)
            await writer.drain()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.02):
                    await reader.read(1)

    return say


def test_a_drip_ends_with_the_time_and_gives_what_came() -> None:
    async def test() -> None:
        async with _lab(_drip(b"HTTP/1.1 200 OK\r\n\r\n<html>", b".")) as lab:
            response = await lab.get("http://films.example/", download_timeout=1.0)
            assert response.body.startswith(b"<html>.")
            assert response.flags == ["cut"]

    _run(test)


@pytest.mark.parametrize(
    ("start", "drop"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        (b"HTTP/1.1 200 OK\r\nX: ", b"y"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n", b""),
    ],
    ids=["headers", "one header", "continue", "no body"],
)
def test_a_drip_that_never_becomes_a_body_is_a_timeout(start: bytes, drop: bytes) -> None:
    async def test() -> None:
        async with _lab(_drip(start, drop)) as lab:
            error = await lab.error("http://films.example/", download_timeout=0.5)
            assert isinstance(error, DownloadTimeoutError)

    _run(test)


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 900\r\n\r\nhalf a page",
        b"Transfer-Encoding: chunked\r\n\r\nb\r\nhalf a page\r\n",
    ],
)
def test_a_body_that_breaks_off_is_given_as_far_as_it_came(head: bytes) -> None:
    async def test() -> None:
        async with _lab(b"HTTP/1.1 200 OK\r\n" + head) as lab:
            response = await lab.get("http://films.example/")
            assert response.body == b"half a page"
            assert response.flags == ["cut"]

    _run(test)


@pytest.mark.parametrize(
    ("encoding", "body", "expected", "flags"),
    [
        (b"gzip", gzip.compress(b"films"), b"films", []),
        (b"br", brotli.compress(b"films"), b"films", []),
        (b"gzip", gzip.compress(b"\0" * 50_000_000), b"\0" * MAXSIZE, ["cut"]),
        (b"gzip", gzip.compress(b"films")[:-9], b"films", ["cut"]),
        (b"gzip", b"films", b"films", ["undecoded"]),
    ],
    ids=["gzip", "brotli", "bomb", "torn", "lie"],
)
def test_encodings_are_undone_within_bounds(
    encoding: bytes, body: bytes, expected: bytes, flags: list[str]
) -> None:
    say = (
        b"HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n"
        % (encoding, len(body))
        + body
    )

    async def test() -> None:
        async with _lab(say) as lab:
            response = await lab.get("http://films.example/")
            assert response.body == expected
            assert response.flags == flags
            # Nothing is left for Scrapy's middleware, which would throw a bomb away.
            assert "Content-Encoding" not in response.headers

    _run(test)


# ---------------------------------------------------------------- one of each


def test_both_schemes_share_one_handler_and_one_resolver() -> None:
    async def test() -> None:
        async with _lab() as lab:
            again = GuardedDownloadHandler.from_crawler(lab.crawler)
            assert again is lab.handler
            assert resolver_of(lab.crawler) is lab.handler.resolver
            other = _crawler(MIRRORHUNT_NAMESERVERS=["192.0.2.53"])
            assert resolver_of(other) is not lab.handler.resolver

    _run(test)


@pytest.mark.parametrize(
    "settings",
    [
        {"MIRRORHUNT_NAMESERVERS": ["ns.example"]},
        {"MIRRORHUNT_CONNECT_TO": ["nonsense"]},
        {"MIRRORHUNT_ALLOW_ADDRESSES": ["10.0.0.0/99"]},
        {"MIRRORHUNT_RESOLVER": "192.0.2.53"},
    ],
)
def test_a_setting_that_cannot_be_used_is_told(settings: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        resolver_of(_crawler(**settings))


_CRAWL = """
import json, sys
import scrapy
from scrapy.crawler import AsyncCrawlerProcess

nameserver, port = sys.argv[1:]
HANDLER = "mirrorhunt.crawling.handler.GuardedDownloadHandler"

class Reader(scrapy.Spider):
    name = "reader"

    async def start(self):
        for url in ("http://films.example/", "http://127.0.0.1/", "http://none.example/"):
            yield scrapy.Request(url, callback=self.read, errback=self.fail)

    def read(self, response):
        print(json.dumps([response.url, response.body.decode(), response.flags]), flush=True)

    def fail(self, failure):
        print(json.dumps([failure.request.url, failure.type.__name__, []]), flush=True)

process = AsyncCrawlerProcess({
    "DOWNLOAD_HANDLERS": {"http": HANDLER, "https": HANDLER, "file": None, "data": None,
                          "ftp": None, "s3": None},
    "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
    "ASYNCIO_EVENT_LOOP": "uvloop.Loop",
    "MIRRORHUNT_NAMESERVERS": [nameserver], "MIRRORHUNT_CONNECT_TO": ["::127.0.0.1:" + port],
    "REMOTE_CONTROL_ENABLED": False, "TELNETCONSOLE_ENABLED": False, "HTTPPROXY_ENABLED": False,
    "COOKIES_ENABLED": False, "LOG_LEVEL": "WARNING", "RETRY_TIMES": 0,
})
process.crawl(Reader)
process.start()
"""


def test_a_real_crawl_uses_it_and_logs_no_traceback() -> None:
    body = gzip.compress(b"films")
    say = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body)

    async def test() -> None:
        async with _lab(say + body) as lab:
            nameserver = lab.handler.resolver.nameservers[0]
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-c",
                _CRAWL,
                str(nameserver),
                str(lab.port),
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
            out, talk = await process.communicate()
            assert process.returncode == 0, talk.decode()
            assert sorted(json.loads(line) for line in out.splitlines()) == [
                ["http://127.0.0.1/", "GuardedError", []],
                ["http://films.example/", "films", []],
                ["http://none.example/", "UnresolvedHostError", []],
            ]
            assert b"Traceback" not in talk
            assert b"experimental" not in talk

    _run(test)
