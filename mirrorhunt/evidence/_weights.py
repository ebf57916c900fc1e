"""How a shared value becomes bits: weights, rarity, standing, decay.

A weight is log2(m / u) (Fellegi and Sunter 1969): *m* is how often hosts that belong together
share a value of the kind, *u* how often strangers do. *u* is corrected by how common the very
value is (term frequency), the result is capped, and it fades with the time between the two
sightings. The default numbers are explained in docs/attribution.md; each file that uses one
says where it is from.
"""

import math
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from heapq import nlargest, nsmallest

from mirrorhunt.evidence import Case
from mirrorhunt.evidence._first import had_it_first, is_its_own_neighbour
from mirrorhunt.facts import (
    MANY_CLUSTERS,
    Amended,
    HostFacts,
    NetworkFacts,
    Rarity,
    once_per_network,
)
from mirrorhunt.model import BOTH, Evidence, Relation, Side, StoredObservation
from mirrorhunt.names import parts, skeleton

CONTROL = "control"
MONEY = "money"
HANDLES = "handles"
IDS = "ids"
BACKEND = "backend"
CONTENT = "content"
BRAND = "brand"
INFRA = "infra"
LINKS = "links"
AGAINST = "against"
"""Group of what tells a host apart from the network."""
KNOWN = "known"
"""Group of what known members alone say of a host."""
KNOWN_LATER = "known_later"
"""As `KNOWN`, but said by a member that was known already, after the host was there: anybody may
be named like this, so it raises the score of a lead and never lifts it over the line (I3)."""

GENERIC_CLUSTERS = 8
"""A value that so many unrelated clusters show is nobody's own (docs/attribution.md)."""
KNOWN_CAP_BITS = 3.0
"""All that known members say weighs at most this (docs/attribution.md)."""
NOT_OWN = "no seed had it from the start, nor two members that are not much younger than the host"
COMMENTS = "comments"
"""The region of a page that visitors write."""

DAY_S = 86_400
_MAX_SHOWN_CHARS = 60


@dataclass(frozen=True, slots=True)
class Weight:
    """What one kind is worth before rarity and time are looked at."""

    m: float
    """How often members of one network share a value of the kind."""
    u: float
    """How often hosts of one trade and different operators do."""
    cap: float
    """Bits that one value is worth at most."""
    half_life_days: float
    """Bits halve with so many days between the sighting here and the sighting there."""
    group: str
    side: Side
    relations: frozenset[Relation]
    source: str
    """Where the numbers are from."""
    smoothing: float = 200.0
    """How many clusters the prior *u* is worth against those counted. Small for values that
    strangers share as a rule (addresses, nameservers): one stranger then says a lot."""

    def bits(self, clusters: int, observable: int) -> float:
        """log2(m / u), capped and never negative.

        *clusters* of *observable* independent clusters show the value. A value that no stranger
        shows is at most ten times as rare as the prior says, however many were looked at.
        """
        u = (clusters + self.smoothing * self.u) / (observable + self.smoothing)
        u = min(max(u, self.u / 10), 1.0)
        return max(0.0, min(self.cap, math.log2(self.m / u)))


@dataclass(frozen=True, slots=True)
class Holding:
    """Who in a network shows a value, and since when; what visitors wrote is left out."""

    hosts: tuple[str, ...]
    """Sorted."""
    since: datetime
    """First sighting on any member."""
    native: tuple[datetime, datetime] | None
    """First and last sighting where it was there from the start; None where all took it up
    later, or are decoys or guests. Time is counted from these alone: a member that takes a value
    up again makes nothing fresh."""


@once_per_network
def holdings(network: NetworkFacts) -> Mapping[tuple[str, str], Holding]:
    """(kind, value) to who shows it."""
    if network.rest_of is not None:
        return _holdings_of_rest(*network.rest_of)
    return {key: s.holding() for key, s in _sightings(network).items()}


