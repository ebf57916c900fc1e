"""The browser's only way out: a proxy on loopback in which every connection passes the guard.

A browser resolves and connects by itself, and what a page makes it ask for cannot be listed
(frames, workers, sockets, prefetching, redirects). So it gets no network but this proxy. Each name
and each address goes through `Resolver.endpoints`, as for every other connection of ours, and the
address checked is the address connected to.

Who uses it must hold an `Account`, one for each page: no other program on the machine gets
anything through, and bytes, refusals and addresses are counted by page. Plain requests go one to
a connection, so that each is checked; what is inside a TLS tunnel is not seen here.
"""

import asyncio
import base64
import contextlib
import hmac
import secrets
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Self

from mirrorhunt.net._proxy_request import ProxyRequest, UnfitError, parsed
from mirrorhunt.net.guard import RefusedAddressError
from mirrorhunt.net.resolver import Endpoint, Resolver, UnresolvedError

MAX_HEAD_BYTES = 64 * 1024
"""Of a request's or a response's header; Chrome itself takes 256 kB, sites send 10."""
HEAD_TIMEOUT_S = 10.0
"""For the browser to say what it wants."""
CONNECT_TIMEOUT_S = 6.0
"""Of one address."""
DIAL_TIMEOUT_S = 12.0
"""Of a host with all its addresses."""
MAX_CONNECTIONS = 48
"""Of one page at a time; a browser opens six to a host."""
MAX_CONNECTIONS_IN_ALL = 600
"""Of one page, one after the other."""
MAX_SENT_BYTES = 4 * 1024 * 1024
"""By one page, headers and handshakes included: we ask, and never upload."""
MAX_NOTED = 200
"""Hosts that are remembered of a page."""
MAX_STRANGERS = 64
"""Connections at a time that have not said yet whose they are."""
_CHUNK_BYTES = 64 * 1024
_TLS_PORT = 443
# Between us and the browser, or between us and the server, and never passed on (RFC 9110 §7.6.1).
# A body is not forwarded, so what would announce one is not either.
_OWN_HEADERS = frozenset(
    b"connection keep-alive proxy-connection proxy-authorization te trailer upgrade host "
    b"content-length transfer-encoding http2-settings".split()
)
_OWN_ANSWERS = frozenset(b"connection keep-alive proxy-connection proxy-authenticate".split())


@dataclass(eq=False)
class Account:
    """What one page may use, has used and was refused."""

    max_bytes: int
    """To be received; what comes after is cut."""
    user: str = field(default_factory=lambda: secrets.token_hex(8))
    password: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    received_bytes: int = 0
    sent_bytes: int = 0
    connections: int = 0
    refused: dict[tuple[str, int], str] = field(default_factory=dict)
    """(host, port) to why; at most `MAX_NOTED`."""
    refusals: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    """Hosts that could not be reached, and why, as far as `MAX_NOTED` goes."""
    addresses: dict[str, str] = field(default_factory=dict)
    """Host to the address that was last connected to for it, as DNS gave it."""
    is_spent: bool = False
    """True once it was refused for having used all it may."""
    is_closed: bool = False
    _tasks: set[asyncio.Task[None]] = field(default_factory=set, repr=False)

    def close(self) -> None:
        """End its connections, and let it open no more."""
        self.is_closed = True
        for task in self._tasks:
            task.cancel()

    def _note_refusal(self, host: str, port: int, reason: str) -> None:
        self.refusals += 1
        if len(self.refused) < MAX_NOTED:
            self.refused.setdefault((host, port), reason)

    def _note(self, noted: dict[str, str], host: str, what: str) -> None:
        if host in noted or len(noted) < MAX_NOTED:
            noted[host] = what

    def _may_connect(self) -> bool:
        is_full = len(self._tasks) > MAX_CONNECTIONS or self.connections >= MAX_CONNECTIONS_IN_ALL
        self.is_spent |= is_full
        return not (is_full or self.is_closed or self.received_bytes >= self.max_bytes)

    def _receive(self, size: int) -> None:
        self.received_bytes += size
        if self.received_bytes > self.max_bytes:
            self.is_spent = True
            raise _SpentError

    def _send(self, size: int) -> None:
        self.sent_bytes += size
        if self.sent_bytes > MAX_SENT_BYTES:
            self.is_spent = True
            raise _SpentError


