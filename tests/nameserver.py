"""A small nameserver for tests: real UDP and TCP on loopback, and every way of going wrong.

    zones = {"films.example": {"A": ["192.0.2.1"]}, "broken.example": SERVFAIL}
    with Nameserver(zones) as nameserver:
        nameserver.address, nameserver.port, nameserver.questions

A name maps to its records by type, to a behaviour, or to `Turns` (a different one each time). A
name that is not there, nor has names below it, is NXDOMAIN. Runs in threads of its own, so that it
serves any client, in any event loop.
"""

import contextlib
import socketserver
import struct
import sys
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

import dns.edns
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset


class Behaviour(StrEnum):
    """What is done instead of answering."""

    NXDOMAIN = "nxdomain"
    SERVFAIL = "servfail"
    REFUSED = "refused"
    FORMERR_ON_EDNS = "formerr_on_edns"
    """Answers 192.0.2.99, but only questions without EDNS."""
    FILTERED = "filtered"
    """NXDOMAIN, and an extended error that says why (RFC 8914)."""
    SILENT = "silent"
    GARBAGE = "garbage"
    """Bytes that are no message."""
    WRONG_ID = "wrong_id"
    WRONG_QUESTION = "wrong_question"
    NXDOMAIN_WITHOUT_QUESTION = "nxdomain_without_question"


NXDOMAIN = Behaviour.NXDOMAIN
SERVFAIL = Behaviour.SERVFAIL
REFUSED = Behaviour.REFUSED
SILENT = Behaviour.SILENT
GARBAGE = Behaviour.GARBAGE

Records = Mapping[str, Sequence[str]]
"""Record texts by type; names in them need no final dot."""


@dataclass(frozen=True)
class Turns:
    """One entry for each question of one type; the last one stays."""

    entries: Sequence["Records | Behaviour"]


Entry = Records | Behaviour | Turns


@dataclass(frozen=True)
class Question:
    """What was asked, and how."""

    name: str
    rdtype: str
    transport: str
    """``udp`` or ``tcp``."""


