"""One resolver for everything that connects, so that the address checked is the address used.

Asks the configured nameservers in turn, remembers answers for their TTL within bounds, merges
equal questions in flight, and keeps the failures of our nameservers apart from what they say about
a name: only an NXDOMAIN answer says that a name does not exist.
"""

import asyncio
import ipaddress
import time
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

import dns.exception
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.resolver

from mirrorhunt.errors import ConfigError
from mirrorhunt.model import DnsFacts, Rcode
from mirrorhunt.names import find_host, ip_literal, registrable_domain
from mirrorhunt.net.connect_to import ConnectMap
from mirrorhunt.net.guard import Network, RefusedAddressError, check_addresses, check_port
from mirrorhunt.net.nameserver import MAX_ALIASES, Answer, Exchanger, Health, Nameserver

TIMEOUT_S = 3.0
"""Of one exchange."""
ATTEMPTS = 3
CONCURRENCY = 100
"""Questions in flight at one nameserver: public resolvers limit the rate of a client."""
CACHE_ENTRIES = 100_000
MIN_TTL_S = 5.0
"""An answer holds at least this long, whatever its TTL, or every connection would ask again."""
MAX_TTL_S = 3600.0
NEGATIVE_TTL_S = 30.0
FAILURE_TTL_S = 2.0
"""Long enough for the questions of one visit, short enough for the next one."""
MAX_ENDPOINTS = 6
"""Addresses of one host that are tried; all of its addresses are checked."""
TEXTS_TIMEOUT_S = 3.0
"""A visit waits no longer for TXT records, which are the least of what it came for."""
MAX_TEXTS = 30
MAX_TEXT_CHARS = 200
"""A token by which a domain proves itself is shorter."""


