"""The contact in the zone's SOA record, where somebody wrote their own there."""

from collections.abc import Iterable

from mirrorhunt.indicators import Indicator, kinds
from mirrorhunt.indicators._dns_providers import is_provider
from mirrorhunt.model import Observation, Visit
from mirrorhunt.names import find_host, registrable_domain


def read(visit: Visit) -> Iterable[Observation]:
    """The RNAME as a host-like name (RFC 1035 §3.3.13), lower-case.

    Not the own domain's (``hostmaster.films.example`` is what every tool fills in and no other
    domain can share), nor a provider's.
    """
    if visit.dns is None or not visit.dns.soa_rname:
        return
    # A dot in the local part is written with a backslash; a host name has none.
    name = visit.dns.soa_rname.lower().rstrip(".")
    domain = find_host(name.replace("\\.", "-"))
    if domain is None or registrable_domain(domain) in {registrable_domain(visit.host), domain}:
        return
    if not is_provider(domain):
        yield Observation("soa_contact", name, "dns")


kinds.offer(Indicator(read, needs_page=False), module=__name__)
