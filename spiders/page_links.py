"""Other hosts that a page links to, names, or announces as its own.

What stands in visitors' comments is kept apart: anybody can write there. Announcements are read
from the page's own words alone. A report in the third person ("the site has moved to …") uses the
same words and is taken for one: whose page it is tells the two apart, and that is judged later.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

from mirrorhunt.model import Pointer, Visit
from mirrorhunt.names import host_of_url, parts, registrable_domain, skeleton, without_www
from mirrorhunt.page import Link, Page

from ._announcing import Spot, announcing, may_announce, reached
from ._base import DiscoverySpider
from ._text_hosts import Named, find_hosts, visible

MAX_POINTERS = 300
"""What one page may bring up, announcements first, visitors' comments last."""
MAX_BELOW_ITSELF = 20
"""How many hosts of the page's own registrable domain: wildcards make them without end."""
MIN_LIKE_CHARS = 4
MAX_LINK_TEXTS = 500

_PLACES = {
    "template": "in the header, menu or footer",
    "body": "in the text",
    "comments": "in visitors' comments",
}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class PageLinksSpider(DiscoverySpider):
    """Links, names in the text, and announcements of new addresses."""

    name = "page_links"
    technique_order = 200

    @classmethod
    def read(cls, visit: Visit) -> Iterable[Pointer]:
        """The hosts that the host's own pages bring up, the most telling first."""
        found: dict[tuple[str, str, str], Pointer] = {}
        for page in visit.own_pages:
            for pointer in islice(_read_page(visit.host, page, cls.name), MAX_POINTERS):
                found.setdefault((pointer.host, pointer.how, pointer.region), pointer)
        return tuple(found.values())


@dataclass(frozen=True, slots=True)
class _Mention:
    """A host that the page brings up, before it is known to be worth a pointer."""

    host: str
    how: str
    region: str
    because: str


def _read_page(visited: str, page: Page, technique: str) -> Iterator[Pointer]:
    own = without_www(visited)
    domain = registrable_domain(own) or own
    seen: set[tuple[str, str, str]] = set()
    below: list[Pointer] = []
    late: list[Pointer] = []
    for mention in _mentions(page):
        host = without_www(mention.host)
        key = (host, mention.how, mention.region)
        if host == own or host == without_www(page.host) or key in seen:
            continue
        seen.add(key)
        pointer = Pointer(*key, technique, mention.because)
        if registrable_domain(host) == domain:
            below.append(pointer)
        elif mention.region == "comments":
            late.append(pointer)
        else:
            yield pointer
    yield from below[:MAX_BELOW_ITSELF]
    yield from late


def _mentions(page: Page) -> Iterator[_Mention]:
    text = visible(page.own_text)
    named = list(find_hosts(text))
    links = [(link, host) for link in page.links if (host := host_of_url(link.url))]
    yield from _announced(page, text, named, links)
    linked = {without_www(host) for host in {host for _, host in links}}
    own = without_www(page.host)
    for link, host in links:
        if without_www(host) == own:
            continue
        how = f"linked as {_quoted(link.text)}" if link.text else "linked"
        because = f"{how} {_PLACES.get(link.region, 'in the text')} of {page.host}"
        yield _Mention(host, "link", link.region, because)
    own_hosts = set()
    for name in named:
        own_hosts.add(name.host)
        if without_www(name.host) not in linked:
            yield _Mention(name.host, "text", "body", f"named in the text of {page.host}")
    if page.text == page.own_text:
        return
    for name in find_hosts(visible(page.text)):
        if name.host not in own_hosts and without_www(name.host) not in linked:
            because = f"named in visitors' comments of {page.host}"
            yield _Mention(name.host, "text", "comments", because)


# ---------------------------------------------------------------- announcements


def _announced(
    page: Page, text: str, named: list[Named], links: list[tuple[Link, str]]
) -> Iterator[_Mention]:
    may_be = may_announce("\n".join([visible(link.text) for link, _ in links]))
    for link, host in links if may_be else ():
        if link.region != "comments" and _is_announcing(visible(link.text), host, page.host):
            because = (
                f"linked as {_quoted(link.text)} {_PLACES.get(link.region, '')} of {page.host}"
            )
            yield _Mention(host, "announcement", link.region, because)
    phrases = list(announcing(text))
    if not phrases:
        return
    spots = _spots(page, text, named, links)
    for start, end, is_strong in phrases:
        for spot in reached(text, start, end, spots):
            if is_strong or _is_like(spot.host, page.host):
                because = f"{page.host} says {_quoted(text[start:end])} of {spot.host}"
                yield _Mention(spot.host, "announcement", spot.region, because)


def _is_announcing(text: str, host: str, own: str) -> bool:
    """True if a link's own words announce the host it leads to.

    A text that names another host speaks of that one.
    """
    phrases = list(announcing(text))
    if not phrases:
        return False
    named = {without_www(name.host) for name in find_hosts(text)}
    if named and without_www(host) not in named:
        return False
    return any(is_strong or _is_like(host, own) for _, _, is_strong in phrases)


def _is_like(host: str, own: str) -> bool:
    """True if the registered labels are one but for digits, hyphens and what was added."""
    one, other = sorted((skeleton(parts(host).label), skeleton(parts(own).label)), key=len)
    return len(one) >= MIN_LIKE_CHARS and one in other


def _spots(page: Page, text: str, named: list[Named], links: list[tuple[Link, str]]) -> list[Spot]:
    """The hosts of links and those named, by their place in the text."""
    by_text: dict[str, list[tuple[Link, str]]] = {}
    for link, host in links:
        words = visible(link.text)
        if link.region != "comments" and len(words) > 1:
            by_text.setdefault(words, []).append((link, host))
    of_links = chain.from_iterable(
        _placed(page, text, words, same) for words, same in islice(by_text.items(), MAX_LINK_TEXTS)
    )
    of_names = (Spot(name.start, name.end, name.host, "body", True) for name in named)
    return sorted((*of_links, *of_names), key=lambda spot: (spot.start, spot.end))


def _placed(page: Page, text: str, words: str, links: list[tuple[Link, str]]) -> Iterator[Spot]:
    """Where links with the text *words* stand.

    The reading of a page does not say where its links stand, so each is looked for; a text that
    stands there more or less often than there are links cannot be told apart and is left out.
    """
    if all(host == page.host for _, host in links):
        return
    found = list(islice(_places(text, words), len(links) + 1))
    if len(found) != len(links):
        return
    names = {without_www(name.host) for name in find_hosts(words)}
    for start, (link, host) in zip(found, links, strict=True):
        if not names or without_www(host) in names:
            is_plain = bool(names) or _is_like(host, page.host)
            yield Spot(start, start + len(words), host, link.region, is_plain)


def _places(text: str, words: str) -> Iterator[int]:
    """Where *words* start in *text*, not as parts of longer words."""
    at = text.find(words)
    while at >= 0:
        end = at + len(words)
        if not (text[max(0, at - 1) : at].isalnum() or text[end : end + 1].isalnum()):
            yield at
        at = text.find(words, end)


def _quoted(text: str) -> str:
    """*text* as it can stand in a sentence: one line, nothing invisible, not long."""
    shown = _CONTROL.sub(" ", visible(text)).replace('"', "'").strip()
    return f'"{shown if len(shown) <= 60 else shown[:57] + "..."}"'
