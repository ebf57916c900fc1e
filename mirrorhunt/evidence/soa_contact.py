"""The same contact in the zone's SOA record.

Where the contact is that of whoever runs the nameservers, it is the default of a hoster.
"""

from collections.abc import Iterator

from mirrorhunt.evidence import Case, kinds
from mirrorhunt.evidence._weights import INFRA, Weight, ignored, shared_values, shown, values_of
from mirrorhunt.model import BOTH, Evidence, Side
from mirrorhunt.names import registrable_domain

WEIGHT = Weight(
    m=0.10,
    u=1e-3,
    cap=3.0,
    half_life_days=180,
    group=INFRA,
    side=Side.CANDIDATE,
    relations=BOTH,
    source="docs/attribution.md, 2026-11",
    smoothing=20,
)
_DEFAULTS = frozenset({"cloudflare.com", "amazon.com", "googledomains.com", "google.com"})


@kinds.offer
def weigh(case: Case) -> Iterator[Evidence]:
    """The zone contact that candidate and network share."""
    sets = values_of(case.candidate, "nameserver_set")
    hosters = _DEFAULTS | {registrable_domain(s) for value in sets for s in value.split()}
    for e in shared_values(
        case, "soa_contact", lambda _: WEIGHT, lambda v: f"zone contact {shown(v)}"
    ):
        if not e.ignored and registrable_domain(e.value) in hosters:
            why = "the default of whoever runs the nameservers"
            yield ignored(WEIGHT, "soa_contact", e.value, e.because, why)
        else:
            yield e
