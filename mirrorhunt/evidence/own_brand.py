"""Its own name, its own icon and its own template: somebody else's site.

One operator may run two brands. So where an account of the network's own is shared it speaks
against a mirror only, and not against the same operator.
"""

from collections.abc import Iterator

from mirrorhunt.evidence import Case, kinds
from mirrorhunt.evidence._identity import is_foreign, is_foreign_brand, shares_personal
from mirrorhunt.evidence._prints import SHAPE, TAGS, nearest_own
from mirrorhunt.evidence._weights import AGAINST, Weight, shown, values_of
from mirrorhunt.model import BOTH, MIRROR_ONLY, Evidence, Side

WEIGHT = Weight(
    m=0.06,
    u=0.96,
    cap=-4.0,
    half_life_days=180,
    group=AGAINST,
    side=Side.CANDIDATE,
    relations=BOTH,
    source="docs/attribution.md, 2026-11",
)


@kinds.offer
def weigh(case: Case) -> Iterator[Evidence]:
    """That name, icon and template were all seen on both sides, and are all different."""
    shape, tags = nearest_own(case, SHAPE), nearest_own(case, TAGS)
    if shape is None and tags is None:
        return
    is_near = (shape is not None and shape >= SHAPE.near) or (
        tags is not None and tags >= TAGS.near
    )
    if is_near or not is_foreign(case, "icon") or not is_foreign_brand(case):
        return
    name = min(values_of(case.candidate, "brand"))
    because = f"calls itself “{shown(name)}”, with an icon and a template of its own"
    relations = MIRROR_ONLY if shares_personal(case) else BOTH
    yield Evidence("own_brand", relations, WEIGHT.side, AGAINST, WEIGHT.cap, because)
