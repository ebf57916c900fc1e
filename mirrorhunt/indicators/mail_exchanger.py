"""Who takes the domain's mail, where that is not one of the big providers."""

from collections.abc import Iterable

from mirrorhunt.indicators import Indicator, kinds
from mirrorhunt.indicators._dns_providers import is_provider
from mirrorhunt.model import Observation, Visit
from mirrorhunt.names import find_host, registrable_domain


def read(visit: Visit) -> Iterable[Observation]:
    """Each exchanger outside the host's own domain; none for a null MX (RFC 7505)."""
    if visit.dns is None:
        return
    own = registrable_domain(visit.host)
    for host in dict.fromkeys(map(find_host, visit.dns.mail_exchangers)):
        if host and registrable_domain(host) != own and not is_provider(host):
            yield Observation("mail_exchanger", host, "dns")


kinds.offer(Indicator(read, needs_page=False), module=__name__)
