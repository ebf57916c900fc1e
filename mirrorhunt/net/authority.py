"""Whether a domain is registered, from the nameservers of its suffix: no resolver in between.

Asked where resolvers contradict each other or cannot resolve a name (a lame delegation). The
addresses of these nameservers were written by strangers, so the guard passes them first. Where
port 53 goes nowhere, or to somebody else's resolver, there is no opinion.
"""

from collections.abc import Awaitable, Callable, Sequence

import dns.name
import dns.rdatatype

from mirrorhunt.model import Rcode
from mirrorhunt.names import parts
from mirrorhunt.net.guard import Network, RefusedAddressError, check_addresses
from mirrorhunt.net.nameserver import DNS_PORT, Answer, Exchanger, Nameserver

TIMEOUT_S = 2.0
MAX_SERVERS = 2
"""Of one suffix that are asked."""
MAX_SUFFIXES = 2000
"""Whose nameservers are remembered."""


class Authority:
    """Finds nameservers by *ask* (`mirrorhunt.net.resolver.Resolver.ask`), and asks them.

    *clock* is monotonic, in seconds; *allow* are networks that the guard lets through.
    """

    def __init__(
        self,
        ask: Callable[[str, str], Awaitable[Answer]],
        *,
        clock: Callable[[], float],
        port: int = DNS_PORT,
        allow: Sequence[Network] = (),
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._ask = ask
        self._clock = clock
        self._port = port
        self._allow = tuple(allow)
        self._timeout_s = timeout_s
        self._servers: dict[str, tuple[Exchanger, ...]] = {}

    async def is_delegated(self, domain: str) -> bool | None:
        """Whether *domain*, a registrable one, is delegated: True even if to nobody who answers.

        False if its suffix says that there is no such name; None if it says nothing of use.
        """
        name = dns.name.from_text(domain)
        for exchanger in await self._servers_of(parts(domain).suffix):
            answer = await exchanger.ask(name, dns.rdatatype.NS)
            if answer.rcode is Rcode.NXDOMAIN:
                return False
            # A referral has neither records nor an SOA. What has an SOA exists without being
            # delegated: a wildcard, or a name that the registry keeps for itself.
            if answer.rcode is Rcode.NOERROR:
                return not answer.is_negative
        return None

    async def _servers_of(self, suffix: str) -> tuple[Exchanger, ...]:
        """Nameservers of the zone that *suffix* is in: it may be none itself (``co.uk``)."""
        if suffix in self._servers:
            return self._servers[suffix]
        zone, hosts = suffix, (await self._ask(suffix, "NS")).records
        while not hosts and "." in zone:
            zone = zone.partition(".")[2]
            hosts = (await self._ask(zone, "NS")).records
        found: list[Exchanger] = []
        for host in hosts:
            found += [self._exchanger(a) for a in await self._addresses(host.rstrip("."))]
            if len(found) >= MAX_SERVERS:
                break
        while len(self._servers) >= MAX_SUFFIXES:
            self._servers.pop(next(iter(self._servers)))
        self._servers[suffix] = tuple(found[:MAX_SERVERS])
        return self._servers[suffix]

    async def _addresses(self, host: str) -> tuple[str, ...]:
        addresses = (await self._ask(host, "A")).records[:1]
        try:
            check_addresses(host, addresses, self._allow)
        except RefusedAddressError:
            return ()
        return addresses

    def _exchanger(self, address: str) -> Exchanger:
        return Exchanger(
            Nameserver(address, self._port),
            timeout_s=self._timeout_s,
            concurrency=10,
            clock=self._clock,
        )
