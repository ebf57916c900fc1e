"""The page looks as the network's does: a hash of its picture.

Small on purpose: whoever copies a page copies its look, and pages of one theme look alike. It says
something where nothing else can be compared, as every class and file was renamed. Hashes at up to
`PICTURE.near` bits apart count; what unrelated sites show exactly so counts for nothing.
"""

from collections.abc import Iterator

from mirrorhunt.evidence import Case, kinds
from mirrorhunt.evidence._content import Band, weigh_prints
from mirrorhunt.evidence._prints import PICTURE
from mirrorhunt.evidence._weights import CONTENT, Weight
from mirrorhunt.model import MIRROR_ONLY, Evidence, Side

WEIGHT = Weight(
    m=0.13,
    u=7.5e-3,
    cap=2.0,
    half_life_days=90,
    group=CONTENT,
    side=Side.CANDIDATE,
    relations=MIRROR_ONLY,
    source="the lab's world calcio, docs/attribution.md, 2026-11",
)
BANDS = (Band(PICTURE.same, 2.0), Band(PICTURE.near, 1.0))
"""(minus the number of bits that differ, from; bits)."""


@kinds.offer
def weigh(case: Case) -> Iterator[Evidence]:
    """How close the candidate's picture is to the network's own."""
    return weigh_prints(
        case,
        PICTURE,
        WEIGHT,
        BANDS,
        lambda near: f"a picture {-near:.0f} of 256 bits from that on",
    )
