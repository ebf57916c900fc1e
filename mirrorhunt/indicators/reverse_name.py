"""The registrable domain that the operator names its servers by.

An address has a name of its own in its reverse zone. Most are the hoster's, made from the address
or a customer's number, and say nothing; some are the operator's. The name is taken only where it
leads back to the address (`mirrorhunt.net.reverse`).
"""

import re
from collections.abc import Iterable
from ipaddress import ip_address

from mirrorhunt.indicators import Indicator, kinds
from mirrorhunt.indicators._dns_providers import is_provider
from mirrorhunt.indicators._shared_hosts import is_shared
from mirrorhunt.model import Observation, Visit
from mirrorhunt.names import registrable_domain

# What hosters call the addresses of their customers; from general knowledge, 2026-11.
_GENERIC = re.compile(
    r"(?:^|[.-])(?:static|dynamic|dyn|dhcp|pool|dsl|adsl|cable|ppp|rev|reverse|ptr|unassigned"
    r"|clients?|customers?|broadband|ip|vps|vm|vserver|vds|dedicated|hosted-by|colo|cloud)"
    r"[0-9]*(?:[.-]|$)"
)


def read(visit: Visit) -> Iterable[Observation]:
    """The domain of the confirmed reverse name, unless the name is a hoster's."""
    name = visit.dns.reverse_name if visit.dns is not None else None
    if name is None:
        return
    domain = registrable_domain(name)
    if domain is None or domain == registrable_domain(visit.host):
        return
    if is_provider(name) or is_shared(name) or _GENERIC.search(name) or _spells(name, visit):
        return
    yield Observation("reverse_name", domain, "dns")


def _spells(name: str, visit: Visit) -> bool:
    """True if *name* is made from an address of the host."""
    assert visit.dns is not None
    numbers = re.findall(r"\d+", name)
    for text in visit.dns.addresses:
        address = ip_address(text)
        if address.version == 4 and sum(part in numbers for part in text.split(".")) >= 2:
            return True
        if f"{int(address):08x}" in name.replace("-", "").replace(".", ""):
            return True
    return False


kinds.offer(Indicator(read, needs_page=False), module=__name__)
