"""What a browser asks its proxy for, read strictly.

GET and HEAD in absolute form (RFC 9112 §3.2.2) and CONNECT (RFC 9110 §9.3.6); whatever else a
browser could send is refused, as a site is looked at and never written to.
"""

import re
from dataclasses import dataclass

_METHODS = frozenset({"GET", "HEAD"})


class UnfitError(Exception):
    """A request that is not served; its text is the status line's end."""


@dataclass(frozen=True, slots=True)
class ProxyRequest:
    """A request that may be served, if the guard lets it."""

    method: str
    host: str
    port: int
    target: str
    """Path and query; empty for CONNECT."""
    headers: tuple[tuple[bytes, bytes], ...]
    """Names lower-case, with the whole line."""

    @property
    def is_tunnel(self) -> bool:
        """True for CONNECT."""
        return not self.target

    def value(self, name: bytes) -> bytes:
        """Of the first header *name*; empty if there is none."""
        for key, line in self.headers:
            if key == name:
                return line.partition(b":")[2].strip()
        return b""


_LINE = re.compile(r"([A-Z]{1,20}) ([!-~]{1,16384}) HTTP/1\.[01]")
_ABSOLUTE = re.compile(
    r"http://(?:[^/?#@]*@)?(\[[^\]/?#]*\]|[^:/?#\[\]]+)(?::([0-9]{0,5}))?([/?].*)?"
)
_AUTHORITY = re.compile(r"(\[[^\]/?#]*\]|[^:/?#\[\]@]+):([0-9]{1,5})")


def parsed(head: bytes) -> ProxyRequest:
    """Raises UnfitError for what is not asked here: other methods, schemes, forms."""
    first, *lines = head[:-4].split(b"\r\n")
    if any(b"\r" in line or b"\n" in line or b":" not in line for line in lines):
        raise UnfitError("400 Bad Request")
    shape = _LINE.fullmatch(first.decode("latin-1"))
    if shape is None:
        raise UnfitError("400 Bad Request")
    method, target = shape.groups()
    headers = tuple((line.partition(b":")[0].strip().lower(), line) for line in lines)
    if method == "CONNECT":
        authority = _AUTHORITY.fullmatch(target)
        if authority is None:
            raise UnfitError("400 Bad Request")
        host, port = authority.groups()
        return ProxyRequest(method, host.strip("[]"), int(port), "", headers)
    if method not in _METHODS:
        raise UnfitError("405 Method Not Allowed")
    absolute = _ABSOLUTE.fullmatch(target)
    if absolute is None:
        # Another scheme, or a request to ourselves as if we were a site.
        raise UnfitError("400 Bad Request")
    host, port, path = absolute.groups()
    path = path or "/"
    return ProxyRequest(
        method,
        host.strip("[]"),
        int(port or 80),
        path if path.startswith("/") else f"/{path}",
        headers,
    )
