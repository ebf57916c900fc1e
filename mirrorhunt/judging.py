"""Judge the candidates of a network: stored facts in, verdicts out, any time, again, offline.

The one thing decided here, and not in `mirrorhunt.verdicts`, is who counts as *independent* when
we ask how rare a value is. On the first night the mirrors of a network are themselves unknown
hosts: counted naively, they would make their own network's values look common. So a candidate
counts as independent of the network with respect to a value only if nothing *else* ties it to the
network: a true mirror shares several kinds of things, an unrelated site on the same theme shares
the theme alone.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, Engine

from mirrorhunt import decisions, verdicts
from mirrorhunt.evidence import Case
from mirrorhunt.model import (
    Availability,
    HostFacts,
    Judgement,
    NetworkFacts,
    Rarity,
    Relation,
    Verdict,
)
from mirrorhunt.policy import DEFAULT, Policy
from mirrorhunt.store import calibrations, facts, hosts, reviews
from mirrorhunt.store import verdicts as stored
from mirrorhunt.store.session import storing

TIED_BITS = 3.0
"""From here on other evidence ties a host to a network: the same bar that a group has to pass
for `probable` (docs/attribution.md)."""
MAX_PASSES = 5
_REDIRECTS = ("to_redirect", "to_meta_refresh", "to_script_redirect")
_SOWN = "given as a seed by the operator"
_OUT = "out of bounds: protected, or infrastructure that everybody uses"
_UNOBSERVED = frozenset({Availability.UNRESOLVED, Availability.DEAD, Availability.ERROR})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What judging a network came to."""

    judged: int
    changed: int
    verdicts: Mapping[Verdict, int]


def judge_network(
    engine: Engine,
    network: str,
    now: datetime,
    is_out: Callable[[str], bool],
    needs_two: Callable[[str], str | None] = lambda _: None,
) -> Outcome:
    """Judge every candidate of *network* on all that is stored, and store the verdicts.

    *is_out* says which hosts are never judged, *needs_two* why one person is not enough to
    confirm a host.
    """
    with storing(), engine.begin() as connection:
        network_id = hosts.find_network_id(connection, network)
        policy = calibrations.current(connection)
        court = _Court(connection, network_id, network, now, policy, is_out, needs_two)
        judgements = court.judgements()
        before = stored.current(connection, network_id)
        kept = {
            id_: judgement
            for id_, judgement in judgements.items()
            # What was concluded while a host was live outlives the host; that it is gone is
            # its availability's to say.
            if not (
                id_ in before
                and id_ not in court.reviews
                and court.facts[id_].availability in _UNOBSERVED
            )
        }
        # Whatever was concluded before it came under protection.
        out = {f.host for id_, f in court.facts.items() if id_ in before and is_out(f.host)}
        for host, id_ in hosts.find_ids(connection, out | court.sown_but_out).items():
            kept[id_] = _without_evidence(host, network, Verdict.PROTECTED, _OUT, policy)
        for host, id_ in hosts.find_ids(connection, court.seeds).items():
            kept[id_] = _without_evidence(host, network, Verdict.CONFIRMED, _SOWN, policy)
        dated = {id_: (judgement, verdicts.digest(judgement)) for id_, judgement in kept.items()}
        changed = stored.record(connection, network_id, dated, now)
        hosts.note_judged(connection, network_id, now)
    counts: dict[Verdict, int] = defaultdict(int)
    for judgement in judgements.values():
        counts[judgement.verdict] += 1
    counts[Verdict.CONFIRMED] += len(court.seeds)
    return Outcome(len(judgements), changed, dict(counts))


class _Court:
    """One network before its judge: what is known of it, and what people decided."""

    def __init__(
        self,
        connection: Connection,
        network_id: int,
        network: str,
        now: datetime,
        policy: Policy,
        is_out: Callable[[str], bool],
        needs_two: Callable[[str], str | None],
    ) -> None:
        self._connection = connection
        self._network_id = network_id
        self._network = network
        self._now = now
        self._policy = policy
        self._is_out = is_out
        self._needs_two = needs_two
        found = reviews.of_network(connection, network_id)
        sown = hosts.find_ids(connection, hosts.seeds_of(connection, network_id)).values()
        ids = {*facts.candidate_ids(connection, network_id), *found, *sown}
        self.facts = facts.host_facts(connection, network_id, ids)
        """Of everybody who was given, proposed or decided upon, by id."""
        self.reviews = {
            id_: kept
            for id_, of_host in found.items()
            if (kept := decisions.in_force(of_host, self.facts[id_].epoch_since))
        }
        """What people decided that is in force, by host."""
        self._refused = {
            self.facts[id_].host
            for id_, of_host in self.reviews.items()
            if decisions.is_refused(of_host)
        }
        self.seeds: frozenset[str] = frozenset()
        """The seeds that still stand."""
        self.sown_but_out: frozenset[str] = frozenset()

    def judgements(self) -> dict[int, Judgement]:
        """The judgement of every candidate, with what people decided.

        A confirmed host vouches for others, so that one confirmation which no longer stands may
        take others with it: judged again until nobody else falls. Members only become fewer, so
        this ends.
        """
        confirmed = {
            id_
            for id_, of_host in self.reviews.items()
            if decisions.is_confirmed(of_host, self._needs_two(self.facts[id_].host))
            and not self._is_out(self.facts[id_].host)
        }
        while True:
            concluded = self._concluded(confirmed)
            standing = {id_ for id_ in confirmed if concluded[id_].verdict is Verdict.CONFIRMED}
            if standing == confirmed:
                return concluded
            confirmed = standing

    def _concluded(self, confirmed: set[int]) -> dict[int, Judgement]:
        known = facts.network_facts(self._connection, self._network_id, self._network, confirmed)
        out = {m.host for m in known.members if self._is_out(m.host)}
        gone = out | self._refused
        known = replace(
            known,
            members=tuple(m for m in known.members if m.host not in gone),
            seeds=known.seeds - gone,
        )
        self.seeds, self.sown_but_out = known.seeds, frozenset(out)
        candidates = {
            id_: case
            for id_, case in self.facts.items()
            if case.host not in known.seeds and not self._is_out(case.host)
        }
        members = hosts.find_ids(self._connection, {m.host for m in known.members})
        shared = facts.sharing(self._connection, self._network_id, members.values())
        judged = judge_candidates(known, candidates, shared, self._now, self._policy)
        return {id_: self._decided(id_, judgement) for id_, judgement in judged.items()}

    def _decided(self, id_: int, judgement: Judgement) -> Judgement:
        """*judgement* with what people decided about the host."""
        of_host = self.reviews.get(id_)
        if not of_host:
            return judgement
        host = self.facts[id_]
        stands = decisions.standing(of_host, judgement, host, self._needs_two(host.host))
        return replace(
            judgement,
            verdict=stands.verdict or judgement.verdict,
            gate=stands.why or judgement.gate,
            role=stands.role or judgement.role,
            is_reopened=stands.is_reopened,
            reviewed_by=stands.authors,
        )


