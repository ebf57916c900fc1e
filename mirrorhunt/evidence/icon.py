"""The same icon, byte for byte.

Default icons of systems and themes are on thousands of sites; rarity sees them. The digest counts
and the short hash that search engines for icons use (``mmh3:``) does not: it would be one icon
counted twice.
"""

from collections.abc import Iterator

from mirrorhunt.evidence import Case, kinds
from mirrorhunt.evidence._weights import CONTENT, Weight, shared_values
from mirrorhunt.model import MIRROR_ONLY, Evidence, Side

WEIGHT = Weight(
    m=0.70,
    u=1e-3,
    cap=6.0,
    half_life_days=365,
    group=CONTENT,
    side=Side.CANDIDATE,
    relations=MIRROR_ONLY,
    source="docs/attribution.md, 2026-11",
    smoothing=50,
)


@kinds.offer
def weigh(case: Case) -> Iterator[Evidence]:
    """Each icon that candidate and network share."""
    for e in shared_values(case, "icon", lambda _: WEIGHT, lambda v: f"icon ({v[:19]}…)"):
        if not e.value.startswith("mmh3:"):
            yield e
