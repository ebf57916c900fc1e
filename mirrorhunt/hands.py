"""Whose hand runs a host: the operator's, or that of somebody who serves his pages. Pure.

A proxy shows all that the network's page shows: its handles, its wallet, its analytics. So where
the page is the network's, only what a page does not bring along says who runs it: who is paid for
the advertisements, who holds the certificate, who runs the zone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from mirrorhunt import roles, verdicts
from mirrorhunt.facts import HostFacts
from mirrorhunt.model import Judgement, Relation, Verdict

_COPIED_KINDS = frozenset({"handle", "wallet"})
_FETCHED_BITS = roles.TEMPLATE_BITS


def operated(
    hosts: Mapping[int, HostFacts], judgements: Mapping[int, Judgement]
) -> dict[str, float]:
    """The probable domains that are the operator's, with the bits that say so."""
    return {
        hosts[id_].registrable_domain: bits
        for id_, judgement in judgements.items()
        if judgement.verdict is Verdict.PROBABLE
        and judgement.role != roles.PROXY
        and (bits := hand_bits(judgement)) >= verdicts.PROBABLE_BITS
    }


def hand_bits(judgement: Judgement) -> float:
    """The score of the operator, without what a page brings along that is the network's."""
    evidence = judgement.evidence
    is_fetched = any(
        e.group == "content" and not e.ignored and e.bits >= _FETCHED_BITS for e in evidence
    )
    if is_fetched:
        evidence = tuple(e for e in evidence if e.kind not in _COPIED_KINDS)
    by_hand = replace(judgement, relation=Relation.OPERATOR, evidence=evidence)
    return sum(line.bits for line in verdicts.decompose(by_hand))


def guests(judgements: Iterable[Judgement], said: Mapping[str, str]) -> frozenset[str]:
    """The members among *judgements* that somebody else runs, by what a person *said* (host to
    role), else by their role."""
    return frozenset(j.host for j in judgements if said.get(j.host, j.role) == roles.PROXY)
