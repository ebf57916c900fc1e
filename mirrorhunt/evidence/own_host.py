"""A player, API or image host that both load from.

Cyberlockers and delivery networks serve everybody, and rarity sees them (Ibosiola et al., ICWSM
2018). A candidate that loads from a member itself needs no rarity: that host is the network's.
"""

from collections.abc import Iterator

from mirrorhunt.evidence import Case, kinds
from mirrorhunt.evidence._weights import (
    BACKEND,
    Weight,
    member_domains,
    shared_values,
    shown,
    values_of,
)
from mirrorhunt.model import MIRROR_ONLY, Evidence, Side
from mirrorhunt.names import registrable_domain

WEIGHT = Weight(
    m=0.40,
    u=2e-3,
    cap=6.0,
    half_life_days=180,
    group=BACKEND,
    side=Side.CANDIDATE,
    relations=MIRROR_ONLY,
    source="docs/attribution.md, 2026-11",
)
HOTLINK_BITS = 5.0
"""Anybody may embed a member's player: an aggregator does, so below the weight of a shared one."""


@kinds.offer
def weigh(case: Case) -> Iterator[Evidence]:
    """Each backend host that both load from, and each member that the candidate loads from."""
    yield from shared_values(case, "own_host", lambda _: WEIGHT, lambda v: f"backend {shown(v)}")
    members = member_domains(case.network)
    seen = {registrable_domain(value) for value in values_of(case.candidate, "own_host")}
    for domain in sorted(seen & members.keys() - {case.candidate.registrable_domain}, key=str):
        because = f"loads from {members[str(domain)]} of the network"
        yield Evidence(
            "own_host", MIRROR_ONLY, WEIGHT.side, BACKEND, HOTLINK_BITS, because, str(domain)
        )