class _SpentError(Exception):
    """A page has used all the bytes that it may."""


class ForwardProxy:
    """Listens on loopback between `start` and `close`."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._accounts: dict[str, Account] = {}
        self._strangers: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.port = 0
        self.strangers_refused = 0
        """Connections that came without an account."""

    async def start(self) -> Self:
        """Listen, on a port that the system chooses."""
        self._server = await asyncio.start_server(
            self._arrived, "127.0.0.1", 0, limit=MAX_HEAD_BYTES
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    @property
    def url(self) -> str:
        """For the browser."""
        return f"http://127.0.0.1:{self.port}"

    async def close(self) -> None:
        """Close the port and everything that went through it."""
        tasks = set(self._strangers)
        for account in list(self._accounts.values()):
            tasks |= account._tasks
            self.close_account(account)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    def open_account(self, max_bytes: int) -> Account:
        """An account for one page."""
        account = Account(max_bytes)
        self._accounts[account.user] = account
        return account

    def close_account(self, account: Account) -> None:
        """End what *account* has under way; its user is a stranger from now on."""
        self._accounts.pop(account.user, None)
        account.close()

    # ------------------------------------------------------------ one connection

    def _arrived(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._strangers) >= MAX_STRANGERS:
            writer.close()
            return
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._strangers.add(task)
        task.add_done_callback(self._strangers.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(HEAD_TIMEOUT_S):
                head = await reader.readuntil(b"\r\n\r\n")
            request = parsed(head)
            account = self._whose(request)
            if account is None:
                self.strangers_refused += 1
                await _answer(
                    writer,
                    "407 Proxy Authentication Required",
                    'Proxy-Authenticate: Basic realm="page"\r\n',
                )
                return
            await self._serve_account(account, request, reader, writer)
        except UnfitError as e:
            with contextlib.suppress(OSError):
                await _answer(writer, str(e))
        except (OSError, EOFError, asyncio.LimitOverrunError, _SpentError):
            # Either end has gone or says more than it may: there is nobody to tell.
            pass
        finally:
            _drop(writer)

    def _whose(self, request: ProxyRequest) -> Account | None:
        scheme, _, text = request.value(b"proxy-authorization").partition(b" ")
        if scheme.lower() != b"basic":
            return None
        try:
            user, _, password = (
                base64.b64decode(text, validate=True).decode("ascii").partition(":")
            )
        except ValueError:
            return None
        account = self._accounts.get(user)
        if account is None or not hmac.compare_digest(password, account.password):
            return None
        return account

    async def _serve_account(
        self,
        account: Account,
        request: ProxyRequest,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._strangers.discard(task)
        account._tasks.add(task)
        try:
            if not account._may_connect():
                raise UnfitError("429 Too Many Requests")
            account.connections += 1
            if request.is_tunnel and request.port != _TLS_PORT:
                # What tunnels to port 80 is a WebSocket.
                account._note_refusal(request.host, request.port, "only TLS is tunnelled")
                raise UnfitError("403 Forbidden")
            async with self._dialled(account, request) as upstream:
                if upstream is None:
                    # A plain request is left without any answer: one of ours would look like
                    # the target's.
                    if request.is_tunnel:
                        await _answer(writer, "502 Bad Gateway")
                elif request.is_tunnel:
                    await _tunnel(account, (reader, writer), upstream)
                else:
                    await _pass_on(account, request, (reader, writer), upstream)
        finally:
            account._tasks.discard(task)

    @contextlib.asynccontextmanager
    async def _dialled(
        self, account: Account, request: ProxyRequest
    ) -> AsyncIterator["_Ends | None"]:
        """A connection to where *request* wants to go, after the guard; None if there is none."""
        ends = None
        try:
            async with asyncio.timeout(DIAL_TIMEOUT_S):
                ends = await self._dial(account, request)
        except RefusedAddressError as e:
            account._note_refusal(request.host, request.port, e.reason)
        except UnresolvedError as e:
            account._note(account.failed, request.host, e.rcode.value)
        except (OSError, ValueError, TimeoutError) as e:
            account._note(account.failed, request.host, type(e).__name__)
        try:
            yield ends
        finally:
            if ends is not None:
                _drop(ends[1])

    async def _dial(self, account: Account, request: ProxyRequest) -> "_Ends":
        failure: Exception = OSError("no address")
        for endpoint in await self._resolver.endpoints(request.host, request.port):
            try:
                ends = await _connected(endpoint)
            except (OSError, TimeoutError) as e:
                failure = e
                continue
            address = endpoint.resolved or endpoint.address
            account._note(account.addresses, request.host, address)
            return ends
        raise failure


_Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _connected(endpoint: Endpoint) -> _Ends:
    async with asyncio.timeout(CONNECT_TIMEOUT_S):
        return await asyncio.open_connection(endpoint.address, endpoint.port, limit=MAX_HEAD_BYTES)


async def _tunnel(account: Account, near: _Ends, far: _Ends) -> None:
    """Carry bytes both ways until either end is done or *account* is spent."""
    near[1].write(b"HTTP/1.1 200 Connection established\r\n\r\n")
    await _first(_pump(near[0], far[1], account._send), _pump(far[0], near[1], account._receive))


async def _pass_on(account: Account, request: ProxyRequest, near: _Ends, far: _Ends) -> None:
    """One request and its response; the browser asks the next on a new connection, which is
    checked again, as it may go to another host."""
    host = f"[{request.host}]" if ":" in request.host else request.host
    authority = host if request.port == 80 else f"{host}:{request.port}"
    lines = [line for name, line in request.headers if name not in _OWN_HEADERS]
    head = b"\r\n".join(
        [
            f"{request.method} {request.target} HTTP/1.1".encode("ascii"),
            f"Host: {authority}".encode("ascii"),
            b"Connection: close",
            *lines,
        ]
    )
    account._send(len(head))
    far[1].write(head + b"\r\n\r\n")
    await far[1].drain()
    # A browser that gives up says so by closing; what it sends besides is not for this server.
    await _first(_respond(account, near[1], far[0]), _until_gone(near[0]))


async def _respond(
    account: Account, writer: asyncio.StreamWriter, reader: asyncio.StreamReader
) -> None:
    while True:
        head = await reader.readuntil(b"\r\n\r\n")
        account._receive(len(head))
        status, *lines = head[:-4].split(b"\r\n")
        version, _, code = status.partition(b" ")
        if not version.startswith(b"HTTP/1.") or code[:3] == b"101":
            return
        if code[:1] != b"1":
            break
    kept = [line for line in lines if line.partition(b":")[0].strip().lower() not in _OWN_ANSWERS]
    writer.write(b"\r\n".join([status, b"Connection: close", *kept]) + b"\r\n\r\n")
    await _pump(reader, writer, account._receive)


async def _until_gone(reader: asyncio.StreamReader) -> None:
    while await reader.read(_CHUNK_BYTES):
        pass


async def _pump(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, count: Callable[[int], None]
) -> None:
    while data := await reader.read(_CHUNK_BYTES):
        count(len(data))
        writer.write(data)
        await writer.drain()


async def _first(*coroutines: Coroutine[None, None, None]) -> None:
    """Run *coroutines* until the first ends, and raise what it raised."""
    tasks = [asyncio.ensure_future(coroutine) for coroutine in coroutines]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _drop(writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError, RuntimeError):
        writer.close()


async def _answer(writer: asyncio.StreamWriter, status: str, headers: str = "") -> None:
    writer.write(
        f"HTTP/1.1 {status}\r\n{headers}Content-Length: 0\r\nConnection: close\r\n\r\n".encode()
    )
    await writer.drain()
