"""Weigh the candidates of a network, all of them: who is independent, and what follows. Pure.

Who counts as independent follows from the judgements of all, and these from who is independent
(decision 3), so it is done in passes.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from mirrorhunt import boilerplate, hands, verdicts
from mirrorhunt.boilerplate import Front
from mirrorhunt.evidence import Case
from mirrorhunt.facts import HostFacts, NetworkFacts, Rarity
from mirrorhunt.model import Judgement, Verdict
from mirrorhunt.policy import DEFAULT, Policy
from mirrorhunt.remembering import Memory, Strangers, key_of
from mirrorhunt.store.sharing import Sharing

TIED_BITS = 3.0
"""From here on other evidence ties a host to a network: the same bar that a group has to pass
for `probable` (docs/attribution.md)."""
MAX_PASSES = 5
_LEANING = ("to_redirect", "to_meta_refresh", "to_script_redirect", "certificate_names")
"""What can tie a host to one that is probable."""


def judge_candidates(
    known: NetworkFacts,
    candidates: Mapping[int, HostFacts],
    shared: Sharing,
    now: datetime,
    policy: Policy = DEFAULT,
    fronts: Mapping[int, Front] | None = None,
    memory: Memory | None = None,
) -> dict[int, Judgement]:
    """The judgement of each of *candidates*, with the *fronts* of those that have one. Pure.

    Repeats until the set of independent hosts no longer grows: what turns out to be common ties
    fewer hosts, which makes more of them independent, so this ends.
    """
    strangers = Strangers(
        {key: ids - candidates.keys() for key, ids in shared.hosts.items()}, shared.clusters
    )
    known_before = memory if memory is not None else Memory()

    def judged(id_: int, network: NetworkFacts = known, copies: int = 0) -> Judgement:
        counts = strangers.seen_by(shared.clusters.get(id_), candidates[id_])
        rarity = Rarity(counts, shared.observable)
        case = Case(candidates[id_], network, rarity, now, copies)
        key, read = key_of(case, counts, policy)
        found = known_before.recall(id_, key)
        if found is None:
            found = verdicts.judge(case, policy)
            known_before.note(id_, key if counts.asked <= read else None, found)
        return found

    judgements: dict[int, Judgement] = {}
    for _ in range(MAX_PASSES):
        judgements = {id_: judged(id_) for id_ in candidates}
        if not _grow(strangers, shared, judgements):
            break
    tied = {id_ for id_, j in judgements.items() if boilerplate.ties(j) >= TIED_BITS}
    crowds = boilerplate.crowds(candidates, fronts or {}, tied)
    judgements |= {id_: judged(id_, copies=copies) for id_, copies in crowds.items()}
    wider = replace(
        known,
        probable=_probable(candidates, judgements),
        operated=hands.operated(candidates, judgements),
    )
    leaning = [id_ for id_, c in candidates.items() if any(kind in c.by_kind for kind in _LEANING)]
    return judgements | {id_: judged(id_, wider, crowds.get(id_, 0)) for id_ in leaning}


def _probable(
    candidates: Mapping[int, HostFacts], judgements: Mapping[int, Judgement]
) -> dict[str, float]:
    """The domains, not hosts below, that are probable: what leads to one is as sure as it is."""
    return {
        j.host: j.score_bits
        for id_, j in judgements.items()
        if j.verdict is Verdict.PROBABLE and j.host == candidates[id_].registrable_domain
    }


def _grow(
    strangers: Strangers,
    shared: Sharing,
    judgements: Mapping[int, Judgement],
) -> bool:
    """Add to *strangers* the candidates that nothing else ties; True if there were any."""
    grown = False
    tied: dict[tuple[int, str], float] = {}
    for (kind, value), ids in shared.hosts.items():
        group = verdicts.group_of(kind)
        for id_ in ids & judgements.keys() - strangers.hosts[kind, value]:
            if (id_, group) not in tied:
                tied[id_, group] = verdicts.tied_without(judgements[id_], group)
            if tied[id_, group] < TIED_BITS:
                strangers.add((kind, value), id_)
                grown = True
    return grown
