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

from sqlalchemy import Engine

from mirrorhunt import verdicts
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
from mirrorhunt.store import facts, hosts
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
    engine: Engine, network: str, now: datetime, is_out: Callable[[str], bool]
) -> Outcome:
    """Judge every candidate of *network* on all that is stored, and store the verdicts."""
    with storing(), engine.begin() as connection:
        network_id = hosts.find_network_id(connection, network)
        known = facts.network_facts(connection, network_id, network)
        out = {m.host for m in known.members if is_out(m.host)}
        known = replace(
            known,
            members=tuple(m for m in known.members if m.host not in out),
            seeds=known.seeds - out,
        )
        members = {m.host for m in known.members}
        before = stored.current(connection, network_id)
        # What a person refused is not judged again.
        rejected = {id_ for id_, s in before.items() if s.verdict == Verdict.REJECTED.value}
        ids = facts.candidate_ids(connection, network_id)
        everyone = facts.host_facts(connection, network_id, ids)
        candidates = {
            id_: case
            for id_, case in everyone.items()
            if case.host not in members and not is_out(case.host) and id_ not in rejected
        }
        member_ids = hosts.find_ids(connection, members).values()
        shared = facts.sharing(connection, network_id, member_ids)
        judgements = judge_candidates(known, candidates, shared, now)
        kept = {
            id_: (judgement, verdicts.digest(judgement))
            for id_, judgement in judgements.items()
            # What was concluded while a host was live outlives the host; that it is gone is
            # its availability's to say.
            if not (id_ in before and candidates[id_].availability in _UNOBSERVED)
        }
        # Whatever was concluded before it came under protection.
        out |= {f.host for id_, f in everyone.items() if id_ in before and is_out(f.host)}
        for host, id_ in hosts.find_ids(connection, out).items():
            judgement = _without_evidence(host, network, Verdict.PROTECTED, _OUT)
            kept[id_] = (judgement, verdicts.digest(judgement))
        for host, id_ in hosts.find_ids(connection, known.seeds).items():
            judgement = _without_evidence(host, network, Verdict.CONFIRMED, _SOWN)
            kept[id_] = (judgement, verdicts.digest(judgement))
        changed = stored.record(connection, network_id, kept, now)
    counts: dict[Verdict, int] = defaultdict(int)
    for judgement in judgements.values():
        counts[judgement.verdict] += 1
    counts[Verdict.CONFIRMED] += len(known.members)
    return Outcome(len(judgements), changed, dict(counts))


def judge_candidates(
    known: NetworkFacts,
    candidates: Mapping[int, HostFacts],
    shared: facts.Sharing,
    now: datetime,
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
            id_: verdicts.judge(Case(case, known, _rarity(independent, shared, id_), now))
            for id_, case in candidates.items()
        }
        if not _grow(independent, shared, judgements):
            break
    return judgements | _leaning(known, candidates, judgements, independent, shared, now)


def _leaning(
    known: NetworkFacts,
    candidates: Mapping[int, HostFacts],
    judgements: Mapping[int, Judgement],
    independent: Mapping[tuple[str, str], set[int]],
    shared: facts.Sharing,
    now: datetime,
) -> dict[int, Judgement]:
    """Judgements of those candidates that redirect to one which is probable by itself."""
    probable = {
        candidates[id_].registrable_domain: judgement.score_bits
        for id_, judgement in judgements.items()
        if judgement.verdict is Verdict.PROBABLE
    }
    wider = replace(known, probable=probable)
    return {
        id_: verdicts.judge(Case(case, wider, _rarity(independent, shared, id_), now))
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


def _without_evidence(host: str, network: str, verdict: Verdict, why: str) -> Judgement:
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
        policy=verdicts.POLICY,
    )
