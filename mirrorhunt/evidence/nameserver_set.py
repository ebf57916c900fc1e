"""The same set of nameservers.

A delivery network gives each account its own pair of names, some 2,550 pairs for all accounts. A
set below a name of the network's own is its own. The set of a hoster is that of all its customers.
"""

from collections.abc import Iterator

from mirrorhunt.evidence import Case, kinds
from mirrorhunt.evidence._weights import INFRA, Weight, member_domains, shared_values, shown
from mirrorhunt.model import BOTH, Evidence, Side
from mirrorhunt.names import is_below, registrable_domain

WEIGHT = Weight(
    m=0.35,
    u=1e-3,
    cap=5.0,
    half_life_days=90,
    group=INFRA,
    side=Side.CANDIDATE,
    relations=BOTH,
    source="docs/attribution.md, 2026-11; community.cloudflare.com/t/59326",
    smoothing=20,
)
OWN = Weight(
    m=0.15,
    u=5e-4,
    cap=5.0,
    half_life_days=90,
    group=INFRA,
    side=Side.CANDIDATE,
    relations=BOTH,
    source="docs/attribution.md, 2026-11 (vanity nameservers)",
    smoothing=20,
)
HOSTER = Weight(
    m=0.35,
    u=0.02,
    cap=2.0,
    half_life_days=90,
    group=INFRA,
    side=Side.CANDIDATE,
    relations=BOTH,
    source="estimate: defaults of registrars and hosters hold millions of names each",
    smoothing=20,
)
_PAIRED = "ns.cloudflare.com"


@kinds.offer
def weigh(case: Case) -> Iterator[Evidence]:
    """The set of nameservers that candidate and network share."""
    own = set(member_domains(case.network)) | {case.candidate.registrable_domain}

    def weight(value: str) -> Weight:
        servers = value.split()
        if all(is_below(server, _PAIRED) for server in servers):
            return WEIGHT
        return OWN if any(registrable_domain(s) in own for s in servers) else HOSTER

    return shared_values(case, "nameserver_set", weight, lambda v: f"nameservers ({shown(v)})")
