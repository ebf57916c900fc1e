"""Which failure is whose."""

import errno
import ssl

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey
from scrapy import Request

from mirrorhunt.crawling.failing import failure_of, translated
from mirrorhunt.model import FailureKind, Rcode
from mirrorhunt.net.decoding import UnreadableEncodingError
from mirrorhunt.net.guard import RefusedAddressError
from mirrorhunt.net.resolver import UnresolvedError

_KEY = ConnectionKey("a.example", 80, False, True, None, None, None)


def _connecting(number: int | None) -> aiohttp.ClientConnectorError:
    """What aiohttp makes of *number* while it connects."""
    return aiohttp.ClientConnectorError(_KEY, OSError(number, "said the kernel"))


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (_connecting(errno.ECONNREFUSED), FailureKind.REFUSED),
        (_connecting(errno.EHOSTUNREACH), FailureKind.REFUSED),
        # Several addresses that failed in several ways.
        (_connecting(None), FailureKind.REFUSED),
        (_connecting(errno.ECONNRESET), FailureKind.RESET),
        (_connecting(errno.ETIMEDOUT), FailureKind.TIMEOUT),
        # No route, no descriptor, no permission: nothing was learned about the target.
        (_connecting(errno.ENETUNREACH), FailureKind.OWN),
        (_connecting(errno.EMFILE), FailureKind.OWN),
        (_connecting(errno.EACCES), FailureKind.OWN),
        (_connecting(errno.EADDRNOTAVAIL), FailureKind.OWN),
        (aiohttp.ClientConnectorSSLError(_KEY, ssl.SSLError(1, "bad")), FailureKind.TLS),
        (ssl.SSLError(1, "bad"), FailureKind.TLS),
        (aiohttp.ServerDisconnectedError(), FailureKind.RESET),
        (aiohttp.ClientOSError(errno.ECONNRESET, "reset"), FailureKind.RESET),
        (aiohttp.ClientPayloadError("half"), FailureKind.RESET),
        (TimeoutError(), FailureKind.TIMEOUT),
        (aiohttp.ServerTimeoutError(), FailureKind.TIMEOUT),
        (aiohttp.InvalidURL("http://"), FailureKind.UNREADABLE),
        (UnreadableEncodingError("lzma"), FailureKind.UNREADABLE),
        (ValueError("a header"), FailureKind.UNREADABLE),
        (RuntimeError("the handler is closed"), FailureKind.UNREADABLE),
        (RefusedAddressError("a.example", "127.0.0.1", "loopback"), FailureKind.GUARDED),
        (UnresolvedError("a.example", Rcode.NXDOMAIN), FailureKind.UNRESOLVED),
        (UnresolvedError("a.example", Rcode.NOERROR), FailureKind.UNRESOLVED),
        (UnresolvedError("a.example", Rcode.SERVFAIL), FailureKind.UNRESOLVED),
        (UnresolvedError("a.example", Rcode.TIMEOUT), FailureKind.OWN),
        (UnresolvedError("a.example", Rcode.REFUSED), FailureKind.OWN),
        (UnresolvedError("a.example", Rcode.GARBAGE), FailureKind.OWN),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_a_failure_is_of_the_kind_of_its_cause(error: Exception, kind: FailureKind) -> None:
    failure = failure_of(translated(error, Request("http://a.example/"), 20.0))
    assert failure is not None
    assert failure.kind is kind


def test_a_detail_is_one_bounded_line() -> None:
    error = ValueError("what the server wrote:\n" + "x" * 10_000 + "\r\n")
    failure = failure_of(translated(error, Request("http://a.example/" + "y" * 5000), 20.0))
    assert failure is not None
    assert len(failure.detail) <= 300
    assert failure.detail.splitlines() == [failure.detail]


def test_what_is_no_failure_of_a_download_is_none() -> None:
    assert failure_of(KeyError("a fault of ours")) is None
