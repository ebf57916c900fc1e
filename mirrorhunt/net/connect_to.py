"""Connecting somewhere else than DNS says, as curl's ``--connect-to`` does.

A lab on high ports stands in for the Internet this way, and nothing else in the code knows it.
The map is applied after resolution and after the guard: DNS is asked, and what it answers is
checked, whether or not an entry exists. So the names of a lab must exist in the lab's DNS, and an
internal address stays refused. The address that an entry gives is trusted: the operator wrote it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Self

from mirrorhunt.errors import ConfigError
from mirrorhunt.names import find_host, ip_literal

_SHAPE = re.compile(r"(\[[^\]]*\]|[^:\[\]]*):([0-9]{0,5}):(\[[^\]]*\]|[^:\[\]]*):([0-9]{0,5})")


@dataclass(frozen=True, slots=True)
class ConnectTo:
    """One entry: what it holds for, and where to connect instead."""

    host: str = ""
    """A host, or an address (written in a URL or resolved to); empty for any host."""
    port: int | None = None
    """None for any port."""
    to_address: str = ""
    """Empty to keep the address."""
    to_port: int | None = None
    """None to keep the port."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``HOST:PORT:ADDR:PORT``; each may be empty, IPv6 goes in brackets.

        Raises ConfigError where *text* cannot be used.

        >>> ConnectTo.parse("films.example:80:127.0.0.1:8080").to_port
        8080
        """
        shape = _SHAPE.fullmatch(text.strip())
        if shape is None:
            raise ConfigError(
                f"connect_to {text!r} is not HOST:PORT:ADDR:PORT (each may be empty, IPv6 in "
                "brackets), as in '::127.0.0.1:8080'"
            )
        host, port, to_address, to_port = shape.groups()
        return cls(
            host=_host(host, text),
            port=_port(port, text),
            to_address=_address(to_address, text) if to_address else "",
            to_port=_port(to_port, text),
        )

    def holds_for(self, host: str, address: str, port: int) -> bool:
        """True if a connection to *host*, which resolved to *address*, falls under this entry."""
        if self.port is not None and self.port != port:
            return False
        if self.host:
            return self.host in (host, address)
        # An address written in a URL is nobody's name. Were it mapped by the entries for any
        # host, a redirect to an address would reach the lab although no name leads there.
        return ip_literal(host) is None


@dataclass(frozen=True, slots=True)
class ConnectMap:
    """All entries, in the operator's order; the first that holds is used, as in curl."""

    entries: tuple[ConnectTo, ...] = ()

    @classmethod
    def parse(cls, texts: Iterable[str]) -> Self:
        """Read entries as `ConnectTo.parse` does; empty texts are skipped."""
        return cls(tuple(ConnectTo.parse(text) for text in texts if text.strip()))

    def target(self, host: str, address: str, port: int) -> tuple[str, int]:
        """The address and port to connect to, for *host* at *address* and *port*."""
        for entry in self.entries:
            if entry.holds_for(host, address, port):
                return (
                    entry.to_address or address,
                    port if entry.to_port is None else entry.to_port,
                )
        return address, port


def _host(text: str, entry: str) -> str:
    if not text:
        return ""
    if text.startswith("["):
        return _address(text, entry)
    try:
        return str(ip_address(text))
    except ValueError:
        pass
    name = find_host(text)
    if name is None:
        raise ConfigError(f"connect_to {entry!r}: {text!r} is neither a host nor an address")
    return name


def _address(text: str, entry: str) -> str:
    try:
        return str(ip_address(text.strip("[]")))
    except ValueError:
        raise ConfigError(
            f"connect_to {entry!r}: {text!r} is no address; a name cannot be connected to"
        ) from None


def _port(text: str, entry: str) -> int | None:
    if not text:
        return None
    port = int(text)
    if not 1 <= port <= 65535:
        raise ConfigError(f"connect_to {entry!r}: {text!r} is no port; use 1 to 65535")
    return port
