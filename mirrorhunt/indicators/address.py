"""The addresses that the host resolves to.

Weak unless few share it: 30 % of domains have more than 100 neighbours (docs/attribution.md);
rarity decides. Addresses that mean no machine on the Internet are nobody's.
"""

from collections.abc import Iterable
from ipaddress import ip_address, ip_network

from mirrorhunt.indicators import Indicator, kinds
from mirrorhunt.model import Observation, Visit

# RFC 6890 and RFC 6598; the documentation blocks stay, they stand for public ones in tests.
_NOBODYS_BLOCKS = """
    0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.168.0.0/16
    224.0.0.0/3 ::/96 ::ffff:0:0/96 fc00::/7 fe80::/10 ff00::/8
"""
_NOBODYS = tuple(ip_network(block) for block in _NOBODYS_BLOCKS.split())


def read(visit: Visit) -> Iterable[Observation]:
    """Each address, in its canonical form."""
    if visit.dns is None:
        return
    seen = set()
    for text in visit.dns.addresses:
        try:
            address = ip_address(text)
        except ValueError:
            continue
        if address not in seen and not any(address in block for block in _NOBODYS):
            seen.add(address)
            yield Observation("address", str(address), "dns")


kinds.offer(Indicator(read, needs_page=False), module=__name__)
