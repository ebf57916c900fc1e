"""Defenders hold the name: it leads to a machine that only listens.

The list of sinkholes contains addresses of Cloudflare, Azure and others that change hands or are
shared by thousands (9 of 107 entries, counted 2026-11): those say nothing and are left out.
"""

from mirrorhunt.availability import Rule, rules
from mirrorhunt.availability._look import look
from mirrorhunt.model import Availability, Ruling, Visit
from mirrorhunt.warninglists import (
    AZURE,
    CDN_NETWORKS,
    SINKHOLES,
    UMBRELLA_BLOCK_NETWORKS,
    address_in,
)

_OTHERS = (*CDN_NETWORKS, AZURE, *UMBRELLA_BLOCK_NETWORKS)
"""The block pages of a resolver are `blocked`'s to tell."""


def _rule(visit: Visit) -> Ruling | None:
    seen = look(visit)
    if seen.is_substantial:
        return None
    addresses = visit.dns.addresses if visit.dns is not None else ()
    for address in addresses:
        if address_in(address, SINKHOLES) and not address_in(address, *_OTHERS):
            because = f"its address {address} is that of a known sinkhole"
            return Ruling(Availability.SINKHOLED, "sinkholed:address", because)
    return seen.find(Availability.SINKHOLED)


rules.offer(Rule(120, _rule), module=__name__)
