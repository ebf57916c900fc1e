"""One nameserver: its address, one question to it, and how it has been doing.

A question goes over UDP from a fresh socket, so that id and source port are both random, and
again over TCP where the answer did not fit. The answer's id, opcode and question are compared.
The first packet that does not match ends the exchange instead of being skipped: a forger gets one
guess for each question, not as many as fit into the timeout.
"""

import asyncio
import ipaddress
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import dns.asyncquery
import dns.edns
import dns.exception
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from mirrorhunt.errors import ConfigError
from mirrorhunt.model import Rcode
from mirrorhunt.names import registrable_domain

DNS_PORT = 53
EDNS_PAYLOAD_BYTES = 1232
"""What fits into one unfragmented packet on any path (DNS flag day 2020)."""
MAX_RECORDS = 100
"""Records kept of one answer. A message of 64 KiB holds four thousand addresses."""
MAX_ALIASES = 10
"""Links of a CNAME chain; BIND follows 16, unbound 11."""
DOWN_AFTER = 3
"""Names in a row without an answer after which a nameserver is asked last. Names and not
questions: all questions about a name end in silence where its own nameservers are gone."""
DOWN_FOR_S = 10.0
"""How long it is, before one question tries it again; twice as long after each try in vain."""
MAX_DOWN_FOR_S = 160.0
TRY_SHARE = 0.5
"""Of the timeout that a try may take: whoever asks it waits for nothing, most likely."""

_AT = re.compile(r"(.*)@([0-9]{1,5})")
_BRACKETS = re.compile(r"\[(.*)\](?::([0-9]{1,5}))?")
_COLON = re.compile(r"([^:]*):([0-9]{1,5})")


