"""Other domains on the host's own small certificate.

All names of a domain-validated certificate were validated by one account: joint control
(docs/attribution.md).
"""

from collections.abc import Iterable

from mirrorhunt.indicators import Indicator, kinds
from mirrorhunt.indicators._own_certificate import own_domains
from mirrorhunt.model import Observation, Visit
from mirrorhunt.names import registrable_domain


def read(visit: Visit) -> Iterable[Observation]:
    """Each registrable domain that the certificate names beside the host's own, sorted."""
    own = registrable_domain(visit.host)
    for domain in sorted(own_domains(visit)):
        if domain != own:
            yield Observation("certificate_names", domain, "tls")


kinds.offer(Indicator(read, needs_page=False), module=__name__)
