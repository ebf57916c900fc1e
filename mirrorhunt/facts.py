"""What judging may know: of one host, of one network, and of how common a value is.

Made by `mirrorhunt.store.findings` from what is stored, and by tests from nothing; the kinds of
evidence, the policy and the flags read it. Nothing here asks or decides anything.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, wraps
from typing import TypeVar, cast

from mirrorhunt.model import Availability, StoredObservation

K = TypeVar("K")
V = TypeVar("V")
T = TypeVar("T")


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

    @cached_property
    def native(self) -> frozenset[tuple[str, str]]:
        """(kind, value) that it had from its first day; what visitors wrote below a page is
        nobody's own."""
        return frozenset(
            (o.kind, o.value) for o in self.observations if o.is_native and o.region != "comments"
        )

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


class Amended(Mapping[K, V]):
    """A mapping that differs from *whole* at *keys* alone, where *amend* says how.

    What is derived from a thousand members is the same for 999 of them, but for what the one
    shows: copying it for each of them would take most of the time that judging takes.
    """

    def __init__(
        self, whole: Mapping[K, V], keys: Collection[K], amend: Callable[[V, K], V | None]
    ) -> None:
        """*amend* gives None for a key that is not there any more."""
        self._whole = whole
        self._keys = keys
        self._amend = amend
        self._amended: dict[K, V | None] = {}

    def __getitem__(self, key: K) -> V:
        if key not in self._keys:
            return self._whole[key]
        if key not in self._amended:
            self._amended[key] = self._amend(self._whole[key], key)
        found = self._amended[key]
        if found is None:
            raise KeyError(key)
        return found

    def __iter__(self) -> Iterator[K]:
        return (key for key in self._whole if key not in self._keys or key in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


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
    guests: frozenset[str] = frozenset()
    """Members that somebody else runs (`mirrorhunt.hands`): they serve what the network serves,
    and what is theirs besides, money, hosting, certificates, is not the network's."""
    operated: Mapping[str, float] = field(default_factory=dict)
    """Registrable domains of `probable` that are the operator's, with the bits that say so."""

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
    def by_host(self) -> Mapping[str, HostFacts]:
        """The members by host."""
        return {m.host: m for m in self.members}

    @cached_property
    def shown(self) -> Mapping[tuple[str, str], tuple[HostFacts, ...]]:
        """(kind, value) to the members that show it."""
        if self.rest_of is not None:
            whole, left_out = self.rest_of
            keys = {(o.kind, o.value) for o in whole.by_host[left_out].observations}
            return Amended(
                whole.shown,
                keys,
                lambda members, _: tuple(m for m in members if m.host != left_out) or None,
            )
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
        if self.rest_of is not None:
            return self._still_own(self.rest_of[0].established, ())
        return self._own_of(self.members)

    @cached_property
    def speaking(self) -> frozenset[tuple[str, str]]:
        """As `established`, without decoys and guests: what can speak *for* a host.

        What tells a host apart from the network is compared with all of `established`: whatever
        members do to look like decoys then makes no stranger look less strange.
        """
        if not self.silent:
            return self.established
        if self.rest_of is not None:
            return self._still_own(self.rest_of[0].speaking, self.silent)
        return self._own_of(m for m in self.members if m.host not in self.silent)

    @cached_property
    def silent(self) -> frozenset[str]:
        """Members that establish nothing: decoys and guests."""
        return self.guests.union(self.decoys)

    def _own_of(self, members: Iterable[HostFacts]) -> frozenset[tuple[str, str]]:
        native: dict[tuple[str, str], set[str]] = {}
        own: set[tuple[str, str]] = set()
        for member in members:
            for key in member.native:
                native.setdefault(key, set()).add(member.registrable_domain)
                if member.host in self.seeds:
                    own.add(key)
        return frozenset(own | {key for key, domains in native.items() if len(domains) >= 2})

    def _still_own(
        self, own: frozenset[tuple[str, str]], silent: Collection[str]
    ) -> frozenset[tuple[str, str]]:
        """*own*, which is the whole network's, without what one member alone made its own."""
        assert self.rest_of is not None
        whole, left_out = self.rest_of
        lost = {
            key
            for key in whole.by_host[left_out].native & own
            if not self._is_own(
                m
                for m in whole.shown[key]
                if m.host != left_out and m.host not in silent and key in m.native
            )
        }
        # The same object where nothing is lost: what is derived from it then is the same, too.
        return own - lost if lost else own

    def _is_own(self, natives: Iterable[HostFacts]) -> bool:
        domain = None
        for member in natives:
            if member.host in self.seeds or domain not in {None, member.registrable_domain}:
                return True
            domain = member.registrable_domain
        return False


def once_per_network(build: Callable[[NetworkFacts], T]) -> Callable[[NetworkFacts], T]:
    """Keep what *build* derives from a network beside the network, as `cached_property` would.

    A network is judged against thousands of candidates and never changes: hashing it as a cache
    key would cost more than most of the answers.
    """
    key = f"{build.__module__}.{build.__qualname__}"

    @wraps(build)
    def derived(network: NetworkFacts) -> T:
        kept = vars(network)
        if key not in kept:
            kept[key] = build(network)
        return cast(T, kept[key])

    return derived


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