def judge_candidates(
    known: NetworkFacts,
    candidates: Mapping[int, HostFacts],
    shared: facts.Sharing,
    now: datetime,
    policy: Policy = DEFAULT,
) -> dict[int, Judgement]:
    """The judgement of each of *candidates*. Pure.

    Repeats until the set of independent hosts no longer grows: what turns out to be common ties
    fewer hosts, which makes more of them independent, so this ends.
    """
    independent: dict[tuple[str, str], set[int]] = {
        key: {id_ for id_ in ids if id_ not in candidates} for key, ids in shared.hosts.items()
    }
    judgements: dict[int, Judgement] = {}
    for _ in range(MAX_PASSES):
        judgements = {
            id_: verdicts.judge(Case(case, known, _rarity(independent, shared, id_), now), policy)
            for id_, case in candidates.items()
        }
        if not _grow(independent, shared, judgements):
            break
    return judgements | _leaning(known, candidates, judgements, independent, shared, now, policy)


def _leaning(
    known: NetworkFacts,
    candidates: Mapping[int, HostFacts],
    judgements: Mapping[int, Judgement],
    independent: Mapping[tuple[str, str], set[int]],
    shared: facts.Sharing,
    now: datetime,
    policy: Policy,
) -> dict[int, Judgement]:
    """Judgements of those candidates that redirect to one which is probable by itself."""
    probable = {
        candidates[id_].registrable_domain: judgement.score_bits
        for id_, judgement in judgements.items()
        if judgement.verdict is Verdict.PROBABLE
    }
    wider = replace(known, probable=probable)
    return {
        id_: verdicts.judge(Case(case, wider, _rarity(independent, shared, id_), now), policy)
        for id_, case in candidates.items()
        if any(kind in case.by_kind for kind in _REDIRECTS)
    }


def _grow(
    independent: dict[tuple[str, str], set[int]],
    shared: facts.Sharing,
    judgements: Mapping[int, Judgement],
) -> bool:
    """Add to *independent* the candidates that nothing else ties; True if there were any."""
    grown = False
    tied: dict[tuple[int, str], float] = {}
    for (kind, value), ids in shared.hosts.items():
        group = verdicts.group_of(kind)
        for id_ in ids & judgements.keys() - independent[kind, value]:
            if (id_, group) not in tied:
                tied[id_, group] = verdicts.tied_without(judgements[id_], group)
            if tied[id_, group] < TIED_BITS:
                independent[kind, value].add(id_)
                grown = True
    return grown


def _rarity(
    independent: Mapping[tuple[str, str], set[int]], shared: facts.Sharing, own_id: int
) -> Rarity:
    """How common values are outside the network and outside the candidate's own cluster."""
    own = shared.clusters.get(own_id)
    return Rarity(_Counts(independent, shared.clusters, own), shared.observable)


class _Counts(Mapping[tuple[str, str], int]):
    """(kind, value) to its number of independent clusters, counted when asked for."""

    def __init__(
        self,
        independent: Mapping[tuple[str, str], set[int]],
        clusters: Mapping[int, str],
        own: str | None,
    ) -> None:
        self._independent = independent
        self._clusters = clusters
        self._own = own

    def __getitem__(self, key: tuple[str, str]) -> int:
        return len({self._clusters[id_] for id_ in self._independent[key]} - {self._own})

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._independent)

    def __len__(self) -> int:
        return len(self._independent)


def _without_evidence(
    host: str, network: str, verdict: Verdict, why: str, policy: Policy
) -> Judgement:
    """A verdict that no evidence carries: somebody's word, or a protection."""
    return Judgement(
        host=host,
        network=network,
        verdict=verdict,
        relation=Relation.MIRROR,
        score_bits=0.0,
        scores=(),
        prior_bits=0.0,
        evidence=(),
        gate=why,
        policy=policy.version,
    )
