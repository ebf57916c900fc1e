"""The lab's nameserver: a recursive resolver, as a client sees one, over UDP and TCP.

Names that the world knows are answered by dnspython and kept as bytes; names that it does not
know are refused by a few struct operations, so that a client that asks for 10⁵ names measures
itself and not this server. Sources: RFC 1035 §4 (format), RFC 2308 (negative answers carry the
SOA), RFC 6891 (EDNS), RFC 7766 (TCP).
"""

import asyncio
import hashlib
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Self, cast

import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdatatype
import dns.rrset

from mirrorhunt.lab._dns_wire import (
    NEGATIVE_TTL_S,
    SERIAL,
    fitted,
    question,
    refusal,
    udp_limit,
)
from mirrorhunt.lab.world import Dns, Host, Serving, World
from mirrorhunt.names import registrable_domain

_MAX_CACHED = 50_000
_A, _NS, _CNAME, _SOA, _MX, _TXT, _AAAA = 1, 2, 5, 6, 15, 16, 28
_RESERVED = frozenset({"test", "example", "invalid", "localhost", "local", "onion"})
_HIDES_NOTHING: Mapping[str, str | None] = MappingProxyType({})
LIE = "185.230.7.7"
"""What a rewriting nameserver answers for names that do not exist."""
_ROOT_NS = ("a.root-servers.net", "b.root-servers.net")


@dataclass(frozen=True, slots=True)
class Question:
    """One question that a client asked."""

    at: float
    """Seconds since the epoch."""
    name: str
    rdtype: int
    over_tcp: bool


def public_address(name: str) -> str:
    """A public-looking IPv4 address that stays the same for *name*; nothing ever goes there."""
    digest = hashlib.sha256(name.encode()).digest()
    return f"185.{100 + digest[0] % 100}.{digest[1]}.{1 + digest[2] % 254}"


