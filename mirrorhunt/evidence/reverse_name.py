"""Servers named below the same domain.

Weak: whoever holds an address writes its reverse name, and most are a hoster's own way of writing.
It stands with the other facts of hosting, fades as leases do, and rarity finds the hosters that no
list has.
"""

from collections.abc import Iterable

from mirrorhunt.evidence import Case, kinds
from mirrorhunt.evidence._weights import INFRA, Weight, shared_values, shown
from mirrorhunt.model import BOTH, Evidence, Side

WEIGHT = Weight(
    m=0.05,
    u=1e-3,
    cap=3.0,
    half_life_days=30,
    group=INFRA,
    side=Side.CANDIDATE,
    relations=BOTH,
    source="estimated: as an SOA contact, half as often kept; docs/attribution.md, 2026-11",
    smoothing=20,
)


@kinds.offer
def weigh(case: Case) -> Iterable[Evidence]:
    """Each domain that servers of candidate and network are named by."""
    return shared_values(
        case, "reverse_name", lambda _: WEIGHT, lambda v: f"servers named below {shown(v)}"
    )
