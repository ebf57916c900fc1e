"""Judge the candidates of a network: stored facts in, verdicts out, any time, again, offline.

The one thing decided here, and not in `mirrorhunt.verdicts`, is who counts as *independent* when
we ask how rare a value is. On the first night the mirrors of a network are themselves unknown
hosts: counted naively, they would make their own network's values look common. So a candidate
counts as independent of the network with respect to a value only if nothing *else* ties it to the
network that unrelated sites of the trade do not share by chance (decision 3).
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from mirrorhunt import confirming, decisions, flags, hands, verdicts
from mirrorhunt.facts import HostFacts, NetworkFacts
from mirrorhunt.model import Availability, Judgement, Relation, Verdict
from mirrorhunt.policy import Policy
from mirrorhunt.remembering import Kept, Memory, day_of
from mirrorhunt.store import calibrations, facts, hosts, kind_counts, memories, reviews
from mirrorhunt.store import verdicts as stored
from mirrorhunt.store.session import storing
from mirrorhunt.store.sharing import Sharing, sharing
from mirrorhunt.weighing import judge_candidates as judge_candidates

SKEW = timedelta(minutes=5)
"""So much the clocks of two vantages may differ."""
_SOWN = "given as a seed by the operator"
_OUT = "out of bounds: protected, or infrastructure that everybody uses"
_UNOBSERVED = frozenset({Availability.UNRESOLVED, Availability.DEAD, Availability.ERROR})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What judging a network came to."""

    judged: int
    changed: int
    """Verdicts."""
    verdicts: Mapping[Verdict, int]
    weighed: int
    """Hosts whose evidence was weighed anew; all others were judged of the very same before."""


def judge_network(
    engine: Engine,
    network: str,
    now: datetime,
    is_out: Callable[[str], bool],
    needs_two: Callable[[str], str | None] = lambda _: None,
    auto_confirm: float = 0.0,
    *,
    only_changed: bool = True,
) -> Outcome:
    """Judge every candidate of *network* on all that is stored, and store the verdicts.

    *is_out* says which hosts are never judged, *needs_two* why one person is not enough to
    confirm a host, *auto_confirm* the share of wrong ones (0: none) up to which hosts are
    confirmed without one. With *only_changed*, a host of which nothing has changed that its
    judgement follows from is not weighed again (`mirrorhunt.remembering`); the verdicts are the
    same, to the last bit.
    """
    with storing(), engine.begin() as connection:
        kind_counts.refresh(connection, now)
    with storing(), engine.begin() as connection:
        network_id = hosts.find_network_id(connection, network)
        policy = calibrations.current(connection)
        threshold = confirming.threshold(connection, policy, network_id, auto_confirm)
        memory = _memory(connection, network_id) if only_changed else Memory()
        court = _Court(connection, network_id, network, now, policy, is_out, needs_two, memory)
        judgements = court.judgements()
        judgements |= confirming.confirmed(
            connection, _unreviewed(court, judgements), court.facts, threshold, needs_two, now
        )
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
                and not confirming.has_fallen(
                    before[id_], threshold, needs_two(court.facts[id_].host)
                )
            )
        }
        # Whatever was concluded before it came under protection.
        out = {f.host for id_, f in court.facts.items() if id_ in before and is_out(f.host)}
        for host, id_ in hosts.find_ids(connection, out | court.sown_but_out).items():
            kept[id_] = _without_evidence(host, network, Verdict.PROTECTED, _OUT, policy)
        for host, id_ in hosts.find_ids(connection, court.seeds).items():
            sown = _without_evidence(host, network, Verdict.CONFIRMED, _SOWN, policy)
            kept[id_] = court.flagged(sown)
        dated = {id_: (judgement, verdicts.digest(judgement)) for id_, judgement in kept.items()}
        changed = stored.record(connection, network_id, dated, now)
        told = {id_: (kept.keys, kept.packed) for id_, kept in memory.changed().items()}
        memories.save(connection, network_id, told, now)
        hosts.note_judged(connection, network_id, now)
    counts: dict[Verdict, int] = defaultdict(int)
    for judgement in judgements.values():
        counts[judgement.verdict] += 1
    counts[Verdict.CONFIRMED] += len(court.seeds)
    return Outcome(len(judgements), changed, dict(counts), len(memory.weighed))


def _memory(connection: Connection, network: int) -> Memory:
    told = memories.load(connection, network)
    return Memory({id_: Kept(keys, packed) for id_, (keys, packed) in told.items()})


