"""The nameservers of the registrable domain, as a set.

Cloudflare gives each account one of about 2,550 pairs, and other providers their own patterns
(docs/attribution.md). Parking nameservers are the availability rules' matter.
"""

from collections.abc import Iterable

from mirrorhunt.indicators import Indicator, kinds
from mirrorhunt.model import Observation, Visit
from mirrorhunt.names import find_host

_MAX_NAMES = 13
_MAX_CHARS = 600


def read(visit: Visit) -> Iterable[Observation]:
    """The names, sorted, joined by one space."""
    if visit.dns is None:
        return
    names = sorted({name for name in map(find_host, visit.dns.nameservers) if name})
    value = " ".join(names)
    if names and len(names) <= _MAX_NAMES and len(value) <= _MAX_CHARS:
        yield Observation("nameserver_set", value, "dns")


kinds.offer(Indicator(read, needs_page=False), module=__name__)
