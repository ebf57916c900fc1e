"""How a download fails, told apart: the target's failures by kind, and our own from all of them.

aiohttp reports a failed TLS handshake as a refused connection, and Scrapy a lost IPv6 route as
the server's. What is stored about a target must not depend on that.
"""

import errno
import ssl

import aiohttp
from scrapy import Request
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    UnsupportedURLSchemeError,
)

from mirrorhunt.errors import NoNetworkError
from mirrorhunt.model import Failure, FailureKind, Rcode
from mirrorhunt.net.decoding import UnreadableEncodingError
from mirrorhunt.net.guard import RefusedAddressError
from mirrorhunt.net.resolver import UnresolvedError

MAX_DETAIL_CHARS = 300

# Ours, whatever the target is: no descriptors, no memory, no route out, no IPv6.
_OWN_ERRNOS = frozenset(
    {
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOBUFS,
        errno.ENOMEM,
        errno.ENETUNREACH,
        errno.ENETDOWN,
        errno.EADDRNOTAVAIL,
        errno.EAFNOSUPPORT,
        errno.EPERM,
        errno.EACCES,
    }
)
_RESET_ERRNOS = frozenset({errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED})
_OWN_RCODES = frozenset({Rcode.TIMEOUT, Rcode.REFUSED, Rcode.GARBAGE})


class GuardedError(DownloadCancelledError):
    """The guard refuses the address or port; nothing was sent. Not retried."""

    def __init__(self, refused: RefusedAddressError) -> None:
        super().__init__(str(refused))
        self.host = refused.host
        self.address = refused.address
        self.reason = refused.reason


class UnresolvedHostError(CannotResolveHostError):
    """No address; ``rcode`` says how the question ended."""

    def __init__(self, unresolved: UnresolvedError) -> None:
        super().__init__(str(unresolved))
        self.host = unresolved.host
        self.rcode = unresolved.rcode


class TlsFailureError(DownloadFailedError):
    """The server answers, but no TLS connection came about."""


class ConnectionLostError(DownloadFailedError):
    """The server ended the connection before a response."""


class UnreadableResponseError(DownloadFailedError):
    """What came back is no HTTP response, or one beyond our bounds."""


class ProxyFailedError(OSError):
    """The vantage's own proxy did not do its part: nothing was learned about the target."""


class OwnFailureError(NoNetworkError):
    """Our own machine or network failed for this request: says nothing about the target.

    None of Scrapy's download errors, so that nobody takes it for one of the target's.
    """


def failure_of(error: BaseException) -> Failure | None:
    """What *error*, raised by the handler, is as an observation; None if it is none of these.

    A failure of our own nameservers is ``OWN``: unanswered questions say nothing about a name.
    """
    if isinstance(error, UnresolvedHostError) and error.rcode in _OWN_RCODES:
        return Failure(FailureKind.OWN, str(error)[:MAX_DETAIL_CHARS])
    for kinds, kind in _FAILURE_KINDS:
        if isinstance(error, kinds):
            return Failure(kind, str(error)[:MAX_DETAIL_CHARS])
    return None


_FAILURE_KINDS: tuple[tuple[type[Exception], FailureKind], ...] = (
    (UnresolvedHostError, FailureKind.UNRESOLVED),
    (GuardedError, FailureKind.GUARDED),
    (OwnFailureError, FailureKind.OWN),
    (TlsFailureError, FailureKind.TLS),
    (ConnectionLostError, FailureKind.RESET),
    (UnreadableResponseError, FailureKind.UNREADABLE),
    (DownloadConnectionRefusedError, FailureKind.REFUSED),
    (DownloadTimeoutError, FailureKind.TIMEOUT),
    (UnsupportedURLSchemeError, FailureKind.UNREADABLE),
    (DownloadFailedError, FailureKind.UNREADABLE),
)


TRANSPORT_ERRORS = (
    aiohttp.ClientError,
    RefusedAddressError,
    UnresolvedError,
    UnreadableEncodingError,
    TimeoutError,
    OSError,
    # uvloop's word for a connection that is gone.
    RuntimeError,
    # aiohttp's and yarl's, for URLs and headers that they cannot work with.
    ValueError,
)


def translated(error: Exception, request: Request, timeout_s: float) -> Exception:
    """*error*, of `TRANSPORT_ERRORS`, as one that Scrapy knows, or one of ours."""
    # One line, whatever the parser quotes of what it met.
    said = " ".join(str(error)[: 2 * MAX_DETAIL_CHARS].split())
    about = f"{request.url[:100]}: {type(error).__name__}: {said}"[:MAX_DETAIL_CHARS]
    if isinstance(error, RefusedAddressError):
        return GuardedError(error)
    if isinstance(error, UnresolvedError):
        return UnresolvedHostError(error)
    if isinstance(error, TimeoutError):
        return DownloadTimeoutError(f"{request.url[:200]} took longer than {timeout_s:g} s")
    if isinstance(error, aiohttp.InvalidURL):
        return UnsupportedURLSchemeError(about)
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
        return TlsFailureError(about)
    if isinstance(error, aiohttp.ClientResponseError | UnreadableEncodingError):
        return UnreadableResponseError(about)
    if isinstance(error, aiohttp.ClientPayloadError | aiohttp.ServerDisconnectedError):
        return ConnectionLostError(about)
    if isinstance(error, OSError):
        return _translated_os_error(error, about)
    return DownloadFailedError(about)


def _translated_os_error(error: OSError, about: str) -> Exception:
    if isinstance(error.__cause__, ssl.SSLError):
        return TlsFailureError(about)
    # aiohttp wraps what its connector raises.
    if isinstance(error.__cause__, ProxyFailedError) or error.errno in _OWN_ERRNOS:
        return OwnFailureError(about)
    if error.errno == errno.ETIMEDOUT:
        return DownloadTimeoutError(about)
    if error.errno in _RESET_ERRNOS:
        return ConnectionLostError(about)
    if isinstance(error, aiohttp.ClientConnectorError):
        return DownloadConnectionRefusedError(about)
    return ConnectionLostError(about)