def _unreviewed(court: "_Court", judgements: Mapping[int, Judgement]) -> dict[int, Judgement]:
    return {id_: j for id_, j in judgements.items() if id_ not in court.reviews}


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
        memory: Memory,
    ) -> None:
        self._connection = connection
        self._network_id = network_id
        self._network = network
        self._now = now
        self._policy = policy
        self._is_out = is_out
        self._needs_two = needs_two
        self._memory = memory
        found = reviews.of_network(connection, network_id)
        sown = hosts.find_ids(connection, hosts.seeds_of(connection, network_id)).values()
        ids = {*facts.candidate_ids(connection, network_id), *found, *sown}
        stored_facts = facts.host_facts(connection, network_id, ids)
        self.facts = {id_: seen_until(now, host) for id_, host in stored_facts.items()}
        """Of everybody who was given, proposed or decided upon, by id."""
        self._from_future = {
            id_: count
            for id_, host in self.facts.items()
            if (count := len(stored_facts[id_].observations) - len(host.observations))
        }
        self.reviews = {
            id_: kept
            for id_, of_host in found.items()
            if (kept := decisions.in_force(of_host, self.facts[id_].epoch_since, now))
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
        self._flagged: dict[str, tuple[tuple[str, ...], str]] = {}
        self._fronts = facts.fronts(connection, self.facts.keys())

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
            # A seed is vouched for already, and not judged, whoever confirms it besides.
            standing = {
                id_
                for id_ in confirmed
                if id_ not in concluded or concluded[id_].verdict is Verdict.CONFIRMED
            }
            if standing == confirmed:
                return concluded
            confirmed = standing

    def _concluded(self, confirmed: set[int]) -> dict[int, Judgement]:
        known = facts.network_facts(self._connection, self._network_id, self._network, confirmed)
        out = {m.host for m in known.members if self._is_out(m.host)}
        gone = out | self._refused
        known = replace(
            known,
            members=tuple(seen_until(self._now, m) for m in known.members if m.host not in gone),
            seeds=known.seeds - gone,
        )
        self.seeds, self.sown_but_out = known.seeds, frozenset(out)
        candidates = {
            id_: case
            for id_, case in self.facts.items()
            if case.host not in known.seeds and not self._is_out(case.host)
        }
        members = hosts.find_ids(self._connection, {m.host for m in known.members})
        shared = sharing(self._connection, self._network_id, members.values(), self.facts.keys())
        known = self._doubted(known, shared)

        def judged_by(known: NetworkFacts) -> dict[int, Judgement]:
            at, policy = day_of(self._now), self._policy
            return judge_candidates(
                known, candidates, shared, at, policy, self._fronts, self._memory
            )

        judged = judged_by(known)
        if guests := self._guests(known, judged):
            judged = judged_by(replace(known, guests=guests))
        return {id_: self._decided(id_, judgement) for id_, judgement in judged.items()}

    def _guests(self, known: NetworkFacts, judged: Mapping[int, Judgement]) -> frozenset[str]:
        """The members that somebody else runs."""
        said = {
            self.facts[id_].host: review.role
            for id_, of_host in self.reviews.items()
            for review in of_host
            if review.decision is decisions.Decision.RELATE
        }
        members = {m.host for m in known.members} - known.seeds
        return hands.guests((j for j in judged.values() if j.host in members), said)

    def _doubted(self, known: NetworkFacts, shared: Sharing) -> NetworkFacts:
        """*known* with its decoys and borrowed values; remembers what to flag of its seeds.

        A member of which a person said what it is to the network is no decoy.
        """
        # What many strangers show is nobody's, whoever else shows it.
        told = {key: ids for key, ids in shared.hosts.items() if key not in shared.crowded}
        elsewhere = flags.elsewhere(known, told, shared.clusters, self.facts, self._is_out)
        pinned = {
            self.facts[id_].host
            for id_, of_host in self.reviews.items()
            if any(r.decision is decisions.Decision.RELATE for r in of_host)
        }
        doubts = flags.doubts(known, elsewhere, pinned)
        known = replace(known, decoys=doubts.decoys, borrowed=doubts.borrowed)
        self._flagged = {
            m.host: (found, doubts.decoys.get(m.host, ""))
            for m in known.members
            if (found := flags.flags_of(m, known))
        }
        return known

    def flagged(self, judgement: Judgement) -> Judgement:
        """*judgement* of a seed, with what a person must look at."""
        found, why = self._flagged.get(judgement.host, ((), ""))
        gate = f"{judgement.gate}; {why}" if why else judgement.gate
        return replace(judgement, flags=found, gate=gate)

    def _decided(self, id_: int, judgement: Judgement) -> Judgement:
        """*judgement* with what people decided about the host."""
        if count := self._from_future.get(id_):
            noun = "observation is" if count == 1 else "observations are"
            said = f"{count} {noun} from the future and left out: is a clock wrong?"
            judgement = replace(judgement, gate=f"{judgement.gate}; {said}")
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


def seen_until(now: datetime, host: HostFacts) -> HostFacts:
    """*host* without what was first seen after *now*, and with nothing seen last after it.

    A clock that is ahead would otherwise keep what it saw from fading, and make it outlive the
    owner who showed it.
    """
    latest = now + SKEW
    if all(o.last_seen_at <= latest for o in host.observations):
        return host
    kept = tuple(
        o if o.last_seen_at <= latest else replace(o, last_seen_at=now)
        for o in host.observations
        if o.first_seen_at <= latest
    )
    return replace(host, observations=kept)


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
