"""The browser's proxy, spoken to byte by byte."""

import asyncio
import base64
import contextlib
from collections.abc import Awaitable, Callable

import pytest

from mirrorhunt.net import forward_proxy
from mirrorhunt.net.forward_proxy import Account, ForwardProxy
from tests.nameserver import SERVFAIL, Nameserver
from tests.site import ZONES, Site

Scene = Callable[[ForwardProxy, Account, Site], Awaitable[None]]


def play(scene: Scene, *, max_bytes: int = 1 << 20) -> None:
    """Run *scene* with a proxy, an account at it and a site behind it."""

    async def run() -> None:
        with Nameserver({**ZONES, "broken.example": SERVFAIL}) as nameserver:
            site = await Site().start()
            resolver = site.resolver(nameserver)
            proxy = await ForwardProxy(resolver).start()
            try:
                await scene(proxy, proxy.open_account(max_bytes), site)
                assert site.breaches == []
            finally:
                await proxy.close()
                await resolver.close()
                await site.close()

    asyncio.run(run())


def login(account: Account) -> str:
    token = base64.b64encode(f"{account.user}:{account.password}".encode()).decode()
    return f"Proxy-Authorization: Basic {token}\r\n"


async def ask(proxy: ForwardProxy, line: str, headers: str = "") -> bytes:
    """All that comes back."""
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(f"{line}\r\n{headers}\r\n".encode("latin-1"))
    try:
        return await asyncio.wait_for(reader.read(), 20)
    finally:
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("POST http://films.example/ HTTP/1.1", b"405"),
        ("PUT http://films.example/ HTTP/1.1", b"405"),
        ("OPTIONS http://films.example/ HTTP/1.1", b"405"),
        ("TRACE http://films.example/ HTTP/1.1", b"405"),
        # Other schemes, and forms that are for servers and not for proxies.
        ("GET https://films.example/ HTTP/1.1", b"400"),
        ("GET ftp://films.example/ HTTP/1.1", b"400"),
        ("GET file:///etc/passwd HTTP/1.1", b"400"),
        ("GET / HTTP/1.1", b"400"),
        ("GET http:///x HTTP/1.1", b"400"),
        ("CONNECT films.example HTTP/1.1", b"400"),
        ("CONNECT http://films.example/ HTTP/1.1", b"400"),
        ("GET http://films.example/ HTTP/2", b"400"),
        ("get http://films.example/ HTTP/1.1", b"400"),
        ("nonsense", b"400"),
        # A tunnel to port 80 is a WebSocket.
        ("CONNECT films.example:80 HTTP/1.1", b"403"),
    ],
)
def test_what_is_no_reading_is_refused(line: str, status: bytes) -> None:
    async def scene(proxy: ForwardProxy, account: Account, site: Site) -> None:
        answer = await ask(proxy, line, login(account))
        assert answer.startswith(b"HTTP/1.1 " + status), answer
        assert site.hits == []

    play(scene)


REFUSED = [
    "inside.example",
    "cloud.example",
    "mixed.example",
    "inside6.example",
    "localhost",
    "127.0.0.1",
    "2130706433",
    "0x7f000001",
    "0177.1",
    "127.1",
    "0.0.0.0",
    "10.0.0.1",
    "169.254.169.254",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[fe80::1]",
]


@pytest.mark.parametrize("host", REFUSED)
def test_what_leads_inside_gets_no_connection_and_no_answer(host: str) -> None:
    async def scene(proxy: ForwardProxy, account: Account, site: Site) -> None:
        plain = await ask(proxy, f"GET http://{host}/ HTTP/1.1", login(account))
        tunnel = await ask(proxy, f"CONNECT {host}:443 HTTP/1.1", login(account))
        # Any answer to the first would be taken for the target's.
        assert plain == b""
        assert tunnel.startswith(b"HTTP/1.1 502")
        assert {port for _, port in account.refused} == {80, 443}
        assert account.refusals == 2
        assert account.addresses == {}

    play(scene)


@pytest.mark.parametrize("port", [22, 25, 81, 8080, 6379, 65535])
def test_other_ports_are_refused(port: int) -> None:
    async def scene(proxy: ForwardProxy, account: Account, site: Site) -> None:
        plain = await ask(proxy, f"GET http://films.example:{port}/ HTTP/1.1", login(account))
        assert plain == b""
        assert account.refusals == 1

    play(scene)