@dataclass(frozen=True)
class _Sightings:
    """Of one value, by the members that show it: each first, and first and last where native."""

    since: dict[str, datetime]
    native: dict[str, tuple[datetime, datetime]]

    @cached_property
    def _least(self) -> list[datetime]:
        """The first two: without one of the members, one of them is the first."""
        return nsmallest(2, self.since.values())

    @cached_property
    def _native_bounds(self) -> tuple[list[datetime], list[datetime]]:
        """As `_least`, of native sightings the first two and the last two."""
        spans = self.native.values()
        return nsmallest(2, (a for a, _ in spans)), nlargest(2, (b for _, b in spans))

    def holding(self) -> Holding:
        """Who shows it."""
        first, last = self._native_bounds
        native = (first[0], last[0]) if first else None
        return Holding(tuple(sorted(self.since)), self._least[0], native)

    def without(self, host: str, whole: Holding) -> Holding | None:
        """The holding of the others, *whole* being that of all; None if there are no others."""
        hosts = but(whole.hosts, host)
        if not hosts:
            return None
        since, native = _besides(self._least, self.since[host]), whole.native
        if host in self.native:
            first, last = self._native_bounds
            mine = self.native[host]
            is_alone = len(first) == 1
            native = None if is_alone else (_besides(first, mine[0]), _besides(last, mine[1]))
        return Holding(hosts, since, native)


def but(ordered: tuple[str, ...], one: str) -> tuple[str, ...]:
    """*ordered*, a thousand names perhaps, without *one* of them."""
    place = bisect_left(ordered, one)
    return ordered[:place] + ordered[place + 1 :]


def _besides(two: list[datetime], one: datetime) -> datetime:
    """The extreme of the others, *two* being the two most extreme of all and *one* left out."""
    return two[1] if two[0] == one else two[0]


@once_per_network
def _sightings(network: NetworkFacts) -> dict[tuple[str, str], _Sightings]:
    found: dict[tuple[str, str], _Sightings] = {}
    for member in network.members:
        host, is_honest = member.host, member.host not in network.silent
        for o in member.observations:
            if o.region == COMMENTS:
                continue
            seen = found.setdefault((o.kind, o.value), _Sightings({}, {}))
            seen.since[host] = min(o.first_seen_at, seen.since.get(host, o.first_seen_at))
            if o.is_native and is_honest:
                span = (o.first_seen_at, o.last_seen_at)
                first, last = seen.native.get(host, span)
                seen.native[host] = (min(first, span[0]), max(last, span[1]))
    return found


def _holdings_of_rest(whole: NetworkFacts, left_out: str) -> Mapping[tuple[str, str], Holding]:
    sightings = _sightings(whole)
    shown = whole.by_host[left_out].observations
    keys = {(o.kind, o.value) for o in shown if o.region != COMMENTS}
    return Amended(holdings(whole), keys, lambda held, key: sightings[key].without(left_out, held))


@once_per_network
def member_domains(network: NetworkFacts) -> dict[str, str]:
    """Registrable domain to the member host to name in a sentence."""
    if network.rest_of is not None:
        whole, left_out = network.rest_of
        domain = whole.by_host[left_out].registrable_domain
        rest = dict(member_domains(whole))
        others = [host for host in _hosts_of_domains(whole)[domain] if host != left_out]
        if others:
            rest[domain] = others[0]
        else:
            del rest[domain]
        return rest
    return {domain: hosts[0] for domain, hosts in _hosts_of_domains(network).items()}


@once_per_network
def _hosts_of_domains(network: NetworkFacts) -> dict[str, list[str]]:
    hosts: dict[str, list[str]] = {}
    for member in sorted(network.members, key=lambda m: m.host):
        hosts.setdefault(member.registrable_domain, []).append(member.host)
    return hosts