class Nameserver:
    """Answers questions about *world*; `asked` is the log of them.

    With *lie*, it is a resolver that sells its users' typing errors: names that do not exist get
    that address instead of NXDOMAIN. With *hidden*, it is one that obeys an order: those hosts,
    and what is below them, get the address of a stop page, or NXDOMAIN where that is None. One
    that *is_silent* takes questions and never answers.
    """

    def __init__(
        self,
        world: World,
        *,
        lie: str | None = None,
        hidden: Mapping[str, str | None] = _HIDES_NOTHING,
        is_silent: bool = False,
    ) -> None:
        self._world = world
        self._lie = lie
        self._hidden = hidden
        self._is_silent = is_silent
        self.asked: list[Question] = []
        self._answers: dict[tuple[str, int, int], bytes] = {}
        self._turns: dict[str, int] = {}
        self._servers: frozenset[str] = frozenset(
            name
            for host in world.hosts.values()
            for name in (*host.dns.ns, *host.dns.mx)
            if name not in world.hosts
        ) | frozenset(_ROOT_NS)
        self._domains = frozenset(registrable_domain(n) or n for n in world.hosts) | frozenset(
            registrable_domain(n) or n for n in self._servers
        )
        self._inner = frozenset(_names_between(world.hosts, self._domains))
        self._suffixes = frozenset(name.rpartition(".")[2] for name in world.hosts)
        self._udp: asyncio.DatagramTransport | None = None
        self._tcp: asyncio.Server | None = None

    @classmethod
    def of(cls, world: World, serving: Serving) -> Self:
        """One of the nameservers that *world* declares. Raises ValueError for an unknown manner:
        the world is wrong."""
        match serving.manner:
            case "honest":
                return cls(world)
            case "rewriting":
                return cls(world, lie=LIE)
            case "filtering":
                return cls(world, hidden=serving.hidden)
            case "silent":
                return cls(world, is_silent=True)
        raise ValueError(f"no nameserver has the manner {serving.manner!r}")

    async def start(self, address: str = "127.0.0.1", port: int = 0) -> int:
        """Listen on one port for UDP and TCP, and return it."""
        loop = asyncio.get_running_loop()
        for _ in range(20):
            transport, _protocol = await loop.create_datagram_endpoint(
                lambda: _Datagrams(self), local_addr=(address, port)
            )
            chosen: int = transport.get_extra_info("sockname")[1]
            try:
                self._tcp = await asyncio.start_server(self._serve_tcp, address, chosen)
            except OSError:
                # The free UDP port is in use on TCP: draw another, unless it was asked for.
                transport.close()
                if port:
                    raise
                continue
            self._udp = transport
            return chosen
        raise OSError(f"no port of {address} is free for both UDP and TCP")

    async def stop(self) -> None:
        """Close both sockets."""
        if self._udp is not None:
            self._udp.close()
        if self._tcp is not None:
            self._tcp.close()

    async def _serve_tcp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                size = int.from_bytes(await reader.readexactly(2), "big")
                answer = self.answer(await reader.readexactly(size), over_tcp=True)
                if answer is None:
                    break
                writer.write(len(answer).to_bytes(2, "big") + answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def answer(self, wire: bytes, *, over_tcp: bool = False) -> bytes | None:
        """The answer to one message; None where the server stays silent or cannot read it."""
        asked = question(wire)
        if asked is None:
            return None
        name, rdtype, end = asked
        self.asked.append(Question(time.time(), name, rdtype, over_tcp))
        if self._is_silent:
            return None
        if self._lie is not None and not self._exists(name):
            return self._invented(wire, rdtype, self._lie)
        for above in _and_above(name) if self._hidden else ():
            if above in self._hidden:
                return self._stopped(wire, name, end, rdtype, self._hidden[above])
        if self._is_nowhere(name) and wire[10:12] == b"\0\0":
            return refusal(wire, name, end)
        host = self._world.find(name)
        if host is not None and host.dns.rcode == "SILENT":
            return None
        limit = 65535 if over_tcp else udp_limit(wire, end)
        if host is not None and host.dns.turns:
            return fitted(wire, end, self._render(name, rdtype, wire, end), limit)
        key = (name, rdtype, wire[10] << 8 | wire[11])
        full = self._answers.get(key)
        if full is None:
            full = self._render(name, rdtype, wire, end)
            if len(self._answers) < _MAX_CACHED:
                self._answers[key] = full
        return fitted(wire, end, full, limit)

    def _exists(self, name: str) -> bool:
        host = self._world.find(name)
        if host is not None:
            return host.dns.rcode != "NXDOMAIN"
        if name in self._servers or name in self._domains or name in self._inner:
            return True
        return "." not in name and (name not in _RESERVED or name in self._suffixes)

    def _invented(self, wire: bytes, rdtype: int, address: str) -> bytes:
        query = dns.message.from_wire(wire, ignore_trailing=True)
        response = dns.message.make_response(query, recursion_available=True)
        if rdtype == _A:
            owner = str(query.question[0].name)
            response.answer.append(_rrset(owner, NEGATIVE_TTL_S, "A", (address,)))
        return response.to_wire()

    def _stopped(
        self, wire: bytes, name: str, end: int, rdtype: int, address: str | None
    ) -> bytes:
        if address is not None:
            return self._invented(wire, rdtype, address)
        if wire[10:12] == b"\0\0":
            return refusal(wire, name, end)
        query = dns.message.from_wire(wire, ignore_trailing=True)
        response = dns.message.make_response(query, recursion_available=True)
        response.set_rcode(dns.rcode.NXDOMAIN)
        response.authority.append(self._soa(name.rpartition(".")[2]))
        return response.to_wire()

    def _is_nowhere(self, name: str) -> bool:
        """True if neither *name* nor the zone it would be in exists."""
        if "." not in name:
            return not self._exists(name)
        rest = name
        while rest:
            if rest in self._domains or rest in self._world.wildcard_suffixes:
                return False
            rest = rest.partition(".")[2]
        return True

    def _render(self, name: str, rdtype: int, wire: bytes, end: int) -> bytes:
        query = dns.message.from_wire(wire, ignore_trailing=True)
        response = dns.message.make_response(query, recursion_available=True)
        # Questions differ in case (RFC 4343, 0x20); the kept bytes are of the lower-case one.
        lower = dns.name.from_text(name)
        for rrset in response.question:
            rrset.name = lower
        owner, seen = name, set[str]()
        while owner not in seen:
            seen.add(owner)
            records, rcode, alias = self._records(owner, rdtype)
            response.set_rcode(dns.rcode.from_text(rcode))
            for kind, ttl_s, values in records:
                response.answer.append(_rrset(owner, ttl_s, kind, values))
            if alias is None:
                break
            owner = alias
        if not any(int(rrset.rdtype) == rdtype for rrset in response.answer) and (
            response.rcode() in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN)
        ):
            response.authority.append(self._soa(owner))
        return response.to_wire(max_size=65535)

    def _records(
        self, name: str, rdtype: int
    ) -> tuple[list[tuple[str, int, tuple[str, ...]]], str, str | None]:
        """Records of *name*, the rcode, and where an alias leads on to."""
        host = self._world.find(name)
        if host is None:
            return self._server_records(name, rdtype)
        if host.dns.rcode != "NOERROR":
            return [], host.dns.rcode, None
        records = host.dns
        is_made_up = _is_made_up(name, host)
        if records.cname is not None and (is_made_up or host.name in (name, name[4:])):
            alias = records.cname.replace("*", name.partition(".")[0])
            to = alias if rdtype != _CNAME else None
            return [("CNAME", records.ttl_s, (alias,))], "NOERROR", to
        # A wildcard has one wheel for all its names.
        wheel = host.name if is_made_up else name
        values = _values(records, rdtype, self._addresses(wheel, records))
        if rdtype in (_NS, _SOA, _MX, _TXT) and name not in self._domains:
            values = ()
        if rdtype == _SOA and name in self._domains:
            values = (_soa_text(name, records),)
        if not values:
            return [], "NOERROR", None
        return (
            [(dns.rdatatype.to_text(dns.rdatatype.RdataType.make(rdtype)), records.ttl_s, values)],
            "NOERROR",
            None,
        )

    def _server_records(
        self, name: str, rdtype: int
    ) -> tuple[list[tuple[str, int, tuple[str, ...]]], str, str | None]:
        """Nameservers and mail exchangers resolve; suffixes have servers; else nothing."""
        if name in self._servers and rdtype == _A:
            return [("A", 3600, (public_address(name),))], "NOERROR", None
        if not self._exists(name):
            return [], "NXDOMAIN", None
        if "." not in name and rdtype == _NS:
            servers = _ROOT_NS if not name else (f"ns.nic.{name}",)
            return [("NS", 3600, tuple(f"{s}." for s in servers))], "NOERROR", None
        if "." not in name and rdtype == _SOA:
            return [("SOA", 3600, (_soa_text(name, Dns()),))], "NOERROR", None
        return [], "NOERROR", None

    def _addresses(self, name: str, records: Dns) -> tuple[str, ...]:
        if not records.turns:
            return records.a
        turn = self._turns.get(name, 0)
        self._turns[name] = turn + 1
        return records.turns[turn % len(records.turns)]

    def _soa(self, name: str) -> dns.rrset.RRset:
        domain = registrable_domain(name) or name
        if domain not in self._domains:
            domain = name.rpartition(".")[2]
        host = self._world.find(domain)
        text = _soa_text(domain, host.dns if host else Dns())
        return _rrset(domain, NEGATIVE_TTL_S, "SOA", (text,))


