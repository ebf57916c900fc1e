"""A crypto wallet or donation account, on both: the money goes to one owner."""

from collections.abc import Iterator

from mirrorhunt.evidence import Case, kinds
from mirrorhunt.evidence._weights import MONEY, Weight, shared_values, shown
from mirrorhunt.model import BOTH, Evidence, Side

WEIGHT = Weight(
    m=0.20,
    u=5e-5,
    cap=9.0,
    half_life_days=730,
    group=MONEY,
    side=Side.CANDIDATE,
    relations=BOTH,
    source="docs/attribution.md, 2026-11",
)


@kinds.offer
def weigh(case: Case) -> Iterator[Evidence]:
    """Each wallet that candidate and network share."""
    return shared_values(case, "wallet", lambda _: WEIGHT, lambda v: f"payment address {shown(v)}")
