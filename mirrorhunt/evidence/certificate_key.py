"""The same TLS key: to present it, one has to hold it.

Large hosters and delivery networks share keys among their customers (Cangialosi et al., CCS 2016).
Their certificates carry many names and are not read; what is left of them is seen by rarity. A
member that moved to the candidate's hoster after its first day proves nothing by the key there.
"""

from collections.abc import Iterator

from mirrorhunt.evidence import Case, kinds
from mirrorhunt.evidence._weights import CONTROL, Weight, shared_values
from mirrorhunt.model import BOTH, Evidence, Side

WEIGHT = Weight(
    m=0.15,
    u=2e-5,
    cap=12.0,
    half_life_days=180,
    group=CONTROL,
    side=Side.JOINT,
    relations=BOTH,
    source="docs/attribution.md, 2026-11",
)


@kinds.offer
def weigh(case: Case) -> Iterator[Evidence]:
    """Each key that candidate and network both present."""
    return shared_values(case, "certificate_key", lambda _: WEIGHT, lambda v: f"TLS key {v[:12]}…")
