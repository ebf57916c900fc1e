"""The page has the network's run of tags, by simhash.

Survives what MinHash does not: with every class renamed all of 120 pages were still found, against
none by MinHash (measured 2026-11).
"""

from collections.abc import Iterator

from mirrorhunt.evidence import Case, kinds
from mirrorhunt.evidence._content import Band, weigh_prints
from mirrorhunt.evidence._prints import TAGS
from mirrorhunt.evidence._weights import CONTENT, Weight
from mirrorhunt.model import MIRROR_ONLY, Evidence, Side

WEIGHT = Weight(
    m=0.60,
    u=3e-4,
    cap=6.0,
    half_life_days=180,
    group=CONTENT,
    side=Side.CANDIDATE,
    relations=MIRROR_ONLY,
    source="docs/attribution.md, 2026-11",
)
BANDS = (Band(TAGS.same, 6.0), Band(TAGS.near, 3.0))
"""(minus the distance from, bits)."""


@kinds.offer
def weigh(case: Case) -> Iterator[Evidence]:
    """How close the candidate's run of tags is to the network's own."""
    return weigh_prints(
        case,
        TAGS,
        WEIGHT,
        BANDS,
        lambda near: f"the page's run of tags, but for {-near:.0f} of 64 bits, as on",
    )
