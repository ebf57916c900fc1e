"""Registered with the same registrar within a day of a member.

Whoever needs many names buys them by the handful. So do others at the same registrar on the same
day, and a network with names of many days is met by chance: hence the weight falls with the number
of days on which the network bought.
"""

import math
from collections.abc import Iterator
from datetime import datetime

from mirrorhunt.evidence import Case, kinds
from mirrorhunt.evidence._weights import DAY_S, INFRA, Weight, shown
from mirrorhunt.facts import NetworkFacts, once_per_network
from mirrorhunt.model import BOTH, Evidence, Side

WEIGHT = Weight(
    m=0.25,
    u=5e-3,
    cap=3.0,
    half_life_days=3650,
    group=INFRA,
    side=Side.CANDIDATE,
    relations=BOTH,
    source="docs/attribution.md, 2026-11",
)


def _key(registrar: str) -> str:
    return registrar.casefold().rstrip(". ")


@once_per_network
def _bought(network: NetworkFacts) -> dict[str, list[tuple[datetime, str]]]:
    """Registrar to when which domain of the network was registered there, in that order."""
    if network.rest_of is not None:
        return _bought_by_rest(network, *network.rest_of)
    bought: dict[str, set[tuple[datetime, str]]] = {}
    for member in network.members:
        if member.registrar and member.registered_at is not None:
            of_registrar = bought.setdefault(_key(member.registrar), set())
            of_registrar.add((member.registered_at, member.registrable_domain))
    return {registrar: sorted(of_registrar) for registrar, of_registrar in bought.items()}


def _bought_by_rest(
    network: NetworkFacts, whole: NetworkFacts, left_out: str
) -> dict[str, list[tuple[datetime, str]]]:
    one = whole.by_host[left_out]
    bought, registrar, domain = _bought(whole), _key(one.registrar), one.registrable_domain
    if registrar not in bought:
        return bought
    same = {
        m.registered_at
        for m in network.members
        if m.registrable_domain == domain and _key(m.registrar) == registrar
    }
    kept = [b for b in bought[registrar] if b[1] != domain or b[0] in same]
    return {**bought, registrar: kept}


@kinds.offer
def weigh(case: Case) -> Iterator[Evidence]:
    """That the candidate was bought where, and within a day of when, a member was."""
    mine = case.candidate
    if mine.registered_at is None or not mine.registrar:
        return
    theirs = [
        (abs((at - mine.registered_at).total_seconds()), at, domain)
        for at, domain in _bought(case.network).get(_key(mine.registrar), ())
        if domain != mine.registrable_domain
    ]
    near = [found for found in theirs if found[0] <= DAY_S]
    if not near:
        return
    days = len({at.date() for _, at, _ in theirs})
    bits = max(0.0, min(WEIGHT.cap, math.log2(WEIGHT.m / min(1.0, WEIGHT.u * days))))
    apart_s, _, domain = min(near)
    because = (
        f"registered {mine.registered_at:%Y-%m-%d} with {shown(mine.registrar)}, as {domain} was "
        f"{apart_s / 3600:.0f} hours apart; the network bought there on "
        f"{days} {'day' if days == 1 else 'days'}"
    )
    yield Evidence("created_together", BOTH, WEIGHT.side, INFRA, bits, because)
