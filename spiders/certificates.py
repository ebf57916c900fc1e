"""Names that share a host's certificate.

Whoever has a domain-validated certificate has shown control of each name in it, so a small one
ties its names together. A large one is a hoster's or a delivery network's and ties nothing
(docs/attribution.md, 2026-11).
"""

from collections.abc import Iterable

from mirrorhunt.model import PeerCertificate, Pointer, Visit
from mirrorhunt.names import find_host, registrable_domain, without_www

from ._base import DiscoverySpider

MAX_NAMES = 50
"""A certificate of more names is not one operator's."""
# Delivery networks put strangers into small certificates, too, beside a name of their own.
# Known to us, not measured; one that is missing here costs a look at a stranger.
_SHARED_BY = frozenset(
    {"cloudflaressl.com", "fastly.net", "incapsula.com", "imperva.com", "edgekey.net"}
)


class CertificatesSpider(DiscoverySpider):
    """Reads the certificate that the host presented."""

    name = "certificates"
    technique_order = 300

    @classmethod
    def read(cls, visit: Visit) -> Iterable[Pointer]:
        """The names of other registrable domains in the certificate of *visit*."""
        certificate = visit.certificate
        if certificate is None or certificate.names_count > MAX_NAMES:
            return ()
        names = [name.removeprefix("*.") for name in certificate.names[:MAX_NAMES]]
        hosts = [host for host in map(find_host, names) if host]
        if any(registrable_domain(host) in _SHARED_BY for host in hosts):
            return ()
        found = {without_www(host): None for host in hosts if _is_elsewhere(host, visit.host)}
        because = _because(certificate, visit.host)
        return tuple(Pointer(host, "certificate", "tls", cls.name, because) for host in found)


def _is_elsewhere(host: str, visited: str) -> bool:
    domain = registrable_domain(host)
    return domain is not None and domain != (registrable_domain(visited) or visited)


def _because(certificate: PeerCertificate, host: str) -> str:
    covered = {host, "*." + host.partition(".")[2]}
    because = f"in the certificate that {host} presented, with {certificate.names_count} names"
    if covered.isdisjoint(certificate.names):
        because += f", though {host} is not one of them"
    return because