@once_per_network
def member_stems(network: NetworkFacts) -> Mapping[str, tuple[str, ...]]:
    """The stem of a label to the registrable domains of members that have it, sorted."""
    domains = member_domains(network)
    if network.rest_of is not None:
        whole, left_out = network.rest_of
        domain = whole.by_host[left_out].registrable_domain
        if domain in domains:
            return member_stems(whole)
        return Amended(
            member_stems(whole),
            {stem_of(domain)},
            lambda with_it, _: but(with_it, domain) or None,
        )
    stems: dict[str, list[str]] = {}
    for domain in sorted(domains):
        stems.setdefault(stem_of(domain), []).append(domain)
    return {stem: tuple(with_it) for stem, with_it in stems.items()}


def stem_of(name: str) -> str:
    """The registered label of *name*, digits and hyphens apart."""
    return skeleton(parts(name).label)


@once_per_network
def own_values(network: NetworkFacts) -> Mapping[str, frozenset[str]]:
    """kind to the established values of it: what the network shows as its own."""
    if network.rest_of is not None:
        whole, _ = network.rest_of
        lost = whole.established - network.established
        return Amended(
            own_values(whole),
            {kind for kind, _ in lost},
            lambda values, kind: frozenset(v for v in values if (kind, v) not in lost) or None,
        )
    values: dict[str, set[str]] = {}
    for kind, value in network.established:
        values.setdefault(kind, set()).add(value)
    return {kind: frozenset(of_kind) for kind, of_kind in values.items()}


def shown_by(host: HostFacts, kind: str) -> tuple[StoredObservation, ...]:
    """The observations of *kind* that are the host's own doing, by value."""
    kept = (o for o in host.by_kind.get(kind, ()) if o.region != COMMENTS)
    return tuple(sorted(kept, key=lambda o: (o.value, o.first_seen_at, o.region)))


def values_of(host: HostFacts, kind: str) -> frozenset[str]:
    """The values of *kind* that are the host's own doing."""
    return frozenset(o.value for o in host.by_kind.get(kind, ()) if o.region != COMMENTS)


def known_group(candidate: HostFacts, since: datetime, is_native: bool) -> str:
    """The group of what a member shows of or about *candidate* and first showed at *since*."""
    there = candidate.there_since
    return KNOWN if is_native or there is None or since <= there else KNOWN_LATER


def gap_days(a: tuple[datetime, datetime], b: tuple[datetime, datetime]) -> float:
    """Days between two intervals; 0 where they overlap."""
    (a_first, a_last), (b_first, b_last) = a, b
    return max(0.0, (max(a_first, b_first) - min(a_last, b_last)).total_seconds() / DAY_S)


def age_days(now: datetime, o: StoredObservation) -> float:
    """Days since *o* was last seen."""
    return max(0.0, (now - o.last_seen_at).total_seconds() / DAY_S)


def faded(bits: float, days: float, half_life_days: float) -> float:
    """*bits* after *days*."""
    return float(bits * 2.0 ** (-days / half_life_days))


def shown(value: str) -> str:
    """*value* fit for a sentence: it was written by an adversary, so printable and short."""
    clean = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in value)
    return clean if len(clean) <= _MAX_SHOWN_CHARS else clean[: _MAX_SHOWN_CHARS - 1] + "…"


def listed(hosts: tuple[str, ...]) -> str:
    """Members, for a sentence: the first by name and how many more."""
    more = len(hosts) - 1
    return hosts[0] if not more else f"{hosts[0]} and {more} more"


def rarity_sentence(rarity: Rarity, kind: str, value: str) -> str:
    """How common *value* is, in words."""
    n, d = rarity.count(kind, value), rarity.observable.get(kind, 0)
    if not d and not n:
        return "no other sites are known to compare with"
    of = f"of {max(d, n)} unrelated {'site' if max(d, n) == 1 else 'sites'}"
    return f"none {of} shows it" if not n else f"{_counted(n)} {of} {_show(n)} it"


def _show(n: int) -> str:
    return "show" if n > 1 else "shows"


