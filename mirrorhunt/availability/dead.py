"""The name does not exist.

One look can say no more: a host that did not answer once is an `error`, and becomes dead by its
history, which is not a rule's to know.
"""

from mirrorhunt.availability import Rule, rules
from mirrorhunt.model import Availability, Rcode, Ruling, Visit


def _rule(visit: Visit) -> Ruling | None:
    dns = visit.dns
    if visit.page is not None or visit.chain or dns is None or dns.rcode is not Rcode.NXDOMAIN:
        return None
    if dns.aliases:
        because = f"it is an alias of {dns.aliases[-1]}, which does not exist (NXDOMAIN)"
        return Ruling(Availability.DEAD, "dead:alias", because)
    return Ruling(Availability.DEAD, "dead:nxdomain", "the name does not exist (NXDOMAIN)")


rules.offer(Rule(110, _rule), module=__name__)
