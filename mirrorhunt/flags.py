"""What a person must look at: members that do not look like their network, and borrowed values.

Whoever runs a member can dress it as somebody else from its first day, get it confirmed, and so
make what belongs to a victim look like the network's own. Against that stand two rules
(docs/attribution.md §4):

* A member that shares nothing with the core of the others, and shows what strangers had before, is
  a ``decoy``: what it shows establishes nothing, until a person says what it is.
* An account that conflicts with those of the other members, and stands with somebody else, is
  ``borrowed``: it counts for nobody.

Both look at what members had from their first day alone. What members take up later establishes
nothing anyway, and if it had a say here, whoever runs them could take a decoy's mark away (I3).
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from mirrorhunt.facts import HostFacts, NetworkFacts
from mirrorhunt.names import registrable_domain

DECOY, BORROWED, BOILERPLATE = "decoy", "borrowed", "boilerplate"
CLOAKED = "cloaked"
"""Also the kind of the observation that says so; its value is the vantage."""
ACCOUNTS = ("ad_id", "analytics_id", "handle", "verification_token", "wallet")
"""Kinds whose values belong to one person."""
IDENTITY = ("brand", "icon", *ACCOUNTS)
_PRINT = "page_tags"
_NEAR_BITS = 17
"""Tag prints up to this distance are one template (docs/attribution.md §5)."""
_GENERIC_CLUSTERS = 8
"""So many unrelated sites show it that it is nobody's."""
_LEAST_COMPARED = 2
"""Kinds that both sides show, to call a member different."""
_LEAST_OLDER = 2
_PAID_OR_COUNTED = ("ad_id", "analytics_id")
_MANY_ACCOUNTS = 4
"""So many accounts of one system on one member are not all its own. Three may be: Google's old
counter, the new one and an advertiser's tag are three on one page."""
_MAX_SHOWN_CHARS = 60
_LEADS = ("redirect", "meta_refresh", "script_redirect", "canonical", "announcement")

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Which values of members stand with somebody else, who had them before."""

    older: Mapping[Key, int]
    """To how many unrelated sites that were there before the first member with it."""
    networks: frozenset[Key] = frozenset()
    """What other networks show."""
    protected: frozenset[Key] = frozenset()
    """What hosts show that are out of bounds."""

    def has(self, key: Key) -> bool:
        """Whether it is somebody's, and not everybody's."""
        if key in self.networks or key in self.protected:
            return True
        return 0 < self.older.get(key, 0) < _GENERIC_CLUSTERS

    def says(self, key: Key) -> str:
        """Whose it is, for a sentence."""
        if key in self.protected:
            return "a protected site shows"
        if key in self.networks:
            return "another network shows"
        n = self.older.get(key, 0)
        return f"{n} unrelated {'site' if n == 1 else 'sites'} had before"


@dataclass(frozen=True, slots=True)
class Doubts:
    """What `NetworkFacts` is told."""

    decoys: Mapping[str, str]
    borrowed: Mapping[Key, str]


def elsewhere(
    network: NetworkFacts,
    shown_by: Mapping[Key, Collection[int]],
    clusters: Mapping[int, str],
    hosts: Mapping[int, HostFacts],
    is_out: Callable[[str], bool],
) -> Elsewhere:
    """Who outside shows the values of members, from what the store says of them.

    *clusters* names the network or the registrable domain of each host, *hosts* has what is known
    of some. One that itself leads to a member is no stranger, whatever its age; one of which
    nothing is known counts as older.
    """
    domains = {m.registrable_domain for m in network.members}
    older: dict[Key, int] = {}
    networks, protected = set(), set()
    for key, ids in shown_by.items():
        if key[0] not in IDENTITY and key[0] != _PRINT:
            continue
        since = _since(network, key)
        before: set[str] = set()
        for id_ in ids:
            cluster = clusters[id_]
            if cluster.startswith("network "):
                networks.add(key)
            elif not _was_before(hosts.get(id_), since, domains):
                continue
            elif is_out(cluster):
                protected.add(key)
            else:
                before.add(cluster)
        if before:
            older[key] = len(before)
    return Elsewhere(older, frozenset(networks), frozenset(protected))


def _was_before(host: HostFacts | None, since: datetime | None, domains: Collection[str]) -> bool:
    if host is None:
        return True
    there = host.there_since
    is_older = since is not None and there is not None and there < since
    return is_older and not _leads_to(host, domains)


def _since(network: NetworkFacts, key: Key) -> datetime | None:
    """When the first of the members that show *key* was there."""
    there = [m.there_since for m in network.shown.get(key, ())]
    return min((at for at in there if at is not None), default=None)


def _leads_to(host: HostFacts, domains: Collection[str]) -> bool:
    return any(
        o.region != "comments" and (registrable_domain(o.value) or o.value) in domains
        for how in _LEADS
        for o in host.by_kind.get(f"to_{how}", ())
    )


def doubts(network: NetworkFacts, known: Elsewhere, pinned: Collection[str] = ()) -> Doubts:
    """The decoys and borrowed values of *network*. Pure.

    *pinned* are hosts of which a person said what they are to the network: never decoys.
    """
    native = {m.host: _native(m) for m in network.members}
    decoys = {
        m.host: why
        for m in network.members
        if m.host not in pinned and (why := _why_decoy(m, network, native, known))
    }
    return Doubts(decoys, dict(_borrowed(network, native, known)))


def _native(host: HostFacts) -> frozenset[Key]:
    return frozenset(
        (o.kind, o.value)
        for o in host.observations
        if o.is_native and o.region != "comments" and (o.kind in IDENTITY or o.kind == _PRINT)
    )


def _why_decoy(
    member: HostFacts,
    network: NetworkFacts,
    native: Mapping[str, frozenset[Key]],
    known: Elsewhere,
) -> str:
    """Why *member* is a decoy; empty if it is none.

    The core is what two other members of different domains had from the start and no stranger had
    before: several decoys of one victim make no core of their own.
    """
    mine = native[member.host]
    theirs = sorted(key for key in mine if known.has(key))
    if not theirs:
        return ""
    others = [m for m in network.members if m.registrable_domain != member.registrable_domain]
    core = {key for key, n in _domains(others, native).items() if n >= 2 and not known.has(key)}
    core = {key for key in core if key[0] != _PRINT}
    if mine & core:
        return ""
    core_members = [m for m in others if native[m.host] & core]
    prints = {value for kind, value in mine if kind == _PRINT}
    of_core = {v for m in core_members for kind, v in native[m.host] if kind == _PRINT}
    if any(_is_near(a, b) for a in prints for b in of_core):
        return ""
    compared = {kind for kind, _ in mine} & {kind for kind, _ in core}
    if len(compared) + bool(prints and of_core) < _LEAST_COMPARED:
        return ""
    kind, value = theirs[0]
    return (
        f"shares nothing with the other members, and shows {kind.replace('_', ' ')} "
        f"{_shown(value)}, which {known.says(theirs[0])}"
    )


def _domains(
    members: Collection[HostFacts], native: Mapping[str, frozenset[Key]]
) -> Mapping[Key, int]:
    """On how many registrable domains each value stands."""
    seen = {(key, m.registrable_domain) for m in members for key in native[m.host]}
    return Counter(key for key, _ in seen)


def _is_near(a: str, b: str) -> bool:
    try:
        return (int(a, 16) ^ int(b, 16)).bit_count() <= _NEAR_BITS
    except ValueError:
        return False


def _borrowed(
    network: NetworkFacts, native: Mapping[str, frozenset[Key]], known: Elsewhere
) -> Iterator[tuple[Key, str]]:
    """Each account of members that is somebody else's, and why."""
    counts = _domains(network.members, native)
    crowded = _crowded(native)
    for key in sorted(network.shown):
        if key[0] not in IDENTITY:
            continue
        if key in crowded:
            yield key, f"it stands beside {crowded[key]} others of its system wherever it stands"
            continue
        if key in known.protected:
            yield key, "a protected site shows it too"
            continue
        is_elsewhere = key in known.networks or known.older.get(key, 0) >= _LEAST_OLDER
        if key[0] not in ACCOUNTS or not is_elsewhere or known.older.get(key, 0) >= 8:
            continue
        rival = _rival(key, counts, network, native, known)
        if rival:
            yield (
                key,
                f"{known.says(key)} it, and other members show {_shown(rival)} instead",
            )