def _counted(n: int) -> str:
    """*n* in words: from some number on, they were not counted any further. One less, as the
    candidate itself may have been among them."""
    return f"{n} or more" if n >= MANY_CLUSTERS - 1 else str(n)


def ignored(weight: Weight, kind: str, value: str, because: str, why: str) -> Evidence:
    """Evidence that a reviewer sees and that counts for nothing."""
    return Evidence(kind, weight.relations, weight.side, weight.group, 0.0, because, value, why)


def shared_values(
    case: Case, kind: str, weigh: Callable[[str], Weight], noun: Callable[[str], str]
) -> Iterator[Evidence]:
    """One piece of evidence for each value of *kind* that candidate and network both show.

    *weigh* gives the weight of a value, *noun* what to call it in a sentence. Counted for the
    candidate only where the value is established on the network; else it says no more than what
    some member chose to show, and is filed under the known side. Joint kinds, which need the
    control of both hosts, ask for one member that had the value from the start.
    """
    theirs = holdings(case.network)
    mine: dict[str, list[StoredObservation]] = {}
    for o in case.candidate.by_kind.get(kind, ()):
        mine.setdefault(o.value, []).append(o)
    for value in sorted(mine):
        weight = weigh(value)
        held = theirs.get((kind, value))
        if held is None:
            if (kind, value) in case.network.shown:
                text = f"{noun(value)} stands on a page of the network too"
                yield ignored(weight, kind, value, text, "written by visitors of the network")
            continue
        yield _shared(case, kind, value, mine[value], held, weight, noun(value))


def _shared(
    case: Case,
    kind: str,
    value: str,
    mine: list[StoredObservation],
    held: Holding,
    weight: Weight,
    noun: str,
) -> Evidence:
    text = f"the same {noun} as {listed(held.hosts)}; {rarity_sentence(case.rarity, kind, value)}"
    own = [o for o in mine if o.region != COMMENTS]
    if not own:
        return ignored(weight, kind, value, text, "written by visitors")
    n = case.rarity.count(kind, value)
    if n >= GENERIC_CLUSTERS:
        return ignored(weight, kind, value, text, f"shared by {_counted(n)} unrelated sites")
    if why := case.network.borrowed.get((kind, value)):
        return ignored(weight, kind, value, text, why)
    if weight.group in {CONTROL, INFRA} and is_its_own_neighbour(
        case.candidate, case.network, held.hosts
    ):
        return ignored(weight, kind, value, text, "all hosts of its own domain may have it")
    bits = weight.bits(n, case.rarity.observable.get(kind, 0))
    is_own = (kind, value) in case.network.speaking
    if is_own and weight.side is not Side.JOINT and held.native is not None:
        is_own = not had_it_first(case.candidate, case.network, kind, value)
    if held.native is None or not (is_own or weight.side is Side.JOINT):
        if case.network.decoys.keys() >= set(held.hosts):
            text += "; only a member that does not look like the network shows it"
        return known_side(case.candidate, kind, value, held, bits, text)
    seen = (min(o.first_seen_at for o in own), max(o.last_seen_at for o in own))
    days = gap_days(seen, held.native)
    if days >= 1:
        text += f"; seen there {days:.0f} days apart from here"
    bits = faded(bits, days, weight.half_life_days)
    return Evidence(kind, weight.relations, weight.side, weight.group, bits, text, value)


def known_side(
    candidate: HostFacts, kind: str, value: str, held: Holding, bits: float, because: str
) -> Evidence:
    """Evidence for which the word of known members is all there is."""
    if held.native is None:
        because += f"; taken up there after its first day, seen since {held.since:%Y-%m-%d}"
    else:
        because += f"; not the network's own: {NOT_OWN}"
    group = known_group(candidate, held.since, held.native is not None)
    bits = min(bits, KNOWN_CAP_BITS)
    return Evidence(kind, BOTH, Side.KNOWN, group, bits, because, value)
