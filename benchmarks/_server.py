"""A nameserver and a web server for benchmarks, in a process of their own, on loopback.

Every name has an address, every address serves the same page over HTTPS: 36 kB, 93 links, much as
the pages measured in the research on the stack (2026-11).
"""

import asyncio
import multiprocessing
import ssl
import struct
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection

import trustme
import uvloop

ADDRESS = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the servers listen."""

    dns: int
    https: int


def page(links: int = 90) -> bytes:
    """A page as pirate front pages are: a navigation, a schedule, a player, scripts."""
    rows = "".join(
        f'<tr class="match row-{i % 7}"><td class="time">{i % 24:02}:30</td><td><a class="team" '
        f'href="/match/{i}">Team {i} - Team {i + 1}</a></td><td><span class="channel c{i % 5}">'
        f'Channel {i % 40}</span><img class="flag" src="/static/flags/{i % 30}.png" alt=""></td>'
        f"<td class='lang'>it</td></tr>"
        for i in range(links)
    )
    filler = (
        "<p class='text'>" + "A line of text about tonight's matches and channels. " * 260 + "</p>"
    )
    return (
        "<!doctype html><html><head><title>Goal - live streaming</title><meta charset=utf-8>"
        '<link rel="stylesheet" href="/static/app.css"><link rel="icon" href="/icon.png">'
        "<script>window.dataLayer=[];gtag('config','G-ABCDEFGHIJ');</script></head><body>"
        '<header><nav><a href="/">Home</a><a href="/channels">Channels</a></nav></header>'
        f"<main><table class='schedule'>{rows}</table>{filler}</main>"
        '<footer><a href="https://t.me/goalchannel">Telegram</a></footer></body></html>'
    ).encode()


class _Dns(asyncio.DatagramProtocol):
    """Answers A with one address, everything else with nothing."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        end = data.index(b"\0", 12) + 5
        question, rdtype = data[12:end], data[end - 4 : end - 2]
        answer = b""
        if rdtype == b"\0\1":
            answer = b"\xc0\x0c\0\1\0\1\0\0\x0e\x10\0\4\xcb\x00\x71\x07"
        head = data[:2] + b"\x81\x80" + struct.pack("!4H", 1, bool(answer), 0, 0)
        self._transport.sendto(head + question + answer, addr)  # type: ignore[attr-defined]


class _Web(asyncio.Protocol):
    response = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._seen = b""

    def data_received(self, data: bytes) -> None:
        self._seen += data
        while b"\r\n\r\n" in self._seen:
            _, _, self._seen = self._seen.partition(b"\r\n\r\n")
            self._transport.write(self.response)  # type: ignore[attr-defined]


def _serve(pipe: Connection) -> None:
    async def run() -> None:
        loop = asyncio.get_running_loop()
        dns, _ = await loop.create_datagram_endpoint(_Dns, local_addr=(ADDRESS, 0))
        body = page()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n"
        _Web.response = head.encode() + body
        authority = trustme.CA(key_type=trustme.KeyType.ECDSA)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert("bench.example", key_type=trustme.KeyType.ECDSA).configure_cert(
            context
        )
        # All of 127/8: a baseline without DNS still has a host per address.
        web = await loop.create_server(_Web, "0.0.0.0", 0, ssl=context, backlog=1024)
        pipe.send((dns.get_extra_info("sockname")[1], web.sockets[0].getsockname()[1]))
        await loop.run_in_executor(None, pipe.poll, None)

    uvloop.run(run())


@contextmanager
def serving() -> Iterator[Ports]:
    """The servers, until the block is left."""
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_serve, args=(theirs,), daemon=True
    )
    process.start()
    try:
        yield Ports(*ours.recv())
    finally:
        ours.send(None)
        process.join(5)
        process.terminate()


def scratch() -> tempfile.TemporaryDirectory[str]:
    """A folder that goes when it is left."""
    return tempfile.TemporaryDirectory(prefix="mirrorhunt-bench-")
