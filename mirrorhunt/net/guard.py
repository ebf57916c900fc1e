"""Which addresses and ports may be connected to.

The hosts we look at are chosen by people who read this code: a name of theirs may point to our
own machine, to the network around it, or to a cloud's metadata service. Every address is checked
here after resolution and before connecting, on every hop, and the address checked is the address
connected to (`mirrorhunt.net.resolver.Resolver.endpoints`).
"""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from mirrorhunt.errors import ConfigError

Network = IPv4Network | IPv6Network

PORTS = frozenset({80, 443})
"""The only ports that are ever connected to; a pirate's page could otherwise make us talk to any
service of a third party."""

# IANA's special-purpose address registries (RFC 6890 and its updates), as of 2026-11; the first
# network that holds the address gives the reason. Written out instead of asked of
# `ipaddress.is_global`, whose answers change between Python releases.
#
# The documentation ranges (192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24, 2001:db8::/32,
# 3fff::/20) are left out on purpose. They are never routed and nothing internal may live there,
# so that connecting is harmless; and a lab that stands in for the Internet behind `connect_to`
# needs addresses that look public.
_REFUSED_IPV4 = (
    ("0.0.0.0/8", "unspecified (this host)"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "shared by carrier-grade NAT"),
    ("127.0.0.0/8", "loopback"),
    # Azure's host agent: metadata behind an address that is public by registration.
    ("168.63.129.16/32", "cloud metadata"),
    ("169.254.169.254/32", "cloud metadata"),
    ("169.254.0.0/16", "link-local"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "IETF protocol assignments"),
    ("192.88.99.0/24", "6to4 relay"),
    ("192.168.0.0/16", "private"),
    ("198.18.0.0/15", "benchmarking"),
    ("224.0.0.0/4", "multicast"),
    ("255.255.255.255/32", "broadcast"),
    ("240.0.0.0/4", "reserved"),
)
_REFUSED_IPV6 = (
    ("::/128", "unspecified"),
    ("::1/128", "loopback"),
    # Forms that carry an IPv4 address. Refused whatever they carry: no site needs them, and what
    # a kernel or a gateway makes of them is not ours to know.
    ("::/96", "IPv4-compatible"),
    ("::ffff:0:0/96", "IPv4-mapped"),
    ("::ffff:0:0:0/96", "IPv4-translated"),
    ("64:ff9b::/96", "NAT64"),
    ("64:ff9b:1::/48", "local NAT64"),
    ("100::/64", "discard-only"),
    ("2001::/32", "Teredo"),
    ("2001:2::/48", "benchmarking"),
    ("2001:db8::/32", ""),
    ("2001::/23", "IETF protocol assignments"),
    ("2002::/16", "6to4"),
    ("fc00::/7", "unique local"),
    ("fe80::/10", "link-local"),
    ("fec0::/10", "site-local"),
    ("ff00::/8", "multicast"),
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")
"""All that IANA has given out so far; the rest of the space is reserved."""

_TABLE_IPV4 = tuple((IPv4Network(network), reason) for network, reason in _REFUSED_IPV4)
_TABLE_IPV6 = tuple((IPv6Network(network), reason) for network, reason in _REFUSED_IPV6)


class RefusedAddressError(Exception):
    """An address or port that must not be connected to. Nothing was sent.

    Not a `MirrorhuntError`: a host that points there is an observation.
    """

    def __init__(self, host: str, address: str, reason: str) -> None:
        super().__init__(f"{host!r} leads to {address!r}, which is refused: {reason}")
        self.host = host
        self.address = address
        self.reason = reason


def refusal(address: str, allow: Sequence[Network] = ()) -> str | None:
    """Why *address* may not be connected to; None if it may. Raises nothing.

    *allow* holds what the operator permits against the table, for a test network of theirs.

    >>> refusal("127.0.0.1"), refusal("192.0.2.1")
    ('loopback', None)
    """
    try:
        # A zone ("fe80::1%eth0") only says through which interface.
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return "no address"
    if any(parsed.version == network.version and parsed in network for network in allow):
        return None
    if isinstance(parsed, IPv4Address):
        return _refusal_ipv4(parsed)
    return _refusal_ipv6(parsed)


def _refusal_ipv4(address: IPv4Address) -> str | None:
    for network, reason in _TABLE_IPV4:
        if address in network:
            return reason
    return None


def _refusal_ipv6(address: IPv6Address) -> str | None:
    for network, reason in _TABLE_IPV6:
        if address in network:
            return reason or None
    return None if address in _GLOBAL_UNICAST else "reserved"


def check_addresses(host: str, addresses: Iterable[str], allow: Sequence[Network] = ()) -> None:
    """Raise RefusedAddressError if any of *addresses* is refused.

    One refused address refuses the whole answer: a name that mixes ours with public ones is not
    served by anybody in good faith, and which one gets connected to is decided by chance.
    """
    for address in addresses:
        reason = refusal(address, allow)
        if reason is not None:
            raise RefusedAddressError(host, address, reason)


def check_port(host: str, port: int) -> None:
    """Raise RefusedAddressError unless *port* is one of `PORTS`."""
    if port not in PORTS:
        raise RefusedAddressError(host, f"port {port}", "only ports 80 and 443 are connected to")


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Networks from configuration, for *allow*. A single address stands for itself.

    Raises ConfigError for anything else.
    """
    found = []
    for text in texts:
        try:
            found.append(ip_network(text.strip()))
        except ValueError as e:
            raise ConfigError(
                f"{text!r} is no network: {e}; write it as '10.1.0.0/16' or '10.1.2.3'"
            ) from None
    return tuple(found)