def _crowded(native: Mapping[str, frozenset[Key]]) -> Mapping[Key, int]:
    """Accounts that no member had without many others of the same system, and how many at least.

    Whoever dresses a mirror for several victims at once writes all their accounts on one page. One
    is paid into one account, and counts visitors in one or two.
    """
    least: dict[Key, int] = {}
    for keys in native.values():
        systems = Counter(_system(key) for key in keys if key[0] in _PAID_OR_COUNTED)
        for key in keys:
            if key[0] in _PAID_OR_COUNTED:
                others = systems[_system(key)] - 1
                least[key] = min(others, least.get(key, others))
    return {key: others for key, others in least.items() if others + 1 >= _MANY_ACCOUNTS}


def _system(key: Key) -> Key:
    """Whose accounts *key* is one of: ``("ad_id", "adsense")``."""
    return key[0], key[1].partition(":")[0]


def _rival(
    key: Key,
    counts: Mapping[Key, int],
    network: NetworkFacts,
    native: Mapping[str, frozenset[Key]],
    known: Elsewhere,
) -> str:
    """The network's own account of the same system, which more members show; empty if none.

    Members that show both conflict with nobody.
    """
    kind, value = key
    system = value.partition(":")[0]
    both = {k for m in network.members if key in native[m.host] for k in native[m.host]}
    rivals = [
        (n, other)
        for (of, other), n in counts.items()
        if of == kind
        and other.partition(":")[0] == system
        and n >= 2
        and n > counts.get(key, 0)
        and (of, other) not in both
        and not known.has((of, other))
    ]
    return max(rivals, default=(0, ""))[1]


def flags_of(host: HostFacts, network: NetworkFacts, copies: int = 0) -> tuple[str, ...]:
    """What a reviewer of *host* must look at; *copies* as in `mirrorhunt.evidence.Case`."""
    found = []
    if any(
        (o.kind, o.value) in network.borrowed for o in host.observations if o.region != "comments"
    ):
        found.append(BORROWED)
    if copies:
        found.append(BOILERPLATE)
    if host.by_kind.get(CLOAKED):
        found.append(CLOAKED)
    if host.host in network.decoys:
        found.append(DECOY)
    return tuple(sorted(found))


def _shown(value: str) -> str:
    clean = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in value)
    return clean if len(clean) <= _MAX_SHOWN_CHARS else clean[: _MAX_SHOWN_CHARS - 1] + "…"
