"""What judging may know: of one host, of one network, and of how common a value is.

Made by `mirrorhunt.store.findings` from what is stored, and by tests from nothing; the kinds of
evidence, the policy and the flags read it. Nothing here asks or decides anything.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from mirrorhunt.model import Availability, StoredObservation


@dataclass(frozen=True)
class HostFacts:
    """All that judging may know of one host."""

    host: str
    registrable_domain: str
    availability: Availability
    observations: tuple[StoredObservation, ...] = ()
    channels: tuple[tuple[str, str], ...] = ()
    """(channel, sentence) of each proposal for the network in question."""
    registered_at: datetime | None = None
    """When the domain was registered, by a registry; None if not known."""
    registrar: str = ""
    """With whom, by a registry; empty if not known."""
    epoch_since: datetime | None = None
    """Since when it has the owner it has, as far as is known: its last registration, or its return
    from a page that parked, offered or seized it. What was seen before is no longer among the
    observations. None if it has had no other owner that we know of."""

    @cached_property
    def by_kind(self) -> Mapping[str, tuple[StoredObservation, ...]]:
        """Its observations by kind."""
        grouped: dict[str, list[StoredObservation]] = {}
        for o in self.observations:
            grouped.setdefault(o.kind, []).append(o)
        return {kind: tuple(of_kind) for kind, of_kind in grouped.items()}

    def values(self, kind: str) -> frozenset[str]:
        """The values it showed of *kind*; empty if it showed none."""
        return frozenset(o.value for o in self.by_kind.get(kind, ()))

    @cached_property
    def there_since(self) -> datetime | None:
        """The earliest instant at which it is known to have been there; None if at none."""
        instants = [o.first_seen_at for o in self.observations]
        if self.registered_at is not None:
            instants.append(self.registered_at)
        return min(instants, default=None)


@dataclass(frozen=True)
class NetworkFacts:
    """All that judging may know of one network: its confirmed members, seeds among them."""

    name: str
    members: tuple[HostFacts, ...]
    seeds: frozenset[str]
    """Hosts that an operator vouched for when they were added."""
    probable: Mapping[str, float] = field(default_factory=dict)
    """Registrable domains that are probable on evidence of their own, with their bits. They vouch
    for nothing; but a host that sends its visitors to one is as good as what it sends them to."""
    decoys: Mapping[str, str] = field(default_factory=dict)
    """Members that do not look like the network, and why (`mirrorhunt.flags`). What they show
    establishes nothing until a person says what they are."""
    borrowed: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """(kind, value) that members show and that belongs to somebody else, and why."""

    def without(self, host: str) -> "NetworkFacts":
        """The network of the other members, which knows what it is the rest of."""
        others = tuple(m for m in self.members if m.host != host)
        rest = replace(self, members=others, seeds=self.seeds - {host})
        vars(rest)["rest_of"] = (self, host)
        return rest

    @cached_property
    def rest_of(self) -> "tuple[NetworkFacts, str] | None":
        """The network that this is without one member, and the member; None if it is whole. Most
        of what is derived from a thousand members is the same for 999 of them."""
        return None

    @cached_property
    def shown(self) -> Mapping[tuple[str, str], tuple[HostFacts, ...]]:
        """(kind, value) to the members that show it."""
        shown: dict[tuple[str, str], list[HostFacts]] = {}
        for member in self.members:
            for o in {(o.kind, o.value): o for o in member.observations}.values():
                shown.setdefault((o.kind, o.value), []).append(member)
        return {key: tuple(members) for key, members in shown.items()}

    @cached_property
    def established(self) -> frozenset[tuple[str, str]]:
        """(kind, value) that are the network's own.

        Native on a seed, or native on two confirmed members of different registrable domains.
        All else is something that a known member chose to show, perhaps to frame somebody.
        """
        return self._own_of(self.members)

    @cached_property
    def speaking(self) -> frozenset[tuple[str, str]]:
        """As `established`, without decoys: what can speak *for* a host.

        What tells a host apart from the network is compared with all of `established`: whatever
        members do to look like decoys then makes no stranger look less strange.
        """
        if not self.decoys:
            return self.established
        return self._own_of(m for m in self.members if m.host not in self.decoys)

    def _own_of(self, members: Iterable[HostFacts]) -> frozenset[tuple[str, str]]:
        native: dict[tuple[str, str], set[str]] = {}
        own: set[tuple[str, str]] = set()
        for member in members:
            for o in member.observations:
                # What visitors wrote below a page is nobody's own.
                if o.is_native and o.region != "comments":
                    native.setdefault((o.kind, o.value), set()).add(member.registrable_domain)
                    if member.host in self.seeds:
                        own.add((o.kind, o.value))
        return frozenset(own | {key for key, domains in native.items() if len(domains) >= 2})


MANY_CLUSTERS = 200
"""So many clusters are told apart from more: what they show is nobody's own, by far."""


@dataclass(frozen=True)
class Rarity:
    """How common values are among independent clusters: hosts outside the network in question.

    A network is one cluster, and so is each registrable domain in no network.
    """

    clusters: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """(kind, value) to the number of independent clusters that show it, of which
    `MANY_CLUSTERS` and more are not told apart; absent means none."""
    observable: Mapping[str, int] = field(default_factory=dict)
    """kind to the number of independent clusters that show any value of it."""

    def count(self, kind: str, value: str) -> int:
        return self.clusters.get((kind, value), 0)
