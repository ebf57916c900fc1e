"""A player, API or image host that both load from.

Cyberlockers and delivery networks serve everybody, and rarity sees them (Ibosiola et al., ICWSM
2018). A candidate that loads from a member itself needs no rarity: that host is the network's.
"""

from collections.abc import Iterator
from dataclasses import replace

from mirrorhunt.evidence import Case, kinds
from mirrorhunt.evidence._pointers import is_members
from mirrorhunt.evidence._weights import (
    BACKEND,
    COMMENTS,
    Weight,
    member_domains,
    shared_values,
    shown,
    values_of,
)
from mirrorhunt.facts import HostFacts
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
_REQUESTS = "requests"
"""The region of what a browser saw asked for and no page names (`mirrorhunt.indicators`)."""
HOTLINK_BITS = 5.0
"""Anybody may embed a member's player: an aggregator does, so below the weight of a shared one."""


REQUESTED_BITS = 2.5
"""Of what only a browser saw asked for, on either side: below what carries a verdict
(`mirrorhunt.verdicts.CARRYING_BITS`), as whoever writes an advertisement can ask for anything in
the name of the page that shows it."""


@kinds.offer
def weigh(case: Case) -> Iterator[Evidence]:
    """Each backend host that both load from, and each member that the candidate loads from."""
    for e in shared_values(case, "own_host", lambda _: WEIGHT, lambda v: f"backend {shown(v)}"):
        holders = case.network.shown.get(("own_host", e.value), ())
        if e.bits > REQUESTED_BITS and (
            not _is_named(case.candidate, e.value)
            or not any(_is_named(member, e.value) for member in holders)
        ):
            because = f"{e.because}; only a browser saw it asked for"
            yield replace(e, bits=REQUESTED_BITS, because=because)
        else:
            yield e
    members = member_domains(case.network)
    seen = {
        registrable_domain(value)
        for value in values_of(case.candidate, "own_host")
        if is_members(case.network, value)
    }
    for domain in sorted(seen & members.keys() - {case.candidate.registrable_domain}, key=str):
        because = f"loads from {members[str(domain)]} of the network"
        bits = HOTLINK_BITS
        if not any(
            registrable_domain(value) == domain and _is_named(case.candidate, value)
            for value in values_of(case.candidate, "own_host")
        ):
            bits, because = REQUESTED_BITS, f"{because}; only a browser saw it asked for"
        yield Evidence("own_host", MIRROR_ONLY, WEIGHT.side, BACKEND, bits, because, str(domain))


def _is_named(host: HostFacts, value: str) -> bool:
    """True if a page of *host* itself named *value*, and not only asked for it."""
    return any(
        o.value == value and o.region not in {COMMENTS, _REQUESTS}
        for o in host.by_kind.get("own_host", ())
    )
