"""Nothing was learned about the host: our own failure, or DNS that did not answer.

Only NXDOMAIN says that a name does not exist (RFC 8020); a nameserver that is silent, refuses or
fails says nothing about it, and neither does a look that we ourselves broke off.
"""

from mirrorhunt.availability import Rule, rules
from mirrorhunt.model import Availability, FailureKind, Rcode, Ruling, Visit

_OURS = {
    FailureKind.OWN: "our own failure: nothing was learned",
    FailureKind.GUARDED: "its address or port is one that we do not connect to",
}


def _rule(visit: Visit) -> Ruling | None:
    if visit.page is not None:
        return None
    failure, dns = visit.failure, visit.dns
    if failure is not None and failure.kind in _OURS:
        because = f"{_OURS[failure.kind]} ({failure.detail})"
        return Ruling(Availability.UNRESOLVED, f"unresolved:{failure.kind.value}", because)
    if visit.chain or (dns is not None and (dns.rcode is Rcode.NXDOMAIN or dns.addresses)):
        return None
    if dns is None:
        if failure is None:
            because = "it was not looked at"
            return Ruling(Availability.UNRESOLVED, "unresolved:unseen", because)
        if failure.kind is FailureKind.UNRESOLVED:
            because = f"its name was not resolved ({failure.detail})"
            return Ruling(Availability.UNRESOLVED, "unresolved:dns", because)
        return None
    if dns.rcode is not Rcode.NOERROR:
        because = f"its nameservers answered {dns.rcode.value}: that says nothing about the name"
        return Ruling(Availability.UNRESOLVED, f"unresolved:{dns.rcode.value.lower()}", because)
    if dns.nameservers or dns.aliases:
        return None
    because = "DNS knows the name, but no address for it"
    return Ruling(Availability.UNRESOLVED, "unresolved:no_address", because)


rules.offer(Rule(100, _rule), module=__name__)
