"""Somebody between us and the host answers in its place, or has to by law.

Status 451 (RFC 7725) is a statement of its own: a page that merely contains the number is not.
"""

from mirrorhunt.availability import Rule, rules
from mirrorhunt.availability._look import look
from mirrorhunt.model import Availability, Ruling, Visit
from mirrorhunt.warninglists import UMBRELLA_BLOCK_NETWORKS, address_in

_LEGAL_REASONS = 451


def _rule(visit: Visit) -> Ruling | None:
    seen = look(visit)
    if seen.status == _LEGAL_REASONS:
        because = "it answers 451, unavailable for legal reasons"
        link = visit.page.header("link")[:300] if visit.page is not None else ""
        if "blocked-by" in link:
            because += f" (link: {link})"
        return Ruling(Availability.BLOCKED, "blocked:http_451", because)
    if found := seen.find(Availability.BLOCKED):
        return found
    if seen.is_substantial:
        return None
    addresses = visit.dns.addresses if visit.dns is not None else ()
    for address in addresses:
        if address_in(address, *UMBRELLA_BLOCK_NETWORKS):
            because = f"its address {address} is a block page of the resolver's"
            return Ruling(Availability.BLOCKED, "blocked:umbrella_address", because)
    return None


rules.offer(Rule(310, _rule), module=__name__)
