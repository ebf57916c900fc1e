"""Nobody uses the name: a registrar or a parking service shows a page of its own.

Nameservers or addresses suffice to tell parking services (Zirngibl et al., TMA 2022: 82 services,
23 % of all names), but the public lists also name the default nameservers of large registrars and
addresses of clouds, where live sites stand too. So a page with something on it is believed over
any list, and the lists' doubtful entries count for nothing.
"""

from mirrorhunt.availability import Rule, rules
from mirrorhunt.availability._look import Look, look
from mirrorhunt.model import Availability, Ruling, Visit
from mirrorhunt.warninglists import (
    AMAZON,
    CDN_NETWORKS,
    PARKING_NAMESERVERS,
    PARKING_NETWORKS,
    address_in,
    listed_as,
)

# Listed as parking, but the default for every customer of a registrar, hoster or brand protector.
_DEFAULT_NAMESERVERS = frozenset(
    {
        "bookmyname.com",
        "directnic.com",
        "dnsowl.com",
        "freenom.com",
        "gname.net",
        "markmonitor.com",
        "mijndomein.nl",
        "name.com",
        "nameprovider.net",
        "one.com",
        "onlydomains.com",
        "registrar-servers.com",
        "rzone.de",
        "sav.com",
        "thednscloud.com",
        "wordpress.com",
    }
)
_BARE_TEXT_CHARS = 150


def _by_nameserver(visit: Visit) -> Ruling | None:
    for nameserver in visit.dns.nameservers if visit.dns is not None else ():
        listed = listed_as(nameserver, PARKING_NAMESERVERS)
        if listed and listed not in _DEFAULT_NAMESERVERS:
            because = f"its nameserver {nameserver} is one of a parking service"
            return Ruling(Availability.PARKED, "parked:nameserver", because)
    return None


def _by_address(visit: Visit, seen: Look) -> Ruling | None:
    """An address counts only where a page came back that says hardly anything."""
    if seen.page is None or len(seen.page.text) > _BARE_TEXT_CHARS or seen.own_links > 2:
        return None
    for address in visit.dns.addresses if visit.dns is not None else ():
        if address_in(address, PARKING_NETWORKS) and not address_in(address, *CDN_NETWORKS):
            # The list names whole CDN networks of Amazon's, and accelerators that also carry
            # the small sites of a registrar's site builder.
            if address_in(address, AMAZON) and seen.page.text:
                continue
            because = f"hardly a page, at {address}, an address of a parking service"
            return Ruling(Availability.PARKED, "parked:address", because)
    return None


def _rule(visit: Visit) -> Ruling | None:
    seen = look(visit)
    if found := seen.find(Availability.PARKED):
        return found
    if seen.is_substantial or seen.is_away:
        return None
    return _by_nameserver(visit) or _by_address(visit, seen)


rules.offer(Rule(420, _rule), module=__name__)
