"""A publisher or zone ID of an advertising network, on both.

Whoever copies it earns money for somebody else, so strangers rarely do; money is the last thing
that an operator changes. IDs of the advertising network itself are everywhere, and rarity sees it.
"""

from collections.abc import Iterator

from mirrorhunt.evidence import Case, kinds
from mirrorhunt.evidence._weights import MONEY, Weight, shared_values, shown
from mirrorhunt.model import BOTH, Evidence, Side

WEIGHT = Weight(
    m=0.45,
    u=3e-4,
    cap=9.0,
    half_life_days=730,
    group=MONEY,
    side=Side.CANDIDATE,
    relations=BOTH,
    source="docs/attribution.md, 2026-11; Papadogiannakis et al., WWW 2022: "
    "some 90 % of sites tie to one publisher",
)


@kinds.offer
def weigh(case: Case) -> Iterator[Evidence]:
    """Each advertising ID that candidate and network share."""
    return shared_values(case, "ad_id", lambda _: WEIGHT, lambda v: f"advertising ID {shown(v)}")
