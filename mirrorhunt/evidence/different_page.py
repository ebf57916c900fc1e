"""Another page, under another name: speaks against a mirror.

A mirror serves what the network serves. Pages are redesigned, so a different page alone says
nothing; nor does a page that could not be read.
"""

from collections.abc import Iterator

from mirrorhunt.evidence import Case, kinds
from mirrorhunt.evidence._identity import is_foreign_brand
from mirrorhunt.evidence._prints import SHAPE, TAGS, nearest_own
from mirrorhunt.evidence._weights import AGAINST, Weight
from mirrorhunt.model import MIRROR_ONLY, Evidence, Side

WEIGHT = Weight(
    m=0.12,
    u=0.96,
    cap=-3.0,
    half_life_days=180,
    group=AGAINST,
    side=Side.CANDIDATE,
    relations=MIRROR_ONLY,
    source="docs/attribution.md, 2026-11",
)
LEAST_SIMILARITY = 0.15
MOST_DISTANCE = 24


@kinds.offer
def weigh(case: Case) -> Iterator[Evidence]:
    """That both prints are far from every page of the network, and the name is another."""
    shape, tags = nearest_own(case, SHAPE), nearest_own(case, TAGS)
    if shape is None or tags is None or not is_foreign_brand(case):
        return
    if shape < LEAST_SIMILARITY and -tags > MOST_DISTANCE:
        because = (
            f"another page under another name: {shape:.0%} of the structure and {-tags:.0f} of 64 "
            "tag bits away from the closest page of the network"
        )
        yield Evidence("different_page", MIRROR_ONLY, WEIGHT.side, AGAINST, WEIGHT.cap, because)
