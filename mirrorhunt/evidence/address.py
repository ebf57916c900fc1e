"""The same address.

Weak: of all domains 20 % are alone on their address and 30 % have more than a hundred neighbours
(Hoang et al., AsiaCCS 2020). Addresses of delivery networks say nothing, nor does one that eight
strangers use; leases change hands, so it fades within weeks.
"""

from collections.abc import Iterator

from mirrorhunt.evidence import Case, kinds
from mirrorhunt.evidence._weights import INFRA, Weight, ignored, shared_values, shown
from mirrorhunt.model import BOTH, Evidence, Side
from mirrorhunt.warninglists import CDN_NETWORKS, address_in

WEIGHT = Weight(
    m=0.30,
    u=1e-3,
    cap=4.0,
    half_life_days=30,
    group=INFRA,
    side=Side.CANDIDATE,
    relations=BOTH,
    source="docs/attribution.md, 2026-11",
    smoothing=20,
)


@kinds.offer
def weigh(case: Case) -> Iterator[Evidence]:
    """Each address that candidate and network share."""
    for e in shared_values(case, "address", lambda _: WEIGHT, lambda v: f"address {shown(v)}"):
        if not e.ignored and (cdn := address_in(e.value, *CDN_NETWORKS)):
            why = f"an address of a delivery network ({cdn}): thousands of strangers share it"
            yield ignored(WEIGHT, "address", e.value, e.because, why)
        else:
            yield e
