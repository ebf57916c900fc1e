"""When a certificate speaks of its host's operator, and not of the hoster's many customers."""

from mirrorhunt.model import Visit
from mirrorhunt.names import is_below, registrable_domain

MAX_DOMAINS = 10
"""Above this a certificate is a CDN's or hoster's (docs/attribution.md)."""


def own_domains(visit: Visit) -> frozenset[str]:
    """The registrable domains named by a certificate that is the host's own; else empty.

    A hoster's default certificate does not name the host, a platform's names a public suffix
    (``*.pages.dev``), a CDN's names strangers by the dozen.
    """
    certificate = visit.certificate
    if certificate is None or certificate.names_count > len(certificate.names):
        return frozenset()
    domains = set()
    covers = False
    for name in certificate.names:
        is_wildcard = name.startswith("*.")
        bare = name.removeprefix("*.")
        domain = registrable_domain(bare)
        if domain is None:
            return frozenset()
        domains.add(domain)
        if bare == visit.host or (is_wildcard and is_below(visit.host, bare)):
            covers = True
    return frozenset(domains) if covers and len(domains) <= MAX_DOMAINS else frozenset()
