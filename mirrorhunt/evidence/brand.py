"""The network's name in the candidate's title or site name.

Where the candidate was found because its label resembles the network's, a title that repeats the
label says nothing new: every business names its page after itself.
"""

from collections.abc import Iterator

from mirrorhunt.evidence import Case, kinds
from mirrorhunt.evidence._names import was_found_by_name
from mirrorhunt.evidence._weights import BRAND, Weight, ignored, shared_values, shown
from mirrorhunt.model import MIRROR_ONLY, Evidence, Side
from mirrorhunt.names import parts, skeleton

WEIGHT = Weight(
    m=0.80,
    u=2e-3,
    cap=5.0,
    half_life_days=365,
    group=BRAND,
    side=Side.CANDIDATE,
    relations=MIRROR_ONLY,
    source="docs/attribution.md, 2026-11",
)


@kinds.offer
def weigh(case: Case) -> Iterator[Evidence]:
    """Each brand that candidate and network share."""
    label = skeleton(parts(case.candidate.host).label)
    is_repeated = was_found_by_name(case.candidate)
    for e in shared_values(case, "brand", lambda _: WEIGHT, lambda v: f"name “{shown(v)}”"):
        if is_repeated and not e.ignored and e.value in label:
            why = "its host name was the reason to look at it; the page repeats that name"
            yield ignored(WEIGHT, "brand", e.value, e.because, why)
        else:
            yield e
