"""Among the names that everybody visits: speaks against.

A wrong name among them does the most harm, and most of what a network links to is there. It is no
acquittal: pirate sites are popular too, 6.9 % of those in four indexes stood among the 100,000
most popular. So it costs bits, is never a veto, and two people have to confirm such a host.
"""

from collections.abc import Iterator

from mirrorhunt.evidence import Case, kinds
from mirrorhunt.evidence._weights import AGAINST, Weight
from mirrorhunt.model import BOTH, Evidence, Side
from mirrorhunt.warninglists import popularity

WEIGHT = Weight(
    m=1e-4,
    u=0.4096,
    cap=-12.0,
    half_life_days=3650,
    group=AGAINST,
    side=Side.CANDIDATE,
    relations=BOTH,
    source="docs/attribution.md, 2026-11 (soft popularity)",
)
_BITS = ((1_000, WEIGHT.cap), (10_000, -6.0), (1_000_000, -3.0))
"""By the shortest list that has the name."""


@kinds.offer
def weigh(case: Case) -> Iterator[Evidence]:
    """That the candidate's domain stands in a list of popular names."""
    found = popularity(case.candidate.host)
    if found is not None:
        bits = next(bits for bound, bits in _BITS if found.bound <= bound)
        because = f"it is {found}: what everybody visits is seldom a mirror"
        yield Evidence("popular", BOTH, WEIGHT.side, AGAINST, bits, because)