class UnresolvedError(Exception):
    """A host without an address, and how the question ended.

    With NXDOMAIN it does not exist, with NOERROR it exists without an address; with anything else
    nothing was learned about it. Not a `MirrorhuntError`: it is an observation.
    """

    def __init__(self, host: str, rcode: Rcode) -> None:
        how = "no address" if rcode is Rcode.NOERROR else rcode.value
        super().__init__(f"{host!r} does not resolve: {how}")
        self.host = host
        self.rcode = rcode


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a connection goes."""

    address: str
    port: int
    resolved: str = field(default="", compare=False)
    """The address that DNS gave and the guard passed; other than ``address`` only where a
    connect_to entry stands between."""


class Resolver:
    """Names to addresses, checked and mapped.

    Without *nameservers* those of the operating system are asked. *clock* is monotonic, in
    seconds. Belongs to the event loop it is first used in.
    """

    def __init__(
        self,
        nameservers: Iterable[Nameserver] = (),
        *,
        timeout_s: float = TIMEOUT_S,
        attempts: int = ATTEMPTS,
        concurrency: int = CONCURRENCY,
        allow: Sequence[Network] = (),
        connect_map: ConnectMap | None = None,
        cache_entries: int = CACHE_ENTRIES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if attempts < 1:
            raise ConfigError(f"a resolver needs at least one attempt, not {attempts}")
        self._exchangers = tuple(
            Exchanger(nameserver, timeout_s=timeout_s, concurrency=concurrency, clock=clock)
            for nameserver in tuple(nameservers) or system_nameservers()
        )
        self._attempts = attempts
        self._allow = tuple(allow)
        self._connect_map = connect_map or ConnectMap()
        self._cache_entries = cache_entries
        self._clock = clock
        self._turn = 0
        self._cache: dict[tuple[str, str], tuple[float, Answer]] = {}
        self._flights: dict[tuple[str, str], asyncio.Task[Answer]] = {}

    def __deepcopy__(self, memo: object) -> Self:
        # Scrapy copies its settings deeply for each crawler. A resolver handed over in them has to
        # stay one resolver: with one cache, one set of limits, one health.
        return self

    @property
    def nameservers(self) -> tuple[Nameserver, ...]:
        """Who is asked."""
        return tuple(exchanger.nameserver for exchanger in self._exchangers)

    def pass_over(self, nameservers: Container[Nameserver]) -> None:
        """Ask *nameservers* no more, and forget what they said; unless nobody else is left."""
        left = tuple(e for e in self._exchangers if e.nameserver not in nameservers)
        if left and len(left) < len(self._exchangers):
            self._exchangers = left
            self._cache.clear()

    def health(self) -> tuple[Health, ...]:
        """How each nameserver has been doing."""
        return tuple(exchanger.health() for exchanger in self._exchangers)

    async def close(self) -> None:
        """Give up whatever is in flight."""
        flights = list(self._flights.values())
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)

    # ------------------------------------------------------------ questions

    async def ask(self, name: str, rdtype: str) -> Answer:
        """Ask for the records of type *rdtype* (``A``, ``NS`` …) of *name*.

        Failures are answers with their rcode. Raises ValueError for a *name* or type that DNS
        cannot carry.
        """
        key = (name.lower().rstrip("."), rdtype.upper())
        _question(*key)
        remembered = self._cache.get(key)
        if remembered is not None:
            if remembered[0] > self._clock():
                return remembered[1]
            del self._cache[key]
        flight = self._flights.get(key)
        if flight is None:
            flight = asyncio.create_task(self._look_up(key))
            self._flights[key] = flight
            flight.add_done_callback(lambda _: self._flights.pop(key, None))
        # Shielded: who waits may give up, and the others still get their answer.
        return await asyncio.shield(flight)

    async def _look_up(self, key: tuple[str, str]) -> Answer:
        answer = await self._resolve(*key)
        while len(self._cache) >= self._cache_entries > 0:
            self._cache.pop(next(iter(self._cache)))
        self._cache[key] = (self._clock() + _keep_s(answer), answer)
        return answer

    async def _resolve(self, name: str, rdtype: str) -> Answer:
        """Ask, and go on asking where an alias leads and the nameserver did not follow."""
        end, wanted = _question(name, rdtype)
        aliases: list[str] = []
        ttls: list[float] = []
        while True:
            answer = await self._ask_in_turn(end, wanted)
            aliases += answer.aliases
            if answer.records or answer.aliases:
                ttls.append(answer.ttl_s)
            has_more = answer.rcode is Rcode.NOERROR and not answer.is_negative
            if answer.records or not answer.aliases or not has_more:
                return replace(answer, aliases=tuple(aliases), ttl_s=min(ttls, default=0.0))
            if len(aliases) >= MAX_ALIASES or len(set(aliases)) < len(aliases):
                return Answer(Rcode.SERVFAIL, nameserver=answer.nameserver)
            end = dns.name.from_text(aliases[-1])

    async def _ask_in_turn(self, name: dns.name.Name, rdtype: dns.rdatatype.RdataType) -> Answer:
        """The first nameserver that answers; else the failure that says most."""
        order = self._in_turn()
        failure = Answer(Rcode.TIMEOUT)
        for attempt in range(self._attempts):
            answer = await order[attempt % len(order)].ask(name, rdtype)
            if not answer.is_failure:
                return answer
            if failure.rcode is Rcode.TIMEOUT:
                failure = answer
        return failure

    def _in_turn(self) -> list[Exchanger]:
        """All nameservers, a different one first each time, the silent ones last."""
        start = self._turn % len(self._exchangers)
        self._turn += 1
        order = self._exchangers[start:] + self._exchangers[:start]
        return sorted(order, key=lambda exchanger: exchanger.is_down)

    # ------------------------------------------------------------ what is made of the answers

    async def addresses(self, host: str) -> tuple[str, ...]:
        """The IPv4 and then the IPv6 addresses of *host*, unchecked. Raises UnresolvedError."""
        rcode, addresses, _ = await self._addresses(host)
        if not addresses:
            raise UnresolvedError(host, rcode)
        return addresses

    async def _addresses(self, host: str) -> tuple[Rcode, tuple[str, ...], tuple[str, ...]]:
        answers = await asyncio.gather(self.ask(host, "A"), self.ask(host, "AAAA"))
        found = dict.fromkeys(address for answer in answers for address in _parsed(answer.records))
        aliases = max((answer.aliases for answer in answers), key=len)
        return _joint_rcode(answers, bool(found)), tuple(found), aliases

    async def endpoints(self, host: str, port: int) -> tuple[Endpoint, ...]:
        """The very pairs that a connection may go to, at most `MAX_ENDPOINTS`.

        *host* is what a URL says: a name, or an address in any form that a browser takes. Raises
        RefusedAddressError where the guard refuses it, UnresolvedError where there is no address.
        """
        check_port(host, port)
        literal = ip_literal(host)
        if literal is not None:
            written = literal
            addresses: tuple[str, ...] = (literal,)
        else:
            name = find_host(host)
            if name is None:
                # ``localhost`` and the like: no name in the public DNS, and the local files that
                # give such names a meaning are never read.
                raise RefusedAddressError(host, host, "no host name in the public DNS")
            written, addresses = name, await self.addresses(name)
        check_addresses(host, addresses, self._allow)
        found: dict[Endpoint, None] = {}
        # IPv6 only where there is nothing else: without a route for it, our own failure would
        # stand beside the target's, and which of them is reported would be chance.
        for address in [a for a in addresses if ":" not in a] or addresses:
            to_address, to_port = self._connect_map.target(written, address, port)
            found.setdefault(Endpoint(to_address, to_port, resolved=address))
        return tuple(found)[:MAX_ENDPOINTS]

    async def facts(self, host: str) -> DnsFacts:
        """All that DNS says about *host*, cheapest and most telling first.

        A registrable domain that does not exist costs one question. Nameservers, contact and mail
        exchangers are those of the registrable domain. Raises ValueError for what is no name.
        """
        domain = registrable_domain(host) or host
        soa, ns = await asyncio.gather(self.ask(domain, "SOA"), self.ask(domain, "NS"))
        if domain == host and soa.rcode is Rcode.NXDOMAIN:
            return DnsFacts(rcode=Rcode.NXDOMAIN)
        if soa.rcode is ns.rcode is Rcode.TIMEOUT:
            # Its nameservers are silent: two more questions would end the same way, later.
            return DnsFacts(rcode=Rcode.TIMEOUT)
        (rcode, addresses, aliases), mx, texts = await asyncio.gather(
            self._addresses(host), self.ask(domain, "MX"), self._texts(domain)
        )
        return DnsFacts(
            rcode=rcode,
            addresses=_sorted(addresses),
            aliases=aliases,
            nameservers=_hosts(ns.records),
            mail_exchangers=_hosts(record.partition(" ")[2] for record in mx.records),
            soa_rname=_rname(soa),
            texts=texts,
        )

    async def _texts(self, domain: str) -> tuple[str, ...]:
        """The TXT records of *domain*; none where that cannot be told in time."""
        try:
            answer = await asyncio.wait_for(self.ask(domain, "TXT"), TEXTS_TIMEOUT_S)
        except TimeoutError:
            return ()
        # Behind an alias they are another domain's: what a platform proves of itself would be
        # shared by all its customers.
        return () if answer.is_failure or answer.aliases else _joined_texts(answer.records)

    async def control(self, names: Sequence[str] = ()) -> bool:
        """True if the nameservers work at all: what tells our own failure from a target's.

        *names* are known to exist; one of them must resolve. Without any, the root is asked for,
        and any answer will do. Memory is passed over, or it would hide a failure.
        """
        if not names:
            return not (await self._resolve("", "NS")).is_failure
        answers = await asyncio.gather(*(self._resolve(name, "A") for name in names))
        return any(answer.records for answer in answers)


def system_nameservers() -> tuple[Nameserver, ...]:
    """Those that the operating system is set up with. Raises ConfigError where there are none."""
    try:
        system = dns.resolver.Resolver(configure=True)
    except (dns.exception.DNSException, OSError) as e:
        raise ConfigError(
            f"no nameserver is set up on this machine ({e}); give some as nameservers"
        ) from None
    found = tuple(
        Nameserver(text, system.port) for text in system.nameservers if isinstance(text, str)
    )
    if not found:
        raise ConfigError("no nameserver is set up on this machine; give some as nameservers")
    return found


def _question(name: str, rdtype: str) -> tuple[dns.name.Name, dns.rdatatype.RdataType]:
    """Name and type as dnspython has them. Raises ValueError."""
    if not name.isascii():
        # dnspython would encode it by IDNA 2003; names are made A-labels in `mirrorhunt.names`.
        raise ValueError(f"{name!r} is not ASCII; DNS is asked for A-labels")
    try:
        return dns.name.from_text(name or "."), dns.rdatatype.from_text(rdtype)
    except (dns.exception.DNSException, ValueError) as e:
        raise ValueError(f"DNS cannot be asked for {name!r} {rdtype!r}: {e}") from None


def _keep_s(answer: Answer) -> float:
    """How long *answer* is remembered."""
    if answer.is_failure:
        return FAILURE_TTL_S
    if answer.records:
        return min(MAX_TTL_S, max(MIN_TTL_S, answer.ttl_s))
    return NEGATIVE_TTL_S


def _joint_rcode(answers: Sequence[Answer], has_addresses: bool) -> Rcode:
    """Of the A and AAAA questions together: a failure of one is not an absence."""
    if has_addresses:
        return Rcode.NOERROR
    rcodes = [answer.rcode for answer in answers]
    if Rcode.NXDOMAIN in rcodes:
        return Rcode.NXDOMAIN
    return next((rcode for rcode in rcodes if rcode is not Rcode.NOERROR), Rcode.NOERROR)


def _parsed(records: Iterable[str]) -> list[str]:
    """Addresses in one spelling."""
    return [str(ipaddress.ip_address(record)) for record in records]


def _sorted(addresses: Iterable[str]) -> tuple[str, ...]:
    """IPv4 first, by value: nameservers turn the order of an answer around at every question."""
    by_value = sorted(map(ipaddress.ip_address, addresses), key=lambda a: (a.version, int(a)))
    return tuple(map(str, by_value))


def _hosts(records: Iterable[str]) -> tuple[str, ...]:
    """The records that are hosts, sorted. A null MX (".", RFC 7505) is none, nor is nonsense."""
    return tuple(sorted({host for record in records if (host := find_host(record)) is not None}))


def _joined_texts(records: Iterable[str]) -> tuple[str, ...]:
    """The short ones of *records*, the pieces of each put together (RFC 7208 §3.3), sorted."""
    found = set()
    for record in records:
        try:
            parsed = dns.rdata.from_text(dns.rdataclass.IN, dns.rdatatype.TXT, record)
            text = b"".join(parsed.strings).decode("ascii")  # type: ignore[attr-defined]
        except (dns.exception.DNSException, ValueError):
            continue
        if text.isprintable() and 0 < len(text) <= MAX_TEXT_CHARS:
            found.add(text)
    return tuple(sorted(found)[:MAX_TEXTS])


def _rname(soa: Answer) -> str | None:
    """The second field of an SOA record."""
    if not soa.records:
        return None
    fields = soa.records[0].split(" ")
    name = fields[1].lower().removesuffix(".") if len(fields) > 1 else ""
    return name or None