@pytest.mark.parametrize(
    "headers",
    [
        "",
        "Proxy-Authorization: Basic eDp5\r\n",
        "Proxy-Authorization: Basic !\r\n",
        "Proxy-Authorization: Bearer x\r\n",
        "Proxy-Authorization: Basic /////w==\r\n",
    ],
    ids=["none", "wrong", "no base64", "other scheme", "no ASCII"],
)
def test_a_stranger_gets_nothing_through(headers: str) -> None:
    async def scene(proxy: ForwardProxy, account: Account, site: Site) -> None:
        for line in (
            "GET http://films.example/ HTTP/1.1",
            "CONNECT films.example:443 HTTP/1.1",
        ):
            answer = await ask(proxy, line, headers)
            assert answer.startswith(b"HTTP/1.1 407")
        assert site.hits == []
        assert proxy.strangers_refused == 2

    play(scene)


def test_a_closed_account_is_a_stranger() -> None:
    async def scene(proxy: ForwardProxy, account: Account, site: Site) -> None:
        proxy.close_account(account)
        answer = await ask(proxy, "GET http://films.example/ HTTP/1.1", login(account))
        assert answer.startswith(b"HTTP/1.1 407")

    play(scene)


def test_a_page_is_fetched_from_the_checked_address_without_what_is_ours() -> None:
    async def scene(proxy: ForwardProxy, account: Account, site: Site) -> None:
        site.pages["films.example", "/a"] = "films"
        answer = await ask(
            proxy,
            "GET http://films.example/a?b=c HTTP/1.1",
            login(account) + "Host: inside.example\r\nProxy-Connection: keep-alive\r\n"
            "Upgrade: h2c\r\nContent-Length: 5\r\nX-Kept: yes\r\n",
        )
        assert answer.startswith(b"HTTP/1.1 200")
        assert answer.endswith(b"films")
        assert answer.lower().count(b"connection: close") == 1
        assert site.hits == [("GET", "films.example", "/a?b=c")]
        [head] = site.heads
        assert head["X-Kept"] == "yes"
        assert not {"Proxy-Authorization", "Proxy-Connection", "Upgrade", "Content-Length"} & {
            *head
        }
        # Of DNS, not the one that connect_to has put in its place.
        assert account.addresses == {"films.example": "192.0.2.1"}
        assert 0 < account.received_bytes < 1000

    play(scene)


def test_a_second_request_on_a_connection_is_not_passed_on() -> None:
    async def scene(proxy: ForwardProxy, account: Account, site: Site) -> None:
        site.pages["films.example", "/"] = "films"
        smuggled = "GET http://inside.example/ HTTP/1.1\r\nHost: inside.example\r\n"
        answer = await ask(
            proxy, "GET http://films.example/ HTTP/1.1", login(account) + "\r\n" + smuggled
        )
        assert answer.count(b"HTTP/1.1") == 1
        assert [host for _, host, _ in site.hits] == ["films.example"]

    play(scene)


def test_a_page_gets_no_more_bytes_than_its_account_has() -> None:
    async def scene(proxy: ForwardProxy, account: Account, site: Site) -> None:
        site.pages["films.example", "/"] = "x" * 2_000_000
        answer = await ask(proxy, "GET http://films.example/ HTTP/1.1", login(account))
        assert len(answer) <= 100_000
        assert account.is_spent
        # And none of the next.
        again = await ask(proxy, "GET http://films.example/ HTTP/1.1", login(account))
        assert again.startswith(b"HTTP/1.1 429")

    play(scene, max_bytes=100_000)


def test_a_tunnel_is_ended_with_its_account(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene(proxy: ForwardProxy, account: Account, site: Site) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writer.write(f"CONNECT films.example:443 HTTP/1.1\r\n{login(account)}\r\n".encode())
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
        proxy.close_account(account)
        assert await asyncio.wait_for(reader.read(), 10) == b""
        writer.close()
        await writer.wait_closed()

    play(scene)


@pytest.mark.parametrize(
    ("host", "why"), [("nowhere.example", "nxdomain"), ("broken.example", "servfail")]
)
def test_a_host_without_an_address_is_noted(host: str, why: str) -> None:
    async def scene(proxy: ForwardProxy, account: Account, site: Site) -> None:
        assert await ask(proxy, f"GET http://{host}/ HTTP/1.1", login(account)) == b""
        assert {k: v.lower() for k, v in account.failed.items()} == {host: why}
        assert account.refused == {}

    play(scene)


def test_a_header_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forward_proxy, "HEAD_TIMEOUT_S", 0.2)

    async def scene(proxy: ForwardProxy, account: Account, site: Site) -> None:
        for sent in (b"GET http://films.example/ HTTP/1.1\r\n", b"x" * 200_000):
            reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
            writer.write(sent)
            with contextlib.suppress(ConnectionError):
                assert await asyncio.wait_for(reader.read(), 10) == b""
            writer.close()
        assert site.hits == []

    play(scene)
