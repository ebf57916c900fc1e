"""The key pair behind the host's TLS certificate: who holds it, controls both hosts.

Hosters share keys among customers very often (Cangialosi et al., CCS 2016), hence only keys of
small certificates that name the host itself.
"""

from collections.abc import Iterable

from mirrorhunt.indicators import Indicator, kinds
from mirrorhunt.indicators._own_certificate import own_domains
from mirrorhunt.model import Observation, Visit


def read(visit: Visit) -> Iterable[Observation]:
    """The SHA-256 of the SubjectPublicKeyInfo, hex."""
    if visit.certificate is not None and own_domains(visit):
        yield Observation("certificate_key", visit.certificate.spki_sha256, "tls")


kinds.offer(Indicator(read, needs_page=False), module=__name__)
