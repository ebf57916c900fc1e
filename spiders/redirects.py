"""Where a host sends its visitors, and what it says it is a copy of.

A redirect costs its owner one line and proves nothing about where it leads
(docs/attribution.md, 2026-11): these are leads, the best there are.
"""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote, urlsplit

from mirrorhunt.hops import find_hop, script_targets
from mirrorhunt.model import Hop, Pointer, Visit
from mirrorhunt.names import host_of_url, registrable_domain, without_www
from mirrorhunt.page import Page

from ._base import DiscoverySpider

MAX_POINTERS = 300

_REGIONS = {"redirect": "http", "meta_refresh": "head", "script_redirect": "script"}
_RAN_IN_A_BROWSER = "browser"
_LINK_HEADER = re.compile(r"<([^<>]{1,2000})>([^<>]{0,200})")
_CANONICAL = re.compile(r"rel\s*+=\s*+\"?[^\";,]{0,60}\bcanonical\b", re.I)


class RedirectsSpider(DiscoverySpider):
    """Redirects of every kind, canonical and alternate addresses, and frames."""

    name = "redirects"
    technique_order = 100

    @classmethod
    def read(cls, visit: Visit) -> Iterable[Pointer]:
        """The hosts that *visit* was sent to, or whose pages the host shows as its own."""
        found: dict[tuple[str, str, str], Pointer] = {}
        own = without_www(visit.host)
        for host, how, region, because in _brought_up(visit):
            key = (without_www(host), how, region)
            if key[0] != own and key not in found and len(found) < MAX_POINTERS:
                found[key] = Pointer(*key, cls.name, because)
        return tuple(found.values())


_Found = tuple[str, str, str, str]


def _brought_up(visit: Visit) -> Iterator[_Found]:
    for hop in visit.chain:
        yield from _by_hop(visit, hop)
    for page in visit.own_pages:
        hop_here = find_hop(page)
        if hop_here is not None:
            yield from _by_hop(visit, hop_here)
        yield from _named_as_itself(page)
        yield from _framed(page)
        yield from _in_scripts(visit, page, hop_here)


def _by_hop(visit: Visit, hop: Hop) -> Iterator[_Found]:
    from_host, to = host_of_url(hop.url), host_of_url(hop.to_url)
    if from_host is None or to is None or without_www(from_host) == without_www(to):
        return
    ways = {
        "redirect": f"answers {hop.status} and sends visitors to",
        "meta_refresh": "refreshes itself to",
        "script_redirect": "sends visitors by a script to",
    }
    how = hop.how
    if how == _RAN_IN_A_BROWSER:
        # Nobody but a script moves the top frame of a page on which nobody clicks anything else.
        how = "script_redirect"
        ways[how] += " (seen in a browser)"
    because = f"{from_host} {ways.get(how, 'sends visitors to')} {to}"
    if without_www(from_host) != without_www(visit.host):
        because += f", on the way from {visit.host}"
    if _is_told_in(hop.url, to):
        because += "; the address asked for names it, as with an open redirect"
    yield to, how, _REGIONS.get(how, "http"), because


def _is_told_in(url: str, to: str) -> bool:
    """True if *url* itself names the host *to* behind its own host: whoever made it chose."""
    try:
        asked = urlsplit(url)
    except ValueError:
        return False
    told = unquote(unquote(f"{asked.path}?{asked.query}")).lower()
    return without_www(to) in told


def _named_as_itself(page: Page) -> Iterator[_Found]:
    """What the page gives as its own address, and as its other versions."""
    for rel, url in page.relations:
        words = rel.split()
        host = host_of_url(url)
        if host is None:
            continue
        if "canonical" in words:
            because = f"{page.host} gives {host} as its canonical address"
            yield host, "canonical", "head", because
        elif "amphtml" in words or ("alternate" in words and "stylesheet" not in words):
            because = f"{page.host} gives {host} as an alternate version of itself"
            yield host, "alternate", "head", because
    for url, parameters in _LINK_HEADER.findall(page.header("link")[:10_000]):
        host = host_of_url(url)
        if host and _CANONICAL.search(parameters):
            yield host, "canonical", "http", f"{page.host} gives {host} as its canonical address"
    host = host_of_url(page.meta("og:url"))
    if host:
        yield host, "canonical", "head", f"{page.host} calls itself {host} where it is shared"


def _framed(page: Page) -> Iterator[_Found]:
    own = registrable_domain(page.host)
    for url in page.frames:
        host = host_of_url(url)
        if host and registrable_domain(host) not in {own, None}:
            yield host, "frame", "body", f"{page.host} shows a page of {host} in a frame"


def _in_scripts(visit: Visit, page: Page, hop: Hop | None) -> Iterator[_Found]:
    known = {host_of_url(h.to_url) for h in visit.chain}
    if hop is not None:
        known.add(host_of_url(hop.to_url))
    for url in script_targets(page):
        host = host_of_url(url)
        if host and host not in known:
            because = f"a script of {page.host} can send visitors to {host}"
            yield host, "script_redirect", "script", because