def _is_made_up(name: str, host: Host) -> bool:
    """True if it is a wildcard suffix that lets *host* answer for *name*."""
    return host.name.removeprefix("www.") not in _and_above(name)


def _and_above(name: str) -> Iterable[str]:
    """*name* and the names above it."""
    while name:
        yield name
        name = name.partition(".")[2]


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, nameserver: Nameserver) -> None:
        self._nameserver = nameserver

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Not always an instance of asyncio.DatagramTransport, though it always is one.
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        answer = self._nameserver.answer(data)
        if answer is not None:
            self._transport.sendto(answer, addr)


def _names_between(hosts: Iterable[str], domains: frozenset[str]) -> Iterable[str]:
    """Names that exist only because there is a name below them (RFC 8020)."""
    for name in hosts:
        rest = name
        while rest not in domains and "." in rest:
            yield rest
            rest = rest.partition(".")[2]


def _values(records: Dns, rdtype: int, addresses: tuple[str, ...]) -> tuple[str, ...]:
    match rdtype:
        case 1:
            return addresses
        case 28:
            return records.aaaa
        case 2:
            return tuple(f"{name}." for name in records.ns)
        case 15:
            return tuple(f"{10 * (i + 1)} {name}." for i, name in enumerate(records.mx))
        case 16:
            return tuple('"' + text.replace('"', "") + '"' for text in records.txt)
        case 5:
            return (f"{records.cname}.",) if records.cname else ()
    return ()


def _soa_text(domain: str, records: Dns) -> str:
    suffix = domain.rpartition(".")[2]
    primary = records.ns[0] if records.ns else f"ns.nic.{suffix}" if suffix else _ROOT_NS[0]
    contact = records.soa_rname or f"hostmaster.{primary.partition('.')[2]}"
    return f"{primary}. {contact}. {SERIAL} 7200 900 1209600 {NEGATIVE_TTL_S}"


def _rrset(owner: str, ttl_s: int, kind: str, values: tuple[str, ...]) -> dns.rrset.RRset:
    dotted = tuple(v if kind != "CNAME" or v.endswith(".") else f"{v}." for v in values)
    return dns.rrset.from_text_list(dns.name.from_text(owner or "."), ttl_s, "IN", kind, dotted)
