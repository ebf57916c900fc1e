"""Whether an answer hides a name that exists, and how.

A nameserver that has to block a name says that there is none, gives an address that leads nowhere,
or refuses; some say so themselves (RFC 8914).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from mirrorhunt.model import Rcode
from mirrorhunt.names import registrable_domain
from mirrorhunt.net.guard import networks, refusal
from mirrorhunt.net.nameserver import Answer

_SHOWN = networks(("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"))
"""Documentation networks are nowhere, but nobody hides a name there."""
STOP_HOSTS = 3
"""Hosts that are apart elsewhere, and at one address of one nameserver: from so many on it is no
coincidence."""
_MANNERS = ("NXDOMAIN", "REFUSED", "filtered", "no address", "address")


def is_shown(answer: Answer) -> bool:
    """True if *answer* leads somewhere on the public Internet."""
    return any(refusal(record, _SHOWN) is None for record in answer.records)


def how_hidden(answer: Answer) -> str:
    """How *answer* hides a name that others show; empty if it does not, or merely failed."""
    if answer.is_filtered:
        return "filtered, as it says,"
    if answer.rcode is Rcode.REFUSED:
        return "REFUSED"
    if answer.rcode is Rcode.NXDOMAIN and not answer.aliases:
        return "NXDOMAIN"
    if answer.rcode is Rcode.NOERROR and answer.records and not is_shown(answer):
        return f"address {answer.records[0]}"
    if answer.rcode is Rcode.NOERROR and not answer.records and not answer.aliases:
        return "no address"
    return ""


def stop_addresses(
    here: Mapping[str, Collection[str]], elsewhere: Sequence[Mapping[str, Collection[str]]]
) -> dict[str, tuple[str, ...]]:
    """Addresses of pages that say no, and the hosts that are led there.

    *here* are the addresses of each host at one nameserver, *elsewhere* those at each other one,
    of whom none has such an address and one has `STOP_HOSTS` of the hosts apart.
    """
    known = {address for said in elsewhere for there in said.values() for address in there}
    at: dict[str, list[str]] = defaultdict(list)
    for host, addresses in here.items():
        for address in sorted(set(addresses) - known):
            at[address].append(host)
    return {
        address: tuple(hosts)
        for address, hosts in at.items()
        if any(_are_apart(hosts, said) for said in elsewhere)
    }


def _are_apart(hosts: Iterable[str], said: Mapping[str, Collection[str]]) -> bool:
    """True for `STOP_HOSTS` of different domains without an address in common: what one hoster or
    one content network serves has one here as well, and another one there."""
    domains: set[str] = set()
    taken: set[str] = set()
    for host in hosts:
        domain, there = registrable_domain(host) or host, said.get(host, ())
        if there and domain not in domains and taken.isdisjoint(there):
            domains.add(domain)
            taken.update(there)
            if len(domains) == STOP_HOSTS:
                return True
    return False


def manner(how: str) -> str:
    """The word for *how* a name is hidden, which is a sentence."""
    found = next((word for word in _MANNERS if how.startswith(word)), "other")
    return found.lower().replace(" ", "_")
