"""The lab's nameserver: a recursive resolver, as a client sees one, over UDP and TCP.

Names that the world knows are answered by dnspython and kept as bytes; names that it does not
know are refused by a few struct operations, so that a client that asks for 10⁵ names measures
itself and not this server. Sources: RFC 1035 §4 (format), RFC 2308 (negative answers carry the
SOA), RFC 6891 (EDNS), RFC 7766 (TCP).
"""

import asyncio
import hashlib
import struct
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdatatype
import dns.rrset

from mirrorhunt.lab.world import Dns, World
from mirrorhunt.names import registrable_domain

_HEADER = struct.Struct("!6H")
_MAX_NAME_BYTES = 255
_PLAIN_UDP_BYTES = 512
_MAX_CACHED = 50_000
_ANSWER_FLAGS = 0x8180  # QR, RD, RA
_NXDOMAIN = 3
_NEGATIVE_TTL_S = 60
_SERIAL = 2026112401
_A, _NS, _CNAME, _SOA, _MX, _TXT, _AAAA = 1, 2, 5, 6, 15, 16, 28
_RESERVED = frozenset({"test", "example", "invalid", "localhost", "local", "onion"})
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
    that address instead of NXDOMAIN.
    """

    def __init__(self, world: World, *, lie: str | None = None) -> None:
        self._world = world
        self._lie = lie
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
        question = _question(wire)
        if question is None:
            return None
        name, rdtype, end = question
        self.asked.append(Question(time.time(), name, rdtype, over_tcp))
        if self._lie is not None and not self._exists(name):
            return self._lied(wire, rdtype)
        if self._is_nowhere(name) and wire[10:12] == b"\0\0":
            return _refusal(wire, name, end)
        host = self._world.find(name)
        if host is not None and host.dns.rcode == "SILENT":
            return None
        limit = 65535 if over_tcp else _udp_limit(wire, end)
        if host is not None and host.dns.turns:
            return _fit(wire, end, self._render(name, rdtype, wire, end), limit)
        key = (name, rdtype, wire[10] << 8 | wire[11])
        full = self._answers.get(key)
        if full is None:
            full = self._render(name, rdtype, wire, end)
            if len(self._answers) < _MAX_CACHED:
                self._answers[key] = full
        return _fit(wire, end, full, limit)

    def _exists(self, name: str) -> bool:
        if name in self._servers or name in self._domains or name in self._inner:
            return True
        if "." not in name:
            return name not in _RESERVED or name in self._suffixes
        return self._world.find(name) is not None

    def _lied(self, wire: bytes, rdtype: int) -> bytes:
        query = dns.message.from_wire(wire, ignore_trailing=True)
        response = dns.message.make_response(query, recursion_available=True)
        if rdtype == _A and self._lie is not None:
            owner = str(query.question[0].name)
            response.answer.append(_rrset(owner, _NEGATIVE_TTL_S, "A", (self._lie,)))
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
        if records.cname is not None and rdtype != _CNAME and host.name in (name, name[4:]):
            return [("CNAME", records.ttl_s, (records.cname,))], "NOERROR", records.cname
        values = _values(records, rdtype, self._addresses(name, records))
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
        return _rrset(domain, _NEGATIVE_TTL_S, "SOA", (text,))


def _refusal(wire: bytes, name: str, end: int) -> bytes:
    """NXDOMAIN, with the SOA of the suffix: its owner points into the question."""
    suffix = name.rpartition(".")[2]
    pointer = (0xC000 | (12 + len(name) - len(suffix))).to_bytes(2, "big")
    numbers = struct.pack("!5I", _SERIAL, 7200, 900, 1209600, _NEGATIVE_TTL_S)
    soa = b"\x02ns\x03nic" + pointer + b"\x0ahostmaster\x03nic" + pointer + numbers
    head = struct.pack("!HHIH", _SOA, 1, _NEGATIVE_TTL_S, len(soa))
    flags = _ANSWER_FLAGS | _NXDOMAIN
    header = _HEADER.pack(int.from_bytes(wire[:2], "big"), flags, 1, 0, 1, 0)
    return header + wire[12:end] + pointer + head + soa


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


def _question(wire: bytes) -> tuple[str, int, int] | None:
    """(name, type, end of the question) of a query with one uncompressed question, or None."""
    if len(wire) < 17 or wire[2] & 0xF8 or wire[4:6] != b"\0\1":
        return None
    labels: list[str] = []
    at = 12
    while at < len(wire) and wire[at]:
        size = wire[at]
        if size > 63 or at + size >= len(wire) or at > _MAX_NAME_BYTES + 12:
            return None
        labels.append(wire[at + 1 : at + 1 + size].decode("latin-1").lower())
        at += size + 1
    if at + 5 > len(wire):
        return None
    return ".".join(labels), int.from_bytes(wire[at + 1 : at + 3], "big"), at + 5


def _udp_limit(wire: bytes, end: int) -> int:
    """The largest answer the client takes: its EDNS size, if an OPT comes right after."""
    if wire[10:12] != b"\0\0" and wire[end : end + 3] == b"\0\0\x29":
        return max(_PLAIN_UDP_BYTES, int.from_bytes(wire[end + 3 : end + 5], "big"))
    return _PLAIN_UDP_BYTES


def _fit(wire: bytes, end: int, full: bytes, limit: int) -> bytes:
    """*full* as the answer to *wire*: its id, its spelling of the name, TC if too long."""
    if len(full) <= limit:
        return wire[:2] + full[2:12] + wire[12:end] + full[end:]
    flags = int.from_bytes(full[2:4], "big") | 0x0200
    header = _HEADER.pack(int.from_bytes(wire[:2], "big"), flags, 1, 0, 0, 0)
    return header + wire[12:end]


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
    return f"{primary}. {contact}. {_SERIAL} 7200 900 1209600 {_NEGATIVE_TTL_S}"


def _rrset(owner: str, ttl_s: int, kind: str, values: tuple[str, ...]) -> dns.rrset.RRset:
    dotted = tuple(v if kind != "CNAME" or v.endswith(".") else f"{v}." for v in values)
    return dns.rrset.from_text_list(dns.name.from_text(owner or "."), ttl_s, "IN", kind, dotted)
