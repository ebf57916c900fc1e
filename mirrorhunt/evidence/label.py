"""The same registered label as a member's, apart from digits and hyphens.

Anybody may register a name, and short ones are taken by everybody: of labels of up to four
characters 25 % exist as an unrelated popular domain, of twelve and more under 0.6 %
(docs/attribution.md, 2026-11). Silent where a name rule proposed the host.
"""

from collections.abc import Iterator

from mirrorhunt.evidence import Case, kinds
from mirrorhunt.evidence._names import was_found_by_name
from mirrorhunt.evidence._weights import (
    BRAND,
    Weight,
    ignored,
    listed,
    member_stems,
    shown,
    stem_of,
)
from mirrorhunt.model import MIRROR_ONLY, Evidence, Side

BITS_BY_LENGTH = ((10, 4.4), (8, 3.1), (5, 1.4), (0, 0.0))
"""(characters at least, bits): what a name rule's prior has over a pointer's for a label of that
length (`mirrorhunt.priors`), so that a host weighs the same by whichever of the two it was found.
With the 8, 6 and 4 bits of the literature alone, whoever registered a stranger's label and linked
to him made him probable: 192 of 582 cases of the must-not-publish tests (2026-11)."""
WEIGHT = Weight(
    m=0.47,
    u=1.8e-3,
    cap=8.0,
    half_life_days=3650,
    group=BRAND,
    side=Side.CANDIDATE,
    relations=MIRROR_ONLY,
    source="docs/attribution.md, 2026-11; 47 % of 3,797 real hops keep the label",
)


@kinds.offer
def weigh(case: Case) -> Iterator[Evidence]:
    """The label that candidate and a member share, digits and hyphens apart."""
    stem = stem_of(case.candidate.host)
    domains = member_stems(case.network).get(stem, ())
    others = tuple(d for d in domains if d != case.candidate.registrable_domain)
    if not stem or not others:
        return
    because = f"its label is “{shown(stem)}” as that of {listed(others)}, digits and hyphens apart"
    if was_found_by_name(case.candidate):
        why = "the name was the reason to look at it: the prior holds it already"
        yield ignored(WEIGHT, "label", stem, because, why)
        return
    bits = next(bits for length, bits in BITS_BY_LENGTH if len(stem) >= length)
    yield Evidence("label", MIRROR_ONLY, WEIGHT.side, BRAND, bits, because, stem)
