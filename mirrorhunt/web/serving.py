"""A socket, and the server on it."""

import ipaddress
import signal
import socket
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from types import FrameType

import uvicorn
from sqlalchemy import Engine

from mirrorhunt.errors import InputError
from mirrorhunt.feeds import Feed
from mirrorhunt.store import consumers
from mirrorhunt.store.session import reading, storing
from mirrorhunt.web.admission import Admission
from mirrorhunt.web.app import application
from mirrorhunt.web.feeds import Feeds
from mirrorhunt.web.journal import Journal
from mirrorhunt.web.shelf import Shelf

MAX_CONNECTIONS = 500
_MAX_HEAD_BYTES = 16_384
_ENDING_S = 10
_BACKLOG = 256


def serve(
    engine: Engine,
    feeds: tuple[Feed, ...],
    host: str,
    port: int,
    names: Sequence[str],
    say: Callable[[str], None],
    now: Callable[[], datetime],
) -> None:
    """Serve *feeds* on *host* until SIGINT or SIGTERM.

    Raises InputError where that cannot be listened on, or would be open to strangers: on an
    address that is not loopback, or under a public one of *names*, there has to be a consumer.
    """
    address = _address(host)
    if names or not address.is_loopback:
        with storing(), reading(engine) as connection:
            standing = [c for c in consumers.everyone(connection) if c.ended_at is None]
        if not standing:
            raise InputError(
                f"without a consumer, feeds are served to this machine alone, not on {host!r} "
                "or under a name: `mirrorhunt consumer add NAME` makes one"
            )
    listening = _listen(address, port)
    admission = Admission(engine, say, clock=time.monotonic)
    part = Feeds(Shelf(feeds), admission, Journal(engine, say), say, now).part()
    app = application([part], say, names if address.is_loopback else None)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            http="h11",
            ws="none",
            lifespan="on",
            log_config=None,
            log_level="critical",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            limit_concurrency=MAX_CONNECTIONS,
            h11_max_incomplete_event_size=_MAX_HEAD_BYTES,
            timeout_graceful_shutdown=_ENDING_S,
        )
    )
    shown = f"[{address}]" if address.version == 6 else str(address)
    say(f"serving {len(feeds)} feeds on http://{shown}:{listening.getsockname()[1]}/feeds/")
    if not address.is_loopback:
        say("tokens travel as they are: put something that speaks TLS before it")
    # The server raises the signal once more when it has ended well.
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        server.run(sockets=[listening])
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, before)
        listening.close()


def _interrupt(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    try:
        return ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        raise InputError(
            f"host {host!r} is no address to listen on, such as '127.0.0.1' or '0.0.0.0'"
        ) from None


def _listen(address: ipaddress.IPv4Address | ipaddress.IPv6Address, port: int) -> socket.socket:
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    made = socket.socket(family)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((str(address), port))
        made.listen(_BACKLOG)  # Whoever connects from now on is answered once we run.
    except OSError as e:
        made.close()
        raise InputError(
            f"cannot listen on {address} port {port}: {e.strerror}; name another --port"
        ) from None
    return made
