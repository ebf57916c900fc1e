"""Other hosts that the site's player, interface, playlists and pictures come from.

A back end that only this network uses is a medium to strong sign; a cyberlocker is everybody's.
Rarity decides between them (docs/attribution.md); only the best known are left out here.
"""

import re
from collections.abc import Iterable, Iterator

from mirrorhunt.indicators import Indicator, kinds
from mirrorhunt.indicators._shared_hosts import is_shared
from mirrorhunt.model import Observation, Visit
from mirrorhunt.names import find_host, host_of_url, registrable_domain
from mirrorhunt.page import Page

REQUESTS = "requests"
"""The region of what a browser was seen to ask for, and the page does not name."""
_MAX_URLS = 500
_URL = re.compile(r"//([A-Za-z0-9.-]{4,253})((?::\d{1,5})?[^\s'\"`<>]{0,300})")
_BACKEND = re.compile(
    r"\.m3u8?\b|\.mpd\b|\.ts\b|/(?:api|hls|dash|live|stream|embed|player|playlist|ws|socket)\b",
    re.I,
)


def read(visit: Visit) -> Iterable[Observation]:
    """Hosts of other registrable domains that the page loads from or names as its back end."""
    if visit.page is None:
        return ()
    own = registrable_domain(visit.host)
    served_by = registrable_domain(visit.page.host)
    found: dict[str, str] = {}
    for host, region in _hosts(visit.page):
        if host in found or is_shared(host):
            continue
        domain = registrable_domain(host)
        if domain is not None and domain != own and domain != served_by:
            found[host] = region
    return [Observation("own_host", host, region) for host, region in found.items()]


def _hosts(page: Page) -> Iterator[tuple[str, str]]:
    """Hosts with the region they stand in; those that only a browser saw asked for come last, so
    that a page that asks for hundreds hides none of those it names."""
    yield from ((host, "") for host in _named(page))
    for resource in page.asked_for:
        if host := host_of_url(resource.url):
            yield host, REQUESTS


def _named(page: Page) -> Iterator[str]:
    for resource in page.named_resources:
        if host := host_of_url(resource.url):
            yield host
    for link in page.links:
        if link.region != "comments" and ".m3u" in link.url and (host := host_of_url(link.url)):
            yield host
    script = page.script_text
    if "\\/" in script:
        # JSON in a script writes each slash with a backslash.
        script = script.replace("\\/", "/")
    for count, match in enumerate(_URL.finditer(script)):
        if count >= _MAX_URLS:
            return
        name, rest = match.groups()
        start = match.start()
        is_socket = script[max(0, start - 4) : start].lower().endswith(("ws:", "wss:"))
        if (is_socket or _BACKEND.search(rest)) and (host := find_host(name)):
            yield host


kinds.offer(Indicator(read), module=__name__)
