"""Who was there first, and whose a name is: what keeps members from speaking about a stranger.

A person confirms a mirror because it is one. That it also carries somebody else's account from
its first day is seen by nobody, and two such mirrors make the account look like the network's own.
What they cannot do is to have been there before the one they took it from.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from mirrorhunt.facts import HostFacts, NetworkFacts

ELDER = timedelta(days=365)
"""By so much a candidate has to be older than a member. Mirrors live for days to months: of 3,797
real moves half of the completed stays were under 50 days (docs/attribution.md, 2026-11)."""

Key = tuple[str, str]
MANY_SEEDS = 3
"""From so many on, seeds are compared with each other."""
_TELLING = frozenset(
    {"ad_id", "analytics_id", "brand", "handle", "icon", "own_host", "page_tags", "wallet"}
)


def born(member: HostFacts, network: NetworkFacts) -> float:
    """When *member* was first there, as a timestamp; before anybody for a seed that looks like
    the other seeds, and where nothing is known."""
    return -math.inf if member.host in _alike(network) else _there(member)


def _alike(network: NetworkFacts) -> frozenset[str]:
    """The seeds that share something of their own with half of the other seeds that show any.

    Somebody vouched for each. Where they are many, nobody looked at each that closely, and one of
    them may have been dressed as a stranger before anybody saw it.
    """
    return _seeds(network).alike


@dataclass(frozen=True, slots=True)
class _Seeds:
    """What seeds have from the start, compared with each other."""

    alike: frozenset[str]
    showing: Mapping[str, int]
    """kind to the number of registrable domains of seeds that show any value of it."""


def _seeds(network: NetworkFacts) -> _Seeds:
    if network.rest_of is not None:
        return _seeds(network.rest_of[0])
    kept = vars(network)
    key = f"{__name__}.seeds"
    if key not in kept:
        seeds = [m for m in network.members if m.host in network.seeds]
        shown = {(kind, m.registrable_domain) for m in seeds for kind, _ in m.native}
        kept[key] = _Seeds(_alike_of(seeds), Counter(kind for kind, _ in shown))
    found: _Seeds = kept[key]
    return found


def _alike_of(seeds: Sequence[HostFacts]) -> frozenset[str]:
    own = {m.host: {key for key in m.native if key[0] in _TELLING} for m in seeds}
    holders: dict[Key, set[str]] = {}
    for m in seeds:
        for key in own[m.host]:
            holders.setdefault(key, set()).add(m.registrable_domain)
    domains = set().union(*holders.values())
    if len(domains) < MANY_SEEDS:
        return frozenset(own)
    return frozenset(
        m.host
        for m in seeds
        if 2 * len(set().union(*(holders[key] for key in own[m.host])) - {m.registrable_domain})
        >= len(domains) - 1
    )


def heard_until(candidate: HostFacts) -> float:
    """Members `born` from this instant on speak for themselves alone where *candidate* is judged:
    they may have from it what they show. Infinite where no registry says how old it is."""
    at = candidate.registered_at
    return math.inf if at is None else (at + ELDER).timestamp()


def had_it_first(candidate: HostFacts, network: NetworkFacts, kind: str, value: str) -> bool:
    """True if all but one of the members that had the value from the start are younger than
    *candidate* by `ELDER`, and it is not what seeds agree upon: one of two, or half of more."""
    until = heard_until(candidate)
    if until == math.inf:
        return False
    natives = [
        m
        for m in network.shown.get((kind, value), ())
        if (kind, value) in m.native and m.host not in network.silent
    ]
    agreed = {m.registrable_domain for m in natives if m.host in network.seeds}
    if agreed:
        showing = _seeds(network).showing[kind]
        if showing < MANY_SEEDS or 2 * len(agreed) >= showing:
            return False
    # Two of its age, as two make a value the network's own.
    old = {m.registrable_domain for m in natives if _there(m) < until}
    return len(old) < 2


def _there(member: HostFacts) -> float:
    there = member.there_since
    return -math.inf if there is None else there.timestamp()


def is_its_own_neighbour(
    candidate: HostFacts, network: NetworkFacts, hosts: Iterable[str]
) -> bool:
    """True if all of *hosts*, members, stand on the candidate's own registrable domain.

    What a domain shares with what is below it, a zone and its certificates, says nothing: below a
    platform's name strangers are neighbours, and a name that is left dangling is taken over.
    """
    domain = candidate.registrable_domain
    return all(network.by_host[host].registrable_domain == domain for host in hosts)