class Nameserver:
    """Serves *zones* on a loopback port, between ``with`` and its end.

    *wildcards* are what all other names below a level get, ``""`` being the level of everything.
    *truncated* names are answered by TC over UDP. *chases* is False for a server that leaves a
    CNAME's target to its client. *default* is what happens to names that are not in *zones*.
    """

    def __init__(
        self,
        zones: Mapping[str, Entry],
        *,
        wildcards: Mapping[str, Entry] | None = None,
        ttl_s: int = 60,
        truncated: frozenset[str] = frozenset(),
        chases: bool = True,
        default: Behaviour = Behaviour.NXDOMAIN,
    ) -> None:
        self.zones = dict(zones)
        self.wildcards = dict(wildcards or {})
        self.address = "127.0.0.1"
        self.port = 0
        self.questions: list[Question] = []
        self.faults: list[BaseException] = []
        """What went wrong in the server itself; raised at the end."""
        self._ttl_s = ttl_s
        self._truncated = truncated
        self._chases = chases
        self._default = default
        self._turns: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()
        self._servers: list[socketserver.BaseServer] = []
        self._threads: list[threading.Thread] = []

    def __str__(self) -> str:
        return f"{self.address}:{self.port}"

    def asked(self, name: str, rdtype: str = "A") -> int:
        """How often that question came."""
        with self._lock:
            return sum(q.name == name and q.rdtype == rdtype for q in self.questions)

    def __enter__(self) -> Self:
        self._servers = list(self._bound())
        self.port = self._servers[0].server_address[1]  # type: ignore[index,assignment]
        for server in self._servers:
            thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
            thread.start()
            self._threads.append(thread)
        return self

    def __exit__(self, *exc: object) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()
        for thread in self._threads:
            thread.join()
        if self.faults and exc[0] is None:
            raise self.faults[0]

    def _bound(self) -> tuple[socketserver.BaseServer, socketserver.BaseServer]:
        """UDP and TCP on one port: the port that one gets may be taken for the other."""
        for _ in range(20):
            udp = _UdpServer((self.address, 0), _Udp)
            try:
                tcp = _TcpServer((self.address, udp.server_address[1]), _Tcp)
            except OSError:
                udp.server_close()
                continue
            udp.nameserver = tcp.nameserver = self
            return udp, tcp
        raise RuntimeError("no port is free for both UDP and TCP")

    # ------------------------------------------------------------ answering

    def respond(self, wire: bytes, transport: str) -> bytes | None:
        """The answer to the message *wire*; None for silence."""
        query = dns.message.from_wire(wire)
        asked = query.question[0]
        name = asked.name.to_text().lower().rstrip(".")
        rdtype = dns.rdatatype.to_text(asked.rdtype)
        with self._lock:
            self.questions.append(Question(name, rdtype, transport))
            entry = self._entry(name, rdtype)
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA | dns.flags.AA
        if isinstance(entry, Behaviour):
            return self._misbehave(entry, query, response)
        if transport == "udp" and name in self._truncated:
            response.flags |= dns.flags.TC
            return response.to_wire()
        self._fill(response, name, rdtype, entry)
        return response.to_wire(max_size=65535)

    def _entry(self, name: str, rdtype: str) -> Records | Behaviour:
        entry, key = self.zones.get(name), name
        if entry is None:
            if any(other.endswith("." + name) for other in self.zones) or not name:
                return {}
            while key and key not in self.wildcards:
                key = key.partition(".")[2]
            entry = self.wildcards.get(key, self._default) if key != name else self._default
        if isinstance(entry, Turns):
            turn = min(self._turns[key, rdtype], len(entry.entries) - 1)
            self._turns[key, rdtype] += 1
            return entry.entries[turn]
        return entry

    def _fill(
        self, response: dns.message.Message, name: str, rdtype: str, records: Records
    ) -> None:
        met = {name}
        while "CNAME" in records and rdtype != "CNAME" and rdtype not in records:
            target = records["CNAME"][0]
            response.answer.append(self._rrset(name, "CNAME", [target]))
            name = target.rstrip(".").lower()
            if not self._chases or name in met:
                return
            met.add(name)
            entry = self._entry(name, rdtype)
            if isinstance(entry, Behaviour):
                response.set_rcode(dns.rcode.NXDOMAIN)
                return
            records = entry
        if rdtype in records:
            response.answer.append(self._rrset(name, rdtype, records[rdtype]))
        else:
            response.authority.append(_soa())

    def _rrset(self, name: str, rdtype: str, texts: Sequence[str]) -> dns.rrset.RRset:
        return dns.rrset.from_text_list(
            name + ".", self._ttl_s, "IN", rdtype, texts, origin=dns.name.root, relativize=False
        )

    def _misbehave(
        self, behaviour: Behaviour, query: dns.message.Message, response: dns.message.Message
    ) -> bytes | None:
        match behaviour:
            case Behaviour.SILENT:
                return None
            case Behaviour.GARBAGE:
                return response.to_wire()[:2] + b"\xff" * 40
            case Behaviour.WRONG_ID:
                response.id ^= 0x5555
            case Behaviour.WRONG_QUESTION:
                other = dns.message.make_query("other.example", query.question[0].rdtype)
                response.question = other.question
            case Behaviour.NXDOMAIN_WITHOUT_QUESTION:
                response.question = []
                response.set_rcode(dns.rcode.NXDOMAIN)
            case Behaviour.FORMERR_ON_EDNS if query.edns >= 0:
                response.set_rcode(dns.rcode.FORMERR)
            case Behaviour.FORMERR_ON_EDNS:
                name = query.question[0].name.to_text(omit_final_dot=True)
                response.answer.append(self._rrset(name, "A", ["192.0.2.99"]))
            case Behaviour.NXDOMAIN:
                response.set_rcode(dns.rcode.NXDOMAIN)
                response.authority.append(_soa())
            case Behaviour.FILTERED:
                response.set_rcode(dns.rcode.NXDOMAIN)
                if query.edns >= 0:
                    response.use_edns(0, options=[dns.edns.EDEOption(dns.edns.EDECode.BLOCKED)])
            case Behaviour.SERVFAIL:
                response.set_rcode(dns.rcode.SERVFAIL)
            case Behaviour.REFUSED:
                response.set_rcode(dns.rcode.REFUSED)
        return response.to_wire()


def _soa() -> dns.rrset.RRset:
    return dns.rrset.from_text("example.", 60, "IN", "SOA", "ns. who. 1 7200 3600 1209600 60")


class _Server(socketserver.ThreadingMixIn, socketserver.BaseServer):
    daemon_threads = True
    nameserver: Nameserver

    def handle_error(self, request: Any, client_address: Any) -> None:
        fault = sys.exception()
        assert fault is not None
        self.nameserver.faults.append(fault)


class _UdpServer(_Server, socketserver.UDPServer):
    max_packet_size = 65535


class _TcpServer(_Server, socketserver.TCPServer):
    # A port in TIME_WAIT fails, and another one is taken then.
    allow_reuse_address = False


class _Udp(socketserver.BaseRequestHandler):
    server: Any

    def handle(self) -> None:
        wire, socket = self.request
        answer = self.server.nameserver.respond(wire, "udp")
        if answer is not None:
            with contextlib.suppress(OSError):
                socket.sendto(answer, self.client_address)


class _Tcp(socketserver.BaseRequestHandler):
    server: Any

    def handle(self) -> None:
        with contextlib.suppress(OSError, struct.error):
            (length,) = struct.unpack("!H", self._exactly(2))
            answer = self.server.nameserver.respond(self._exactly(length), "tcp")
            if answer is not None:
                self.request.sendall(struct.pack("!H", len(answer)) + answer)

    def _exactly(self, length: int) -> bytes:
        data = b""
        while len(data) < length:
            part = self.request.recv(length - len(data))
            if not part:
                break
            data += part
        return data
