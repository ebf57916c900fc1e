"""A name with nameservers or an alias but no address, which no DNS signature explained."""

from mirrorhunt.availability import Rule, rules
from mirrorhunt.model import Availability, Rcode, Ruling, Visit


def _rule(visit: Visit) -> Ruling | None:
    dns = visit.dns
    if visit.page is not None or visit.chain or dns is None:
        return None
    if dns.rcode is Rcode.NOERROR and not dns.addresses:
        because = "DNS knows the name, but no address for it"
        return Ruling(Availability.UNRESOLVED, "no_address", because)
    if visit.failure is None:
        because = "it has an address, but no page was asked for"
        return Ruling(Availability.UNRESOLVED, "no_address:unseen", because)
    return None


rules.offer(Rule(500, _rule), module=__name__)