@dataclass(frozen=True, slots=True)
class Nameserver:
    """Where to ask."""

    address: str
    port: int = DNS_PORT

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``1.2.3.4``, ``1.2.3.4:5353``, ``1.2.3.4@5353``, ``::1``, ``[::1]:53``, ``::1@53``.

        Raises ConfigError for anything else, names included: who would look them up?
        """
        written = text.strip()
        address, port = written, str(DNS_PORT)
        for shape in (_AT, _BRACKETS, _COLON):
            if match := shape.fullmatch(written):
                address, port = match.group(1), match.group(2) or port
                break
        try:
            # A zone is kept: a link-local nameserver is reached through one interface.
            parsed = str(ipaddress.ip_address(address))
        except ValueError:
            raise ConfigError(
                f"nameserver {text!r} is no address; write it as '192.0.2.1', '192.0.2.1:5353' "
                "or '[2001:db8::1]:53'"
            ) from None
        if not 1 <= int(port) <= 65535:
            raise ConfigError(f"nameserver {text!r}: {port!r} is no port; use 1 to 65535")
        return cls(parsed, int(port))

    def __str__(self) -> str:
        address = f"[{self.address}]" if ":" in self.address else self.address
        return f"{address}:{self.port}"


@dataclass(frozen=True, slots=True)
class Answer:
    """How one question ended."""

    rcode: Rcode
    records: tuple[str, ...] = ()
    """In presentation format, names with their final dot; at most `MAX_RECORDS`."""
    aliases: tuple[str, ...] = ()
    """The CNAME chain, in order, lower-case without final dots; without the name itself."""
    ttl_s: float = 0.0
    """The lowest of the records that led here, as the nameserver gave it; 0 where none did."""
    nameserver: Nameserver | None = None
    """Who answered; None where nobody did."""
    is_over_tcp: bool = False
    """True if it did not fit into a UDP packet."""
    is_filtered: bool = False
    """True if the nameserver says itself that it hides the name (RFC 8914)."""
    is_negative: bool = False
    """True if the nameserver says that there are no such records (RFC 2308: by an SOA), and not
    merely gave none."""

    @property
    def is_failure(self) -> bool:
        """True if nothing was learned about the name."""
        return self.rcode not in (Rcode.NOERROR, Rcode.NXDOMAIN)


@dataclass(frozen=True, slots=True)
class Health:
    """What a nameserver has done for us so far."""

    nameserver: Nameserver
    sent: int
    """Exchanges begun, TCP repetitions not counted."""
    answered: int
    """NOERROR and NXDOMAIN."""
    timeouts: int
    servfail: int
    """SERVFAIL, REFUSED and whatever else it answered instead of an answer."""
    garbage: int
    is_down: bool
    """True while it is asked last."""
    window: int = 0
    """Questions it may have at a time, as it has been answering; 0 where that is fixed."""


@dataclass(slots=True)
class Silence:
    """How long a nameserver has not answered, and whether it is time to try it again.

    Instants are those of one monotonic clock, in seconds.
    """

    after: int = DOWN_AFTER
    """Failures in a row that are a silence."""
    in_a_row: int = 0
    _until: float = float("-inf")
    _for_s: float = DOWN_FOR_S

    @property
    def is_long(self) -> bool:
        """True if it has stopped answering, whether or not it is time to try it again."""
        return self.in_a_row >= self.after

    def is_down(self, now: float) -> bool:
        """True while there is reason to ask somebody else first."""
        return self.in_a_row >= self.after and now < self._until

    def is_due(self, now: float) -> bool:
        """True if it is time for one question that tries it."""
        return self.in_a_row >= self.after and now >= self._until

    def end(self) -> None:
        """It answered."""
        if self.in_a_row:
            self.in_a_row = 0
            self._for_s = DOWN_FOR_S

    def go_on(self, sent_at: float, now: float) -> None:
        """It did not answer a question of *sent_at*."""
        if self.is_due(sent_at):
            self._for_s = min(2 * self._for_s, MAX_DOWN_FOR_S)
        self.in_a_row += 1
        if self.is_long:
            self._until = now + self._for_s


class Exchanger:
    """Asks one nameserver, at most *concurrency* questions at a time."""

    def __init__(
        self,
        nameserver: Nameserver,
        *,
        timeout_s: float,
        concurrency: int,
        clock: Callable[[], float],
    ) -> None:
        self.nameserver = nameserver
        self._timeout_s = timeout_s
        self._slots = asyncio.Semaphore(concurrency)
        self._clock = clock
        self._knows_edns = True
        self._silence = Silence()
        self._unanswered: set[str] = set()
        self._is_trying = False
        self._sent = 0
        self._counts: dict[Rcode, int] = dict.fromkeys(Rcode, 0)

    @property
    def is_down(self) -> bool:
        """True while there is reason to ask somebody else first."""
        # While one question tries it, all others go where they are answered.
        return self._silence.is_long and (self._is_trying or self._silence.is_down(self._clock()))

    def health(self) -> Health:
        """The counters."""
        return Health(
            nameserver=self.nameserver,
            sent=self._sent,
            answered=self._counts[Rcode.NOERROR] + self._counts[Rcode.NXDOMAIN],
            timeouts=self._counts[Rcode.TIMEOUT],
            servfail=self._counts[Rcode.SERVFAIL] + self._counts[Rcode.REFUSED],
            garbage=self._counts[Rcode.GARBAGE],
            is_down=self.is_down,
        )

    async def ask(self, name: dns.name.Name, rdtype: dns.rdatatype.RdataType) -> Answer:
        """One question, one answer; a failure is an answer with its rcode. Raises nothing."""
        asked_at = self._clock()
        is_try = self._silence.is_due(asked_at) and not self._is_trying
        self._is_trying |= is_try
        try:
            async with self._slots:
                self._sent += 1
                timeout_s = self._timeout_s * (TRY_SHARE if is_try else 1.0)
                answer = await self._exchange(name, rdtype, timeout_s)
        finally:
            self._is_trying &= not is_try
        self._counts[answer.rcode] += 1
        self._note(answer, name, asked_at)
        return answer

    def _note(self, answer: Answer, name: dns.name.Name, asked_at: float) -> None:
        if answer.rcode is not Rcode.TIMEOUT:
            self._silence.end()
            self._unanswered.clear()
            return
        text = alias_text(name)
        domain = registrable_domain(text) or text
        # Once it is silent every failure counts, or a try with the same name would count for none.
        if domain not in self._unanswered or self._silence.is_long:
            self._unanswered.add(domain)
            self._silence.go_on(asked_at, self._clock())

    async def _exchange(
        self, name: dns.name.Name, rdtype: dns.rdatatype.RdataType, timeout_s: float
    ) -> Answer:
        try:
            response, is_over_tcp = await self._send(name, rdtype, timeout_s)
            return answer_of(response, name, rdtype, self.nameserver, is_over_tcp=is_over_tcp)
        except (dns.exception.Timeout, OSError, EOFError):
            # Silence, or nobody there, or a TCP connection that ended: no answer either way.
            return Answer(Rcode.TIMEOUT)
        except (dns.exception.DNSException, ValueError, struct.error):
            return Answer(Rcode.GARBAGE, nameserver=self.nameserver)

    async def _send(
        self, name: dns.name.Name, rdtype: dns.rdatatype.RdataType, timeout_s: float
    ) -> tuple[dns.message.Message, bool]:
        query = self._query(name, rdtype)
        response, is_over_tcp = await self._send_query(query, timeout_s)
        if query.edns >= 0 and response.rcode() in (dns.rcode.FORMERR, dns.rcode.NOTIMP):
            # Some do not know EDNS (RFC 6891 §7); from now on it is asked without.
            self._knows_edns = False
            response, is_over_tcp = await self._send_query(self._query(name, rdtype), timeout_s)
        return response, is_over_tcp

    def _query(
        self, name: dns.name.Name, rdtype: dns.rdatatype.RdataType
    ) -> dns.message.QueryMessage:
        if self._knows_edns:
            return dns.message.make_query(name, rdtype, use_edns=0, payload=EDNS_PAYLOAD_BYTES)
        return dns.message.make_query(name, rdtype, use_edns=False)

    async def _send_query(
        self, query: dns.message.QueryMessage, timeout_s: float
    ) -> tuple[dns.message.Message, bool]:
        where, port = self.nameserver.address, self.nameserver.port
        try:
            response = await dns.asyncquery.udp(
                query,
                where,
                timeout=timeout_s,
                port=port,
                # Packets from elsewhere are not for us to judge, and cost a forger nothing.
                ignore_unexpected=True,
                raise_on_truncation=True,
            )
        except dns.message.Truncated:
            return await dns.asyncquery.tcp(query, where, timeout=timeout_s, port=port), True
        return response, False


def answer_of(
    response: dns.message.Message,
    name: dns.name.Name,
    rdtype: dns.rdatatype.RdataType,
    nameserver: Nameserver,
    *,
    is_over_tcp: bool,
) -> Answer:
    """What *response*, to a question that it has been compared with, says."""
    rcode = _RCODES.get(response.rcode(), Rcode.SERVFAIL)
    is_filtered = any(error.code in _FILTERED for error in response.extended_errors())
    if rcode not in (Rcode.NOERROR, Rcode.NXDOMAIN):
        return Answer(
            rcode, nameserver=nameserver, is_over_tcp=is_over_tcp, is_filtered=is_filtered
        )
    aliases, ttls = _chain(response, name, rdtype)
    if aliases is None:
        # A chain that bites its tail or does not end: what a recursor says about it.
        return Answer(Rcode.SERVFAIL, nameserver=nameserver, is_over_tcp=is_over_tcp)
    end = aliases[-1] if aliases else name
    found = _rrset(response, end, rdtype)
    if found is not None:
        ttls.append(found.ttl)
    return Answer(
        rcode=rcode,
        records=tuple(rd.to_text() for rd in list(found or ())[:MAX_RECORDS]),
        aliases=tuple(alias_text(alias) for alias in aliases),
        ttl_s=float(min(ttls, default=0)),
        nameserver=nameserver,
        is_over_tcp=is_over_tcp,
        is_filtered=is_filtered,
        is_negative=any(rrset.rdtype == dns.rdatatype.SOA for rrset in response.authority),
    )


_FILTERED = frozenset(
    {dns.edns.EDECode.BLOCKED, dns.edns.EDECode.CENSORED, dns.edns.EDECode.FILTERED}
)
_RCODES = {
    dns.rcode.NOERROR: Rcode.NOERROR,
    dns.rcode.NXDOMAIN: Rcode.NXDOMAIN,
    dns.rcode.SERVFAIL: Rcode.SERVFAIL,
    dns.rcode.REFUSED: Rcode.REFUSED,
}


def alias_text(name: dns.name.Name) -> str:
    """*name* as we write it, without the claim that it is a valid host."""
    return name.to_text(omit_final_dot=True).lower()


def _rrset(
    response: dns.message.Message, name: dns.name.Name, rdtype: dns.rdatatype.RdataType
) -> dns.rrset.RRset | None:
    return response.get_rrset(response.answer, name, dns.rdataclass.IN, rdtype)


def _chain(
    response: dns.message.Message, name: dns.name.Name, rdtype: dns.rdatatype.RdataType
) -> tuple[list[dns.name.Name] | None, list[int]]:
    """The CNAME chain from *name* in *response*, and the TTLs met; None for one without an end."""
    aliases: list[dns.name.Name] = []
    ttls: list[int] = []
    seen = {name}
    end = name
    while rdtype != dns.rdatatype.CNAME and _rrset(response, end, rdtype) is None:
        link = _rrset(response, end, dns.rdatatype.CNAME)
        if link is None:
            break
        end = link[0].target
        if end in seen or len(aliases) >= MAX_ALIASES:
            return None, ttls
        seen.add(end)
        aliases.append(end)
        ttls.append(link.ttl)
    return aliases, ttls
