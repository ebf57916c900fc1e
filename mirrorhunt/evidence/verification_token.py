"""A token by which a search engine or platform knows the owner of a site, on both.

One account holds both, or the page was copied with its head: public, so the cap is low.
"""

from collections.abc import Iterator

from mirrorhunt.evidence import Case, kinds
from mirrorhunt.evidence._weights import IDS, Weight, shared_values, shown
from mirrorhunt.model import MIRROR_ONLY, Evidence, Side

WEIGHT = Weight(
    m=0.10,
    u=5e-5,
    cap=5.0,
    half_life_days=365,
    group=IDS,
    side=Side.CANDIDATE,
    relations=MIRROR_ONLY,
    source="docs/attribution.md, 2026-11",
)


@kinds.offer
def weigh(case: Case) -> Iterator[Evidence]:
    """Each verification token that candidate and network share."""
    return shared_values(
        case, "verification_token", lambda _: WEIGHT, lambda v: f"verification token {shown(v)}"
    )
