"""An account that counts visitors, on both.

Copied along by whoever copies the page, so it speaks for a mirror and not for the same operator:
of 28,906 phishing hosts 874 carried such an ID, often their victim's (Akamai, 2022).
"""

from collections.abc import Iterator

from mirrorhunt.evidence import Case, kinds
from mirrorhunt.evidence._weights import IDS, Weight, shared_values, shown
from mirrorhunt.model import MIRROR_ONLY, Evidence, Side

WEIGHT = Weight(
    m=0.50,
    u=2e-4,
    cap=8.0,
    half_life_days=730,
    group=IDS,
    side=Side.CANDIDATE,
    relations=MIRROR_ONLY,
    source="docs/attribution.md, 2026-11",
)
_NOUNS = {
    "ga": "Google Analytics account",
    "gtm": "Google tag container",
    "metrika": "Yandex Metrika counter",
    "histats": "Histats counter",
    "matomo": "Matomo site",
    "amung": "visitor counter",
    "facebook": "Facebook pixel",
    "hotjar": "Hotjar site",
    "statcounter": "Statcounter project",
    "cloudflare": "Cloudflare beacon",
}


def _noun(value: str) -> str:
    system, _, name = value.partition(":")
    noun = _NOUNS.get(system)
    return f"{noun} {shown(name)}" if noun and name else f"analytics ID {shown(value)}"


@kinds.offer
def weigh(case: Case) -> Iterator[Evidence]:
    """Each analytics account that candidate and network share."""
    return shared_values(case, "analytics_id", lambda _: WEIGHT, _noun)
